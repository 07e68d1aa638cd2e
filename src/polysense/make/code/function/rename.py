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
    r"\b(?:as|named|called|like|into|to)\s+(?:an?\s+)?(?:function\s+)?[`'\"]?(?:async\s+)?(?:def\s+)?([A-Za-z_]\w*)\s*\("
)
_DEF = re.compile(r"\bdef\s+([A-Za-z_]\w*)\s*\(")
_NAMED = re.compile(
    r"\b(?:named|call(?:ed)? it|renamed?(?:\s+\w+)?\s+(?:to|as)|under the name|as def|as a function(?: called| named)?)\s+"
    r"[`'\"]?([A-Za-z_]\w*)", re.I
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """The name asked for, and the parameters as (name, annotation, default) in source text; None
    where no signature is given.
    """

    name: str
    params: tuple[tuple[str, str, str], ...] | None = None


def wish(words: str) -> Wish | None:
    """What a question asks for: "... as def fetch_all(url, retries=3)", "... named fetch_all".

    >>> wish("retry a call, as def fetch_all(url, retries=3)").params
    (('url', '', ''), ('retries', '', '3'))
    """
    for pattern in (_DEF, _SIGNATURE):
        for m in pattern.finditer(words):
            inside = _balanced(words, m.end() - 1)
            params = _params(inside) if inside is not None else None
            if params is not None and not keyword.iskeyword(m[1]):
                return Wish(m[1], params)
    named = _NAMED.search(words)
    return Wish(named[1]) if named and not keyword.iskeyword(named[1]) and "_" in named[1] else None


def _balanced(words: str, start: int) -> str | None:
    depth = 0
    for i in range(start, min(len(words), start + 400)):
        depth += (words[i] in "([{") - (words[i] in ")]}")
        if depth == 0:
            return words[start + 1 : i]
    return None


def _params(inside: str) -> tuple[tuple[str, str, str], ...] | None:
    """Plain parameters only: what has stars or slashes is not adapted to by renaming."""
    try:
        made = ast.parse(f"def f({inside}): pass").body[0]
    except (SyntaxError, ValueError):
        return None
    assert isinstance(made, ast.FunctionDef)
    a = made.args
    if a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs:
        return None
    defaults = [""] * (len(a.args) - len(a.defaults)) + [ast.unparse(d) for d in a.defaults]
    return tuple(
        (p.arg, ast.unparse(p.annotation) if p.annotation else "", d)
        for p, d in zip(a.args, defaults, strict=True)
    )


def adapted(code: str, old: str, wanted: Wish) -> str:
    """The code with function `old` renamed, and its parameters where they match one to one; as it
    was where they do not.

    Names are changed in the code itself, so that its layout and comments stay.
    """
    renamed = _replaced(code, _tree(code), {old: wanted.name}, None)
    signed = _signed(renamed, wanted) if wanted.params is not None else renamed
    for candidate in (signed, renamed):
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
    waiting = [node]
    while waiting:
        at = waiting.pop()
        yield at
        waiting += reversed(at.children)


def _replaced(code: str, tree: Any, names: dict[str, str], within: Any) -> str:
    """The code with identifiers exchanged, in one node or all of it; attributes and keywords of
    other calls are no names of ours.
    """
    raw = code.encode()
    changes = []
    for node in _walk(within if within is not None else tree.root_node):
        if (
            node.type != "identifier"
            or (said := raw[node.start_byte : node.end_byte].decode()) not in names
        ):
            continue
        up = node.parent
        field = next(
            (up.field_name_for_child(i) for i, c in enumerate(up.children) if c == node), None
        )
        if (up.type == "attribute" and field == "attribute") or (
            up.type == "keyword_argument" and field == "name"
        ):
            continue
        changes.append((node.start_byte, node.end_byte, names[said]))
    for start, end, new in sorted(changes, reverse=True):
        raw = raw[:start] + new.encode() + raw[end:]
    return raw.decode()


def _signed(code: str, wanted: Wish) -> str:
    """With the parameters asked for, in their order; what follows them had defaults and keeps them."""
    tree = _tree(code)
    raw = code.encode()
    node = next(
        (
            n
            for n in _walk(tree.root_node)
            if n.type == "function_definition" and _text(raw, n, "name") == wanted.name
        ),
        None,
    )
    given = wanted.params or ()
    own = (
        [_param(raw, c) for c in node.child_by_field_name("parameters").named_children]
        if node
        else []
    )
    if node is None or any(p is None for p in own):
        return code
    known = [p for p in own if p is not None]
    pairs = _paired([p[0] for p in known], [g[0] for g in given])
    left = [p for i, p in enumerate(known) if i not in pairs.values()]
    if pairs.keys() != set(range(len(given))) or any(not p[2] for p in left):
        return code
    names = {known[i][0]: given[g][0] for g, i in pairs.items() if known[i][0] != given[g][0]}
    used = {raw[n.start_byte : n.end_byte].decode() for n in _walk(node) if n.type == "identifier"}
    if used & set(names.values()):
        return code
    changed = _replaced(code, tree, names, node)
    parts = [_written(g, known[pairs[i]]) for i, g in enumerate(given)] + [
        _written(("", "", ""), p) for p in left
    ]
    return _with_parameters(changed, wanted.name, ", ".join(parts))


def _written(given: tuple[str, str, str], own: tuple[str, str, str]) -> str:
    name, note, default = given[0] or own[0], given[1] or own[1], given[2] or own[2]
    return (
        name
        + (f": {note}" if note else "")
        + (f" = {default}" if default and note else f"={default}" if default else "")
    )


def _param(raw: bytes, node: Any) -> tuple[str, str, str] | None:
    """(name, annotation, default) of a plain parameter; None for others."""
    if node.type == "identifier":
        return raw[node.start_byte : node.end_byte].decode(), "", ""
    if node.type == "default_parameter":
        return _text(raw, node, "name"), "", _text(raw, node, "value")
    if node.type == "typed_parameter" and node.named_children[0].type == "identifier":
        first = node.named_children[0]
        return raw[first.start_byte : first.end_byte].decode(), _text(raw, node, "type"), ""
    if node.type == "typed_default_parameter":
        return _text(raw, node, "name"), _text(raw, node, "type"), _text(raw, node, "value")
    return None


def _text(raw: bytes, node: Any, field: str) -> str:
    child = node.child_by_field_name(field)
    return raw[child.start_byte : child.end_byte].decode() if child else ""


def _paired(own: list[str], given: list[str]) -> dict[int, int]:
    """Which of its own parameters each given one is: by name, then those left in order."""
    pairs = {g: own.index(name) for g, name in enumerate(given) if name in own}
    left = [i for i in range(len(own)) if i not in pairs.values()]
    for g in range(len(given)):
        if g not in pairs and left:
            pairs[g] = left.pop(0)
    return pairs


def _with_parameters(code: str, name: str, parameters: str) -> str:
    raw = code.encode()
    node = next(
        n
        for n in _walk(_tree(code).root_node)
        if n.type == "function_definition" and _text(raw, n, "name") == name
    )
    at = node.child_by_field_name("parameters")
    return (raw[: at.start_byte] + f"({parameters})".encode() + raw[at.end_byte :]).decode()
