"""The function or class that answers, as it stands in its file, with what it needs of that file on
top.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from polysense.make.code.function.imports import given, import_line, import_lines, statements, used
from polysense.make.code.function.rename import Wish, adapted, wish
from polysense.protocols import Generator
from polysense.read.code import syntax
from polysense.read.code.syntax import Definition
from polysense.read.file import text
from polysense.types import Evidence, Modality, Origin, Part, Query

LONGEST_CLASS = 160
"""Lines of a class that is given whole; of a longer one the method alone."""

MOST_NEEDED = 12
"""Other definitions and constants of the same file that are given along with a function that uses
them.
"""

MOST_BYTES = 4 << 20
"""Of a larger file only the piece found is given."""

_HASH = ("python", "ruby", "shellscript", "php", "perl", "r", "yaml", "toml")


class Function(Generator):
    """Code evidence -> its whole function or class with the imports, constants and helpers it uses,
    renamed where the question says how.
    """

    accepts: frozenset[Modality] = frozenset({"code"})
    emits: Modality = "code"
    cost = 0.1
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The first piece that can be given; Python always parses. Nothing where the evidence is no
        code to be read.
        """
        asked = wish(" ".join(str(p.data) for p in query if p.modality == "text"))
        for e in evidence:
            made = _made(e, asked)
            if made:
                yield made
                return


def _made(e: Evidence, asked: Wish | None) -> Part | None:
    asset = e.hit.chunk.asset
    path = asset.path or (e.part.data if isinstance(e.part.data, Path) else None)
    readable = path is not None and path.is_file() and path.stat().st_size <= MOST_BYTES
    whole = (
        text.read(path)
        if path is not None and readable and asset.mime != "application/x-ipynb+json"
        else ""
    )
    span = e.span.lines or e.hit.chunk.span.lines
    language = asset.mime.rsplit("/", 1)[-1].removeprefix("x-")
    ending = asset.name.rsplit(".", 1)[-1].lower()
    if not whole or not span:
        said = e.hit.chunk.text.strip("\n")
        return (
            _part(said + "\n", e, language, str(e.hit.chunk.span), ending) if said.strip() else None
        )
    known = syntax.definitions(whole, asset.mime, ending)
    found = _around(known, span[0] - 1, span[1] - 1, e.hit.chunk.meta.get("symbol", ""))
    lines = whole.split("\n")
    first, last = (
        (found.first, found.last) if found else (span[0] - 1, min(span[1], len(lines)) - 1)
    )
    body = "\n".join(lines[first : last + 1])
    if asset.mime == "text/x-python":
        return _python(e, whole, _dedented(body), (first, last), found, asked)
    spans = [*_helpers(known, lines, (first, last), body), (first, last)]
    code = "\n\n".join(_dedented("\n".join(lines[a : b + 1])) for a, b in sorted(spans))
    if found and asked and found.kind != "class":
        code = re.sub(rf"(?<![\w.]){re.escape(found.name)}(?!\w)", asked.name, code)
    name = asked.name if found and asked and found.kind != "class" else found.name if found else ""
    return _part(
        f"{import_lines(lines, first, code)}{code}\n", e, language, _place(spans), ending, name
    )


def _helpers(
    known: Sequence[Definition], lines: Sequence[str], at: tuple[int, int], body: str
) -> list[tuple[int, int]]:
    """The lines of other outermost definitions that the body names, and of those that they name in
    turn.
    """
    taken: list[tuple[int, int]] = []
    waiting = [body]
    while waiting:
        used = set(re.findall(r"[A-Za-z_]\w*", waiting.pop()))
        for d in known:
            if (
                d.name in used
                and (d.first, d.last) not in taken
                and not at[0] <= d.first <= at[1]
                and len(taken) < MOST_NEEDED
            ):
                taken.append((d.first, d.last))
                waiting.append("\n".join(lines[d.first : d.last + 1]))
    return taken


def _around(found: Sequence[Definition], first: int, last: int, symbol: str) -> Definition | None:
    """The outermost function that has the lines; a method's class, where that is not too long."""
    for d in found:
        if d.first <= first <= d.last:
            inner = (
                _around(d.inside, first, last, symbol)
                if last <= d.last and d.kind == "class"
                else None
            )
            short = d.kind == "class" and d.last - d.first < LONGEST_CLASS
            return d if inner is None or short else inner
    named = [
        d
        for d in found
        if d.name and d.name == symbol.split(".")[0] and d.first >= first and d.last <= last
    ]
    return named[0] if named else next((d for d in found if first <= d.first <= last), None)


def _dedented(body: str) -> str:
    """Without the indent of its first line."""
    lines = body.split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(
        line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines
    )


def _python(
    e: Evidence,
    whole: str,
    body: str,
    at: tuple[int, int],
    found: Definition | None,
    asked: Wish | None,
) -> Part | None:
    try:
        tree = ast.parse(whole)
    except (SyntaxError, ValueError, RecursionError):
        tree = ast.Module([], [])
    try:
        own = ast.parse(body)
    except (SyntaxError, ValueError, RecursionError):
        return None
    needed = _needed(tree, own, at)
    imports = [i for i in map(import_line, needed, [_names(own, needed)] * len(needed)) if i]
    lines = whole.split("\n")
    others = [
        (_first(n), (n.end_lineno or n.lineno) - 1)
        for n in needed
        if not isinstance(n, ast.Import | ast.ImportFrom)
    ]
    pieces = [("\n".join(lines[a : b + 1]), a, b) for a, b in others] + [(body, *at)]
    name = found.name if found else ""
    pieces.sort(key=lambda p: p[1])
    code = ""
    for i, (piece, _, _) in enumerate(pieces):
        apart = "\n\n\n" if "\n" in piece + pieces[i - 1][0] else "\n"
        code += (apart if i else "") + piece
    if asked and found and found.kind != "class":
        code = adapted(code, found.name, asked)
        name = asked.name
    future = sorted(i for i in imports if i.startswith("from __future__"))
    rest = [i for i in imports if i not in future]
    top = "\n".join([*future, *([""] if future and rest else []), *rest])
    gap = "\n\n\n" if "\n" in pieces[0][0] else "\n\n"
    return _part(
        (top + gap if top else "") + code + "\n", e, "python", _place([*others, at]), "py", name
    )


def _names(own: ast.AST, needed: Sequence[ast.stmt]) -> frozenset[str]:
    return frozenset(
        n
        for tree in (own, *(s for s in needed if not isinstance(s, ast.Import | ast.ImportFrom)))
        for n in used(tree)
    )


def _needed(tree: ast.Module, own: ast.Module, at: tuple[int, int]) -> list[ast.stmt]:
    """The top-level statements outside of the lines that give names that are used there, and those
    that they use in turn.
    """
    giving: dict[str, ast.stmt] = {}
    future = [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    for s in statements(tree.body):
        if not (at[0] <= s.lineno - 1 <= at[1]):
            for name in given(s):
                giving.setdefault(name, s)
    inside = {n for s in own.body for n in given(s)}
    wanted, taken = [n for n in sorted(used(own)) if n not in inside], list[ast.stmt]()
    while wanted:
        found = giving.get(wanted.pop(0))
        is_import = isinstance(found, ast.Import | ast.ImportFrom)
        many = sum(not isinstance(t, ast.Import | ast.ImportFrom) for t in taken) >= MOST_NEEDED
        if found is None or found in taken or (many and not is_import):
            continue
        taken.append(found)
        if not is_import:
            wanted += sorted(used(found))
    return sorted([*future, *taken], key=lambda s: s.lineno)


def _first(s: ast.stmt) -> int:
    decorators = (
        s.decorator_list
        if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        else []
    )
    return min([s.lineno, *(d.lineno for d in decorators)]) - 1


def _place(spans: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"L{a + 1}" if a == b else f"L{a + 1}-{b + 1}" for a, b in sorted(spans))


def _part(code: str, e: Evidence, language: str, place: str, ending: str, name: str = "") -> Part:
    asset = e.hit.chunk.asset
    mark = (
        "#"
        if language in _HASH
        else "//"
        if language not in ("html", "xml", "css", "markdown")
        else ""
    )
    source = f"from {' '.join(asset.name.split())}, {place}"
    said = f"{mark} {source}\n" if mark else f"/* {source} */\n" if language == "css" else ""
    stem = re.sub(r"\W+", "_", name).strip("_") or asset.name.rsplit(".", 1)[0]
    known = ending if re.fullmatch(r"[a-z0-9+]{1,6}", ending) and "." in asset.name else "txt"
    return Part(
        "code",
        said + code,
        mime=asset.mime,
        name=f"{stem}.{known}",
        meta={"language": language, "lines": place},
    )
