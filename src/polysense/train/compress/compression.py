"""A space with fewer numbers a vector, made of the vectors that a library holds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from polysense.encoders.aligned.folder import AlignedConfig, Tower, write_config
from polysense.errors import BadConfig, BadQuery
from polysense.evaluate.metrics import ndcg
from polysense.evaluate.statistics import Estimate, average, difference
from polysense.ingest.progress import Progress
from polysense.library import Library
from polysense.protocols import Vectors
from polysense.train.align.settings import Side
from polysense.train.compress.curve import (
    CurvePoint,
    curve_figures,
    draw_curve,
    nearest,
    overlap,
)
from polysense.train.compress.methods import AUTOENCODER, QUANTISERS, cut, fit_autoencoder, fit_pca
from polysense.train.heads.head import Head
from polysense.train.run.card import Card
from polysense.types import Space

METHODS = ("pca", "autoencoder", "matryoshka")

SAMPLE, QUERIES = 20_000, 400
"""Vectors of a library that are fitted on at most, and those held out to ask with. A recall of 400
is known to 3 points.
"""

MIN_VECTORS = 200
"""A library with fewer vectors in a space tells nothing about them; judged."""


@dataclass(frozen=True, slots=True)
class Compression:
    """The points of the curve, the one of the method that was asked for, and the card."""

    points: tuple[CurvePoint, ...]
    point: CurvePoint
    card: Card


def compress(
    library: Library,
    side: Side,
    dim: int,
    folder: Path,
    *,
    method: str = "pca",
    seed: int = 0,
    progress: Progress,
) -> Compression:
    """Fit a method on a library's vectors in the space of an encoder, measure how much of each
    ranking is left at several widths, and write the space of `dim` numbers into a folder, which
    `aligned:model=` serves. Nothing of the library is changed. Raises BadConfig, BadQuery,
    MissingDependency.
    """
    started = time.monotonic()
    space = side.encoder.space
    if method not in METHODS:
        raise BadConfig(f"there is no method {method!r}", f"Write one of {', '.join(METHODS)}.")
    if space.metric != "cosine" or not 0 < dim < space.dim:
        raise BadConfig(
            f"{space.name} has {space.dim} numbers a vector, and cannot have {dim}",
            f"Write --to with less than {space.dim}, for a space with one vector a thing.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    vectors = _sample(library, space, seed)
    order = np.random.default_rng(seed).permutation(len(vectors))
    queries = order[: min(QUERIES, len(vectors) // 4)]
    train = vectors[np.setdiff1d(order, queries)]
    full = nearest(vectors[queries], vectors, queries)

    def point(name: str, numbers: int, size: int, small: Vectors) -> CurvePoint:
        return CurvePoint(
            name, numbers, size, overlap(full, nearest(small[queries], small, queries))
        )

    points: list[CurvePoint] = []
    head = cut(vectors, dim)
    for width in _widths(space.dim, dim):
        for name in dict.fromkeys(("pca", "matryoshka", *([method] if width == dim else []))):
            own = _fit(name, train, width, folder, seed, progress)
            points.append(point(name, width, 4 * width, own(vectors)))
            head = own if (name, width) == (method, dim) else head
    small = head(vectors)
    for name, (quantise, share) in QUANTISERS.items():
        coarse = quantise(train, vectors)
        points.append(point(name, space.dim, round(space.dim * share), coarse))
        coarse = quantise(head(train), small)
        points.append(point(f"{method} + {name}", dim, round(dim * share), coarse))
    selection = next(p for p in points if (p.method, p.dim) == (method, dim))
    _write(folder, head, side, dim)
    card = Card(
        kind="compress",
        name=folder.name,
        data={"library": library.location, "vectors": len(vectors), "hash": _digest(vectors)},
        settings={"space": space.name, "dim": dim, "method": method, "seed": seed},
        metrics=dict(curve_figures(points)),
        seconds=round(time.monotonic() - started, 1),
    )
    card.write(folder)
    draw_curve(folder / "curve.svg", f"{space.name}, {len(vectors)} vectors", points)
    return Compression(tuple(points), selection, card)


def _widths(width: int, dim: int) -> list[int]:
    """Halves of a width, and the one that is asked for, from many to few."""
    halves = [width >> i for i in range(1, 5) if width >> i >= 8]
    return sorted({*halves, dim}, reverse=True)


def _fit(
    method: str, train: Vectors, dim: int, folder: Path, seed: int, progress: Progress
) -> Head:
    if method == "pca":
        return fit_pca(train, dim)
    if method == "matryoshka":
        return cut(train, dim)
    held_out = max(len(train) // 8, 8)
    state = folder / "state.pt"
    settings = replace(AUTOENCODER, seed=seed)
    return fit_autoencoder(train[held_out:], train[:held_out], dim, state, progress, settings)


def _sample(library: Library, space: Space, seed: int) -> Vectors:
    """Vectors of a library in a space, (n, dim). Raises BadQuery where there are too few."""
    ids = sorted(row["id"] for row in library.store.scan("", ["id"]))
    chosen_ids = np.random.default_rng(seed).permutation(len(ids))[: 2 * SAMPLE]
    stored = library.store.vectors(space, [ids[i] for i in chosen_ids])
    rows = [stored[i] for i in sorted(stored)][:SAMPLE]
    if len(rows) < MIN_VECTORS:
        raise BadQuery(
            f"{library.location} has {len(rows)} vectors in {space.name}, and {MIN_VECTORS} are "
            "needed to fit on",
            "Index more, or name a space that has more: `polysense status` counts them.",
        )
    return np.stack(rows).astype(np.float32)


def _digest(vectors: Vectors) -> str:
    from hashlib import sha256

    return sha256(np.ascontiguousarray(vectors).tobytes()).hexdigest()[:16]


def _write(folder: Path, head: Head, side: Side, dim: int) -> None:
    encoder, space = side.encoder, side.encoder.space
    indexed = tuple(sorted(encoder.accepts))
    head.export(folder / "head.onnx", space.dim, dim)
    modalities = sorted(encoder.accepts | encoder.query_modalities)
    towers = {m: Tower(side.spec, space.revision, "head.onnx") for m in modalities}
    languages = tuple(sorted(encoder.languages or ()))
    write_config(
        AlignedConfig(folder.name, dim, towers, indexed, languages, encoder.signal), folder
    )


def judged_change(
    queries: Vectors, items: Vectors, grades: Sequence[dict[str, float]], head: Head
) -> tuple[Estimate, Estimate, Estimate]:
    """nDCG@10 of judged queries with all numbers and with fewer, and the change with its interval.

    queries, (n, dim), and items, (m, dim), of unit length; grades of each query by the item's
    number.
    """
    values: list[list[float]] = []
    for q, x in ((queries, items), (head(queries), head(items))):
        order = np.argsort(-(q @ x.T), axis=1, kind="stable")[:, :10]
        values.append([ndcg([str(i) for i in o], g) for o, g in zip(order, grades, strict=True)])
    before, after, change = average(values[0]), average(values[1]), difference(*values)
    assert before is not None
    assert after is not None
    assert change is not None
    return before, after, change
