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
depth): they are not parsed. Judged, not measured.
"""

MAX_NAME_CHARS, MAX_SIGNATURE_CHARS = 120, 160

_GRAMMARS = {
    "text/x-python": "python",
    "text/javascript": "javascript",
    "text/x-typescript": "typescript",
    "text/x-java": "java",
    "text/x-c": "c",
    "text/x-c++": "cpp",
    "text/x-csharp": "c_sharp",
    "text/x-go": "go",
    "text/x-rust": "rust",
    "text/x-ruby": "ruby",
    "text/x-php": "php",
    "text/x-shellscript": "bash",
    "text/x-kotlin": "kotlin",
    "text/x-swift": "swift",
    "text/x-scala": "scala",
}
"""The package of each, tree_sitter_..."""

_FUNCTIONS = (
    "function_definition function_declaration generator_function_declaration function_item method "
    "method_definition method_declaration singleton_method constructor_declaration "
    "destructor_declaration compact_constructor_declaration init_declaration deinit_declaration "
    "secondary_constructor operator_declaration conversion_operator_declaration "
    "local_function_statement macro_definition"
)
_CLASSES = (
    "class_definition class_declaration abstract_class_declaration class interface_declaration "
    "enum_declaration struct_declaration record_declaration annotation_type_declaration "
    "trait_declaration protocol_declaration object_declaration object_definition trait_definition "
    "enum_definition extension_definition companion_object struct_item enum_item union_item "
    "trait_item impl_item mod_item namespace_declaration internal_module type_spec "
    "type_alias_declaration"
)
# without a body these are a mere use, or a whole file
_WITH_BODY = (
    "class_specifier struct_specifier enum_specifier union_specifier namespace_definition module"
)
LIKE_CLASSES = frozenset(f"{_CLASSES} {_WITH_BODY}".split())
_FUNCTION_VALUES = (
    "(variable_declarator value: [(arrow_function) (function_expression)]) "
    "(assignment_expression right: [(arrow_function) (function_expression)]) "
    "(pair value: [(arrow_function) (function_expression)])"
)
_WRAPPER_TYPES = {
    "decorated_definition",
    "export_statement",
    "template_declaration",
    "ambient_declaration",
}
_SAME_LINE_TYPES = {
    "lexical_declaration",
    "variable_declaration",
    "expression_statement",
    "type_declaration",
    "type_definition",
}
_DECORATOR_TYPES = {"attribute_item", "attribute", "annotation", "decorator"}


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
    children: list[Definition] = field(default_factory=list)


def definitions(text: str, mime: str, ending: str = "") -> list[Definition]:
    """The outermost definitions, in order, each with those inside it. Never two on one line: the
    first counts.

    >>> source = "class A:\\n    def f(self, x):\\n        return x\\n"
    >>> [d.signature for d in definitions(source, "text/x-python")[0].children]
    ['f(self, x)']
    """
    tree = parse(text, mime, ending)
    if tree is None:
        return []
    source, nodes = text.encode(), tree[1]
    lines = text.split("\n")
    outermost: list[Definition] = []
    enclosing: list[tuple[int, Definition]] = []
    for node in nodes:
        while enclosing and enclosing[-1][0] <= node.start_byte:
            enclosing.pop()
        first, last = _line_range(node, lines)
        parent = enclosing[-1][1] if enclosing else None
        siblings = parent.children if parent else outermost
        is_outside = parent and (first <= parent.first or last > parent.last)
        if first > last or is_outside or (siblings and first <= siblings[-1].last):
            continue
        definition = _definition(
            node, source, first, last, in_class=any(d.kind == "class" for _, d in enclosing)
        )
        siblings.append(definition)
        enclosing.append((node.end_byte, definition))
    return outermost


def parse(text: str, mime: str, ending: str = "") -> tuple[Any, list[Any]] | None:
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
    """How deeply brackets are nested, strings and comments read like code."""
    steps = np.zeros(256, np.int32)
    steps[list(b"([{")], steps[list(b")]}")] = 1, -1
    return int(np.cumsum(steps[np.frombuffer(raw, np.uint8)]).max(initial=0))


@lru_cache
def _grammar(name: str, ending: str) -> tuple[Any, Any]:
    from tree_sitter import Language, Query

    # JavaScript is read as TSX, which holds all of it and JSX
    module = import_module(f"tree_sitter_{'typescript' if name == 'javascript' else name}")
    variant = {
        "php": "language_php",
        "javascript": "language_tsx",
        "typescript": "language_tsx" if ending == "tsx" else "language_typescript",
    }.get(name, "language")
    language = Language(getattr(module, variant)())

    def supported(kinds: str) -> list[str]:
        return [kind for kind in kinds.split() if language.id_for_node_kind(kind, True) is not None]

    patterns = [f"({kind})" for kind in supported(f"{_FUNCTIONS} {_CLASSES}")]
    body_patterns = [f"({kind} body: (_))" for kind in supported(_WITH_BODY) if name != "python"]
    values = _FUNCTION_VALUES if name in ("javascript", "typescript") else ""
    return language, Query(language, f"[{' '.join([*patterns, *body_patterns])} {values}] @it")


def _line_range(node: Any, lines: list[str]) -> tuple[int, int]:
    """First and last line, with decorators and the comments that stand right above."""
    outer = node
    while outer.parent and (
        outer.parent.type in _WRAPPER_TYPES
        or (
            outer.parent.type in _SAME_LINE_TYPES
            and outer.parent.start_point.row == outer.start_point.row
        )
    ):
        outer = outer.parent
    first, last = outer.start_point.row, _last_line(outer)
    previous = outer.prev_sibling
    while (
        previous
        and ("comment" in previous.type or previous.type in _DECORATOR_TYPES)
        and _last_line(previous) >= first - 1
    ):
        row = previous.start_point.row
        if lines[row].encode()[: previous.start_point.column].strip():
            break  # it ends a line of code
        first, previous = row, previous.prev_sibling
    return first, min(last, len(lines) - 1)


def _last_line(node: Any) -> int:
    row: int = node.end_point.row
    return row - 1 if node.end_point.column == 0 and row > node.start_point.row else row


def _definition(node: Any, raw: bytes, first: int, last: int, in_class: bool) -> Definition:
    fields = [
        node.child_by_field_name(f)
        for f in ("name", "declarator", "type", "left", "key", "property")
    ]
    if node.parent is not None and node.parent.type == "type_definition":
        fields.append(node.parent.child_by_field_name("declarator"))  # typedef struct { ... } name;
    name_node = next((f for f in fields if f is not None), None)
    body = _body(node)
    start = name_node.start_byte if name_node else node.start_byte
    end = body.start_byte if body and body.start_byte > start else node.end_byte
    signature = raw[start : min(end, start + 600)].decode("utf-8", "replace")
    if not body:
        signature = re.split(r"[\n{]", signature, maxsplit=1)[0]
    while name_node is not None and (inner := name_node.child_by_field_name("declarator")):
        name_node = inner
    name = node.type.split("_")[0]
    if name_node:
        name = raw[name_node.start_byte : name_node.end_byte].decode("utf-8", "replace")
        name = name[:MAX_NAME_CHARS]
    kind = "class" if node.type in LIKE_CLASSES else "method" if in_class else "function"
    signature = re.sub(r"(?:=>|[{=:(\s])*$", "", re.sub(r"\s+", " ", signature)) or name
    return Definition(name.rsplit("\n", 1)[-1], signature[:MAX_SIGNATURE_CHARS], kind, first, last)


def _body(node: Any) -> Any:
    """What a definition holds, or the value that is assigned; None for a mere declaration."""
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    body = node.child_by_field_name("body") or (
        value.child_by_field_name("body") if value else None
    )
    return body or next((c for c in node.children if c.type.endswith("_body")), None)
