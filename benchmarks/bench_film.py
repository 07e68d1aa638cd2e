"""A narrated film of five pieces of evidence: how long it takes to make."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

from common import evidence
from polysense.evaluate.bench import Row
from polysense.make.film.narrated_film import NarratedFilm
from polysense.make.sound.speech.converter import Speech
from polysense.types import Evidence, Modality, Part, Span


def run(data: Path, work: Path) -> Iterator[Row]:
    """Two pictures, a clip with its sound, a turning model and words on a card; speaking is part of
    the work.
    """
    import av

    photos = sorted((data / "photos-labelled").glob("*.JPEG"))
    model = sorted((data / "shapes-kaykit").glob("*.glb"))[0]
    began, used = time.perf_counter(), time.process_time()
    scenes = [
        _evidence_with_speech(
            1,
            photos[0],
            "image/jpeg",
            "image",
            "The tench lives in slow and muddy water, and it is caught in summer with bread and "
            "worms.",
        ),
        _evidence_with_speech(
            2,
            photos[2],
            "image/jpeg",
            "image",
            "The ostrich is the largest bird of all; it cannot fly, but it outruns a horse over "
            "short ways.",
        ),
        evidence(
            3,
            data / "video-clips" / "friday.mp4",
            "video/mp4",
            "video",
            span=Span(seconds=(0.0, 6.0)),
        ),
        _evidence_with_speech(
            4,
            model,
            "model/gltf-binary",
            "3d",
            "This banner hangs in the hall; it was made for a game and has few triangles.",
        ),
        _evidence_with_speech(
            5,
            data / "README.md",
            "text/plain",
            "text",
            "High water was at noon, and the keeper wrote down the level of the river in his book.",
        ),
    ]
    (part,) = NarratedFilm().generate((Part("text", "What is there to see?"),), scenes)
    work, busy = time.perf_counter() - began, time.process_time() - used
    with av.open(io.BytesIO(part.data)) as file:
        lasts = float((file.duration or 0) / av.time_base)
    note = f"{len(scenes)} scenes, {busy:.1f} s of processor time; speaking included, searching not"
    yield Row(
        "Narrated film: seconds of work", f"{work:.1f}", "< 30", work < 30 and lasts >= 27, note
    )
    yield Row(
        "Narrated film: seconds it lasts", f"{lasts:.1f}", note=f"{len(part.data) / 1e6:.1f} MB"
    )


def _evidence_with_speech(
    n: int, path: Path, mime: str, modality: Modality, words: str
) -> Evidence:
    forms = [*Speech().convert(Part("text", words))]
    forms += [Part("image", path, mime)] if modality == "image" else []
    return evidence(n, path, mime, modality, words, forms=tuple(forms))
