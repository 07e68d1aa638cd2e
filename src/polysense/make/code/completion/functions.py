"""The functions of a piece of source code taken apart: name, parameters, words about it,
statements; in every language with a grammar.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from polysense.read.code import syntax

PYTHON = "text/x-python"
MOST_FUNCTIONS = 2000
_NAMES = frozenset(
    {
        "identifier",
        "simple_identifier",
        "variable_name",
        "name",
        "constant",
        "type_identifier",
        "field_identifier",
    }
)
_MEMBERS = frozenset({"attribute", "field", "property", "suffix"})  # the part after the point
_SELF = frozenset({"self", "cls", "this"})
_TYPE_FIRST = frozenset({"text/x-c", "text/x-c++", "text/x-java", "text/x-csharp"})

_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*(?:\s|/|$))")


@dataclass(frozen=True, slots=True)
class Function:
    """One function. Offsets count characters of the source, lines from 0; body is its statements,
    without docstring and indent.

    at..end is the place of the statements: where there are none, both are where the first would
    stand. defaults are those of parameters that have one, as written. broken where the grammar
    found an error inside.
    """

    name: str
    holder: str
    params: tuple[str, ...]
    defaults: Mapping[str, str]
    head: str
    doc: str
    body: str
    first: int
    last: int
    start: int
    at: int
    end: int
    indent: str
    broken: bool

    @property
    def own(self) -> tuple[str, ...]:
        """The parameters without the object itself."""
        return self.params[1:] if self.params[:1] and self.params[0] in _SELF else self.params

    @property
    def empty(self) -> bool:
        """Whether it does nothing yet: no statement, or one that only holds the place of others."""
        said = re.sub(r"^[ \t]*+(?:#|//)[^\n]*|/\*.*?\*/", "", self.body, flags=re.M | re.S).strip()
        return (
            re.fullmatch(
                r"(?:pass|\.\.\.|(?:raise|throw)\s+(?:new\s+)?NotImplemented\w*(?:\(.*\))?;?)?",
                said,
            )
            is not None
        )


def functions(source: str, mime: str, ending: str = "") -> list[Function]:
    """All of them, inner ones too, in order.

    >>> [f.own for f in functions("class A:\\n    def f(self, x):\\n        return x\\n", "text/x-python")]
    [('x',)]
    """
    read = syntax.parsed(source, mime, ending)
    found: list[Function] = []
    around: list[tuple[int, str]] = []
    offsets = _Offsets(source)
    for node in (read[1] if read else [])[:MOST_FUNCTIONS]:
        while around and around[-1][0] <= node.start_byte:
            around.pop()
        if node.type in syntax.LIKE_CLASSES:
            around.append((node.end_byte, _name(node)))
        elif (body := _body(node)) is not None:
            found.append(_function(node, body, around[-1][1] if around else "", mime, offsets))
            around.append((node.end_byte, ""))
    return found


class _Offsets:
    """From the bytes that a tree counts in to characters."""

    def __init__(self, source: str) -> None:
        self.source, self.raw = source, source.encode()
        self._same = len(self.raw) == len(source)

    def __call__(self, byte: int) -> int:
        return byte if self._same else len(self.raw[:byte].decode("utf-8", "replace"))


def _name(node: Any) -> str:
    fields = (
        node.child_by_field_name(f)
        for f in ("name", "declarator", "type", "left", "key", "property")
    )
    named = next((f for f in fields if f is not None), None)
    if (
        named is None
        and node.parent is not None
        and node.parent.type in ("variable_declarator", "pair")
    ):
        named = node.parent.child_by_field_name("name") or node.parent.child_by_field_name("key")
    while named is not None and (inner := named.child_by_field_name("declarator")):
        named = inner
    return said(named).rsplit("::", 1)[-1] if named else ""


def said(node: Any) -> str:
    """What a node says."""
    return (
        node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""
    )


def _body(node: Any) -> Any:
    """The block of statements; None for a declaration, and for one that is an expression only."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right") or node
    body = value.child_by_field_name("body") or next(
        (c for c in value.children if c.type.endswith("_body")), None
    )
    if body is None:
        # Ruby has no block where there is nothing in it
        return value if node.type in ("method", "singleton_method") else None
    while body.type != "{" and (
        inner := next(
            (c for c in body.children[:1] if said(c).startswith("{") and c.type != "{"), None
        )
    ):
        body = inner  # Kotlin has the braces one level down
    return (
        body
        if said(body).startswith("{") or body.type in ("block", "body_statement", "indented_block")
        else None
    )


def _function(node: Any, body: Any, holder: str, mime: str, offsets: _Offsets) -> Function:
    value = node.child_by_field_name("value") or node.child_by_field_name("right") or node
    at, end, doc = _inside(node, body)
    start, a, b = offsets(node.start_byte), offsets(at), offsets(end)
    source = offsets.source
    opens = source.rfind("\n", 0, a) + 1
    before = source[opens:a]
    text = textwrap.dedent((" " * len(before) if before.strip() else before) + source[a:b]).strip(
        "\n"
    )
    listed = _parameters(value, mime)
    deeper = _margin(source[source.rfind("\n", 0, start) + 1 : start]) + (
        "\t" if mime == "text/x-go" else "    "
    )
    opening = offsets(body.start_byte)
    if (
        mime == PYTHON
        and opening > start
        and not (own := source[source.rfind("\n", 0, opening) + 1 : opening]).strip()
    ):
        deeper = own or deeper
    elif source[a:b].strip():
        inner = [before + "x" if not before.strip() else "x", *source[a:b].split("\n")[1:]]
        deeper = (
            _margin(next((line for line in inner[bool(before.strip()) :] if line.strip()), ""))
            or deeper
        )
    doc = doc or _comments(source[:start], text)
    head = " ".join(
        offsets.raw[node.start_byte : body.start_byte if body != value else at]
        .decode("utf-8", "replace")
        .split()
    )
    defaults = {n: d for n, d in listed if d}
    names = tuple(n for n, _ in listed)
    place = (node.start_point.row, max(node.end_point.row, source.count("\n", 0, a)), start, a, b)
    return Function(
        _name(node),
        holder,
        names,
        defaults,
        head[:600],
        doc,
        text.rstrip(),
        *place,
        deeper,
        node.has_error,
    )


def _comments(before: str, body: str) -> str:
    """What is said right above a function, and at the top of its body."""
    above: list[str] = []
    for line in reversed(before[-2000:].split("\n")[:-1]):
        if not _COMMENT.match(line):
            break
        above.insert(0, line)
    top = body.split("\n")
    inside = top[: next((i for i, line in enumerate(top) if not _COMMENT.match(line)), len(top))]
    return "\n".join(
        re.sub(r"^\s*(?:#+|/{2,}|/\*+|\*+/?)\s?|\*/\s*$", "", line) for line in [*above, *inside]
    )


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _inside(node: Any, body: Any) -> tuple[int, int, str]:
    """Where the statements begin and end (bytes), and the docstring before them."""
    if body.type in ("method", "singleton_method"):
        parts = [
            c
            for c in (node.child_by_field_name("parameters"), node.child_by_field_name("name"))
            if c is not None
        ]
        return parts[0].end_byte, parts[0].end_byte, ""
    if said(body).startswith("{"):
        closed = (
            body.children and body.children[-1].type == "}" and not body.children[-1].is_missing
        )
        return body.start_byte + 1, body.children[-1].start_byte if closed else body.end_byte, ""
    kids = body.children
    first = next((c for c in kids if c.type != "comment"), None)
    if (
        first is not None
        and first.type == "expression_statement"
        and first.children
        and first.children[0].type == "string"
    ):
        rest = kids[kids.index(first) + 1 :]
        doc = said(first).strip("rRuUbB").strip("\"'")
        return (
            (rest[0].start_byte if rest else first.end_byte),
            body.end_byte if rest else first.end_byte,
            doc,
        )
    return body.start_byte, body.end_byte, ""


def _parameters(node: Any, mime: str) -> list[tuple[str, str]]:
    """(name, default) of each."""
    holder = node
    while (
        holder.child_by_field_name("parameters") is None
        and (inner := holder.child_by_field_name("declarator")) is not None
    ):
        holder = inner
    listed = holder.child_by_field_name("parameters")
    if listed is None:
        listed = next((c for c in node.children if c.type.endswith("parameters")), node)
    found = []
    for kid in listed.named_children:
        if "comment" in kid.type or (listed == node and kid.type != "parameter"):
            continue
        named = kid.children_by_field_name("name") or [
            f for n in ("pattern", "declarator") if (f := kid.child_by_field_name(n)) is not None
        ]
        default = kid.child_by_field_name("value")
        for each in (named if mime == "text/x-go" else named[:1]) or [kid]:
            told = [said(leaf) for leaf in _leaves(each) if leaf.type in _NAMES]
            if told:
                found.append(
                    (
                        told[-1] if mime in _TYPE_FIRST else told[0],
                        said(default) if default is not None else "",
                    )
                )
    return found


def _leaves(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at.children:
            waiting += reversed(at.children)
        else:
            yield at


def leaves(source: str, mime: str, ending: str = "") -> list[Any]:
    """The smallest nodes of the tree, in order."""
    read = syntax.parsed(source, mime, ending)
    return list(_leaves(read[0])) if read else []


def renamed(
    code: str,
    names: Mapping[str, str],
    mime: str,
    ending: str = "",
    members: Mapping[str, str] | None = None,
) -> str:
    """The code with identifiers exchanged; not what stands after a point, but for the object's own
    `members`, nor a call's keywords.
    """
    if not names and not members:
        return code
    raw, changes = code.encode(), []
    for leaf in leaves(code, mime, ending):
        if leaf.type not in _NAMES and leaf.type not in (
            "property_identifier",
            "instance_variable",
        ):
            continue
        own = leaf.parent is not None and said(leaf.parent.children[0]) in _SELF
        new = ((members or {} if own else {}) if _is_member(leaf) else names).get(said(leaf))
        if new is not None:
            changes.append((leaf.start_byte, leaf.end_byte, new))
    for start, end, new in reversed(changes):
        raw = raw[:start] + new.encode() + raw[end:]
    return raw.decode("utf-8", "replace")


def _is_member(leaf: Any) -> bool:
    up = leaf.parent
    if up is None:
        return False
    field = next((up.field_name_for_child(i) for i, c in enumerate(up.children) if c == leaf), None)
    if up.type in ("keyword_argument", "named_argument", "value_argument_label"):
        return field == "name" or field is None
    after_point = up.type in ("navigation_suffix",) or leaf.type == "property_identifier"
    return after_point or (field in _MEMBERS and up.children[0] != leaf)
