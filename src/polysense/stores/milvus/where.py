"""The conditions that `compile_where` writes, as Milvus expressions:
https://milvus.io/docs/boolean.md

SQL has three truths (a comparison with what is not there is neither true nor false) and Milvus two,
so NOT is carried down to the comparisons, and each of them says first that the value is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from polysense.errors import BadFilter
from polysense.stores.milvus.rows import NOWHERE, NULLABLE
from polysense.stores.rows import FILTERS

ALWAYS, NEVER = 'id != ""', 'id == ""'
_OPPOSITE = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_KEY = re.compile(r"[^\"'\\\[\]\x00-\x1f]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(value: str) -> str:
    """A string of an expression, in quotes."""
    return (
        '"' + "".join(_ESCAPES.get(c, c) for c in value.encode("utf-8", "replace").decode()) + '"'
    )


def among(column: str, values: Sequence[str]) -> str:
    """The condition that a column is one of these."""
    return f"{column} in [{', '.join(map(text, values))}]"


def expression(where: str) -> str:
    """A compiled condition in Milvus's words; "" for none. Raises BadFilter for what Milvus cannot
    compare.

    >>> expression("modality <> 'audio' AND NOT page > 1")
    '(modality != "audio" and (page > -1000000000 and page <= 1))'
    """
    if not where:
        return ""
    import sqlglot
    from sqlglot import errors, exp

    try:
        return _Writer(exp).say(sqlglot.parse_one(where, into=exp.Condition), False)
    except (errors.SqlglotError, RecursionError) as e:
        raise BadFilter(f"the filter does not parse: {where[:200]!r}") from e


@dataclass(frozen=True, slots=True)
class _Operand:
    """A side of a comparison: how it is written, its kind (None: anything), and what says that it
    is there.
    """

    said: str
    kind: type | None
    there: str = ""
    value: Any = None
    literal: bool = False


class _Writer:
    """Writes one condition. `no` asks for its opposite."""

    def __init__(self, exp: Any) -> None:
        self.exp = exp
        self.signs = {
            exp.EQ: "==",
            exp.NEQ: "!=",
            exp.GT: ">",
            exp.GTE: ">=",
            exp.LT: "<",
            exp.LTE: "<=",
        }

    def say(self, node: Any, no: bool) -> str:
        exp = self.exp
        node = node.unnest()
        if isinstance(node, exp.Not):
            return self.say(node.this, not no)
        no = no != bool(node.args.get("negate"))  # NOT LIKE
        if isinstance(node, (exp.And, exp.Or)):
            joint = " and " if isinstance(node, exp.And) != no else " or "
            return "(" + joint.join(self.say(n, no) for n in node.flatten()) + ")"
        if isinstance(node, exp.Boolean):
            return ALWAYS if node.this != no else NEVER
        if type(node) in self.signs:
            return self._compares(
                self.signs[type(node)], self._operand(node.this), self._operand(node.expression), no
            )
        for kind, writer in (
            (exp.In, self._in),
            (exp.Between, self._between),
            (exp.Like, self._like),
            (exp.Is, self._is),
        ):
            if isinstance(node, kind):
                return writer(node, no)
        raise _unable(node.sql())

    def _compares(self, sign: str, left: _Operand, right: _Operand, no: bool) -> str:
        if left.literal:
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        sign = _OPPOSITE[sign] if no else sign
        if left.literal or (not right.literal and None in (left.kind, right.kind)):
            raise _unable(f"{left.said} {sign} {right.said}")
        if right.literal and right.value is None:  # nothing is equal or unequal to NULL
            return NEVER
        if right.literal:
            return _if(left.there, f"{left.said} {sign} {_fits(left, right)}")
        if (left.kind is str) != (right.kind is str):
            raise _unable(f"{left.said} {sign} {right.said}")
        return _if(left.there, _if(right.there, f"{left.said} {sign} {right.said}"))

    def _in(self, node: Any, no: bool) -> str:
        one, values = self._operand(node.this), [self._operand(v) for v in node.expressions]
        if one.literal or not values or not all(v.literal for v in values):
            raise _unable(node.sql())
        known = [_fits(one, v) for v in values if v.value is not None]
        if not known or (no and len(known) < len(values)):
            return NEVER
        return _if(one.there, f"{one.said} {'not in' if no else 'in'} [{', '.join(known)}]")

    def _between(self, node: Any, no: bool) -> str:
        one, low, high = (self._operand(node.args[a]) for a in ("this", "low", "high"))
        above, below = self._compares(">=", one, low, no), self._compares("<=", one, high, no)
        return f"({above} {'or' if no else 'and'} {below})"

    def _like(self, node: Any, no: bool) -> str:
        one, pattern = self._operand(node.this), self._operand(node.expression)
        if (
            one.literal
            or one.kind not in (str, None)
            or not isinstance(pattern.value, str)
            or "\\" in pattern.value
        ):
            raise _unable(node.sql())
        return _if(one.there, f"{'not ' if no else ''}({one.said} like {pattern.said})")

    def _is(self, node: Any, no: bool) -> str:
        one = self._operand(node.this)
        if one.literal:
            raise _unable(node.sql())
        if isinstance(node.expression, self.exp.Null):
            held = one.there or ALWAYS
            return held if no else f"not ({held})"
        if not isinstance(node.expression, self.exp.Boolean) or one.kind is not None:
            raise _unable(node.sql())
        same = _if(one.there, f"{one.said} == {str(node.expression.this).lower()}")
        return f"not ({same})" if no else same

    def _operand(self, node: Any) -> _Operand:
        exp = self.exp
        node = node.unnest()
        if isinstance(node, exp.Column):
            kind = FILTERS.get(node.name)
            if kind is None or kind is dict:
                raise _unable(node.sql())
            return _Operand(
                node.name, kind, f"{node.name} > {NOWHERE}" if node.name in NULLABLE else ""
            )
        if isinstance(node, exp.Anonymous) and str(node.this).startswith("json_get_"):
            key = node.expressions[1].this
            if not _KEY.fullmatch(key):
                raise BadFilter(
                    f"a Milvus library cannot compare meta.{key}",
                    "Its name has quotes or brackets; filter by another column.",
                )
            return _Operand(f'meta["{key}"]', None, f'(exists meta["{key}"])')
        return self._literal(node)

    def _literal(self, node: Any) -> _Operand:
        exp = self.exp
        sign = 1
        while isinstance(node, exp.Neg):
            node, sign = node.this.unnest(), -sign
        if isinstance(node, exp.Null):
            return _Operand("null", None, literal=True)
        if isinstance(node, exp.Boolean):
            return _Operand(str(node.this).lower(), bool, value=node.this, literal=True)
        if not isinstance(node, exp.Literal):
            raise _unable(node.sql())
        if node.is_string:
            return _Operand(text(node.this), str, value=node.this, literal=True)
        number = float(node.this)
        value = (
            int(node.this)
            if node.this.isdigit()
            else int(number)
            if number.is_integer() and abs(number) < 1 << 53
            else number
        )
        if abs(value) >= 1 << 63:
            raise BadFilter(
                f"{node.sql()} is too large a number", "Numbers of a filter fit into 64 bits."
            )
        return _Operand(repr(sign * value), type(value), value=sign * value, literal=True)


def _fits(column: _Operand, literal: _Operand) -> str:
    """The literal as this column takes it."""
    if column.kind is None or column.kind is literal.kind:
        return literal.said
    if column.kind is float and literal.kind is int:
        return repr(float(literal.value))
    kinds = {str: "text", int: "a whole number", float: "a number"}
    raise BadFilter(
        f"{column.said} is {kinds[column.kind]}, and is compared with {literal.said}",
        "Compare it with a value of its own kind.",
    )


def _if(there: str, condition: str) -> str:
    return f"({there} and {condition})" if there else condition


def _unable(said: str) -> BadFilter:
    return BadFilter(
        f"a Milvus library cannot filter by {said}",
        "Compare a column with a value, as in page > 3.",
    )
