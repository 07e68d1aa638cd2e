"""The check of encoders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np

from polysense.protocols import Encoder, Encoding, Signal, Vectors
from polysense.testing.rules import (
    LOCK_HINT,
    TOLERANCE,
    check_members,
    check_names,
    class_name,
    require,
    run_twice,
)
from polysense.types import Part, Space
from polysense.vectors.late_interaction import has_vector, is_ragged
from polysense.vectors.sparse import MAX_DIM, is_sparse


def check_encoder(encoder: Encoder, parts: Sequence[Part]) -> Encoding:
    """Check an encoder on parts of the modalities that it accepts, or takes as queries.

    Gives the vectors of those accepted. Give two parts at least, of differing content and size.
    """
    plugin = class_name(encoder)
    check_members(encoder, Encoder)
    _check_declarations(encoder, plugin)
    foreign = {p.modality for p in parts} - encoder.accepts - encoder.query_modalities
    require(
        not foreign,
        f"{plugin} takes no {', '.join(sorted(foreign))}",
        "Check it on parts of the modalities that it accepts.",
    )
    vectors = _check_documents(encoder, [p for p in parts if p.modality in encoder.accepts], plugin)
    _check_rows(encoder, encoder.encode([]), 0, "nothing")
    _check_rows(encoder, encoder.encode(list(parts), "query"), len(parts), f"{len(parts)} queries")
    return vectors


def _check_declarations(encoder: Encoder, plugin: str) -> None:
    check_names(encoder.accepts, f"{plugin}.accepts")
    check_names(encoder.query_modalities, f"{plugin}.query_modalities", non_empty=False)
    require(
        encoder.languages is None or isinstance(encoder.languages, frozenset),
        f"{plugin}.languages is {encoder.languages!r}, no frozenset",
    )
    is_declared = "signal" in vars(encoder) or any(
        "signal" in vars(c) for c in type(encoder).__mro__ if c is not Encoder
    )
    require(
        is_declared and encoder.signal in get_args(Signal),
        f"{plugin} does not say what nearness means in its space",
        'Declare signal = "semantic" (the two say alike) or "perceptual" (they look or sound so).',
    )
    space = encoder.space
    require(
        isinstance(space, Space) and bool(space.name) and space.dim > 0,
        f"{plugin}.space is {space!r}: it needs a name and a dimension",
    )
    require(
        encoder.min_score <= encoder.confident_score,
        f"{plugin}.min_score ({encoder.min_score}) is above .confident_score "
        f"({encoder.confident_score})",
    )
    require(
        all(w >= 0 for w in encoder.fusion_weight.values()),
        f"{plugin}.fusion_weight has a weight below 0",
    )


def _check_documents(encoder: Encoder, documents: Sequence[Part], plugin: str) -> Encoding:
    require(
        len(documents) > 1,
        f"{plugin} was given {len(documents)} parts to encode",
        f"Check it on two at least of: {', '.join(encoder.accepts)}.",
    )
    vectors, again = run_twice(lambda: encoder.encode(documents))
    _check_rows(encoder, vectors, len(documents), f"{len(documents)} parts")
    _check_same(
        vectors,
        again,
        f"{plugin}: encoding the same parts twice, in two threads at once, gives different vectors",
        LOCK_HINT,
    )
    usable = [v for v, ok in zip(vectors, has_vector(vectors), strict=True) if ok]
    require(
        bool(usable),
        f"{plugin} made nothing of any part",
        "Check it on parts with something in them.",
    )
    require(
        len(usable) < 2 or not all(_is_same(usable[0], v) for v in usable[1:]),
        f"{plugin} gives every part the same vector",
        "Check it on parts that differ.",
    )
    for part, row in zip(documents, vectors, strict=True):
        _check_same(
            [row],
            encoder.encode([part]),
            f"{plugin}: {part!r} has one vector alone and another in a batch",
        )
    return vectors


def _check_rows(encoder: Encoder, vectors: Any, count: int, what: str) -> None:
    plugin, dim = class_name(encoder), encoder.space.dim
    what = f"{plugin}.encode of {what}"
    if not is_ragged(encoder.space):
        _check_array(vectors, (count, dim), encoder.space.metric, what)
        return
    sparse = is_sparse(encoder.space)
    require(
        isinstance(vectors, list),
        f"{what} gives a {type(vectors).__name__}, not a list",
        'In a space whose metric is "maxsim" it is one array (tokens, dim) for each part, where it '
        'is "sparse" one array (nonzeros, 2).',
    )
    require(len(vectors) == count, f"{what} gives {len(vectors)} arrays, not {count}")
    for rows in vectors:
        tokens = len(rows) if isinstance(rows, np.ndarray) else 0
        if sparse:
            _check_array(rows, (tokens, 2), "sparse", what)
            _check_dimensions(rows, dim, what)
        else:
            _check_array(rows, (tokens, dim), "cosine", what)


def _check_dimensions(rows: Vectors, dim: int, what: str) -> None:
    dimensions, weights = rows[:, 0], rows[:, 1]
    is_whole = bool((dimensions == np.floor(dimensions)).all())
    require(
        is_whole and bool(((dimensions >= 0) & (dimensions < dim)).all()) and dim <= MAX_DIM,
        f"{what} gives dimensions that are no whole numbers from 0 to {dim - 1}",
    )
    require(
        len(np.unique(dimensions)) == len(dimensions), f"{what} gives a dimension more than once"
    )
    require(bool((weights > 0).all()), f"{what} gives weights that are not above 0")


def _check_array(vectors: Any, shape: tuple[int, int], metric: str, what: str) -> None:
    require(
        isinstance(vectors, np.ndarray),
        f"{what} gives a {type(vectors).__name__}, not an array",
    )
    require(vectors.shape == shape, f"{what} gives shape {vectors.shape}, not {shape}")
    require(vectors.dtype == np.float32, f"{what} gives {vectors.dtype}, not float32")
    finite = np.isfinite(vectors)
    is_consistent = finite.all(axis=1) | np.isnan(vectors).all(axis=1)
    require(
        bool(is_consistent.all()),
        f"{what} gives a row that is partly NaN or infinite",
        "A row is all numbers, or all NaN.",
    )
    if metric == "cosine":
        lengths = np.linalg.norm(vectors[finite.all(axis=1)], axis=1)
        require(
            bool(np.allclose(lengths, 1, atol=TOLERANCE)),
            f"{what} gives rows of length {lengths}, not 1",
        )


def _check_same(a: Sequence[Vectors], b: Sequence[Vectors], message: str, hint: str = "") -> None:
    require(len(a) == len(b) and all(map(_is_same, a, b)), message, hint)


def _is_same(a: Vectors, b: Vectors) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, atol=TOLERANCE, equal_nan=True))
