"""The short film: pictures that drift under a narration, with the narration as subtitles inside the
file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from demo.art import Fonts, Pixels
from demo.sounds import Samples, encoded
from demo.speech import RATE, Cue

WIDTH, HEIGHT, FPS = 640, 360, 12
_FADE = 0.5  # seconds

Box = tuple[float, float, float]
"""Where the camera looks: centre x, centre y and width, as fractions of the picture."""


@dataclass(frozen=True)
class Shot:
    """A picture and the camera's way over it."""

    picture: Pixels
    start: Box
    end: Box
    title: str = ""


def _view(shot: Shot, at: float, fonts: Fonts) -> Image.Image:
    ease = at * at * (3 - 2 * at)
    x, y, width = (a + (b - a) * ease for a, b in zip(shot.start, shot.end, strict=True))
    h, w = shot.picture.shape[:2]
    half_w, half_h = width * w / 2, width * w * HEIGHT / WIDTH / 2
    cx, cy = min(max(x * w, half_w), w - half_w), min(max(y * h, half_h), h - half_h)
    box = (cx - half_w, cy - half_h, cx + half_w, cy + half_h)
    frame = Image.fromarray(shot.picture).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=box)
    if shot.title:
        font = ImageFont.truetype(fonts.paths["script"], 46)
        pen = ImageDraw.Draw(frame)
        for dx, colour in ((2, "#1b2a33"), (0, "#fff8e6")):
            pen.text(
                (WIDTH / 2 + dx, HEIGHT * 0.9 + dx), shot.title, font=font, fill=colour, anchor="mm"
            )
    return frame


def _frames(shots: list[Shot], cuts: list[float], fonts: Fonts) -> list[Image.Image]:
    """Every frame; shot i runs from cuts[i] to cuts[i + 1], and fades in over the one before."""
    out = []
    for n in range(round(cuts[-1] * FPS)):
        t = n / FPS
        i = max(k for k in range(len(shots)) if cuts[k] <= t)

        def view_at(k: int, t: float = t) -> Image.Image:
            return _view(shots[k], min(1.0, (t - cuts[k]) / (cuts[k + 1] - cuts[k])), fonts)

        frame = view_at(i)
        if i and t - cuts[i] < _FADE:
            frame = Image.blend(view_at(i - 1), frame, (t - cuts[i]) / _FADE)
        out.append(frame)
    return out


def write(
    path: Path,
    shots: list[Shot],
    voice: Samples,
    cues: list[Cue],
    bed: Samples,
    fonts: Fonts,
    title: str,
) -> None:
    """An .mp4 with H.264 pictures, AAC sound and mov_text subtitles; one shot for each cue; `bed`
    is heard softly below.
    """
    cuts = [0.0, *(c.start - 0.3 for c in cues[1:]), len(voice) / RATE + 0.6]
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(
        str(path), "w", container_options={"fflags": "+bitexact", "movflags": "+faststart"}
    ) as out:
        out.metadata["title"] = title
        video = out.add_stream(
            "libx264", rate=FPS, options={"crf": "30", "preset": "slow", "threads": "1"}
        )
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.gop_size = 4 * FPS
        audio = out.add_stream("aac", rate=RATE, layout="mono")
        audio.codec_context.bit_rate = 56_000
        words = out.add_stream("mov_text")
        words.time_base = Fraction(1, 1000)
        words.codec_context.subtitle_header = _HEADER
        words.metadata["language"] = "eng"
        for image in _frames(shots, cuts, fonts):
            for packet in video.encode(av.VideoFrame.from_image(image)):
                out.mux(packet)
        for packet in video.encode(None):
            out.mux(packet)
        sound = np.pad(voice, (0, max(0, round(cuts[-1] * RATE) - len(voice))))
        sound = sound + 0.10 * np.resize(bed, len(sound))
        for packet in encoded(audio, sound.astype(np.float32), RATE):
            out.mux(packet)
        for cue in cues:
            packet = av.Packet(len(cue.words.encode()).to_bytes(2, "big") + cue.words.encode())
            packet.stream, packet.time_base = words, Fraction(1, 1000)
            packet.pts = packet.dts = round(cue.start * 1000)
            packet.duration = round((cue.end - cue.start) * 1000)
            out.mux(packet)


_HEADER = b"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, \
OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, \
Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""The style sheet that ffmpeg's mov_text encoder wants before it opens."""
