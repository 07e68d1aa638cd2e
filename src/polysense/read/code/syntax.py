"""What source code defines and where, by tree-sitter grammars."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

MAX_CHARS, MAX_DEPTH = 1 << 20, 1000
"""Longer files are generated, and more deeply bracketed ones hostile (the parser's time grows with
depth): they are not parsed.
"""

_GRAMMARS = {
    "text/x-python": "python", "text/javascript": "javascript", "text/x-typescript": "typescript", "text/x-java": "java", "text/x-c": "c",
    "text/x-c++": "cpp", "text/x-csharp": "c_sharp", "text/x-go": "go", "text/x-rust": "rust", "text/x-ruby": "ruby", "text/x-php": "php",
    "text/x-shellscript": "bash", "text/x-kotlin": "kotlin", "text/x-swift": "swift", "text/x-scala": "scala",
}  # fmt: skip
_FUNCTIONS = (
    "function_definition function_declaration generator_function_declaration function_item method method_definition method_declaration "
    "singleton_method constructor_declaration destructor_declaration compact_constructor_declaration init_declaration deinit_declaration "
    "secondary_constructor operator_declaration conversion_operator_declaration local_function_statement macro_definition"
)
_CLASSES = (
    "class_definition class_declaration abstract_class_declaration class interface_declaration enum_declaration struct_declaration "
    "record_declaration annotation_type_declaration trait_declaration protocol_declaration object_declaration object_definition "
    "trait_definition enum_definition extension_definition companion_object struct_item enum_item union_item trait_item impl_item mod_item "
    "namespace_declaration internal_module type_spec type_alias_declaration"
)
# without a body these are a mere use, or a whole file
_WITH_BODY = (
    "class_specifier struct_specifier enum_specifier union_specifier namespace_definition module"
)
LIKE_CLASSES = frozenset(f"{_CLASSES} {_WITH_BODY}".split())
_VALUES = (
    "(variable_declarator value: [(arrow_function) (function_expression)]) (assignment_expression right: [(arrow_function) "
    "(function_expression)]) (pair value: [(arrow_function) (function_expression)])"
)
_AROUND = {
    "decorated_definition",
    "export_statement",
    "template_declaration",
    "ambient_declaration",
}
_SAME_LINE = {
    "lexical_declaration",
    "variable_declaration",
    "expression_statement",
    "type_declaration",
    "type_definition",
}
_BEFORE = {"attribute_item", "attribute", "annotation", "decorator"}


@dataclass(slots=True)
class Definition:
    """A function, class or the like. Lines count from 0 and include the comments and decorators
    right above it.
    """

    name: str
    signature: str
    kind: str
    first: int
    last: int
    inside: list[Definition] = field(default_factory=list)


def definitions(text: str, mime: str, ending: str = "") -> list[Definition]:
    """The outermost definitions, in order, each with those inside it. Never two on one line: the
    first counts.

    >>> [d.signature for d in definitions("class A:\\n    def f(self, x):\\n        return x\\n", "text/x-python")[0].inside]
    ['f(self, x)']
    """
    read = parsed(text, mime, ending)
    if read is None:
        return []
    raw, nodes = text.encode(), read[1]
    lines = text.split("\n")
    outermost: list[Definition] = []
    open_: list[tuple[int, Definition]] = []
    for node in nodes:
        while open_ and open_[-1][0] <= node.start_byte:
            open_.pop()
        first, last = _extent(node, lines)
        holder = open_[-1][1] if open_ else None
        among = holder.inside if holder else outermost
        outside = holder and (first <= holder.first or last > holder.last)
        if first > last or outside or (among and first <= among[-1].last):
            continue
        found = _definition(
            node, raw, first, last, in_class=any(d.kind == "class" for _, d in open_)
        )
        among.append(found)
        open_.append((node.end_byte, found))
    return outermost


def parsed(text: str, mime: str, ending: str = "") -> tuple[Any, list[Any]] | None:
    """The syntax tree and its definitions, in order; None where no grammar reads the language, or
    the text is too large or too deep.
    """
    from tree_sitter import Parser, QueryCursor

    raw = text.encode()
    if mime not in _GRAMMARS or len(text) > MAX_CHARS or _depth(raw) > MAX_DEPTH:
        return None
    language, query = _grammar(_GRAMMARS[mime], ending)
    root = Parser(language).parse(raw).root_node
    nodes = QueryCursor(query).captures(root).get("it", [])
    return root, sorted(nodes, key=lambda n: (n.start_byte, -n.end_byte))


def _depth(raw: bytes) -> int:
    steps = np.zeros(256, np.int32)
    steps[list(b"([{")], steps[list(b")]}")] = 1, -1
    return int(np.cumsum(steps[np.frombuffer(raw, np.uint8)]).max(initial=0))


@lru_cache
def _grammar(name: str, ending: str) -> tuple[Any, Any]:
    from tree_sitter import Language, Query

    module = import_module(f"tree_sitter_{name}")
    variant = {
        "php": "language_php",
        "typescript": "language_tsx" if ending == "tsx" else "language_typescript",
    }.get(name, "language")
    language = Language(getattr(module, variant)())

    def known(kinds: str) -> list[str]:
        return [kind for kind in kinds.split() if language.id_for_node_kind(kind, True) is not None]

    plain = [f"({kind})" for kind in known(f"{_FUNCTIONS} {_CLASSES}")]
    bodied = [f"({kind} body: (_))" for kind in known(_WITH_BODY) if name != "python"]
    values = _VALUES if name in ("javascript", "typescript") else ""
    return language, Query(language, f"[{' '.join([*plain, *bodied])} {values}] @it")


def _extent(node: Any, lines: list[str]) -> tuple[int, int]:
    """First and last line, with decorators and the comments that stand right above."""
    around = node
    while around.parent and (
        around.parent.type in _AROUND
        or (
            around.parent.type in _SAME_LINE
            and around.parent.start_point.row == around.start_point.row
        )
    ):
        around = around.parent
    first, last = around.start_point.row, _end(around)
    before = around.prev_sibling
    while (
        before
        and ("comment" in before.type or before.type in _BEFORE)
        and _end(before) >= first - 1
    ):
        row = before.start_point.row
        if lines[row].encode()[: before.start_point.column].strip():
            break  # it ends a line of code
        first, before = row, before.prev_sibling
    return first, min(last, len(lines) - 1)


def _end(node: Any) -> int:
    row: int = node.end_point.row
    return row - 1 if node.end_point.column == 0 and row > node.start_point.row else row


def _definition(node: Any, raw: bytes, first: int, last: int, in_class: bool) -> Definition:
    fields = [
        node.child_by_field_name(f)
        for f in ("name", "declarator", "type", "left", "key", "property")
    ]
    if node.parent is not None and node.parent.type == "type_definition":
        fields.append(node.parent.child_by_field_name("declarator"))  # typedef struct { ... } name;
    named = next((f for f in fields if f is not None), None)
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    body = node.child_by_field_name("body") or (
        value.child_by_field_name("body") if value else None
    )
    body = body or next((c for c in node.children if c.type.endswith("_body")), None)
    start = named.start_byte if named else node.start_byte
    stop = body.start_byte if body and body.start_byte > start else node.end_byte
    signature = raw[start : min(stop, start + 600)].decode("utf-8", "replace")
    if not body:
        signature = re.split(r"[\n{]", signature, maxsplit=1)[0]
    while named is not None and (inner := named.child_by_field_name("declarator")):
        named = inner
    name = (
        raw[named.start_byte : named.end_byte].decode("utf-8", "replace")[:120]
        if named
        else node.type.split("_")[0]
    )
    kind = "class" if node.type in LIKE_CLASSES else "method" if in_class else "function"
    signature = re.sub(r"(?:=>|[{=:(\s])*$", "", re.sub(r"\s+", " ", signature)) or name
    return Definition(name.rsplit("\n", 1)[-1], signature[:160], kind, first, last)
