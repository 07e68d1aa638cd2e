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
_STORE_COLUMNS = {"start": "begins", "end": "ends"}
_COLUMNS_HINT = (
    "Columns: "
    + ", ".join(COLUMNS)
    + ", and meta.NAME for anything that `polysense show` lists under meta."
)
_END_COLUMN = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\bend\b""", re.I)  # END is a word of SQL
MAX_CHARACTERS = 10_000
"""Characters that a filter may have: a bound on what the parser is given, judged."""


def compile_where(where: str) -> str:
    """The same condition in the stores' own columns; "" for none.

    Raises BadFilter, naming the columns there are. Strings compare as they are; created and
    modified are ISO 8601 ("2026-01-31"), start and end seconds. Allowed: comparisons, AND OR NOT,
    IN, BETWEEN, LIKE, IS NULL.

    >>> compile_where("modality = 'image' and page > 3")
    "modality = 'image' AND page > 3"
    >>> compile_where("meta.camera = 'Nikon' or end < 5")
    "json_get_string(meta, 'camera') = 'Nikon' OR ends < 5"
    """
    if not where.strip():
        return ""
    if len(where) > MAX_CHARACTERS:
        raise BadFilter(f"the filter is longer than {MAX_CHARACTERS} characters")
    import sqlglot
    from sqlglot import errors, exp

    safe = _END_COLUMN.sub(lambda m: m.group(1) or '"end"', where)
    try:
        tree = sqlglot.parse_one(safe, into=exp.Condition)
        _check(tree, exp)
        return str(
            tree.transform(lambda node: _to_store_column(node, exp)).sql(
                normalize_functions=False, comments=False
            )
        )
    except (errors.SqlglotError, RecursionError) as e:
        raise BadFilter(
            f"the filter does not parse: {where!r}",
            f"Write it like SQL: \"modality = 'image' and page > 3\". {_COLUMNS_HINT}",
        ) from e


def _check(tree: Any, exp: Any) -> None:
    connectives, comparisons = (
        (exp.And, exp.Or, exp.Not),
        (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
    )
    conditions = (*connectives, *comparisons, exp.In, exp.Between, exp.Like, exp.Is, exp.Boolean)
    values = (exp.Column, exp.Dot, exp.Identifier, exp.Literal, exp.Neg, exp.Null, exp.Tuple)
    if not isinstance(tree.unnest(), conditions):
        raise BadFilter(
            f"the filter is no condition: {tree.sql()}",
            f"Compare a column with a value, as in page > 3. {_COLUMNS_HINT}",
        )
    for node in tree.walk():
        if not isinstance(node, (*conditions, *values, exp.Paren)):
            raise BadFilter(
                f"{node.sql()} is not allowed in a filter",
                f"Use comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL. {_COLUMNS_HINT}",
            )


def _to_store_column(node: Any, exp: Any) -> Any:
    if not isinstance(node, exp.Column):
        return node
    names = [part.name for part in node.parts]
    if names[0].lower() == "meta" and len(names) > 1:
        return exp.Anonymous(
            this=_json_getter(node, exp),
            expressions=[exp.column("meta"), exp.Literal.string(".".join(names[1:]))],
        )
    name = names[0].lower()
    if len(names) > 1 or name not in COLUMNS:
        raise BadFilter(f"there is no column {'.'.join(names)!r}", _COLUMNS_HINT)
    return exp.column(_STORE_COLUMNS.get(name, name))


def _json_getter(node: Any, exp: Any) -> str:
    """How to read a JSON value, by what it is compared with."""
    others = [v for v in node.parent.iter_expressions() if v is not node] if node.parent else []
    if any(isinstance(v, exp.Literal) and not v.is_string for v in others) or any(
        isinstance(v, exp.Neg) for v in others
    ):
        return "json_get_float"
    return "json_get_bool" if any(isinstance(v, exp.Boolean) for v in others) else "json_get_string"


def all_of(*conditions: str) -> str:
    """All of these, leaving out the empty ones."""
    present = [c for c in conditions if c]
    return " AND ".join(f"({c})" for c in present) if len(present) > 1 else "".join(present)


def modality_condition(modalities: Iterable[str]) -> str:
    """The condition that a chunk is of one of these modalities; none without any.

    >>> modality_condition(["image", "3d"])
    "modality = 'image' OR modality = '3d'"
    """
    return " OR ".join("modality = '" + m.replace("'", "''") + "'" for m in modalities)
