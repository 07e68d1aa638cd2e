"""The function or class that answers, as it stands in its file, with what it needs of that file on
top.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from polysense.make.code.function.imports import (
    bound_names,
    import_line,
    import_lines,
    top_level_statements,
    used_names,
)
from polysense.make.code.function.rename import (
    RequestedSignature,
    apply_signature,
    requested_signature,
)
from polysense.make.file.provenance_comment import COMMENTS
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.code import syntax
from polysense.read.code.syntax import Definition
from polysense.read.file import text
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_CLASS_LINES = 160
"""Lines of a class that is given whole; of a longer one the method alone. Judged, not measured."""

MAX_NEEDED = 12
"""Other definitions and constants of the same file that are given along with a function that uses
them. Judged, not measured.
"""

MAX_BYTES = 4 << 20
"""Of a larger file only the piece that was found is given. Judged, not measured."""

_HASH_COMMENT_LANGUAGES = ("python", "ruby", "shellscript", "php", "perl", "r", "yaml", "toml")


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
        question = question_text(query)
        signature = requested_signature(question)
        for e in evidence:
            part = _function_part(e, signature)
            if part:
                yield part
                return


def _function_part(e: Evidence, signature: RequestedSignature | None) -> Part | None:
    asset, chunk = e.hit.chunk.asset, e.hit.chunk
    source = _source(e)
    span = e.span.lines or chunk.span.lines
    ending = asset.name.rsplit(".", 1)[-1].lower()
    if not source or not span:
        code = chunk.text.strip("\n")
        return _code_part(code + "\n", e, str(chunk.span), ending) if code.strip() else None
    definitions = syntax.definitions(source, asset.mime, ending)
    definition = _enclosing_definition(
        definitions, span[0] - 1, span[1] - 1, chunk.meta.get("symbol", "")
    )
    lines = source.split("\n")
    first, last = span[0] - 1, min(span[1], len(lines)) - 1
    if definition:
        first, last = definition.first, definition.last
    body = "\n".join(lines[first : last + 1])
    if asset.mime == "text/x-python":
        return _python_part(e, source, _dedent(body), (first, last), definition, signature)
    spans = [*_helper_spans(definitions, lines, (first, last), body), (first, last)]
    code = "\n\n".join(_dedent("\n".join(lines[a : b + 1])) for a, b in sorted(spans))
    name = definition.name if definition else ""
    if definition and signature and definition.kind != "class":
        code = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)", signature.name, code)
        name = signature.name
    code = f"{import_lines(lines, first, code)}{code}\n"
    return _code_part(code, e, _format_lines(spans), ending, name)


def _source(e: Evidence) -> str:
    """The file that the evidence is from; "" where it cannot be read, and for notebooks."""
    asset = e.hit.chunk.asset
    path = asset.path or (e.part.data if isinstance(e.part.data, Path) else None)
    if path is None or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return ""
    return text.read_text(path) if asset.mime != "application/x-ipynb+json" else ""


def _helper_spans(
    definitions: Sequence[Definition], lines: Sequence[str], own_span: tuple[int, int], body: str
) -> list[tuple[int, int]]:
    """The lines of other outermost definitions that the body names, and of those that they name in
    turn.
    """
    spans: list[tuple[int, int]] = []
    pending = [body]
    while pending:
        names = set(re.findall(r"[A-Za-z_]\w*", pending.pop()))
        for definition in definitions:
            if (
                definition.name in names
                and (definition.first, definition.last) not in spans
                and not own_span[0] <= definition.first <= own_span[1]
                and len(spans) < MAX_NEEDED
            ):
                spans.append((definition.first, definition.last))
                pending.append("\n".join(lines[definition.first : definition.last + 1]))
    return spans


def _enclosing_definition(
    definitions: Sequence[Definition], first: int, last: int, symbol: str
) -> Definition | None:
    """The outermost function that has the lines; a method's class, where that is not too long."""
    for d in definitions:
        if d.first <= first <= d.last:
            inner = (
                _enclosing_definition(d.children, first, last, symbol)
                if last <= d.last and d.kind == "class"
                else None
            )
            is_short = d.kind == "class" and d.last - d.first < MAX_CLASS_LINES
            return d if inner is None or is_short else inner
    matches = [
        d
        for d in definitions
        if d.name and d.name == symbol.split(".")[0] and d.first >= first and d.last <= last
    ]
    return (
        matches[0] if matches else next((d for d in definitions if first <= d.first <= last), None)
    )


def _dedent(body: str) -> str:
    """Without the indent of its first line."""
    lines = body.split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(
        line[indent:] if not line[:indent].strip() else line.lstrip() for line in lines
    )


def _python_part(
    e: Evidence,
    source: str,
    body: str,
    own_span: tuple[int, int],
    definition: Definition | None,
    signature: RequestedSignature | None,
) -> Part | None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        tree = ast.Module([], [])
    try:
        own_tree = ast.parse(body)
    except (SyntaxError, ValueError, RecursionError):
        return None
    needed = _needed_statements(tree, own_tree, own_span)
    names = _names_read(own_tree, needed)
    imports = [line for s in needed if (line := import_line(s, names))]
    lines = source.split("\n")
    other_spans = [
        (_first_line(s), (s.end_lineno or s.lineno) - 1) for s in needed if not _is_import(s)
    ]
    blocks = [("\n".join(lines[a : b + 1]), a, b) for a, b in other_spans] + [(body, *own_span)]
    name = definition.name if definition else ""
    blocks.sort(key=lambda p: p[1])
    code = ""
    for i, (block, _, _) in enumerate(blocks):
        separator = "\n\n\n" if "\n" in block + blocks[i - 1][0] else "\n"
        code += (separator if i else "") + block
    if signature and definition and definition.kind != "class":
        code = apply_signature(code, definition.name, signature)
        name = signature.name
    gap = "\n\n\n" if "\n" in blocks[0][0] else "\n\n"
    import_block = _import_block(imports)
    code = (import_block + gap if import_block else "") + code + "\n"
    return _code_part(code, e, _format_lines([*other_spans, own_span]), "py", name)


def _import_block(imports: Sequence[str]) -> str:
    """Those from the future on top, as Python wants them."""
    future = sorted(i for i in imports if i.startswith("from __future__"))
    others = [i for i in imports if i not in future]
    return "\n".join([*future, *([""] if future and others else []), *others])


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _names_read(own_tree: ast.AST, needed: Sequence[ast.stmt]) -> frozenset[str]:
    trees = (own_tree, *(s for s in needed if not _is_import(s)))
    return frozenset(name for tree in trees for name in used_names(tree))


def _needed_statements(
    tree: ast.Module, own_tree: ast.Module, own_span: tuple[int, int]
) -> list[ast.stmt]:
    """The top-level statements outside of the lines that give names that are used there, and those
    that they use in turn.
    """
    providers: dict[str, ast.stmt] = {}
    future_imports = [
        s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"
    ]
    for s in top_level_statements(tree.body):
        if not (own_span[0] <= s.lineno - 1 <= own_span[1]):
            for name in bound_names(s):
                providers.setdefault(name, s)
    own_names = {n for s in own_tree.body for n in bound_names(s)}
    pending = [n for n in sorted(used_names(own_tree)) if n not in own_names]
    needed: list[ast.stmt] = []
    while pending:
        statement = providers.get(pending.pop(0))
        if statement is None or statement in needed:
            continue
        is_full = sum(not _is_import(s) for s in needed) >= MAX_NEEDED
        if is_full and not _is_import(statement):
            continue
        needed.append(statement)
        if not _is_import(statement):
            pending += sorted(used_names(statement))
    return sorted([*future_imports, *needed], key=lambda s: s.lineno)


def _first_line(statement: ast.stmt) -> int:
    decorators = (
        statement.decorator_list
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        else []
    )
    return min([statement.lineno, *(d.lineno for d in decorators)]) - 1


def _format_lines(spans: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"L{a + 1}" if a == b else f"L{a + 1}-{b + 1}" for a, b in sorted(spans))


def _code_part(code: str, e: Evidence, lines: str, ending: str, name: str = "") -> Part:
    asset = e.hit.chunk.asset
    language = asset.mime.rsplit("/", 1)[-1].removeprefix("x-")
    stem = re.sub(r"\W+", "_", name).strip("_") or asset.name.rsplit(".", 1)[0]
    is_ending = re.fullmatch(r"[a-z0-9+]{1,6}", ending) and "." in asset.name
    is_stamped = asset.mime in COMMENTS
    source = "" if is_stamped else f"from {' '.join(asset.name.split())}, {lines}"
    return Part(
        "code",
        (_comment(source, language) if source else "") + code,
        mime=asset.mime,
        name=f"{stem}.{ending if is_ending else 'txt'}",
        meta={"language": language, "lines": lines, "place": lines},
    )


def _comment(words: str, language: str) -> str:
    """A line of comment; none in languages of markup."""
    if language in _HASH_COMMENT_LANGUAGES:
        return f"# {words}\n"
    if language == "css":
        return f"/* {words} */\n"
    return "" if language in ("html", "xml", "markdown") else f"// {words}\n"
