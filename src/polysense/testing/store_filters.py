"""The check of a store's filters: what they find, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from polysense.errors import BadFilter
from polysense.protocols import Store
from polysense.retrieve.filters import compile_where
from polysense.testing.rules import ContractError, require
from polysense.testing.store_samples import SPACE, axis
from polysense.types import Chunk

MISTYPED = (
    "page = 'three'", "page IN ('a', 'b')", "size > 'big'", "page BETWEEN 'a' AND 'b'",
    "page = 1.5", "begins < 'soon'", "name = 3", "name LIKE 5", "created > 5", "modality = TRUE",
    "name = page", "NOT page", "page", "colour = 'red'",
)  # fmt: skip
"""Conditions that no `where` becomes, but that code may pass on."""


def check_filters(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    """Each condition finds the rows it means, in every search."""
    for where, expected in (*_positive_filters(chunks), *_negative_filters(chunks)):
        _check_filter(store, chunks, where, expected, plugin)


def _positive_filters(chunks: Sequence[Chunk]) -> tuple[tuple[str, set[str]], ...]:
    moon, code, receipt, bells, again = (c.id for c in chunks)
    return (
        ("modality = 'audio'", {bells, again}),
        ("modality IN ('code', 'image')", {code, receipt}),
        ("modality <> 'audio' AND NOT page > 1", {moon}),
        ("page IS NULL", {code, bells, again}),
        ("page BETWEEN 1 AND 2 OR line = 10", {moon, code}),
        ("start >= 12 AND end <= 18", {bells}),
        ("size > 30", {bells, again}),
        ("name LIKE 'file-1%'", {moon}),
        ("folder = 'it''s 2'", {code}),
        ("lang = 'zh'", {receipt}),
        ("created >= '2026-01-03'", {receipt, bells, again}),
        ("page = 1.0 OR 9 < line", {moon, code}),
        ("NOT page IN (1, 2)", {receipt}),
        ("start < end", {bells, again}),
        ("name LIKE 'FILE-1%'", set[str]()),
        ("meta.camera = 'Nikon'", {moon}),
        ("meta.camera = 'O''Brien'", {code}),
        ("meta.iso > 200", {moon}),
        ("meta.night = true", {moon}),
        ("meta.night", {moon}),
        ("meta.night = false", {bells}),
        ("meta.iso IN (100, 400, 'x')", {moon, bells}),
        ("meta.iso IS NULL", {code, receipt, again}),
        ("meta.camera IS NOT NULL", {moon, code}),
        # a value of another type is not compared: neither equal nor unequal, no error
        ("meta.camera = 5 OR meta.camera > 5", set[str]()),
        ("NOT meta.camera = 5", set[str]()),
        ("meta.iso <> 'x'", set[str]()),
        ("meta.camera = true", set[str]()),
        ("meta.iso LIKE '4%'", set[str]()),
        ("modality = 'nothing'", set[str]()),
    )


def _negative_filters(chunks: Sequence[Chunk]) -> tuple[tuple[str, set[str]], ...]:
    """SQL's three truths: a comparison with what is not there is neither true nor false, and
    neither is its opposite.
    """
    moon, code, receipt, bells, again = (c.id for c in chunks)
    return (
        ("modality != 'audio'", {moon, code, receipt}),
        ("modality NOT IN ('audio', 'code')", {moon, receipt}),
        ("NOT modality IN ('audio', 'code')", {moon, receipt}),
        ("name NOT LIKE 'file-1%'", {code, receipt, bells, again}),
        ("NOT name LIKE '%4.txt'", {moon, code, receipt}),
        # a column that may be missing
        ("page != 1", {receipt}),
        ("NOT page = 1", {receipt}),
        ("page NOT IN (1, 2)", {receipt}),
        ("page NOT BETWEEN 1 AND 2", {receipt}),
        ("page IS NOT NULL", {moon, receipt}),
        ("NOT page IS NULL AND NOT page = 1", {receipt}),
        ("start IS NULL OR start != 12", {moon, code, receipt, again}),
        ("page IS NULL AND start IS NULL", {code}),
        ("page = NULL OR modality = 'code'", {code}),
        ("page != NULL", set[str]()),
        ("page NOT IN (1, NULL)", set[str]()),
        # a negation over several comparisons
        ("NOT NOT page = 1", {moon}),
        ("NOT (page IS NULL OR page = 1)", {receipt}),
        ("NOT (page = 1 AND modality = 'text')", {code, receipt, bells, again}),
        ("NOT (page = 1 OR modality = 'code')", {receipt}),
        ("NOT (page = 1 OR NOT line = 10)", set[str]()),
        ("NOT (modality = 'audio' AND start > 12)", {moon, code, receipt, bells}),
        # a chunk's own value that may be missing
        ("meta.camera != 'Nikon'", {code}),
        ("NOT meta.camera = 'Nikon'", {code}),
        ("meta.camera NOT IN ('Nikon', 'Leica')", {code}),
        ("meta.camera NOT LIKE 'Nik%'", {code}),
        ("meta.camera IS NULL OR meta.camera != 'Nikon'", {code, receipt, bells, again}),
        ("meta.camera IS NULL AND meta.iso IS NULL", {receipt, again}),
        ("NOT meta.camera IS NULL", {moon, code}),
        ("meta.iso != 400", {bells}),
        ("NOT meta.iso < 400", {moon}),
        ("meta.iso NOT BETWEEN 50 AND 150", {moon}),
        ("meta.night != true", {bells}),
        ("NOT meta.night", {bells}),
        ("meta.night IS NOT TRUE", {code, receipt, bells, again}),
        ("meta.nothing != 'x' OR NOT meta.nothing > 1", set[str]()),
        ("meta.nothing IS NULL AND modality != 'text'", {code, receipt, bells, again}),
        ("NOT (meta.camera = 'Nikon' OR meta.iso > 50)", set[str]()),
        ("NOT (meta.camera = 'Nikon' AND meta.iso > 500)", {moon, code, bells}),
    )


def _check_filter(
    store: Store, chunks: Sequence[Chunk], where: str, expected: set[str], plugin: str
) -> None:
    moon, code, receipt, _, again = (c.id for c in chunks)
    condition = compile_where(where)
    rows = {r["id"] for r in store.scan(condition, ["id"])}
    require(
        rows == expected,
        f"{plugin} does not filter by {where!r}: it gives {len(rows)} rows, not {len(expected)}",
    )
    require(store.count(condition) == len(expected), f"{plugin}.count does not filter by {where!r}")
    missing = set(store.missing(SPACE, condition))
    require(missing == expected & {again}, f"{plugin}.missing does not filter by {where!r}")
    near = {m.id for m in store.nearest(SPACE, axis(0), 5, condition)}
    require(
        near == expected & {moon, code, receipt},
        f"{plugin}.nearest does not filter by {where!r}",
    )
    if "bm25" in store.capabilities:
        lexical = {m.id for m in store.lexical("moon", 5, condition)}
        require(
            lexical == expected & {moon, again},
            f"{plugin}.lexical does not filter by {where!r}",
        )


def check_refusals(store: Store, plugin: str) -> None:
    """What a store cannot evaluate is BadFilter, or finds nothing; never another error."""
    searches: dict[str, Callable[[str], object]] = {
        "count": store.count,
        "scan": lambda where: list(store.scan(where, ["id"])),
        "nearest": lambda where: store.nearest(SPACE, axis(0), 5, where),
        "missing": lambda where: store.missing(SPACE, where),
    }
    if "bm25" in store.capabilities:
        searches["lexical"] = lambda where: store.lexical("moon", 5, where)
    for where in MISTYPED:
        for name, search in searches.items():
            try:
                search(where)
            except BadFilter:
                continue
            except Exception as e:
                raise ContractError(
                    f"{plugin}.{name} with the filter {where!r} raises {type(e).__name__}: {e}",
                    "What a store cannot compare is a BadFilter.",
                ) from e
