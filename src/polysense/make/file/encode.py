"""Pixels, samples and words to files that any player opens: H.264 and AAC in MP4 with its index in
front, mov_text subtitles; WAV.
"""

from __future__ import annotations

import io
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import MissingDependency

Sound = NDArray[np.float32]
"""(channels, samples), in -1..1."""

Pixels = NDArray[np.uint8]

_BLOCK_SAMPLES = 1024
"""Samples of a frame of AAC."""

# a number of threads of its own, so that machines with more make the same bytes
_X264 = {"preset": "veryfast", "threads": "2"}

AUDIO_BITS = 80_000
"""Of AAC, a second and channel. Judged, not measured."""

SECONDS_BETWEEN_KEYS = 2
"""Between frames that a player can jump to. Judged, not measured."""

_MAX_SUBTITLE_BYTES = 60_000
"""mov_text counts bytes in 16 bits."""

_ISO_639_2 = {
    "en": "eng",
    "zh": "zho",
    "de": "deu",
    "fr": "fra",
    "es": "spa",
    "it": "ita",
    "pt": "por",
    "nl": "nld",
    "ru": "rus",
    "ar": "ara",
    "el": "ell",
    "he": "heb",
    "hi": "hin",
    "ko": "kor",
    "pl": "pol",
    "sv": "swe",
    "tr": "tur",
    "uk": "ukr",
    "fa": "fas",
}
_SUBTITLE_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold,\
 Italic, Underline, StrikeOut, ScaleX,\
 ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV,\
 Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""  # the style sheet that FFmpeg's mov_text wants before it opens


@dataclass(frozen=True, slots=True)
class MovieFormat:
    """How a film is written: (width, height), both even; frames and samples a second; channels, 0
    for no sound; the language of its words, ISO 639-1, "" for no track of them; quality from 0
    (all) to 51, as x264's crf.
    """

    size: tuple[int, int]
    fps: Fraction = Fraction(25)
    rate: int = 48_000
    channels: int = 1
    language: str = ""
    title: str = ""
    quality: int = 23


class Movie:
    """Writes one MP4 while it is open, as a context manager; `data` is the file afterwards.

    Give frames, sound and words in the order of time, sound a little before the frames that it
    belongs to.

    >>> with Movie(MovieFormat((64, 36), rate=8000)) as movie:
    ...     movie.add_sound(np.zeros((1, 8000), np.float32))
    ...     for _ in range(25):
    ...         movie.add_frame(np.zeros((36, 64, 3), np.uint8))
    >>> movie.data[4:8]
    b'ftyp'
    """

    data: bytes = b""

    def __init__(self, format: MovieFormat) -> None:
        self.format = format
        # the index goes to the front afterwards, which only a file allows
        self._folder = tempfile.TemporaryDirectory(prefix="polysense-")
        self._path = Path(self._folder.name, "film.mp4")
        self._frame_count = self._sample_count = 0
        self._pending_sound = np.zeros((format.channels, 0), np.float32)

    def __enter__(self) -> Movie:
        import av

        options = {"fflags": "+bitexact", "movflags": "+faststart"}
        try:
            self._file: Any = av.open(str(self._path), "w", format="mp4", container_options=options)
            self._add_streams()
        except (av.error.FFmpegError, ValueError) as e:
            self._folder.cleanup()
            raise MissingDependency(
                f"films cannot be written here: {e}",
                "Install the package av from PyPI: its wheel has H.264 and AAC.",
            ) from e
        return self

    def _add_streams(self) -> None:
        if self.format.title:
            self._file.metadata["title"] = self.format.title
        self._add_video()
        self._audio = self._subtitles = None
        if self.format.channels:
            self._audio = self._file.add_stream("aac", rate=self.format.rate, layout=self._layout)
            self._audio.codec_context.bit_rate = AUDIO_BITS * self.format.channels
        if self.format.language:
            self._subtitles = self._file.add_stream("mov_text")
            self._subtitles.time_base = Fraction(1, 1000)
            self._subtitles.codec_context.subtitle_header = _SUBTITLE_HEADER
            self._subtitles.metadata["language"] = _ISO_639_2.get(self.format.language, "und")

    def _add_video(self) -> None:
        # x264's tree of macroblocks reads beyond their edges then: other bytes each time
        has_partial_blocks = any(v % 16 for v in self.format.size)
        options = _X264 | {
            "crf": str(self.format.quality),
            # 3: dark grounds would show bands
            "x264-params": "aq-mode=3" + ":mbtree=0" * has_partial_blocks,
        }
        self._video = self._file.add_stream("libx264", rate=self.format.fps, options=options)
        self._video.width, self._video.height = self.format.size
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.gop_size = max(1, round(SECONDS_BETWEEN_KEYS * self.format.fps))
        # BT.709, as players take it
        context.colorspace = context.color_primaries = context.color_trc = 1
        context.color_range = 1

    @property
    def _layout(self) -> str:
        return "mono" if self.format.channels == 1 else "stereo"

    @property
    def seconds(self) -> float:
        """How long the pictures last so far."""
        return float(self._frame_count / self.format.fps)

    def add_frame(self, picture: Any) -> None:
        """The next frame: RGB uint8 (height, width, 3), the planes that `planes` gives, or a PyAV
        frame; made to fit the size.
        """
        frame = _yuv_frame(picture, self.format.size)
        frame.pts, frame.time_base = self._frame_count, 1 / self.format.fps
        frame.pict_type = 0
        self._frame_count += 1
        self._mux(self._video.encode(frame))

    def add_sound(self, samples: Sound) -> None:
        """What is heard next, (channels, samples) at the format's rate."""
        self._pending_sound = np.concatenate(
            (self._pending_sound, np.clip(np.nan_to_num(samples), -1, 1)), axis=1, dtype=np.float32
        )
        complete = self._pending_sound.shape[1] // _BLOCK_SAMPLES * _BLOCK_SAMPLES
        self._encode_sound(complete)

    def add_subtitle(self, start: float, end: float, words: str) -> None:
        """A subtitle, in seconds from the film's beginning."""
        import av

        utf8 = words.replace("\0", " ").encode("utf-8", "replace")[:_MAX_SUBTITLE_BYTES]
        text = utf8.decode("utf-8", "ignore").encode()  # the cut may be inside a character
        packet = av.Packet(len(text).to_bytes(2, "big") + text)
        packet.stream, packet.time_base = self._subtitles, Fraction(1, 1000)
        packet.pts = packet.dts = round(start * 1000)
        packet.duration = max(1, round((end - start) * 1000))
        self._file.mux(packet)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._encode_sound(self._pending_sound.shape[1])
                for stream in (self._audio, self._video):
                    self._mux(stream.encode(None) if stream is not None else [])
            self._file.close()
            self.data = self._path.read_bytes() if kind is None else b""
        finally:
            self._folder.cleanup()

    def _encode_sound(self, count: int) -> None:
        import av

        if self._audio is None:
            return
        for start in range(0, count, _BLOCK_SAMPLES):
            end = min(start + _BLOCK_SAMPLES, count)
            block = np.ascontiguousarray(self._pending_sound[:, start:end])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=self._layout)
            frame.sample_rate, frame.time_base = self.format.rate, Fraction(1, self.format.rate)
            frame.pts = self._sample_count
            self._sample_count += block.shape[1]
            self._mux(self._audio.encode(frame))
        self._pending_sound = self._pending_sound[:, count:]

    def _mux(self, packets: Sequence[Any]) -> None:
        for packet in packets:
            self._file.mux(packet)


def planes(picture: Any, size: tuple[int, int]) -> Pixels:
    """RGB uint8 (height, width, 3), or a PyAV frame, at `size` as its luma and chroma one below the
    other: uint8 (3 / 2 height, width).

    >>> planes(np.full((36, 64, 3), 255, np.uint8), (64, 36)).shape
    (54, 64)
    """
    return np.asarray(_yuv_frame(picture, size).to_ndarray())


def _yuv_frame(picture: Any, size: tuple[int, int]) -> Any:
    """A picture as a PyAV frame of that size, in the colours of BT.709; planes stay as they are."""
    import av

    if isinstance(picture, np.ndarray):
        is_planar = picture.ndim == 2
        frame = av.VideoFrame.from_ndarray(
            np.ascontiguousarray(picture), format="yuv420p" if is_planar else "rgb24"
        )
        if is_planar:
            return frame
    else:
        frame = picture
    source = None
    if not frame.format.is_rgb:  # films that do not say so are BT.709 from 720 lines on
        source = "ITU709" if frame.colorspace == 1 or frame.height >= 720 else "ITU601"
    return frame.reformat(
        *size, "yuv420p", src_colorspace=source, dst_colorspace="ITU709", dst_color_range="MPEG"
    )


def wav(sound: Sound, rate: int) -> bytes:
    """(channels, samples) as a 16-bit WAV file; `audio.wav` is for mono.

    >>> len(wav(np.zeros((2, 100), np.float32), 8000))
    444
    """
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(
            (np.clip(np.nan_to_num(sound.T), -1, 1) * 32767).round().astype("<i2").tobytes()
        )
    return out.getvalue()


def with_fades(sound: Sound, rate: int, seconds: float = 0.01) -> Sound:
    """The same with short fades at both ends, so that it begins and ends without a click."""
    count = min(round(seconds * rate), sound.shape[-1] // 2)
    if not count:
        return sound
    ramp = np.sin(np.linspace(0, np.pi / 2, count, dtype=np.float32)) ** 2
    result = np.array(sound, np.float32)
    result[..., :count] *= ramp
    result[..., -count:] *= ramp[::-1]
    return result
