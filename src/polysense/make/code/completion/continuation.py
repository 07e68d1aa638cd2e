"""The statements of one function put into another, half written: parameters and names changed,
indented, from where it breaks off.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from difflib import SequenceMatcher
from pathlib import Path

from polysense.make.code.completion.functions import PYTHON, Function, functions, leaves, renamed
from polysense.make.code.completion.unfinished import LONGEST, Unfinished, parses
from polysense.make.code.function.imports import given, import_line, import_lines, statements, used

_HASH = frozenset({PYTHON, "text/x-ruby", "text/x-shellscript"})
_IMPORT = re.compile(r"(?:import|from|use|using|require\w*|#\s*include)\b")

SAME = 0.75
"""The likeness of a line from which on it counts as the one written already."""


def pairs(own: tuple[str, ...], asked: tuple[str, ...]) -> dict[str, str]:
    """Which of the parameters asked for each of its own is: by name, by a word in common, then
    those left in order.
    """
    found = {name: name for name in own if name in asked}
    for near in (True, False):
        left = [n for n in asked if n not in found.values()]
        for name in own:
            fits = [n for n in left if not near or words(n) & words(name)]
            if name not in found and fits:
                found[name] = fits[0]
                left.remove(fits[0])
    return found


def words(identifier: str) -> set[str]:
    """The words of an identifier, in small letters."""
    return {w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", identifier)}


def body(source: Function, wanted: Unfinished) -> tuple[str, list[str]]:
    """The statements of `source` under the names of the function wanted, without indent; and those
    of its parameters that are left over.
    """
    f = wanted.function
    paired = pairs(source.own, f.own)
    names = {old: new for old, new in paired.items() if old != new}
    if (
        source.params[: len(source.params) - len(source.own)]
        and f.params[: len(f.params) - len(f.own)]
    ):
        names |= {source.params[0]: f.params[0]} if source.params[0] != f.params[0] else {}
    told = {
        leaf.text.decode("utf-8", "replace")
        for leaf in leaves(source.body, wanted.mime, wanted.ending)
        if leaf.text
    }
    names = {old: new for old, new in names.items() if new not in told or new in names}
    members = {source.name: f.name} if source.name != f.name else {}
    classes = (
        {source.holder: f.holder}
        if source.holder and f.holder and source.holder != f.holder
        else {}
    )
    code = renamed(source.body, names | classes | members, wanted.mime, wanted.ending, members)
    missing = [n for n in source.own if n in told and names.get(n, n) not in f.own]
    return code, missing


def continued(code: str, wanted: Unfinished) -> str | None:
    """The statements after those that stand there already, indented as they are; None where what
    stands there is not in them.
    """
    f, lines = wanted.function, code.split("\n")
    there = (
        [line for line in wanted.code[f.at :].split("\n") if line.strip()] if not f.empty else []
    )
    written = [*there, *([wanted.broken] if wanted.broken else [])]
    if not written:
        told = (
            next(
                (i for i, line in enumerate(lines) if not re.match(r"\s*(?:#|//|/\*|\*)", line)), 0
            )
            if f.doc
            else 0
        )
        return _indented(lines[told:], f.indent)
    at = _found(written, lines, bool(wanted.broken))
    if at is None:
        return None
    first = at if wanted.broken else at + 1
    shift = _margin(written[-1]) if wanted.broken or there else f.indent
    own = _margin(lines[at])
    rest = [
        shift + line.removeprefix(own)
        if line.startswith(own)
        else _outer(shift, own, line) + line.lstrip()
        for line in lines[first:]
    ]
    kept = [line.rstrip() for line in rest]
    if not any(line.strip() for line in kept) or any(_short(line, f.indent) for line in kept):
        return None
    return "\n".join(kept).strip("\n")


def _found(written: list[str], lines: list[str], broken: bool) -> int | None:
    """The line that is the last one written, by it and those before it."""
    best, at = 0.0, None
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        told = written[-1].strip()
        near = _alike(line.strip()[: len(told)] if broken else line.strip(), told)
        above = _alike(lines[i - 1].strip(), written[-2].strip()) if i and len(written) > 1 else 0.0
        if near >= SAME and near + 0.3 * above > best:
            best, at = near + 0.3 * above, i
    return at


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a[:LONGEST], b[:LONGEST], autojunk=False).ratio()


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _outer(shift: str, own: str, line: str) -> str:
    """The indent of a line that stands further out than the one it is measured by."""
    return shift[: max(0, len(shift) - (len(own) - len(_margin(line))))]


def _short(line: str, indent: str) -> bool:
    return bool(line.strip()) and len(_margin(line)) < len(indent)


def _indented(lines: list[str], indent: str) -> str:
    unit = indent if indent.strip(" ") else ""
    return "\n".join(
        (
            indent
            + (re.sub(r"^( {4})+", lambda m: "\t" * (len(m[0]) // 4), line) if unit else line)
        ).rstrip()
        for line in lines
    )


def with_defaults(
    added: str, wanted: Unfinished, source: Function, missing: list[str]
) -> tuple[str, list[str]]:
    """The statements below such as give the parameters left over the values that they have by
    default; and those that have none.
    """
    known = [n for n in missing if wanted.mime == PYTHON and n in source.defaults]
    given_first = [f"{_margin(added.lstrip(chr(10)))}{n} = {source.defaults[n]}" for n in known]
    return "\n".join([*given_first, added]), [n for n in missing if n not in known]


def noted(wanted: Unfinished, added: str, place: str, missing: list[str]) -> str:
    """The statements below a line that says where they are from, and which of their names are given
    by nothing.
    """
    mark = "#" if wanted.mime in _HASH else "//"
    return (
        f"{_margin(added)}{mark} from {place}"
        + (f"; not given here: {', '.join(missing)}" if missing else "")
        + f"\n{added}"
    )


def whole(wanted: Unfinished, added: str) -> str | None:
    """All that was given, with the lines added where they belong.

    Of Python the function alone where the rest does not parse; None where even that does not, or
    what is made of other languages breaks.
    """
    start = wanted.code.rfind("\n", 0, wanted.function.start) + 1
    if wanted.mime != PYTHON:
        margin = _margin(wanted.code[start : wanted.function.start])
        close = wanted.rest.split("\n")
        while not wanted.function.empty and len(_margin(close[0])) > len(margin):
            close.pop(0)  # the statements added close what they go on from
        made = f"{wanted.code}\n{added}\n{margin}{chr(10).join(close).lstrip()}".rstrip() + "\n"
        after = next(
            (
                f
                for f in functions(made, wanted.mime, wanted.ending)
                if f.start == wanted.function.start
            ),
            None,
        )
        return made if after is not None and not after.broken else None
    made = (
        f"{wanted.code}\n{added}{'' if wanted.rest.startswith(chr(10)) else chr(10)}{wanted.rest}".rstrip()
        + "\n"
    )
    if parses(made):
        return made
    alone = textwrap.dedent(f"{wanted.code[start:]}\n{added}\n")
    return alone if parses(alone) else None


def needs(
    made: str, wanted: Unfinished, file: str, source: Function, added: str, path: Path
) -> tuple[list[str], list[str]]:
    """The imports that the lines added need and what was given lacks, and of Python the names that
    nothing known gives.
    """
    if wanted.mime == PYTHON:
        return _python_needs(made, file, added, path, wanted)
    lines = import_lines(file.split("\n"), source.first, added).split("\n")
    return [
        line for line in lines if line and line not in made and not line.startswith("package")
    ], []


def with_imports(made: str, needed: list[str], mime: str) -> str:
    """With these lines on top, after what must stand first."""
    if not needed:
        return made
    lines = made.split("\n")
    at = _top(made, lines, mime)
    gap = (
        [] if at < len(lines) and _IMPORT.match(lines[at]) else ["", ""] if mime == PYTHON else [""]
    )
    joined = "\n".join([*lines[:at], *needed, *gap, *lines[at:]])
    return joined if mime != PYTHON or parses(joined) else made


def _top(made: str, lines: list[str], mime: str) -> int:
    """The line before which imports go: after what must stand first."""
    if mime == PYTHON:
        body = ast.parse(made).body
        first = [
            s
            for i, s in enumerate(body)
            if _is_doc(s, i) or (isinstance(s, ast.ImportFrom) and s.module == "__future__")
        ]
        at = first[-1].end_lineno or 0 if first else 0
    else:
        at = next(
            (i + 1 for i, line in enumerate(lines[:50]) if re.match(r"<\?php|package\b", line)), 0
        )
    at = max([at, *(i + 1 for i, line in enumerate(lines[:1]) if line.startswith("#!"))])
    return next((i for i in range(at, min(len(lines), at + 50)) if _IMPORT.match(lines[i])), at)


def _is_doc(s: ast.stmt, i: int) -> bool:
    return (
        i == 0
        and isinstance(s, ast.Expr)
        and isinstance(s.value, ast.Constant)
        and isinstance(s.value.value, str)
    )


def _python_needs(
    made: str, file: str, added: str, path: Path, wanted: Unfinished
) -> tuple[list[str], list[str]]:
    """Imports of the file that give names used, imports from the file itself of what it defines,
    and the names left.
    """
    try:
        tree, own = ast.parse(file), ast.parse(made)
        names = used(ast.parse("async def f():\n" + textwrap.indent(textwrap.dedent(added), " ")))
    except (SyntaxError, ValueError, RecursionError):
        return [], []
    has = {n for s in statements(own.body) for n in given(s)} | _bound(own, wanted.function.name)
    lacking = frozenset(
        n
        for n in names
        if n not in has and not hasattr(builtins, n) and not re.fullmatch(r"__\w+__", n)
    )
    found: dict[str, list[str]] = {}
    for s in statements(tree.body):
        gives = sorted(lacking & set(given(s)) - {g for known in found.values() for g in known})
        if gives and isinstance(s, ast.Import | ast.ImportFrom):
            told = (
                ast.ImportFrom(_absolute(path, s), s.names, 0)
                if isinstance(s, ast.ImportFrom) and s.level and _absolute(path, s)
                else s
            )
            found[import_line(told, frozenset(gives))] = gives
        elif gives and path != wanted.path:
            found[f"from {_module(path)} import {', '.join(gives)}"] = gives
    return list(found), sorted(lacking - {g for gives in found.values() for g in gives})


def _bound(tree: ast.AST, name: str) -> set[str]:
    """Names that the functions called so, and those around them, give: parameters, what they
    assign, catch, import and define.
    """
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    around = [
        n
        for n in ast.walk(tree)
        if isinstance(n, kinds)
        and any(isinstance(i, kinds) and i.name == name for i in ast.walk(n))
    ]
    found: set[str] = set()
    for n in (inner for outer in around for inner in ast.walk(outer)):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            found.add(n.id)
        elif isinstance(n, ast.arg):
            found.add(n.arg)
        elif isinstance(n, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and n.name:
            found.add(n.name)
        elif isinstance(n, ast.stmt):
            found |= set(given(n))
    return found


def _module(path: Path) -> str:
    """How a file is imported: by the packages that it lies in.

    >>> _module(Path("/nowhere/tides.py"))
    'tides'
    """
    parts = [] if path.stem == "__init__" else [path.stem]
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        parts.insert(0, folder.name)
    return ".".join(parts) or path.parent.name


def _absolute(path: Path, s: ast.ImportFrom) -> str:
    """The module of a relative import; "" where its file lies in no package."""
    parts = [*_module(path).split("."), *(["__init__"] if path.stem == "__init__" else [])]
    if len(parts) <= s.level:
        return ""
    return ".".join([*parts[: -s.level], *([s.module] if s.module else [])])
