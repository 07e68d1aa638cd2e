"""Programs that cut seconds from a recording, to the sample or the frame."""

from __future__ import annotations

from pathlib import Path

from polysense.make.code.script.program import program_head

_CUT_SOUND = """
import av
import numpy as np

START, END = {start}, {end}  # seconds
TARGET = sys.argv[2] if len(sys.argv) > 2 else {target!r}

with av.open(str(SOURCE)) as source:
    stream = source.streams.audio[0]
    begin = (source.start_time or 0) / av.time_base
    rate, layout = stream.rate, stream.layout.name
    source.seek(int((begin + max(0.0, START - 1.0)) * av.time_base))
    resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
    pieces, due = [], round(START * rate)
    for frame in source.decode(stream):
        first = round((frame.time - begin) * rate) if frame.time is not None else due
        if first >= round(END * rate):
            break
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().reshape(-1, len(piece.layout.channels))
            last = min(len(samples), round(END * rate) - first)
            pieces.append(samples[max(0, due - first) : max(0, last)])
            first += len(samples)
            due = max(due, first)
    cut = np.concatenate(pieces) if pieces else np.zeros((0, stream.channels), np.int16)

with wave.open(TARGET, "wb") as out:
    out.setnchannels(cut.shape[1])
    out.setsampwidth(2)
    out.setframerate(rate)
    out.writeframes(cut.tobytes())
print(f"{{TARGET}}: {{len(cut) / rate:.3f}} s")
"""

_CUT_FILM = """
from fractions import Fraction

import av

START, END = {start}, {end}  # seconds
TARGET = sys.argv[2] if len(sys.argv) > 2 else {target!r}

with av.open(str(SOURCE)) as source, av.open(TARGET, "w") as out:
    begin = (source.start_time or 0) / av.time_base
    film, sound = source.streams.video[0], next(iter(source.streams.audio), None)
    rate = film.average_rate or Fraction(25)
    picture_out = out.add_stream("libx264", rate=rate, options={{"crf": "20"}})
    picture_out.width, picture_out.height = film.width // 2 * 2, film.height // 2 * 2
    picture_out.pix_fmt = "yuv420p"
    picture_out.time_base = Fraction(1, 90000)
    sound_out = out.add_stream("aac", rate=sound.rate) if sound else None
    resampler = None
    if sound:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=sound.rate)
    source.seek(int((begin + START) * av.time_base))
    played, last = 0, 0
    for packet in source.demux([s for s in (film, sound) if s]):
        if packet.dts is not None and packet.dts * packet.time_base - begin > END + 5:
            break
        for frame in packet.decode():
            if frame.time is None or not START - 1e-6 <= frame.time - begin < END - 1e-6:
                continue
            if packet.stream is film:
                picture = frame.reformat(picture_out.width, picture_out.height, "yuv420p")
                picture.pts = round((frame.time - begin - START) * 90000)
                picture.time_base = Fraction(1, 90000)
                out.mux(picture_out.encode(picture))
                last += 1
            else:
                for piece in resampler.resample(frame):
                    piece.pts, piece.time_base = played, Fraction(1, sound.rate)
                    played += piece.samples
                    out.mux(sound_out.encode(piece))
    for stream in filter(None, (picture_out, sound_out)):
        out.mux(stream.encode(None))
print(f"{{TARGET}}: {{last}} frames")
"""


def cut_program(kind: str, seconds: tuple[float, float], path: Path, source: str, stem: str) -> str:
    """A program that cuts exactly these seconds from a recording: to the sample into WAV, to the
    frame into MP4.
    """
    start, end = (round(s, 3) for s in seconds)
    is_film = kind == "video"
    target = f"{stem}-{start:g}-{end:g}.{'mp4' if is_film else 'wav'}"
    body = (_CUT_FILM if is_film else _CUT_SOUND).format(start=start, end=end, target=target)
    precision = "frame" if is_film else "sample"
    description = f"Cuts {start:g} s to {end:g} s from {source}, to the {precision}."
    imports = "" if is_film else "import wave\n"
    return program_head(description, source, path).replace("{imports}", imports) + body
