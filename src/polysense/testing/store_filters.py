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
    moon, code, receipt, bells, again = (c.id for c in chunks)
    for where, expected in (
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
    ):
        condition = compile_where(where)
        rows = {r["id"] for r in store.scan(condition, ["id"])}
        require(
            rows == expected,
            f"{plugin} does not filter by {where!r}: it gives {len(rows)} rows, "
            f"not {len(expected)}",
        )
        require(
            store.count(condition) == len(expected), f"{plugin}.count does not filter by {where!r}"
        )
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
