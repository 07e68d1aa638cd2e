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

from polysense.errors import Lacking

Sound = NDArray[np.float32]
"""(channels, samples), in -1..1."""

Pixels = NDArray[np.uint8]

_BLOCK = 1024
# a number of threads of its own, so that machines with more make the same bytes
_X264 = {"preset": "veryfast", "threads": "2"}
_ISO3 = {"en": "eng", "zh": "zho", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "pt": "por", "nl": "nld", "ru": "rus", "ar": "ara",
         "el": "ell", "he": "heb", "hi": "hin", "ko": "kor", "pl": "pol", "sv": "swe", "tr": "tur", "uk": "ukr", "fa": "fas"}  # fmt: skip
_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX,\
 ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""  # the style sheet that FFmpeg's mov_text wants before it opens


@dataclass(frozen=True, slots=True)
class Form:
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

    >>> with Movie(Form((64, 36), rate=8000)) as movie:
    ...     movie.sound(np.zeros((1, 8000), np.float32))
    ...     for _ in range(25):
    ...         movie.frame(np.zeros((36, 64, 3), np.uint8))
    >>> movie.data[4:8]
    b'ftyp'
    """

    data: bytes = b""

    def __init__(self, form: Form) -> None:
        self.form = form
        # the index goes to the front afterwards, which only a file allows
        self._folder = tempfile.TemporaryDirectory(prefix="polysense-")
        self._path = Path(self._folder.name, "film.mp4")
        self._shown = self._heard = 0
        self._kept = np.zeros((form.channels, 0), np.float32)

    def __enter__(self) -> Movie:
        import av

        options = {"fflags": "+bitexact", "movflags": "+faststart"}
        try:
            self._file: Any = av.open(str(self._path), "w", format="mp4", container_options=options)
            self._streams()
        except (av.error.FFmpegError, ValueError) as e:
            self._folder.cleanup()
            raise Lacking(
                f"films cannot be written here: {e}",
                "Install the package av from PyPI: its wheel has H.264 and AAC.",
            ) from e
        return self

    def _streams(self) -> None:
        form = self.form
        if form.title:
            self._file.metadata["title"] = form.title
        # x264's tree of macroblocks reads beyond their edges then: other bytes each time
        odd = any(v % 16 for v in form.size)
        # 3: dark grounds would show bands
        tuned = {"crf": str(form.quality), "x264-params": "aq-mode=3" + ":mbtree=0" * odd}
        self._video = self._file.add_stream("libx264", rate=form.fps, options=_X264 | tuned)
        self._video.width, self._video.height = form.size
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.gop_size = max(1, round(2 * form.fps))
        # BT.709, as players take it
        context.colorspace, context.color_primaries, context.color_trc, context.color_range = (
            1,
            1,
            1,
            1,
        )
        self._audio = self._words = None
        if form.channels:
            self._audio = self._file.add_stream(
                "aac", rate=form.rate, layout="mono" if form.channels == 1 else "stereo"
            )
            self._audio.codec_context.bit_rate = 80_000 * form.channels
        if form.language:
            self._words = self._file.add_stream("mov_text")
            self._words.time_base = Fraction(1, 1000)
            self._words.codec_context.subtitle_header = _HEADER
            self._words.metadata["language"] = _ISO3.get(form.language, "und")

    @property
    def seconds(self) -> float:
        """How long the pictures last so far."""
        return float(self._shown / self.form.fps)

    def frame(self, picture: Any) -> None:
        """The next frame: RGB uint8 (height, width, 3), the planes that `planes` gives, or a PyAV
        frame; made to fit the size.
        """
        fitted = _yuv(picture, self.form.size)
        fitted.pts, fitted.time_base = self._shown, 1 / self.form.fps
        fitted.pict_type = 0
        self._shown += 1
        self._mux(self._video.encode(fitted))

    def sound(self, samples: Sound) -> None:
        """What is heard next, (channels, samples) at the form's rate."""
        self._kept = np.concatenate(
            (self._kept, np.clip(np.nan_to_num(samples), -1, 1)), axis=1, dtype=np.float32
        )
        whole = self._kept.shape[1] // _BLOCK * _BLOCK
        self._send(whole)

    def words(self, start: float, end: float, said: str) -> None:
        """A subtitle, in seconds from the film's beginning."""
        import av

        text = (
            said.replace("\0", " ")
            .encode("utf-8", "replace")[:60_000]
            .decode("utf-8", "ignore")
            .encode()
        )
        packet = av.Packet(len(text).to_bytes(2, "big") + text)
        packet.stream, packet.time_base = self._words, Fraction(1, 1000)
        packet.pts = packet.dts = round(start * 1000)
        packet.duration = max(1, round((end - start) * 1000))
        self._file.mux(packet)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._send(self._kept.shape[1])
                for stream in (self._audio, self._video):
                    self._mux(stream.encode(None) if stream is not None else [])
            self._file.close()
            self.data = self._path.read_bytes() if kind is None else b""
        finally:
            self._folder.cleanup()

    def _send(self, count: int) -> None:
        import av

        if self._audio is None:
            return
        for start in range(0, count, _BLOCK):
            block = np.ascontiguousarray(self._kept[:, start : min(start + _BLOCK, count)])
            frame = av.AudioFrame.from_ndarray(
                block, format="fltp", layout="mono" if self.form.channels == 1 else "stereo"
            )
            frame.sample_rate, frame.time_base, frame.pts = (
                self.form.rate,
                Fraction(1, self.form.rate),
                self._heard,
            )
            self._heard += block.shape[1]
            self._mux(self._audio.encode(frame))
        self._kept = self._kept[:, count:]

    def _mux(self, packets: Sequence[Any]) -> None:
        for packet in packets:
            self._file.mux(packet)


def planes(picture: Any, size: tuple[int, int]) -> Pixels:
    """RGB uint8 (height, width, 3), or a PyAV frame, at `size` as its luma and chroma one below the
    other: uint8 (3 / 2 height, width).

    >>> planes(np.full((36, 64, 3), 255, np.uint8), (64, 36)).shape
    (54, 64)
    """
    return np.asarray(_yuv(picture, size).to_ndarray())


def _yuv(picture: Any, size: tuple[int, int]) -> Any:
    import av

    if isinstance(picture, np.ndarray):
        flat = picture.ndim == 2
        shown = av.VideoFrame.from_ndarray(
            np.ascontiguousarray(picture), format="yuv420p" if flat else "rgb24"
        )
        if flat:
            return shown
    else:
        shown = picture
    source = (
        None
        if shown.format.is_rgb
        else "ITU709"
        if shown.colorspace == 1 or shown.height >= 720
        else "ITU601"
    )
    return shown.reformat(
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


def faded(sound: Sound, rate: int, seconds: float = 0.01) -> Sound:
    """The same with short fades at both ends, so that it begins and ends without a click."""
    n = min(round(seconds * rate), sound.shape[-1] // 2)
    if not n:
        return sound
    ramp = np.sin(np.linspace(0, np.pi / 2, n, dtype=np.float32)) ** 2
    made = np.array(sound, np.float32)
    made[..., :n] *= ramp
    made[..., -n:] *= ramp[::-1]
    return made
