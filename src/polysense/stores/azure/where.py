"""The conditions that `compile_where` writes, as OData filters:
https://learn.microsoft.com/azure/search/search-query-odata-filter

SQL has three truths (a comparison with what is not there is neither true nor false) and the service
two, so NOT is carried down to the comparisons, and those that what is not there would fulfil say
first that it is there. What OData cannot say (patterns, two columns, the order of letters) becomes
a wider condition, and the filter says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from polysense.columns import FILTER_COLUMNS
from polysense.errors import BadFilter
from polysense.stores.azure.schema import MAX_TERM_BYTES, OWN, own_term

_KINDS = {
    "json_get": "",
    "json_get_string": "string",
    "json_get_float": "float",
    "json_get_bool": "bool",
}
_SIGNS = {"EQ": "eq", "NEQ": "ne", "GT": "gt", "GTE": "ge", "LT": "lt", "LTE": "le"}
_NEGATED = {"eq": "ne", "ne": "eq", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt"}
_MIRRORED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}
_LIST_VALUE = re.compile(r"[\w.:/+-]+")
_TYPE_NAMES = {str: "text", int: "a whole number", float: "a number"}


@dataclass(frozen=True, slots=True)
class Filter:
    """An OData filter ("" for none); where it is not exact, it lets through more than is meant."""

    text: str
    is_exact: bool = True


ALL, NONE, ANY = Filter("true"), Filter("false"), Filter("true", False)
"""What every row fulfils, what none does, and what any may."""


def quote(value: str) -> str:
    """A string of a filter, in quotes.

    >>> quote("it's")
    "'it''s'"
    """
    return "'" + value.encode("utf-8", "replace").decode().replace("'", "''") + "'"


def any_of(field: str, values: Sequence[str]) -> str:
    """The condition that a field is one of these: the service's own list where no value could be
    taken apart in it.

    >>> any_of("id", ["a", "b"]), any_of("id", ["it's"])
    ("search.in(id, 'a|b', '|')", "id eq 'it''s'")
    """
    listable = [v for v in values if _LIST_VALUE.fullmatch(v)]
    terms = [f"search.in({field}, {quote('|'.join(listable))}, '|')"] if listable else []
    terms += [f"{field} eq {quote(v)}" for v in values if not _LIST_VALUE.fullmatch(v)]
    return " or ".join(terms) if len(terms) < 2 else f"({' or '.join(terms)})"


def all_of(*filters: str) -> str:
    """The condition that all of these hold; empty ones say nothing.

    >>> all_of("page eq 1", "", "size gt 2")
    '(page eq 1) and (size gt 2)'
    """
    present = [f for f in filters if f]
    return " and ".join(f"({f})" for f in present) if len(present) > 1 else "".join(present)


def odata(where: str) -> Filter:
    """A compiled condition in OData. Raises BadFilter for what no column compares to.

    >>> odata("modality <> 'audio' AND NOT page > 1").text
    "(modality ne 'audio' and page le 1)"
    >>> odata("NOT page = 1").text, odata("name LIKE 'a%'")
    ('(page ne null and page ne 1)', Filter(text='', is_exact=False))
    """
    if not where:
        return Filter("")
    import sqlglot
    from sqlglot import errors, exp

    try:
        condition = _Writer(exp).write(sqlglot.parse_one(where, into=exp.Condition), False)
    except (errors.SqlglotError, RecursionError) as e:
        raise BadFilter(f"the filter does not parse: {where[:200]!r}") from e
    return Filter("", condition.is_exact) if condition.text == "true" else condition


@dataclass(frozen=True, slots=True)
class _Operand:
    """A side of a comparison: a column's name, or the name and type of an own value, or a value."""

    column: str = ""
    own: str = ""
    kind: Any = None
    value: Any = None
    is_literal: bool = False

    @property
    def is_optional(self) -> bool:
        return bool(self.column) and FILTER_COLUMNS[self.column].is_optional


class _Writer:
    """Writes one condition; with `negate`, its opposite."""

    def __init__(self, exp: Any) -> None:
        self.exp = exp
        self.signs = {getattr(exp, name): sign for name, sign in _SIGNS.items()}

    def write(self, node: Any, negate: bool) -> Filter:
        exp = self.exp
        node = node.unnest()
        if isinstance(node, exp.Not):
            return self.write(node.this, not negate)
        negate = negate != bool(node.args.get("negate"))  # NOT LIKE
        if isinstance(node, (exp.And, exp.Or)):
            join = _both if isinstance(node, exp.And) != negate else _either
            return join(self.write(n, negate) for n in node.flatten())
        if isinstance(node, exp.Boolean):
            return ALL if node.this != negate else NONE
        if type(node) in self.signs:
            left, right = self._operand(node.this), self._operand(node.expression)
            return self._comparison(self.signs[type(node)], left, right, negate, node)
        writers: tuple[tuple[Any, Callable[[Any, bool], Filter]], ...] = (
            (exp.In, self._in),
            (exp.Between, self._between),
            (exp.Like, self._like),
            (exp.Is, self._is),
        )
        for kind, writer in writers:
            if isinstance(node, kind):
                return writer(node, negate)
        raise _unsupported(node)

    def _comparison(
        self, sign: str, left: _Operand, right: _Operand, negate: bool, node: Any
    ) -> Filter:
        if left.is_literal:
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        sign = _NEGATED[sign] if negate else sign
        if left.is_literal:
            raise _unsupported(node)
        if not right.is_literal:  # two columns: the service compares one with a constant
            if (_is_text(left)) != (_is_text(right)):
                raise _unsupported(node)
            return _both([_presence(left, False), _presence(right, False)])
        if right.value is None:  # nothing is equal or unequal to NULL
            return NONE
        if left.own:
            return self._own_comparison(sign, left, right)
        value = _literal_for(left, right, node)
        if left.kind is str and sign not in ("eq", "ne"):
            # times are ASCII; in which order the service has other letters it does not say
            is_time = FILTER_COLUMNS[left.column].kind == "time"
            return (
                Filter(f"{left.column} {sign} {value}")
                if is_time and right.value.isascii()
                else ANY
            )
        if left.kind is str and len(right.value.encode("utf-8", "replace")) >= MAX_TERM_BYTES:
            return ANY
        comparison = Filter(f"{left.column} {sign} {value}")
        return _both([_presence(left), comparison]) if sign == "ne" else comparison

    def _own_comparison(self, sign: str, left: _Operand, right: _Operand) -> Filter:
        is_there = _presence(left)
        term = own_term(left.own, left.kind, right.value)
        if sign not in ("eq", "ne") or term is None or not is_there.is_exact:
            return Filter(is_there.text, False)
        if _kind_of(right.value) != left.kind:
            return NONE if sign == "eq" else is_there
        equal = f"{OWN}/any(t: t eq {quote(term)})"
        return Filter(equal) if sign == "eq" else _both([is_there, Filter(f"not ({equal})")])

    def _in(self, node: Any, negate: bool) -> Filter:
        operand, values = self._operand(node.this), [self._operand(v) for v in node.expressions]
        if operand.is_literal or not values or not all(v.is_literal for v in values):
            raise _unsupported(node)
        present = [v for v in values if v.value is not None]
        for v in present if operand.column else ():
            _literal_for(operand, v, node)
        if not present or (negate and len(present) < len(values)):
            return NONE
        if operand.kind is str and operand.column and not any(len(v.value) > 1000 for v in present):
            listable = any_of(operand.column, [v.value for v in present])
            return Filter(f"not ({listable})" if negate else listable)
        join = _both if negate else _either
        return join(self._comparison("eq", operand, v, negate, node) for v in present)

    def _between(self, node: Any, negate: bool) -> Filter:
        operand, low, high = (self._operand(node.args[a]) for a in ("this", "low", "high"))
        if operand.is_literal:
            raise _unsupported(node)
        above = self._comparison("ge", operand, low, negate, node)
        below = self._comparison("le", operand, high, negate, node)
        return _either([above, below]) if negate else _both([above, below])

    def _like(self, node: Any, negate: bool) -> Filter:
        operand, pattern = self._operand(node.this), self._operand(node.expression)
        is_text = operand.kind == "string" if operand.own else operand.kind is str
        if operand.is_literal or not is_text or not isinstance(pattern.value, str):
            raise _unsupported(node)
        if not set(pattern.value) & set("%_\\"):  # a pattern of letters alone
            return self._comparison("eq", operand, pattern, negate, node)
        return _presence(operand, False)

    def _is(self, node: Any, negate: bool) -> Filter:
        operand = self._operand(node.this)
        if operand.is_literal:
            raise _unsupported(node)
        if isinstance(node.expression, self.exp.Null):
            return _presence(operand) if negate else _absence(operand)
        if not isinstance(node.expression, self.exp.Boolean) or operand.kind != "bool":
            raise _unsupported(node)
        term = own_term(operand.own, "bool", bool(node.expression.this))
        if term is None:
            return ANY
        same = f"{OWN}/any(t: t eq {quote(term)})"
        return Filter(f"not ({same})" if negate else same)

    def _operand(self, node: Any) -> _Operand:
        exp = self.exp
        node = node.unnest()
        if isinstance(node, exp.Column):
            column = FILTER_COLUMNS.get(node.name)
            if column is None or column.type is dict:
                raise _unsupported(node)
            return _Operand(node.name, kind=column.type)
        if isinstance(node, exp.Anonymous) and str(node.this) in _KINDS:
            return _Operand(own=node.expressions[1].this, kind=_KINDS[str(node.this)])
        sign, number = 1, node
        while isinstance(number, exp.Neg):
            number, sign = number.this.unnest(), -sign
        if isinstance(number, exp.Literal) and not number.is_string:
            return _Operand(value=sign * _number(number.this), is_literal=True)
        if isinstance(node, exp.Null):
            return _Operand(is_literal=True)
        if isinstance(node, exp.Boolean):
            return _Operand(value=bool(node.this), is_literal=True)
        if isinstance(node, exp.Literal):
            return _Operand(value=str(node.this), is_literal=True)
        raise _unsupported(node)


def _both(filters: Iterable[Filter]) -> Filter:
    parts = [f for f in filters if f != ALL]
    if NONE in parts:
        return NONE
    return _join(parts, " and ", ALL)


def _either(filters: Iterable[Filter]) -> Filter:
    parts = [f for f in filters if f != NONE]
    if ALL in parts:
        return ALL
    if ANY in parts:
        return ANY
    return _join(parts, " or ", NONE)


def _join(parts: Sequence[Filter], sign: str, empty: Filter) -> Filter:
    is_exact = all(p.is_exact for p in parts)
    texts = list(dict.fromkeys(p.text for p in parts if sign == " or " or p.text != "true"))
    if not texts:
        return Filter("true" if parts else empty.text, is_exact)
    return Filter(f"({sign.join(texts)})" if len(texts) > 1 else texts[0], is_exact)


def _presence(operand: _Operand, is_exact: bool = True) -> Filter:
    """The condition that a value is there; not exact where it stands for a narrower one."""
    if operand.own:
        term = own_term(operand.own, operand.kind)
        return Filter(f"{OWN}/any(t: t eq {quote(term)})", is_exact) if term else ANY
    return Filter(f"{operand.column} ne null" if operand.is_optional else "true", is_exact)


def _absence(operand: _Operand) -> Filter:
    presence = _presence(operand)
    if not presence.is_exact:
        return ANY
    if operand.own:
        return Filter(f"not ({presence.text})")
    return Filter(f"{operand.column} eq null") if operand.is_optional else NONE


def _is_text(operand: _Operand) -> bool:
    return operand.kind in (str, "string")


def _kind_of(value: Any) -> str:
    return "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else "float"


def _number(text: str) -> int | float:
    value = int(text) if text.isdigit() else float(text)
    if abs(value) >= 1 << 63:
        raise BadFilter(f"{text} is too large a number", "Numbers of a filter fit into 64 bits.")
    return value


def _literal_for(column: _Operand, literal: _Operand, node: Any) -> str:
    """The literal as this column takes it."""
    value, kind = literal.value, column.kind
    if isinstance(value, bool) or isinstance(value, str) != (kind is str):
        raise _unsupported(node)
    if isinstance(value, str):
        return quote(value)
    if kind is int and not float(value).is_integer():
        raise BadFilter(
            f"{column.column} is {_TYPE_NAMES[kind]}, and is compared with {value}",
            "Compare it with a value of its own kind.",
        )
    return str(int(value)) if kind is int else repr(float(value))


def _unsupported(node: Any) -> BadFilter:
    return BadFilter(
        f"a library in Azure AI Search cannot filter by {node.sql()[:200]}",
        "Compare a column with a value, as in page > 3.",
    )
