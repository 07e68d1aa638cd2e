"""The same object in another format, each glb finds its obj; and models by words for their kind:
their names are numbers, and what they say of themselves is not searched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from common import fingerprint, ranked, renamed
from polysense import Library, part
from polysense.evaluate.bench import Row, mean
from polysense.registry import kit

MOST = 6
"""Models of one kind: a third of these are banners, floors and walls."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """The 60 objects that are there in both formats."""
    source = data / "shapes-kaykit"
    copies = renamed(sorted((source / "obj").glob("*.obj")), work / "files")
    names = {fingerprint(copy): original.stem for copy, original in copies.items()}
    shapes = {original.stem: shape(original) for original in copies.values()}
    queries = {name: next(source.glob(f"{name}.*glb")) for name in shapes}
    with Library(work / "kb") as kb:
        kb.index(work / "files")
        best_matches = {
            name: names[ranked(kb, part(glb), modality="3d", k=1)[0]]
            for name, glb in queries.items()
        }
    same = mean(float(shapes[f] == shapes[name]) for name, f in best_matches.items())
    note = (
        f"{len(best_matches)} objects, {len(set(shapes.values()))} shapes; an object of the same "
        "shape, at any scale, counts"
    )
    yield Row("KayKit glb -> obj R@1", f"{same:.3f}", ">= 0.95", same >= 0.95, note)
    exact = mean(float(f == name) for name, f in best_matches.items())
    yield Row("KayKit glb -> obj R@1, the very object", f"{exact:.3f}")
    yield from by_words(source, work)


def by_words(source: Path, work: Path) -> Iterator[Row]:
    """At most six models of each kind, asked for by its name in the space of words and views."""
    kinds: dict[str, list[Path]] = {}
    for file in sorted(source.glob("*.glb")):
        kinds.setdefault(re.split(r"[_.]", file.name)[0], []).append(file)
    copies = renamed([f for files in kinds.values() for f in files[:MOST]], work / "models")
    kind_of = {fingerprint(copy): re.split(r"[_.]", f.name)[0] for copy, f in copies.items()}
    shares = []
    with Library(work / "words", kit=kit(converters=["-ocr"])) as kb:
        kb.index(work / "models")
        for kind, files in kinds.items():
            first = ranked(kb, kind, modality="3d", k=10, using="conse % 200")
            right = sum(kind_of[f] == kind for f in first)
            shares.append(right / min(10, len(files[:MOST])))
    note = f"{len(shares)} kinds, {len(copies)} models"
    yield Row("Name of a kind -> model, by its views, R@10", f"{mean(shares):.3f}", note=note)


def shape(obj: Path) -> str:
    """The hash of its vertices, in any order, moved and scaled to fill a cube: a small box is a
    large one's shape.
    """
    points = np.array(
        [
            line.split()[1:4]
            for line in obj.read_text("utf-8").splitlines()
            if line.startswith("v ")
        ],
        float,
    )
    points = np.unique(
        np.round((points - points.min(0)) / np.ptp(points, axis=0).max(), 3) + 0.0, axis=0
    )
    return hashlib.sha256(points.tobytes()).hexdigest()
