"""OData filters as Azure AI Search takes them: its grammar, types, precedence and two truths.
https://learn.microsoft.com/azure/search/search-query-odata-syntax-reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

MAX_CLAUSES = 3000
Predicate = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_][\w.]*)|(?P<sign>[(),/:]))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
_MIRRORED = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge", "eq": "eq", "ne": "ne"}


class Refusal(Exception):
    """What the service answers with a status of 400."""


def predicate(text: str, fields: Mapping[str, Mapping[str, Any]]) -> Predicate:
    """What a filter says of a document. Raises Refusal, as the service refuses it."""
    parser = _Parser(text, fields)
    try:
        result = parser.either({})
    except IndexError:
        raise Refusal("Invalid expression: Syntax error at the end of the filter") from None
    if parser.position < len(parser.tokens):
        raise Refusal(f"Invalid expression: Syntax error at {parser.tokens[parser.position][1]!r}")
    if parser.clauses > MAX_CLAUSES:
        raise Refusal("Invalid expression: The filter has too many clauses")
    return result


class _Parser:
    def __init__(self, text: str, fields: Mapping[str, Mapping[str, Any]]) -> None:
        self.fields, self.position, self.clauses = fields, 0, 0
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                raise Refusal(f"Invalid expression: Syntax error at position {at} in the filter")
            self.tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            at = match.end()

    def next(self, *allowed: str) -> tuple[str, str]:
        token = self.tokens[self.position]
        if allowed and token[1] not in allowed:
            raise Refusal(f"Invalid expression: {' or '.join(allowed)} expected, not {token[1]!r}")
        self.position += 1
        return token

    def peek(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def either(self, scope: Mapping[str, str]) -> Predicate:
        parts = [self.both(scope)]
        while self.peek() == "or":
            self.next()
            parts.append(self.both(scope))
        return parts[0] if len(parts) == 1 else lambda d: any(p(d) for p in parts)

    def both(self, scope: Mapping[str, str]) -> Predicate:
        parts = [self.comparison(scope)]
        while self.peek() == "and":
            if scope:
                raise Refusal("Invalid expression: 'and' in any() of a collection of strings")
            self.next()
            parts.append(self.comparison(scope))
        return parts[0] if len(parts) == 1 else lambda d: all(p(d) for p in parts)

    def comparison(self, scope: Mapping[str, str]) -> Predicate:
        """not binds closer than the comparisons: without brackets it is before a field."""
        if self.peek() == "not":
            self.next()
            if scope:
                raise Refusal("Invalid expression: 'not' in any() of a collection of strings")
            inner = self.term(scope)
            if not callable(inner):
                raise Refusal("Invalid expression: 'not' of what is no Boolean")
            return lambda d: not inner(d)
        left = self.term(scope)
        if callable(left):
            return left
        sign = self.next(*_COMPARE)[1]
        return self._compare(left, sign, self.term(scope), bool(scope))

    def _compare(self, left: Any, sign: str, right: Any, in_lambda: bool) -> Predicate:
        self.clauses += 1
        if callable(right):
            raise Refusal("Invalid expression: a comparison with an expression")
        if left[0] == "value":
            left, right, sign = right, left, _MIRRORED[sign]
        (role, name), (other, value) = left, right
        if role != "field" or other != "value":
            raise Refusal("Invalid expression: Comparison must be between a field and a constant")
        if in_lambda and sign != "eq":
            raise Refusal(f"Invalid expression: {sign!r} in any() of a collection of strings")
        kind = "Edm.String" if in_lambda else self._field(name)["type"]
        if value is None:
            if sign not in ("eq", "ne"):
                raise Refusal("Invalid expression: null is only compared by eq and ne")
        elif not _fits(kind, value):
            raise Refusal(f"Invalid expression: incompatible types {kind} and {value!r}")
        if kind == "Edm.Boolean" and sign not in ("eq", "ne"):
            raise Refusal("Invalid expression: Booleans are only compared by eq and ne")

        def holds(document: Mapping[str, Any]) -> bool:
            actual = document.get(name)
            if actual is None and value is not None and sign not in ("eq", "ne"):
                return False
            return _COMPARE[sign](actual, value)

        return holds

    def term(self, scope: Mapping[str, str]) -> Any:
        """A predicate, ("field", name) or ("value", value)."""
        kind, text = self.next()
        if text == "(":
            inner = self.either(scope)
            self.next(")")
            return inner
        if kind == "string":
            return "value", text[1:-1].replace("''", "'")
        if kind == "number":
            return "value", int(text) if text.lstrip("-").isdigit() else float(text)
        if text in ("true", "false") and self.peek() not in _COMPARE and not self._before_sign():
            return lambda d: text == "true"
        if text in ("true", "false", "null"):
            return "value", {"true": True, "false": False, "null": None}[text]
        if text == "search.in":
            return self._search_in(scope)
        if kind != "name":
            raise Refusal(f"Invalid expression: Syntax error at {text!r}")
        if text in scope:
            return "field", text
        if self.peek() == "/":
            return self._any(text)
        field = self._field(text)
        if field["type"].startswith("Collection"):
            raise Refusal(f"Invalid expression: {text} is a collection")
        is_alone = self.peek() not in _COMPARE and not self._before_sign()
        if field["type"] == "Edm.Boolean" and is_alone:
            return lambda d: d.get(text) is True
        return "field", text

    def _before_sign(self) -> bool:
        return self.position > 1 and self.tokens[self.position - 2][1] in _COMPARE

    def _search_in(self, scope: Mapping[str, str]) -> Predicate:
        self.clauses += 1
        self.next("(")
        name = self.next()[1]
        if name not in scope and self._field(name)["type"] != "Edm.String":
            raise Refusal("Invalid expression: search.in is for strings")
        self.next(",")
        values, delimiters = self._string(), " ,"
        if self.peek() == ",":
            self.next()
            delimiters = self._string()
        self.next(")")
        values_of_list = set(re.split(f"[{re.escape(delimiters)}]", values)) - {""}
        return lambda d: d.get(name) in values_of_list

    def _string(self) -> str:
        kind, text = self.next()
        if kind != "string":
            raise Refusal("Invalid expression: a string is expected")
        return text[1:-1].replace("''", "'")

    def _any(self, name: str) -> Predicate:
        if self._field(name)["type"] != "Collection(Edm.String)":
            raise Refusal(f"Invalid expression: {name} is no collection of strings")
        self.next("/")
        self.next("any")
        self.next("(")
        variable = self.next()[1]
        self.next(":")
        inner = self.either({variable: name})
        self.next(")")
        return lambda d: any(inner({variable: v}) for v in d.get(name) or ())

    def _field(self, name: str) -> Mapping[str, Any]:
        if name not in self.fields:
            raise Refusal(
                f"Invalid expression: Could not find a property named '{name}' on type "
                "'search.document'."
            )
        if not self.fields[name].get("filterable"):
            raise Refusal(f"Invalid expression: The field '{name}' is not filterable.")
        return self.fields[name]


def _fits(kind: str, value: Any) -> bool:
    if kind == "Edm.String":
        return isinstance(value, str)
    if kind == "Edm.Boolean":
        return isinstance(value, bool)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and kind in ("Edm.Int32", "Edm.Int64", "Edm.Double")
