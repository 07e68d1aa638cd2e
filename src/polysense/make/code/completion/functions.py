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
MAX_FUNCTIONS = 2000
"""Definitions read of a file: more are generated code. Judged, not measured."""

_IDENTIFIER_TYPES = frozenset(
    {
        *("identifier", "simple_identifier", "variable_name", "name", "constant"),
        *("type_identifier", "field_identifier"),
    }
)
_MEMBER_FIELDS = frozenset({"attribute", "field", "property", "suffix"})  # the part after the point
_SELF_NAMES = frozenset({"self", "cls", "this"})
_TYPE_FIRST_LANGUAGES = frozenset({"text/x-c", "text/x-c++", "text/x-java", "text/x-csharp"})

_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*(?:\s|/|$))")


@dataclass(frozen=True, slots=True)
class Function:
    """One function. Offsets count characters of the source, lines from 0; body is its statements,
    without docstring and indent.

    body_start..body_end is the place of the statements: where there are none, both are where the
    first would stand. defaults are those of parameters that have one, as written. has_error where
    the grammar found one inside.
    """

    name: str
    class_name: str
    params: tuple[str, ...]
    defaults: Mapping[str, str]
    head: str
    doc: str
    body: str
    first_line: int
    last_line: int
    start: int
    body_start: int
    body_end: int
    indent: str
    has_error: bool

    @property
    def own_params(self) -> tuple[str, ...]:
        """The parameters without the object itself."""
        return self.params[1:] if self.params[:1] and self.params[0] in _SELF_NAMES else self.params

    @property
    def is_empty(self) -> bool:
        """Whether it does nothing yet: no statement, or one that only holds the place of others."""
        statements = re.sub(
            r"^[ \t]*+(?:#|//)[^\n]*|/\*.*?\*/", "", self.body, flags=re.M | re.S
        ).strip()
        return (
            re.fullmatch(
                r"(?:pass|\.\.\.|(?:raise|throw)\s+(?:new\s+)?NotImplemented\w*(?:\(.*\))?;?)?",
                statements,
            )
            is not None
        )


def functions(source: str, mime: str, ending: str = "") -> list[Function]:
    """All of them, inner ones too, in order.

    >>> source = "class A:\\n    def f(self, x):\\n        return x\\n"
    >>> [f.own_params for f in functions(source, "text/x-python")]
    [('x',)]
    """
    tree = syntax.parse(source, mime, ending)
    all_functions: list[Function] = []
    enclosing: list[tuple[int, str]] = []
    offsets = _CharOffsets(source)
    for node in (tree[1] if tree else [])[:MAX_FUNCTIONS]:
        while enclosing and enclosing[-1][0] <= node.start_byte:
            enclosing.pop()
        if node.type in syntax.LIKE_CLASSES:
            enclosing.append((node.end_byte, _function_name(node)))
        elif (body := _body_node(node)) is not None:
            all_functions.append(
                _function_of_node(node, body, enclosing[-1][1] if enclosing else "", mime, offsets)
            )
            enclosing.append((node.end_byte, ""))
    return all_functions


class _CharOffsets:
    """From the bytes that a tree counts in to characters."""

    def __init__(self, source: str) -> None:
        self.source, self.raw = source, source.encode()
        self._is_ascii = len(self.raw) == len(source)

    def __call__(self, byte: int) -> int:
        return byte if self._is_ascii else len(self.raw[:byte].decode("utf-8", "replace"))


def _function_name(node: Any) -> str:
    fields = (
        node.child_by_field_name(f)
        for f in ("name", "declarator", "type", "left", "key", "property")
    )
    name_node = next((f for f in fields if f is not None), None)
    if (
        name_node is None
        and node.parent is not None
        and node.parent.type in ("variable_declarator", "pair")
    ):
        name_node = node.parent.child_by_field_name("name") or node.parent.child_by_field_name(
            "key"
        )
    while name_node is not None and (inner := name_node.child_by_field_name("declarator")):
        name_node = inner
    return node_text(name_node).rsplit("::", 1)[-1] if name_node else ""


def node_text(node: Any) -> str:
    """What a node says."""
    return (
        node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""
    )


def _body_node(node: Any) -> Any:
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
            (c for c in body.children[:1] if node_text(c).startswith("{") and c.type != "{"), None
        )
    ):
        body = inner  # Kotlin has the braces one level down
    return (
        body
        if node_text(body).startswith("{")
        or body.type in ("block", "body_statement", "indented_block")
        else None
    )


def _function_of_node(
    node: Any, body: Any, class_name: str, mime: str, offsets: _CharOffsets
) -> Function:
    value = node.child_by_field_name("value") or node.child_by_field_name("right") or node
    begin, end, doc = _statements_range(node, body)
    start, body_start, body_end = offsets(node.start_byte), offsets(begin), offsets(end)
    source = offsets.source
    line_start = source.rfind("\n", 0, body_start) + 1
    before = source[line_start:body_start]
    body_text = textwrap.dedent(
        (" " * len(before) if before.strip() else before) + source[body_start:body_end]
    ).strip("\n")
    parameters = _parameters(value, mime)
    indent = _body_indent(source, (start, offsets(body.start_byte), body_start, body_end), mime)
    doc = doc or _comments_about(source[:start], body_text)
    head = " ".join(
        offsets.raw[node.start_byte : body.start_byte if body != value else begin]
        .decode("utf-8", "replace")
        .split()
    )
    defaults = {n: d for n, d in parameters if d}
    names = tuple(n for n, _ in parameters)
    place = (
        node.start_point.row,
        max(node.end_point.row, source.count("\n", 0, body_start)),
        start,
        body_start,
        body_end,
    )
    return Function(
        _function_name(node),
        class_name,
        names,
        defaults,
        head[:600],
        doc,
        body_text.rstrip(),
        *place,
        indent,
        node.has_error,
    )


def _body_indent(source: str, places: tuple[int, int, int, int], mime: str) -> str:
    """How statements are indented: as those there are, else one step deeper than the function.

    places are where the function, its body and the statements start, and where these end.
    """
    start, opening, body_start, body_end = places
    step = "\t" if mime == "text/x-go" else "    "
    deeper = _leading_space(source[source.rfind("\n", 0, start) + 1 : start]) + step
    if mime == PYTHON and opening > start:
        before_body = source[source.rfind("\n", 0, opening) + 1 : opening]
        if not before_body.strip():
            return before_body or deeper
    if not source[body_start:body_end].strip():
        return deeper
    before = source[source.rfind("\n", 0, body_start) + 1 : body_start]
    after_first = source[body_start:body_end].split("\n")[1:]
    lines = after_first if before.strip() else [before + "x", *after_first]
    return _leading_space(next((line for line in lines if line.strip()), "")) or deeper


def _comments_about(before: str, body: str) -> str:
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


def _leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _statements_range(node: Any, body: Any) -> tuple[int, int, str]:
    """Where the statements begin and end (bytes), and the docstring before them."""
    if body.type in ("method", "singleton_method"):
        parts = [
            c
            for c in (node.child_by_field_name("parameters"), node.child_by_field_name("name"))
            if c is not None
        ]
        return parts[0].end_byte, parts[0].end_byte, ""
    if node_text(body).startswith("{"):
        is_closed = (
            body.children and body.children[-1].type == "}" and not body.children[-1].is_missing
        )
        return body.start_byte + 1, body.children[-1].start_byte if is_closed else body.end_byte, ""
    children = body.children
    first = next((c for c in children if c.type != "comment"), None)
    if (
        first is not None
        and first.type == "expression_statement"
        and first.children
        and first.children[0].type == "string"
    ):
        rest = children[children.index(first) + 1 :]
        doc = node_text(first).strip("rRuUbB").strip("\"'")
        return (
            (rest[0].start_byte if rest else first.end_byte),
            body.end_byte if rest else first.end_byte,
            doc,
        )
    return body.start_byte, body.end_byte, ""


def _parameters(node: Any, mime: str) -> list[tuple[str, str]]:
    """(name, default) of each."""
    owner = node
    while (
        owner.child_by_field_name("parameters") is None
        and (inner := owner.child_by_field_name("declarator")) is not None
    ):
        owner = inner
    parameter_list = owner.child_by_field_name("parameters")
    if parameter_list is None:
        parameter_list = next((c for c in node.children if c.type.endswith("parameters")), node)
    parameters = []
    for child in parameter_list.named_children:
        if "comment" in child.type or (parameter_list == node and child.type != "parameter"):
            continue
        name_nodes = child.children_by_field_name("name") or [
            f for n in ("pattern", "declarator") if (f := child.child_by_field_name(n)) is not None
        ]
        default = child.child_by_field_name("value")
        for name_node in (name_nodes if mime == "text/x-go" else name_nodes[:1]) or [child]:
            identifiers = [
                node_text(leaf) for leaf in _leaves(name_node) if leaf.type in _IDENTIFIER_TYPES
            ]
            if identifiers:
                parameters.append(
                    (
                        identifiers[-1] if mime in _TYPE_FIRST_LANGUAGES else identifiers[0],
                        node_text(default) if default is not None else "",
                    )
                )
    return parameters


def _leaves(node: Any) -> Iterator[Any]:
    stack = [node]
    while stack:
        current = stack.pop()
        if current.children:
            stack += reversed(current.children)
        else:
            yield current


def leaves(source: str, mime: str, ending: str = "") -> list[Any]:
    """The smallest nodes of the tree, in order."""
    tree = syntax.parse(source, mime, ending)
    return list(_leaves(tree[0])) if tree else []


def rename_identifiers(
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
        if leaf.type not in _IDENTIFIER_TYPES and leaf.type not in (
            "property_identifier",
            "instance_variable",
        ):
            continue
        is_own = leaf.parent is not None and node_text(leaf.parent.children[0]) in _SELF_NAMES
        new = ((members or {} if is_own else {}) if _is_member(leaf) else names).get(
            node_text(leaf)
        )
        if new is not None:
            changes.append((leaf.start_byte, leaf.end_byte, new))
    for start, end, new in reversed(changes):
        raw = raw[:start] + new.encode() + raw[end:]
    return raw.decode("utf-8", "replace")


def _is_member(leaf: Any) -> bool:
    parent = leaf.parent
    if parent is None:
        return False
    field = next(
        (parent.field_name_for_child(i) for i, c in enumerate(parent.children) if c == leaf), None
    )
    if parent.type in ("keyword_argument", "named_argument", "value_argument_label"):
        return field == "name" or field is None
    after_point = parent.type in ("navigation_suffix",) or leaf.type == "property_identifier"
    return after_point or (field in _MEMBER_FIELDS and parent.children[0] != leaf)
