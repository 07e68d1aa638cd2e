"""A Python function under the name and signature that a question asks for, where that is a mere
matter of renaming.
"""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass
from typing import Any

_SIGNATURE = re.compile(
    r"\b(?:as|named|called|like|into|to)\s+(?:an?\s+)?(?:function\s+)?"
    r"[`'\"]?(?:async\s+)?(?:def\s+)?([A-Za-z_]\w*)\s*\("
)
_DEF = re.compile(r"\bdef\s+([A-Za-z_]\w*)\s*\(")
_NAME_REQUEST = re.compile(
    r"\b(?:named|call(?:ed)? it|renamed?(?:\s+\w+)?\s+(?:to|as)|under the name|as def"
    r"|as a function(?: called| named)?)\s+[`'\"]?([A-Za-z_]\w*)",
    re.I,
)

MAX_SIGNATURE_CHARS = 400
"""A longer one is not looked for: its bracket is that of a sentence. Judged, not measured."""


@dataclass(frozen=True, slots=True)
class RequestedSignature:
    """The name asked for, and the parameters as (name, annotation, default) in source text; None
    where no signature is given.
    """

    name: str
    params: tuple[tuple[str, str, str], ...] | None = None


def requested_signature(words: str) -> RequestedSignature | None:
    """What a question asks for: "... as def fetch_all(url, retries=3)", "... named fetch_all".

    >>> requested_signature("retry a call, as def fetch_all(url, retries=3)").params
    (('url', '', ''), ('retries', '', '3'))
    """
    for pattern in (_DEF, _SIGNATURE):
        for m in pattern.finditer(words):
            inside = _up_to_closing_bracket(words, m.end() - 1)
            params = _parse_parameters(inside) if inside is not None else None
            if params is not None and not keyword.iskeyword(m[1]):
                return RequestedSignature(m[1], params)
    match = _NAME_REQUEST.search(words)
    # one plain word is more likely a word of the sentence than a name
    if match and not keyword.iskeyword(match[1]) and "_" in match[1]:
        return RequestedSignature(match[1])
    return None


def _up_to_closing_bracket(words: str, start: int) -> str | None:
    depth = 0
    for i in range(start, min(len(words), start + MAX_SIGNATURE_CHARS)):
        depth += (words[i] in "([{") - (words[i] in ")]}")
        if depth == 0:
            return words[start + 1 : i]
    return None


def _parse_parameters(inside: str) -> tuple[tuple[str, str, str], ...] | None:
    """Plain parameters only: what has stars or slashes is not adapted to by renaming."""
    try:
        function = ast.parse(f"def f({inside}): pass").body[0]
    except (SyntaxError, ValueError):
        return None
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        return None
    defaults = [""] * (len(arguments.args) - len(arguments.defaults)) + [
        ast.unparse(d) for d in arguments.defaults
    ]
    return tuple(
        (p.arg, ast.unparse(p.annotation) if p.annotation else "", d)
        for p, d in zip(arguments.args, defaults, strict=True)
    )


def apply_signature(code: str, old: str, signature: RequestedSignature) -> str:
    """The code with function `old` renamed, and its parameters where they match one to one; as it
    was where they do not.

    Names are changed in the code itself, so that its layout and comments stay.
    """
    with_name = _replace_identifiers(code, _tree(code), {old: signature.name}, None)
    with_signature = (
        _with_signature(with_name, signature) if signature.params is not None else with_name
    )
    for candidate in (with_signature, with_name):
        try:
            ast.parse(candidate)
        except (SyntaxError, ValueError):
            continue
        return candidate
    return code


def _tree(code: str) -> Any:
    import tree_sitter_python
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_python.language())).parse(code.encode())


def _walk(node: Any) -> Any:
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack += reversed(current.children)


def _replace_identifiers(code: str, tree: Any, names: dict[str, str], within: Any) -> str:
    """The code with identifiers exchanged, in one node or all of it; attributes and keywords of
    other calls are no names of ours.
    """
    raw = code.encode()
    changes = []
    for node in _walk(within if within is not None else tree.root_node):
        if (
            node.type != "identifier"
            or (identifier := raw[node.start_byte : node.end_byte].decode()) not in names
        ):
            continue
        parent = node.parent
        field = next(
            (parent.field_name_for_child(i) for i, c in enumerate(parent.children) if c == node),
            None,
        )
        if (parent.type == "attribute" and field == "attribute") or (
            parent.type == "keyword_argument" and field == "name"
        ):
            continue
        changes.append((node.start_byte, node.end_byte, names[identifier]))
    for start, end, new in sorted(changes, reverse=True):
        raw = raw[:start] + new.encode() + raw[end:]
    return raw.decode()


def _with_signature(code: str, signature: RequestedSignature) -> str:
    """With the parameters asked for, in their order; those left over must have defaults."""
    tree = _tree(code)
    raw = code.encode()
    node = _function_node(raw, tree, signature.name)
    if node is None:
        return code
    parameter_nodes = node.child_by_field_name("parameters").named_children
    parameters = [p for c in parameter_nodes if (p := _parameter_of_node(raw, c)) is not None]
    if len(parameters) < len(parameter_nodes):
        return code
    requested = signature.params or ()
    pairs = _pair_parameters([p[0] for p in parameters], [r[0] for r in requested])
    leftover = [p for i, p in enumerate(parameters) if i not in pairs.values()]
    if pairs.keys() != set(range(len(requested))) or any(not p[2] for p in leftover):
        return code
    names = {
        parameters[i][0]: requested[r][0]
        for r, i in pairs.items()
        if parameters[i][0] != requested[r][0]
    }
    identifiers = {
        raw[n.start_byte : n.end_byte].decode() for n in _walk(node) if n.type == "identifier"
    }
    if identifiers & set(names.values()):
        return code
    with_names = _replace_identifiers(code, tree, names, node)
    parts = [
        *(_format_parameter(r, parameters[pairs[i]]) for i, r in enumerate(requested)),
        *(_format_parameter(("", "", ""), p) for p in leftover),
    ]
    return _with_parameters(with_names, signature.name, ", ".join(parts))


def _function_node(raw: bytes, tree: Any, name: str) -> Any:
    """The first definition of that name; None without one."""
    nodes = (n for n in _walk(tree.root_node) if n.type == "function_definition")
    return next((n for n in nodes if _field_text(raw, n, "name") == name), None)


def _format_parameter(requested: tuple[str, str, str], own: tuple[str, str, str]) -> str:
    name, annotation, default = (r or o for r, o in zip(requested, own, strict=True))
    note = f": {annotation}" if annotation else ""
    equals = " = " if annotation else "="
    return name + note + (equals + default if default else "")


def _parameter_of_node(raw: bytes, node: Any) -> tuple[str, str, str] | None:
    """(name, annotation, default) of a plain parameter; None for others."""
    if node.type == "identifier":
        return raw[node.start_byte : node.end_byte].decode(), "", ""
    if node.type == "default_parameter":
        return _field_text(raw, node, "name"), "", _field_text(raw, node, "value")
    if node.type == "typed_parameter" and node.named_children[0].type == "identifier":
        first = node.named_children[0]
        return raw[first.start_byte : first.end_byte].decode(), _field_text(raw, node, "type"), ""
    if node.type == "typed_default_parameter":
        return (
            _field_text(raw, node, "name"),
            _field_text(raw, node, "type"),
            _field_text(raw, node, "value"),
        )
    return None


def _field_text(raw: bytes, node: Any, field: str) -> str:
    child = node.child_by_field_name(field)
    return raw[child.start_byte : child.end_byte].decode() if child else ""


def _pair_parameters(own: list[str], requested: list[str]) -> dict[int, int]:
    """Which of its own parameters each given one is: by name, then those left in order."""
    pairs = {g: own.index(name) for g, name in enumerate(requested) if name in own}
    leftover = [i for i in range(len(own)) if i not in pairs.values()]
    for g in range(len(requested)):
        if g not in pairs and leftover:
            pairs[g] = leftover.pop(0)
    return pairs


def _with_parameters(code: str, name: str, parameters: str) -> str:
    raw = code.encode()
    node = _function_node(raw, _tree(code), name).child_by_field_name("parameters")
    return (raw[: node.start_byte] + f"({parameters})".encode() + raw[node.end_byte :]).decode()
