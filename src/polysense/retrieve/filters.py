"""`where`: a SQL boolean expression over a chunk's columns, checked before any store sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from polysense.errors import BadFilter

COLUMNS = (
    "modality",
    "uri",
    "name",
    "folder",
    "mime",
    "lang",
    "page",
    "start",
    "end",
    "line",
    "size",
    "created",
    "modified",
)
_STORED = {"start": "begins", "end": "ends"}
_WORDS = (
    "Columns: "
    + ", ".join(COLUMNS)
    + ", and meta.NAME for anything that `polysense show` lists under meta."
)
_END = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\bend\b""", re.I)
_MAX = 10_000


def compile_where(where: str) -> str:
    """The same condition in the stores' own columns; "" for none. Raises BadFilter, naming the
    columns there are.

    Strings compare as they are; created and modified are ISO 8601 ("2026-01-31"), start and end
    seconds. Allowed: comparisons, AND OR NOT, IN, BETWEEN, LIKE, IS NULL.

    >>> compile_where("modality = 'image' and page > 3")
    "modality = 'image' AND page > 3"
    >>> compile_where("meta.camera = 'Nikon' or end < 5")
    "json_get_string(meta, 'camera') = 'Nikon' OR ends < 5"
    """
    if not where.strip():
        return ""
    if len(where) > _MAX:
        raise BadFilter(f"the filter is longer than {_MAX} characters")
    import sqlglot
    from sqlglot import errors, exp

    safe = _END.sub(lambda m: m.group(1) or '"end"', where)
    try:
        tree = sqlglot.parse_one(safe, into=exp.Condition)
        _check(tree, exp)
        return str(
            tree.transform(lambda node: _column(node, exp)).sql(
                normalize_functions=False, comments=False
            )
        )
    except (errors.SqlglotError, RecursionError) as e:
        raise BadFilter(
            f"the filter does not parse: {where!r}",
            f"Write it like SQL: \"modality = 'image' and page > 3\". {_WORDS}",
        ) from e


def _check(tree: Any, exp: Any) -> None:
    joints, comparisons = (
        (exp.And, exp.Or, exp.Not),
        (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
    )
    conditions = (*joints, *comparisons, exp.In, exp.Between, exp.Like, exp.Is, exp.Boolean)
    values = (exp.Column, exp.Dot, exp.Identifier, exp.Literal, exp.Neg, exp.Null, exp.Tuple)
    if not isinstance(tree.unnest(), conditions):
        raise BadFilter(
            f"the filter is no condition: {tree.sql()}",
            f"Compare a column with a value, as in page > 3. {_WORDS}",
        )
    for node in tree.walk():
        if not isinstance(node, (*conditions, *values, exp.Paren)):
            raise BadFilter(
                f"{node.sql()} is not allowed in a filter",
                f"Use comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL. {_WORDS}",
            )


def _column(node: Any, exp: Any) -> Any:
    if not isinstance(node, exp.Column):
        return node
    names = [part.name for part in node.parts]
    if names[0].lower() == "meta" and len(names) > 1:
        return exp.Anonymous(
            this=_reader(node, exp),
            expressions=[exp.column("meta"), exp.Literal.string(".".join(names[1:]))],
        )
    name = names[0].lower()
    if len(names) > 1 or name not in COLUMNS:
        raise BadFilter(f"there is no column {'.'.join(names)!r}", _WORDS)
    return exp.column(_STORED.get(name, name))


def _reader(node: Any, exp: Any) -> str:
    """How to read a JSON value, by what it is compared with."""
    others = [v for v in node.parent.iter_expressions() if v is not node] if node.parent else []
    if any(isinstance(v, exp.Literal) and not v.is_string for v in others) or any(
        isinstance(v, exp.Neg) for v in others
    ):
        return "json_get_float"
    return "json_get_bool" if any(isinstance(v, exp.Boolean) for v in others) else "json_get_string"


def both(*conditions: str) -> str:
    """All of these, leaving out the empty ones."""
    given = [c for c in conditions if c]
    return " AND ".join(f"({c})" for c in given) if len(given) > 1 else "".join(given)


def of_kinds(modalities: Iterable[str]) -> str:
    """The condition that a chunk is of one of these modalities; none without any.

    >>> of_kinds(["image", "3d"])
    "modality = 'image' OR modality = '3d'"
    """
    return " OR ".join("modality = '" + m.replace("'", "''") + "'" for m in modalities)
