"""What a piece of code needs of its file: the imports and other statements that give the names it
uses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

_IMPORT_LINE = re.compile(
    r"^(?:import\b.*|from\s+\S+\s+import\b.*|#\s*include\b.*|using\s+[\w.=\s]+;|use\s+[^;]+;"
    r"|require(?:_relative)?\b.*|package\s+[\w.]+;?"
    r"|(?:const|let|var)\s+[^=]+=\s*require\(.*)$",
    re.M,
)
# what of these is used cannot be told from the line
_ALWAYS_NEEDED = re.compile(r"^(?:#\s*include|using|require|package)\b")


def used_names(tree: ast.AST) -> set[str]:
    """Names that code reads, also in annotations written as strings."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for n in ast.walk(tree):
        if (
            isinstance(n, ast.arg | ast.AnnAssign)
            and isinstance(n.annotation, ast.Constant)
            and isinstance(n.annotation.value, str)
        ):
            names |= set(re.findall(r"[A-Za-z_]\w*", n.annotation.value))
    return names


def top_level_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of a module, and imports that stand under `if` and `try`."""
    for s in body:
        if isinstance(s, ast.If | ast.Try):
            yield from (i for i in ast.walk(s) if isinstance(i, ast.Import | ast.ImportFrom))
        else:
            yield s


def bound_names(statement: ast.stmt) -> list[str]:
    """The names that a statement makes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import):
        return [a.asname or a.name.split(".")[0] for a in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return (
            [a.asname or a.name for a in statement.names]
            if statement.module != "__future__"
            else []
        )
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )
    return [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]


def import_line(statement: ast.stmt, needed_names: frozenset[str]) -> str:
    """The import with only the names that are used."""
    if isinstance(statement, ast.Import):
        aliases = [a for a in statement.names if (a.asname or a.name.split(".")[0]) in needed_names]
        return ast.unparse(ast.Import(aliases)) if aliases else ""
    if isinstance(statement, ast.ImportFrom):
        aliases = (
            statement.names
            if statement.module == "__future__"
            else [a for a in statement.names if (a.asname or a.name) in needed_names]
        )
        return (
            ast.unparse(ast.ImportFrom(statement.module, aliases, statement.level))
            if aliases
            else ""
        )
    return ""


def import_lines(lines: Sequence[str], first: int, body: str) -> str:
    """The import lines above, one a line, that name something the body uses."""
    above = "\n".join(lines[:first])
    names = set(re.findall(r"[A-Za-z_]\w*", body))
    matches = [
        m[0]
        for m in _IMPORT_LINE.finditer(above)
        if _ALWAYS_NEEDED.match(m[0])
        or names & set(re.findall(r"[A-Za-z_]\w*", _binding_part(m[0])))
    ]
    return "\n".join(matches) + "\n\n" if matches else ""


def _binding_part(line: str) -> str:
    """The part of an import line that holds the names it gives."""
    if m := re.match(r"(?:const|let|var)\s+([^=]+)=|import\s+(.+?)\s+from\b", line):
        return m[1] or m[2]
    return re.split(r"::|\.|/", line.rstrip("; \"'"))[-1]
