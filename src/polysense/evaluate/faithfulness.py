"""Whether a made part carries its evidence, 0..1, by its own content, not by what it says of
itself.

Pictures and clips by perceptual hash (Zauner, "Implementation and benchmarking of perceptual image
hash functions", 2010), sounds by the peak of their correlation, models by the proportions of their
bounds, everything composed by the words that can be read in it (as they are, by OCR, by the
recogniser) and that its evidence has.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from polysense.errors import PolysenseError
from polysense.evaluate.validity import raw
from polysense.modalities import describe, function
from polysense.protocols import Converter
from polysense.read.film import decode as video
from polysense.read.image import decode as image
from polysense.read.language.analysis import terms
from polysense.read.solid import decode as mesh_decode
from polysense.read.sound import decode
from polysense.types import Evidence, Modality, Part

MAX_HASH_DISTANCE, HASH_FADE = 12, 20
"""Bits of 64 in which the hashes of two pictures of one thing may differ, since cropping to a
marked region and drawing a box cost some; and over how many more likeness falls to 0. Judged.
"""

BAR_BRIGHTNESS, BACKGROUND_DIFFERENCE = 16, 24
"""Of 255: what is darker is the bar of a letterbox; what differs less from the corners is
background. Judged.
"""

SAME_LENGTH = 0.05
"""By which share the lengths of two encodings of one film may differ: a frame or two. Judged."""

EXACT_ENERGY_SAMPLES = 80_000
"""A shorter sound is compared with the loudest stretch of its length, a longer one with the whole:
the exact way takes too long. Judged.
"""

PROPORTION_WEIGHT = 4
"""How fast likeness falls with the difference of two models' proportions: a quarter is none."""

SOUND_RATE, SHORT_SECONDS, LONG_SECONDS = 8000, 60, 120
"""Sounds are compared at this rate, as far as this: a bound on time, judged."""


def faithfulness(
    part: Part, evidence: Sequence[Evidence], readers: Mapping[Modality, Converter]
) -> float:
    """The best of what can be measured between a made part and the evidence in it, 0..1.

    readers find words in pictures and sounds.
    """
    likeness = max((_likeness(part, e) for e in evidence), default=0.0)
    return likeness if likeness >= 1.0 else max(likeness, _word_overlap(part, evidence, readers))


def _likeness(part: Part, e: Evidence) -> float:
    native = _native_part(e)
    measures = dict(describe(part.modality).likeness)
    if native is None or native.modality not in measures:
        return 0.0
    try:
        return float(function(measures[native.modality])(part, native, e))
    except (PolysenseError, ValueError, OSError):
        return 0.0


def _native_part(e: Evidence) -> Part | None:
    """What the evidence is itself: of a clip the clip, though its chunk may hold one frame."""
    chunk = e.hit.chunk
    if chunk.part is None or chunk.part.modality == chunk.modality or chunk.asset.path is None:
        return chunk.part
    return Part(chunk.modality, chunk.asset.path, chunk.asset.mime, chunk.asset.name, chunk.span)


def _hash(pixels: np.ndarray) -> np.ndarray:
    """The signs of the lowest frequencies of a picture made small and grey."""
    import cv2
    from PIL import Image

    small = np.asarray(
        Image.fromarray(pixels).convert("L").resize((32, 32), Image.Resampling.BILINEAR), np.float32
    )
    low = cv2.dct(small)[:8, :8].ravel()[1:]
    return np.asarray(low > np.median(low))


def _picture_likeness(one: np.ndarray, other: np.ndarray) -> float:
    distance = int((_hash(one) != _hash(other)).sum())
    return float(np.clip(1.0 - (distance - MAX_HASH_DISTANCE) / HASH_FADE, 0.0, 1.0))


def picture(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The likeness of two pictures."""
    return _picture_likeness(image.pixels(part, 512), image.pixels(native, 512))


def _sample_times(e: Evidence) -> list[float]:
    start, end = e.span.seconds or e.hit.chunk.span.seconds or (0.0, 1.0)
    return [start + f * (end - start) for f in (0.2, 0.5, 0.8)]


def frame(part: Part, native: Part, e: Evidence) -> float:
    """The best likeness of a picture with moments of the clip's place."""
    pixels = image.pixels(part, 512)
    return max(_picture_likeness(pixels, video.frame(native.data, t)) for t in _sample_times(e))


def clip(part: Part, native: Part, e: Evidence) -> float:
    """The shares of its moments that are the source's, letterboxed or not."""
    length = video.probe(raw(part)).duration
    frames = [video.frame(raw(part), length * f) for f in (0.1, 0.3, 0.5, 0.7, 0.9)]
    start, end = (
        e.span.seconds or e.hit.chunk.span.seconds or (0.0, video.probe(native.data).duration)
    )
    source = [video.frame(native.data, t) for t in np.linspace(start, max(start, end - 0.1), 12)]
    return float(
        np.mean([max(_picture_likeness(_without_bars(s), o) for o in source) for s in frames])
    )


def same_film(part: Part, native: Part, e: Evidence) -> float:
    """The same of two whole films; 0 where one is longer by more than SAME_LENGTH."""
    lengths = [video.probe(p.data).duration for p in (part, native)]
    return clip(part, native, e) if min(lengths) >= (1 - SAME_LENGTH) * max(lengths) else 0.0


def _without_bars(pixels: np.ndarray) -> np.ndarray:
    bright = pixels.max(axis=2) > BAR_BRIGHTNESS
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    return (
        pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        if len(rows) and len(columns)
        else pixels
    )


def _correlate(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The cross-correlation at every offset, by the fast Fourier transform."""
    size = 1 << (len(one) + len(other) - 1).bit_length()
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    return np.asarray(np.fft.irfft(spectrum, size))


def sound(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The peak of the normalised correlation of the shorter with the longer, at 8 kHz."""
    one = decode.samples(part, SOUND_RATE)[: SOUND_RATE * SHORT_SECONDS]
    other = decode.samples(native, SOUND_RATE)[: SOUND_RATE * LONG_SECONDS]
    short, long = sorted((one, other), key=len)
    if not len(short) or not short.any():
        return 0.0
    peak = np.abs(_correlate(long, short)).max()
    energy = (
        np.convolve(long**2, np.ones(len(short)), "valid").max()
        if len(short) < EXACT_ENERGY_SAMPLES
        else float((long**2).sum())
    )
    return float(np.clip(peak / max(np.sqrt(energy) * np.linalg.norm(short), 1e-9), 0, 1))


def shape(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The likeness of the sides of the two bounding boxes, each by its longest."""
    sides = []
    for each in (part, native):
        corners = np.asarray(mesh_decode.load(each).vertices)
        extent = np.sort(corners.max(axis=0) - corners.min(axis=0))
        sides.append(extent / max(float(extent[-1]), 1e-9))
    return float(np.clip(1.0 - np.abs(sides[0] - sides[1]).max() * PROPORTION_WEIGHT, 0, 1))


def best_moment(part: Part, native: Part, e: Evidence) -> float:
    """The best of its moments: a picture is shown whole at least once."""
    length = video.probe(raw(part)).duration
    frames = [
        _without_bars(video.frame(raw(part), length * f)) for f in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8)
    ]
    measure = outline if native.modality == "3d" else picture
    return max(measure(Part("image", s), native, e) for s in frames)


def outline(part: Part, native: Part, e: Evidence) -> float:  # noqa: ARG001
    """The best overlap (intersection over union) of a picture's silhouette with the model's, over
    turns and tilts.
    """
    silhouette, solid = _silhouette(image.pixels(part, 512)), mesh_decode.load(native)
    best = 0.0
    for azimuth in range(0, 360, 30):
        for elevation in (10.0, mesh_decode.ELEVATION):
            other = _silhouette(mesh_decode.render(solid, azimuth, elevation, 192))
            best = max(best, float((silhouette & other).sum() / max((silhouette | other).sum(), 1)))
    return best


def _silhouette(pixels: np.ndarray) -> np.ndarray:
    """What differs from the corners, cut out and made 64 x 64."""
    from PIL import Image

    corners = np.concatenate(
        [pixels[:4, :4].reshape(-1, 3), pixels[:4, -4:].reshape(-1, 3)]
    ).astype(np.int32)
    mask = (
        np.abs(pixels.astype(np.int32) - np.median(corners, axis=0)).max(axis=2)
        > BACKGROUND_DIFFERENCE
    )
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return np.zeros((64, 64), bool)
    region = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(Image.fromarray(region).resize((64, 64))) > 0


def front_view(part: Part, native: Part, e: Evidence) -> float:
    """A heightmap, seen from the front, is the picture."""
    return picture(
        Part("image", mesh_decode.render(mesh_decode.load(part), 0.0, 0.0, 512)), native, e
    )


def _word_overlap(
    part: Part, evidence: Sequence[Evidence], readers: Mapping[Modality, Converter]
) -> float:
    """The share of a made part's words that its evidence has; of the evidence's own where those are
    fewer.
    """
    words = set(_readable_terms(part, readers))
    evidence_terms = {t for e in evidence for t in _evidence_terms(e)}
    return (
        len(words & evidence_terms) / min(len(words), len(evidence_terms))
        if words and evidence_terms
        else 0.0
    )


def _evidence_terms(e: Evidence) -> Iterable[str]:
    excerpt = str(e.part.data) if isinstance(e.part.data, str) else ""
    return terms(
        f"{excerpt}\n{e.hit.chunk.words}\n{e.hit.chunk.asset.name} {e.hit.chunk.asset.folder}"
    )


def _readable_terms(part: Part, readers: Mapping[Modality, Converter]) -> list[str]:
    reader = describe(part.modality).words_reader
    return terms(function(reader)(part, readers) if reader else extracted_words(part, readers))


def extracted_words(part: Part, readers: Mapping[Modality, Converter]) -> str:
    """The words that an extractor of its modality reads in a part; "" where there is none."""
    reader = readers.get(part.modality)
    return "" if reader is None else "\n".join(str(p.data) for p in reader.convert(part))


def plain_words(part: Part, readers: Mapping[Modality, Converter]) -> str:  # noqa: ARG001
    """Of text and code, without markup, citations and provenance."""
    text = re.sub(r"(?m)^.*claim_generator.*$", " ", str(part.data))
    return re.sub(r"<style.*?</style>|<[^>]+>|\[\d+\]", " ", text, flags=re.S)


def cell_words(part: Part, readers: Mapping[Modality, Converter]) -> str:  # noqa: ARG001
    """Of a table: its cells."""
    rows = csv.reader(io.StringIO(raw(part).decode("utf-8", "replace")))
    return " ".join(c for row in rows for c in row)


def label_words(part: Part, readers: Mapping[Modality, Converter]) -> str:  # noqa: ARG001
    """Of a graph: its labels."""
    return " ".join(re.findall(r">([^<>{}]+)</data>", raw(part).decode("utf-8", "replace")))


def subtitle_words(part: Part, readers: Mapping[Modality, Converter]) -> str:  # noqa: ARG001
    """Of a clip: its captions."""
    tracks = video.embedded_subtitles(raw(part))
    return " ".join(cue.text for _, cues in tracks for cue in cues)


def model_words(part: Part, readers: Mapping[Modality, Converter]) -> str:
    """Of a model: what can be read on a view of it."""
    view = mesh_decode.render(mesh_decode.load(part), 0.0, 20.0, 640)
    return extracted_words(Part("image", view), readers)
