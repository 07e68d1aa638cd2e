"""Whether a made thing carries its evidence: 0..1, measured on the thing's own content, not on what
it says of itself.

Pictures and clips by perceptual hash (Zauner, "Implementation and benchmarking of perceptual image
hash functions", 2010), sounds by the peak of their correlation, models by the proportions of their
bounds, everything composed by the words that can be read in it (as they are, by OCR, by the
recogniser) and that its evidence has.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from polysense.errors import PolysenseError
from polysense.evaluate.validity import raw
from polysense.protocols import Converter
from polysense.read.film import decode as video
from polysense.read.image import decode as image
from polysense.read.language.analysis import terms
from polysense.read.solid import decode as mesh
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Part

ALIKE = 12
"""Bits of 64 in which the hashes of two pictures of one thing may differ: cropping to a marked
region and drawing a box cost some.
"""


def carried(
    part: Part, evidence: Sequence[Evidence], readers: Mapping[Modality, Converter]
) -> float:
    """The best of what can be measured between a made part and the evidence in it; readers find
    words in pictures and sounds.
    """
    likeness = max((_alike(part, e) for e in evidence), default=0.0)
    return likeness if likeness >= 1.0 else max(likeness, _worded(part, evidence, readers))


def _alike(part: Part, e: Evidence) -> float:
    native = _whole(e)
    measure = _MEASURES.get((native.modality, part.modality)) if native is not None else None
    if measure is None or native is None:
        return 0.0
    try:
        return measure(part, native, e)
    except (PolysenseError, ValueError, OSError):
        return 0.0


def _whole(e: Evidence) -> Part | None:
    """What the evidence is: of a clip the clip, though a chunk of it may be held as one of its
    frames.
    """
    chunk = e.hit.chunk
    if chunk.part is None or chunk.part.modality == chunk.modality or chunk.asset.path is None:
        return chunk.part
    return Part(chunk.modality, chunk.asset.path, chunk.asset.mime, chunk.asset.name, chunk.span)


def _hash(pixels: np.ndarray) -> np.ndarray:
    """The signs of the lowest frequencies of a picture made small and grey."""
    from PIL import Image
    from scipy.fft import dctn

    small = np.asarray(
        Image.fromarray(pixels).convert("L").resize((32, 32), Image.Resampling.BILINEAR), np.float32
    )
    low = dctn(small, norm="ortho")[:8, :8].ravel()[1:]
    return np.asarray(low > np.median(low))


def _same_picture(one: np.ndarray, other: np.ndarray) -> float:
    apart = int((_hash(one) != _hash(other)).sum())
    return 1.0 if apart <= ALIKE else max(0.0, 1.0 - (apart - ALIKE) / 20)


def _picture(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    return _same_picture(image.pixels(part, 512), image.pixels(native, 512))


def _times(e: Evidence) -> list[float]:
    start, end = e.span.seconds or e.hit.chunk.span.seconds or (0.0, 1.0)
    return [start + f * (end - start) for f in (0.2, 0.5, 0.8)]


def _frame(part: Part, native: Part, e: Evidence) -> float:
    shown = image.pixels(part, 512)
    return max(_same_picture(shown, video.frame(native.data, t)) for t in _times(e))


def _clip(part: Part, native: Part, e: Evidence) -> float:
    """The shares of its moments that are the source's, letterboxed or not."""
    length = video.probe(raw(part)).duration
    shown = [video.frame(raw(part), length * f) for f in (0.1, 0.3, 0.5, 0.7, 0.9)]
    start, end = (
        e.span.seconds or e.hit.chunk.span.seconds or (0.0, video.probe(native.data).duration)
    )
    source = [video.frame(native.data, t) for t in np.linspace(start, max(start, end - 0.1), 12)]
    return float(np.mean([max(_same_picture(_unboxed(s), o) for o in source) for s in shown]))


def _unboxed(pixels: np.ndarray) -> np.ndarray:
    lit = pixels.max(axis=2) > 16
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    return (
        pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if len(rows) and len(columns)
        else pixels
    )


def _sound(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The peak of the normalised correlation of the shorter with the longer, at 8 kHz."""
    from scipy.signal import correlate

    one, other = decode.samples(part, 8000)[: 8000 * 60], decode.samples(native, 8000)[: 8000 * 120]
    short, long = sorted((one, other), key=len)
    if not len(short) or not short.any():
        return 0.0
    peak = np.abs(correlate(long, short, method="fft")).max()
    energy = (
        np.convolve(long**2, np.ones(len(short)), "valid").max()
        if len(short) < 80_000
        else float((long**2).sum())
    )
    return float(np.clip(peak / max(np.sqrt(energy) * np.linalg.norm(short), 1e-9), 0, 1))


def _shape(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The likeness of the sides of the two bounding boxes, each by its longest."""
    sides = []
    for each in (part, native):
        corners = np.asarray(mesh.load(each).vertices)
        extent = np.sort(corners.max(axis=0) - corners.min(axis=0))
        sides.append(extent / max(float(extent[-1]), 1e-9))
    return float(np.clip(1.0 - np.abs(sides[0] - sides[1]).max() * 4, 0, 1))


def _seen_in_film(part: Part, native: Part, e: Evidence) -> float:
    """The best of its moments: a picture is shown whole at least once."""
    length = video.probe(raw(part)).duration
    shown = [
        _unboxed(video.frame(raw(part), length * f)) for f in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8)
    ]
    measure = _outline if native.modality == "3d" else _picture
    return max(measure(Part("image", s), native, e) for s in shown)


def _outline(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The best overlap (intersection over union) of what stands out in a picture with the model's
    outline, over turns and tilts.
    """
    shown, solid = _standing_out(image.pixels(part, 512)), mesh.load(native)
    best = 0.0
    for azimuth in range(0, 360, 30):
        for elevation in (10.0, mesh.ELEVATION):
            other = _standing_out(mesh.render(solid, azimuth, elevation, 192))
            best = max(best, float((shown & other).sum() / max((shown | other).sum(), 1)))
    return best


def _standing_out(pixels: np.ndarray) -> np.ndarray:
    """What differs from the corners, cut out and made 64 x 64."""
    from PIL import Image

    corners = np.concatenate(
        [pixels[:4, :4].reshape(-1, 3), pixels[:4, -4:].reshape(-1, 3)]
    ).astype(np.int32)
    mask = np.abs(pixels.astype(np.int32) - np.median(corners, axis=0)).max(axis=2) > 24
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return np.zeros((64, 64), bool)
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(Image.fromarray(cut).resize((64, 64))) > 0


def _relief(part: Part, native: Part, e: Evidence) -> float:
    """A relief, seen from the front, is the picture."""
    return _picture(Part("image", mesh.render(mesh.load(part), 0.0, 0.0, 512)), native, e)


_MEASURES: Mapping[tuple[Modality, Modality], Callable[[Part, Part, Evidence], float]] = {
    ("image", "image"): _picture,
    ("image", "video"): _seen_in_film,
    ("image", "3d"): _relief,
    ("video", "image"): _frame,
    ("video", "video"): _clip,
    ("audio", "audio"): _sound,
    ("audio", "video"): _sound,
    ("video", "audio"): _sound,
    ("3d", "3d"): _shape,
    ("3d", "image"): _outline,
    ("3d", "video"): _seen_in_film,
}


def _worded(
    part: Part, evidence: Sequence[Evidence], readers: Mapping[Modality, Converter]
) -> float:
    """The share of the words of a made thing that its evidence has; of the evidence's own where
    there are fewer of them.
    """
    said = set(_words(part, readers))
    known = {t for e in evidence for t in _known(e)}
    return len(said & known) / min(len(said), len(known)) if said and known else 0.0


def _known(e: Evidence) -> Iterable[str]:
    quoted = str(e.part.data) if isinstance(e.part.data, str) else ""
    return terms(
        f"{quoted}\n{e.hit.chunk.words}\n{e.hit.chunk.asset.name} {e.hit.chunk.asset.folder}"
    )


def _words(part: Part, readers: Mapping[Modality, Converter]) -> list[str]:
    if part.modality in ("text", "code"):
        plain = re.sub(r"(?m)^.*claim_generator.*$", " ", str(part.data))
        return terms(re.sub(r"<style.*?</style>|<[^>]+>|\[\d+\]", " ", plain, flags=re.S))
    if part.modality == "table":
        return terms(
            " ".join(
                c
                for row in csv.reader(io.StringIO(raw(part).decode("utf-8", "replace")))
                for c in row
            )
        )
    if part.modality == "graph":
        return terms(
            " ".join(re.findall(r">([^<>{}]+)</data>", raw(part).decode("utf-8", "replace")))
        )
    if part.modality == "video":
        return terms(
            " ".join(cue.text for _, cues in video.embedded_subtitles(raw(part)) for cue in cues)
        )
    shown = (
        Part("image", mesh.render(mesh.load(part), 0.0, 20.0, 640))
        if part.modality == "3d"
        else part
    )
    reader = readers.get(shown.modality)
    return (
        [t for p in reader.convert(shown) for t in terms(str(p.data))] if reader is not None else []
    )
