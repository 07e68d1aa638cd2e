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

from polysense.columns import FILTER_COLUMNS
from polysense.errors import BadFilter
from polysense.stores.milvus.rows import ABSENT

ALWAYS, NEVER = 'id != ""', 'id == ""'
_OF_TYPE = {
    "json_get": "(exists {0})",
    "json_get_string": '({0} >= "")',
    "json_get_float": "({0} > -1.7e308)",
    "json_get_bool": "({0} == true or {0} == false)",
}
"""Whether a chunk's own value is there and of the type that it is compared with: what is of another
type compares to nothing.
"""
_NEGATED = {"==": "!=", "!=": "==", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
_KEY = re.compile(r"[^\"'\\\[\]\x00-\x1f]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(value: str) -> str:
    """A string of an expression, in quotes."""
    return (
        '"' + "".join(_ESCAPES.get(c, c) for c in value.encode("utf-8", "replace").decode()) + '"'
    )


def any_of(column: str, values: Sequence[str]) -> str:
    """The condition that a column is one of these."""
    return f"{column} in [{', '.join(map(quote, values))}]"


def expression(where: str) -> str:
    """A compiled condition in Milvus's words; "" for none.

    Raises BadFilter for what Milvus cannot compare.

    >>> expression("modality <> 'audio' AND NOT page > 1")
    '(modality != "audio" and (page > -1000000000 and page <= 1))'
    """
    if not where:
        return ""
    import sqlglot
    from sqlglot import errors, exp

    try:
        return _Writer(exp).write(sqlglot.parse_one(where, into=exp.Condition), False)
    except (errors.SqlglotError, RecursionError) as e:
        raise BadFilter(f"the filter does not parse: {where[:200]!r}") from e


@dataclass(frozen=True, slots=True)
class _Operand:
    """A side of a comparison: its text, its kind (None: any), the condition that it is there."""

    text: str
    kind: type | None
    presence: str = ""
    value: Any = None
    is_literal: bool = False


class _Writer:
    """Writes one condition; with `negate`, its opposite."""

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

    def write(self, node: Any, negate: bool) -> str:
        exp = self.exp
        node = node.unnest()
        if isinstance(node, exp.Not):
            return self.write(node.this, not negate)
        negate = negate != bool(node.args.get("negate"))  # NOT LIKE
        if isinstance(node, (exp.And, exp.Or)):
            connective = " and " if isinstance(node, exp.And) != negate else " or "
            return "(" + connective.join(self.write(n, negate) for n in node.flatten()) + ")"
        if isinstance(node, exp.Boolean):
            return ALWAYS if node.this != negate else NEVER
        if type(node) in self.signs:
            return self._comparison(
                self.signs[type(node)],
                self._operand(node.this),
                self._operand(node.expression),
                negate,
            )
        for kind, writer in (
            (exp.In, self._in),
            (exp.Between, self._between),
            (exp.Like, self._like),
            (exp.Is, self._is),
        ):
            if isinstance(node, kind):
                return writer(node, negate)
        raise _unsupported(node.sql())

    def _comparison(self, sign: str, left: _Operand, right: _Operand, negate: bool) -> str:
        if left.is_literal:
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        sign = _NEGATED[sign] if negate else sign
        if left.is_literal or (not right.is_literal and None in (left.kind, right.kind)):
            raise _unsupported(f"{left.text} {sign} {right.text}")
        if right.is_literal and right.value is None:  # nothing is equal or unequal to NULL
            return NEVER
        if right.is_literal:
            return _guard(left.presence, f"{left.text} {sign} {_literal_for(left, right)}")
        if (left.kind is str) != (right.kind is str):
            raise _unsupported(f"{left.text} {sign} {right.text}")
        return _guard(left.presence, _guard(right.presence, f"{left.text} {sign} {right.text}"))

    def _in(self, node: Any, negate: bool) -> str:
        operand, values = self._operand(node.this), [self._operand(v) for v in node.expressions]
        if operand.is_literal or not values or not all(v.is_literal for v in values):
            raise _unsupported(node.sql())
        literals = [_literal_for(operand, v) for v in values if v.value is not None]
        if not literals or (negate and len(literals) < len(values)):
            return NEVER
        if operand.kind is None:  # servers differ in whether a JSON value may stand before IN
            sign, connective = ("!=", " and ") if negate else ("==", " or ")
            each = connective.join(f"{operand.text} {sign} {v}" for v in literals)
            return _guard(operand.presence, f"({each})")
        return _guard(
            operand.presence,
            f"{operand.text} {'not in' if negate else 'in'} [{', '.join(literals)}]",
        )

    def _between(self, node: Any, negate: bool) -> str:
        operand, low, high = (self._operand(node.args[a]) for a in ("this", "low", "high"))
        above, below = (
            self._comparison(">=", operand, low, negate),
            self._comparison("<=", operand, high, negate),
        )
        return f"({above} {'or' if negate else 'and'} {below})"

    def _like(self, node: Any, negate: bool) -> str:
        operand, pattern = self._operand(node.this), self._operand(node.expression)
        if (
            operand.is_literal
            or operand.kind not in (str, None)
            or not isinstance(pattern.value, str)
            or "\\" in pattern.value
        ):
            raise _unsupported(node.sql())
        return _guard(
            operand.presence, f"{'not ' if negate else ''}({operand.text} like {pattern.text})"
        )

    def _is(self, node: Any, negate: bool) -> str:
        operand = self._operand(node.this)
        if operand.is_literal:
            raise _unsupported(node.sql())
        if isinstance(node.expression, self.exp.Null):
            presence = operand.presence or ALWAYS
            return presence if negate else f"not ({presence})"
        if not isinstance(node.expression, self.exp.Boolean) or operand.kind is not None:
            raise _unsupported(node.sql())
        same = f"{operand.text} == {str(node.expression.this).lower()}"
        if negate:  # Milvus Lite negates no condition on a value that is not there
            return f"(not (exists {operand.text}) or not ({same}))"
        return _guard(operand.presence, same)

    def _operand(self, node: Any) -> _Operand:
        exp = self.exp
        node = node.unnest()
        if isinstance(node, exp.Column):
            column = FILTER_COLUMNS.get(node.name)
            if column is None or column.type is dict:
                raise _unsupported(node.sql())
            return _Operand(
                node.name, column.type, f"{node.name} > {ABSENT}" if column.is_optional else ""
            )
        if isinstance(node, exp.Anonymous) and str(node.this) in _OF_TYPE:
            key = node.expressions[1].this
            if not _KEY.fullmatch(key):
                raise BadFilter(
                    f"a Milvus library cannot compare meta.{key}",
                    "Its name has quotes or brackets; filter by another column.",
                )
            value = f'meta["{key}"]'
            return _Operand(value, None, _OF_TYPE[str(node.this)].format(value))
        return self._literal(node)

    def _literal(self, node: Any) -> _Operand:
        exp = self.exp
        sign = 1
        while isinstance(node, exp.Neg):
            node, sign = node.this.unnest(), -sign
        if isinstance(node, exp.Null):
            return _Operand("null", None, is_literal=True)
        if isinstance(node, exp.Boolean):
            return _Operand(str(node.this).lower(), bool, value=node.this, is_literal=True)
        if not isinstance(node, exp.Literal):
            raise _unsupported(node.sql())
        if node.is_string:
            return _Operand(quote(node.this), str, value=node.this, is_literal=True)
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
        return _Operand(repr(sign * value), type(value), value=sign * value, is_literal=True)


def _literal_for(column: _Operand, literal: _Operand) -> str:
    """The literal as this column takes it."""
    if column.kind is None or column.kind is literal.kind:
        return literal.text
    if column.kind is float and literal.kind is int:
        return repr(float(literal.value))
    kinds = {str: "text", int: "a whole number", float: "a number"}
    raise BadFilter(
        f"{column.text} is {kinds[column.kind]}, and is compared with {literal.text}",
        "Compare it with a value of its own kind.",
    )


def _guard(presence: str, condition: str) -> str:
    return f"({presence} and {condition})" if presence else condition


def _unsupported(expression: str) -> BadFilter:
    return BadFilter(
        f"a Milvus library cannot filter by {expression}",
        "Compare a column with a value, as in page > 3.",
    )
