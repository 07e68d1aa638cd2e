"""`where`: a SQL boolean expression over a chunk's columns, checked before any store sees it.

Every comparison is checked against the columns' types (`polysense.columns`), so what a store gets
is a condition that it can evaluate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from polysense.columns import WHERE_COLUMNS, Column, Kind, unicode_forms
from polysense.errors import BadFilter
from polysense.retrieve.filter_values import COLUMNS_HINT, parse_number, parse_time

COLUMNS = tuple(WHERE_COLUMNS)
"""The names of the columns."""

MAX_CHARACTERS = 10_000
"""Characters that a filter may have: a bound on what the parser is given, judged."""

_END_COLUMN = re.compile(r"""('(?:[^']|'')*'|"[^"]*")|\bend\b""", re.I)  # END is a word of SQL
_NUMBERS = frozenset({"whole number", "number"})
_DESCRIPTIONS: dict[Kind, str] = {
    "text": "text",
    "whole number": "a whole number",
    "number": "a number",
    "time": "a time, written as text like '2026-01-31'",
    "values": "a value of the chunk's own",
}


def compile_where(where: str) -> str:
    """The same condition in the stores' own columns; "" for none.

    Raises BadFilter, naming the column that is compared with what it can never be, its type, and
    the columns there are. Strings compare as they are, in any Unicode form; created and modified
    are ISO 8601 ("2026-01-31"), start and end seconds. Allowed: comparisons, AND OR NOT, IN,
    BETWEEN, LIKE, IS NULL.

    A chunk's own value, meta.NAME, becomes json_get_string, json_get_float or json_get_bool of
    (meta, 'NAME'), by what it is compared with: the value where it is of that type, else NULL. In
    IS NULL it is json_get, which is NULL where there is no such value, or null.

    >>> compile_where("modality = 'image' and page > 3.0")
    "modality = 'image' AND page > 3"
    >>> compile_where("meta.camera = 'Nikon' or end < 5")
    "json_get_string(meta, 'camera') = 'Nikon' OR ends < 5"
    """
    if not where.strip():
        return ""
    if len(where) > MAX_CHARACTERS:
        raise BadFilter(f"the filter is longer than {MAX_CHARACTERS} characters")
    from sqlglot import errors, exp

    try:
        compiled = _Compiler(exp).condition(_parse(where))
        return str(compiled.sql(normalize_functions=False, comments=False))
    except (errors.SqlglotError, RecursionError) as e:
        raise BadFilter(
            f"the filter does not parse: {where!r}",
            f"Write it like SQL: \"modality = 'image' and page > 3\". {COLUMNS_HINT}",
        ) from e


def asks_for_uri(where: str) -> bool:
    """Whether a filter asks for uri, which tells where files lie.

    What compiles is looked at, not how it is written. Raises BadFilter.

    >>> asks_for_uri("uri like '/home/%'"), asks_for_uri("name = 'uri'")
    (True, False)
    """
    from sqlglot import exp

    condition = compile_where(where)
    columns = _parse(condition).find_all(exp.Column) if condition else ()
    return any(c.name.lower() == "uri" for c in columns)


def _parse(where: str) -> Any:
    """The tree of a condition. Raises sqlglot's errors."""
    import sqlglot
    from sqlglot import exp

    safe = _END_COLUMN.sub(lambda m: m.group(1) or '"end"', where)
    return sqlglot.parse_one(safe, into=exp.Condition)


@dataclass(frozen=True, slots=True)
class _Operand:
    """A side of a comparison: a column, the key of a chunk's own value, or a literal.

    A literal has a kind and a value: str, int, float or bool; None is NULL.
    """

    text: str
    node: Any
    column: Column | None = None
    key: str = ""
    value: str | float | bool | None = None

    @property
    def is_literal(self) -> bool:
        return self.column is None and not self.key

    @property
    def description(self) -> str:
        if self.column is not None:
            return _DESCRIPTIONS[self.column.kind]
        if self.key:
            return _DESCRIPTIONS["values"]
        return {bool: "true or false", str: "text", type(None): "nothing"}.get(
            type(self.value), "a number"
        )


class _Compiler:
    """Checks a condition and rewrites it in the stores' columns."""

    def __init__(self, exp: Any) -> None:
        self.exp = exp
        self.comparisons = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)

    def condition(self, node: Any) -> Any:
        """What may stand alone, or beside AND, OR and NOT."""
        exp = self.exp
        if isinstance(node, (exp.Paren, exp.Not)):
            return type(node)(this=self.condition(node.this))
        if isinstance(node, (exp.And, exp.Or)):
            parts = [self.condition(n) for n in node.flatten(unnest=False)]
            return reduce(lambda a, b: type(node)(this=a, expression=b), parts)
        if isinstance(node, exp.Boolean):
            return exp.Boolean(this=node.this)
        for kinds, rewrite in (
            (self.comparisons, self._comparison),
            (exp.In, self._in),
            (exp.Between, self._between),
            (exp.Like, self._like),
            (exp.Is, self._is),
        ):
            if isinstance(node, kinds):
                return rewrite(node)
        if isinstance(node, (exp.Column, exp.Dot)):
            operand = self._operand(node)
            if operand.key:  # it may be true or false
                return exp.EQ(this=self._getter("bool", operand.key), expression=exp.true())
            raise BadFilter(
                f"{operand.text} is {operand.description}, and no condition by itself",
                f"Compare it with a value, as in page > 3. {COLUMNS_HINT}",
            )
        if isinstance(node, (exp.Literal, exp.Neg, exp.Null)):
            raise BadFilter(
                f"the filter is no condition: {node.sql()}",
                f"Compare a column with a value, as in page > 3. {COLUMNS_HINT}",
            )
        raise _not_allowed(node)

    def _comparison(self, node: Any) -> Any:
        left, right = self._operand(node.this), self._operand(node.expression)
        a, b = self._pair(left, right)
        if not isinstance(node, (self.exp.EQ, self.exp.NEQ)) or left.is_literal is right.is_literal:
            return type(node)(this=a, expression=b)
        column, literal = (b, a) if left.is_literal else (a, b)
        forms = self._forms(literal)
        if len(forms) == 1:
            return type(node)(this=a, expression=b)
        either = self.exp.In(this=column, expressions=forms)
        return either if isinstance(node, self.exp.EQ) else self.exp.Not(this=either)

    def _forms(self, literal: Any) -> list[Any]:
        """The literal in each Unicode form that a text may be stored in."""
        if not (isinstance(literal, self.exp.Literal) and literal.is_string):
            return [literal]
        return [self.exp.Literal.string(form) for form in unicode_forms(str(literal.this))]

    def _between(self, node: Any) -> Any:
        if node.args.get("symmetric"):
            raise _not_allowed(node)
        operand, *bounds = (self._operand(node.args[a]) for a in ("this", "low", "high"))
        above, below = (self._pair(operand, bound) for bound in bounds)
        if above[0].sql() == below[0].sql():
            return self.exp.Between(this=above[0], low=above[1], high=below[1])
        return self.exp.Paren(  # the bounds are of two types: each asks for another getter
            this=self.exp.And(
                this=self.exp.GTE(this=above[0], expression=above[1]),
                expression=self.exp.LTE(this=below[0], expression=below[1]),
            )
        )

    def _in(self, node: Any) -> Any:
        exp = self.exp
        if {k for k, v in node.args.items() if v} - {"this", "expressions"}:
            raise _not_allowed(node)
        operand, values = self._operand(node.this), [self._operand(v) for v in node.expressions]
        if operand.is_literal or not values or not all(v.is_literal for v in values):
            raise BadFilter(
                f"{node.sql()} is no list of values",
                f"Write IN with a column and values: page IN (1, 2). {COLUMNS_HINT}",
            )
        by_getter: dict[str, tuple[Any, list[Any]]] = {}  # a chunk's own may be of several types
        for value in values:
            column, literal = self._pair(operand, value)
            by_getter.setdefault(column.sql(), (column, []))[1].extend(self._forms(literal))
        lists = [exp.In(this=column, expressions=items) for column, items in by_getter.values()]
        either = reduce(lambda a, b: exp.Or(this=a, expression=b), lists)
        return exp.Paren(this=either) if len(lists) > 1 else either

    def _like(self, node: Any) -> Any:
        operand, pattern = self._operand(node.this), self._operand(node.expression)
        is_text = bool(operand.key) or (operand.column is not None and operand.column.type is str)
        if not is_text or not isinstance(pattern.value, str):
            raise BadFilter(
                f"{operand.text} is {operand.description}, and LIKE compares text with a pattern "
                f"in quotes, not with {pattern.text}",
                f"Write it like name LIKE '%.pdf'. {COLUMNS_HINT}",
            )
        this = self._getter("string", operand.key) if operand.key else self._column(operand)
        patterns = (self.exp.Literal.string(form) for form in unicode_forms(pattern.value))
        likes = [self.exp.Like(this=this.copy(), expression=pattern) for pattern in patterns]
        either = reduce(lambda a, b: self.exp.Or(this=a, expression=b), likes)
        like = self.exp.Paren(this=either) if len(likes) > 1 else either
        return self.exp.Not(this=like) if node.args.get("negate") else like

    def _is(self, node: Any) -> Any:
        exp = self.exp
        operand, value = self._operand(node.this), node.expression.unnest()
        if operand.is_literal:
            raise _not_allowed(node)
        if isinstance(value, exp.Null):
            this = self._getter("", operand.key) if operand.key else self._column(operand)
        elif isinstance(value, exp.Boolean) and operand.key:
            this = self._getter("bool", operand.key)
        else:
            raise BadFilter(
                f"{operand.text} is {operand.description}, and cannot be {node.sql()}",
                f"Write {operand.text} IS NULL, or compare it with a value. {COLUMNS_HINT}",
            )
        return exp.Is(this=this, expression=value.copy())

    def _pair(self, left: _Operand, right: _Operand) -> tuple[Any, Any]:
        """Both sides of a comparison as a store takes them; raises where they never compare."""
        if left.is_literal and right.is_literal:
            raise BadFilter(
                f"{left.text} and {right.text} are both values",
                f"Compare a column with a value, as in page > 3. {COLUMNS_HINT}",
            )
        if left.is_literal or right.is_literal:
            column, literal = (right, left) if left.is_literal else (left, right)
            sides = self._column_and_literal(column, literal)
            return (sides[1], sides[0]) if left.is_literal else sides
        if left.key and right.key:
            raise BadFilter(
                f"{left.text} and {right.text} have no type of their own to be compared by",
                f"Compare each with a value or a column. {COLUMNS_HINT}",
            )
        kinds = [o.column.kind for o in (left, right) if o.column]
        if len(set(kinds)) > 1 and not _NUMBERS.issuperset(kinds):
            raise _mismatch(left, right)
        getter = "string" if {"text", "time"}.intersection(kinds) else "float"
        a, b = (self._getter(getter, o.key) if o.key else self._column(o) for o in (left, right))
        return a, b

    def _column_and_literal(self, operand: _Operand, literal: _Operand) -> tuple[Any, Any]:
        exp, value, column = self.exp, literal.value, operand.column
        if value is None:
            this = self._getter("string", operand.key) if operand.key else self._column(operand)
            return this, exp.Null()
        if column is None:
            kind = (
                "bool"
                if isinstance(value, bool)
                else "string"
                if isinstance(value, str)
                else "float"
            )
            return self._getter(kind, operand.key), literal.node
        if isinstance(value, bool) or isinstance(value, str) != (column.type is str):
            raise _mismatch(operand, literal)
        if column.kind == "time":
            return self._column(operand), exp.Literal.string(parse_time(operand.text, str(value)))
        if column.kind == "whole number":
            if not float(value).is_integer():
                raise _mismatch(operand, literal)
            return self._column(operand), exp.convert(int(value))
        return self._column(operand), literal.node

    def _column(self, operand: _Operand) -> Any:
        if operand.column is None:
            raise _not_allowed(operand.node)
        return self.exp.column(operand.column.name)

    def _getter(self, kind: str, key: str) -> Any:
        """What reads a chunk's own value, of a type."""
        return self.exp.Anonymous(
            this=f"json_get_{kind}" if kind else "json_get",
            expressions=[self.exp.column("meta"), self.exp.Literal.string(key)],
        )

    def _operand(self, node: Any) -> _Operand:
        exp = self.exp
        node = node.unnest()
        text = node.sql()
        if isinstance(node, (exp.Column, exp.Dot)):
            return self._reference(node)
        sign, number = 1, node
        while isinstance(number, exp.Neg):
            number, sign = number.this.unnest(), -sign
        if isinstance(number, exp.Literal) and not number.is_string:
            value = parse_number(number.this)
            return _Operand(text, exp.convert(sign * value), value=sign * value)
        if number is not node:
            raise _not_allowed(node)
        if isinstance(node, exp.Literal):
            return _Operand(text, node.copy(), value=str(node.this))
        if isinstance(node, exp.Boolean):
            return _Operand(text, node.copy(), value=bool(node.this))
        if isinstance(node, exp.Null):
            return _Operand(text, node.copy())
        raise _not_allowed(node)

    def _reference(self, node: Any) -> _Operand:
        if not all(isinstance(n, (self.exp.Column, self.exp.Dot, self.exp.Identifier))
                   for n in node.walk()):  # fmt: skip
            raise _not_allowed(node)
        names = [part.name for part in node.parts]
        text = ".".join(names)
        if names[0].lower() == "meta" and len(names) > 1 and all(names):
            return _Operand(text, node, key=".".join(names[1:]))
        column = WHERE_COLUMNS.get(names[0].lower())
        if len(names) > 1 or column is None:
            raise BadFilter(f"there is no column {text!r}", COLUMNS_HINT)
        return _Operand(text, node, column)


def _mismatch(left: _Operand, right: _Operand) -> BadFilter:
    column, other = (right, left) if left.is_literal else (left, right)
    compared_with = other.text if other.is_literal else f"{other.text}, {other.description}"
    return BadFilter(
        f"{column.text} is {column.description}, and is compared with {compared_with}",
        f"Compare it with a value of its own type. {COLUMNS_HINT}",
    )


def _not_allowed(node: Any) -> BadFilter:
    return BadFilter(
        f"{node.sql()} is not allowed in a filter",
        f"Use comparisons, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL. {COLUMNS_HINT}",
    )


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


def among(column: str, values: Iterable[str]) -> str:
    """The condition that a column of a chunk has one of these values; none without any.

    >>> among("asset", ["0af3"])
    "asset IN ('0af3')"
    """
    return f"{column} IN ({names})" if (names := _value_list(values)) else ""


def excluding(column: str, values: Iterable[str]) -> str:
    """The condition that a column of a chunk has none of these values; none without any.

    >>> excluding("asset", ["0af3"])
    "asset NOT IN ('0af3')"
    """
    return f"{column} NOT IN ({names})" if (names := _value_list(values)) else ""


def _value_list(values: Iterable[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in sorted(values))
