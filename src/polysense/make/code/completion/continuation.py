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

from polysense.make.code.completion.code_in_query import MAX_LINE_CHARS, parses
from polysense.make.code.completion.functions import (
    PYTHON,
    Function,
    functions,
    leaves,
    rename_identifiers,
)
from polysense.make.code.completion.unfinished import Unfinished
from polysense.make.code.function.imports import (
    bound_names,
    import_line,
    import_lines,
    top_level_statements,
    used_names,
)

_HASH_COMMENT_TYPES = frozenset({PYTHON, "text/x-ruby", "text/x-shellscript"})
_IMPORT_LINE = re.compile(r"(?:import|from|use|using|require\w*|#\s*include)\b")

MIN_LINE_LIKENESS = 0.75
"""The likeness from which on a line counts as the one written already. Judged, not measured."""

WEIGHT_OF_LINE_ABOVE = 0.3
"""What the line above counts beside the line itself: it only decides between lines that are alike.
Judged, not measured.
"""


def pair_parameters(own: tuple[str, ...], target_params: tuple[str, ...]) -> dict[str, str]:
    """Which target parameter each of its own is: by name, by a common word, then in order."""
    pairs = {name: name for name in own if name in target_params}
    for by_word in (True, False):
        remaining = [n for n in target_params if n not in pairs.values()]
        for name in own:
            candidates = [
                n for n in remaining if not by_word or identifier_words(n) & identifier_words(name)
            ]
            if name not in pairs and candidates:
                pairs[name] = candidates[0]
                remaining.remove(candidates[0])
    return pairs


def identifier_words(identifier: str) -> set[str]:
    """The words of an identifier, in small letters."""
    return {w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", identifier)}


def adapt_statements(source: Function, target: Unfinished) -> tuple[str, list[str]]:
    """The statements of `source` under the names of the target, without indent; and those of its
    parameters that are left over.
    """
    f = target.function
    pairs = pair_parameters(source.own_params, f.own_params)
    names = {old: new for old, new in pairs.items() if old != new}
    if (
        source.params[: len(source.params) - len(source.own_params)]
        and f.params[: len(f.params) - len(f.own_params)]
    ):
        names |= {source.params[0]: f.params[0]} if source.params[0] != f.params[0] else {}
    identifiers = {
        leaf.text.decode("utf-8", "replace")
        for leaf in leaves(source.body, target.mime, target.ending)
        if leaf.text
    }
    names = {old: new for old, new in names.items() if new not in identifiers or new in names}
    members = {source.name: f.name} if source.name != f.name else {}
    classes = (
        {source.class_name: f.class_name}
        if source.class_name and f.class_name and source.class_name != f.class_name
        else {}
    )
    code = rename_identifiers(
        source.body, names | classes | members, target.mime, target.ending, members
    )
    missing = [
        n for n in source.own_params if n in identifiers and names.get(n, n) not in f.own_params
    ]
    return code, missing


def continue_statements(code: str, target: Unfinished) -> str | None:
    """The statements after those that stand there already, indented as they are; None where what
    stands there is not in them.
    """
    f, lines = target.function, code.split("\n")
    body = target.code[f.body_start :].split("\n")
    body_lines = [line for line in body if line.strip()] if not f.is_empty else []
    existing_lines = [*body_lines, *([target.partial_line] if target.partial_line else [])]
    if not existing_lines:
        return _indent_lines(lines[_first_statement(lines) if f.doc else 0 :], f.indent)
    resume = _resume_line(existing_lines, lines, bool(target.partial_line))
    if resume is None:
        return None
    first = resume if target.partial_line else resume + 1
    target_indent = (
        _leading_space(existing_lines[-1]) if target.partial_line or body_lines else f.indent
    )
    source_indent = _leading_space(lines[resume])
    reindented_lines = [
        target_indent + line.removeprefix(source_indent)
        if line.startswith(source_indent)
        else _outer_indent(target_indent, source_indent, line) + line.lstrip()
        for line in lines[first:]
    ]
    stripped_lines = [line.rstrip() for line in reindented_lines]
    if not any(line.strip() for line in stripped_lines) or any(
        _is_outdented(line, f.indent) for line in stripped_lines
    ):
        return None
    return "\n".join(stripped_lines).strip("\n")


def _first_statement(lines: list[str]) -> int:
    """The first line that is no comment."""
    is_comment = re.compile(r"\s*(?:#|//|/\*|\*)").match
    return next((i for i, line in enumerate(lines) if not is_comment(line)), 0)


def _resume_line(existing_lines: list[str], lines: list[str], is_partial: bool) -> int | None:
    """The line that is the last one written, by it and those before it."""
    best_score, best_index = 0.0, None
    for i, line in enumerate(lines):
        if not line.strip():
            continue
        last_line = existing_lines[-1].strip()
        likeness = _line_likeness(
            line.strip()[: len(last_line)] if is_partial else line.strip(), last_line
        )
        likeness_above = (
            _line_likeness(lines[i - 1].strip(), existing_lines[-2].strip())
            if i and len(existing_lines) > 1
            else 0.0
        )
        score = likeness + WEIGHT_OF_LINE_ABOVE * likeness_above
        if likeness >= MIN_LINE_LIKENESS and score > best_score:
            best_score, best_index = score, i
    return best_index


def _line_likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a[:MAX_LINE_CHARS], b[:MAX_LINE_CHARS], autojunk=False).ratio()


def _leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _outer_indent(target_indent: str, source_indent: str, line: str) -> str:
    """The indent of a line that stands further out than the one it is measured by."""
    further_out = len(source_indent) - len(_leading_space(line))
    return target_indent[: max(0, len(target_indent) - further_out)]


def _is_outdented(line: str, indent: str) -> bool:
    return bool(line.strip()) and len(_leading_space(line)) < len(indent)


def _indent_lines(lines: list[str], indent: str) -> str:
    unit = indent if indent.strip(" ") else ""
    return "\n".join(
        (
            indent
            + (re.sub(r"^( {4})+", lambda m: "\t" * (len(m[0]) // 4), line) if unit else line)
        ).rstrip()
        for line in lines
    )


def with_defaults(
    new_lines: str, target: Unfinished, source: Function, missing: list[str]
) -> tuple[str, list[str]]:
    """The statements below such as give the parameters left over the values that they have by
    default; and those that have none.
    """
    with_default = [n for n in missing if target.mime == PYTHON and n in source.defaults]
    assignments = [
        f"{_leading_space(new_lines.lstrip(chr(10)))}{n} = {source.defaults[n]}"
        for n in with_default
    ]
    return "\n".join([*assignments, new_lines]), [n for n in missing if n not in with_default]


def with_source_comment(target: Unfinished, new_lines: str, place: str, missing: list[str]) -> str:
    """The statements below a line that says where they are from, and which of their names are given
    by nothing.
    """
    mark = "#" if target.mime in _HASH_COMMENT_TYPES else "//"
    return (
        f"{_leading_space(new_lines)}{mark} from {place}"
        + (f"; not given here: {', '.join(missing)}" if missing else "")
        + f"\n{new_lines}"
    )


def complete_source(target: Unfinished, new_lines: str) -> str | None:
    """All that was given, with the lines added where they belong.

    Of Python the function alone where the rest does not parse; None where even that does not, or
    what is made of other languages breaks.
    """
    if target.mime != PYTHON:
        return _complete_braces(target, new_lines)
    gap = "" if target.rest.startswith("\n") else "\n"
    code = f"{target.code}\n{new_lines}{gap}{target.rest}".rstrip() + "\n"
    if parses(code):
        return code
    start = target.code.rfind("\n", 0, target.function.start) + 1
    function_source = textwrap.dedent(f"{target.code[start:]}\n{new_lines}\n")
    return function_source if parses(function_source) else None


def _complete_braces(target: Unfinished, new_lines: str) -> str | None:
    """The same of a language whose statements are closed by signs or words."""
    start = target.code.rfind("\n", 0, target.function.start) + 1
    indent = _leading_space(target.code[start : target.function.start])
    closing_lines = target.rest.split("\n")
    while not target.function.is_empty and len(_leading_space(closing_lines[0])) > len(indent):
        closing_lines.pop(0)  # the statements added close what they go on from
    closing = "\n".join(closing_lines).lstrip()
    code = f"{target.code}\n{new_lines}\n{indent}{closing}".rstrip() + "\n"
    parsed_functions = functions(code, target.mime, target.ending)
    function = next((f for f in parsed_functions if f.start == target.function.start), None)
    return code if function is not None and not function.has_error else None


def missing_imports(
    code: str, target: Unfinished, file_text: str, source: Function, new_lines: str, path: Path
) -> tuple[list[str], list[str]]:
    """The imports that the lines added need and what was given lacks, and of Python the names that
    nothing known gives.
    """
    if target.mime == PYTHON:
        return _missing_python_imports(code, file_text, new_lines, path, target)
    lines = import_lines(file_text.split("\n"), source.first_line, new_lines).split("\n")
    return [
        line for line in lines if line and line not in code and not line.startswith("package")
    ], []


def with_imports(code: str, imports: list[str], mime: str) -> str:
    """With these lines on top, after what must stand first."""
    if not imports:
        return code
    lines = code.split("\n")
    position = _import_position(code, lines, mime)
    gap = (
        []
        if position < len(lines) and _IMPORT_LINE.match(lines[position])
        else ["", ""]
        if mime == PYTHON
        else [""]
    )
    result = "\n".join([*lines[:position], *imports, *gap, *lines[position:]])
    return result if mime != PYTHON or parses(result) else code


def _import_position(code: str, lines: list[str], mime: str) -> int:
    """The line before which imports go: after what must stand first."""
    if mime == PYTHON:
        body = ast.parse(code).body
        first = [
            s
            for i, s in enumerate(body)
            if _is_doc(s, i) or (isinstance(s, ast.ImportFrom) and s.module == "__future__")
        ]
        position = first[-1].end_lineno or 0 if first else 0
    else:
        position = next(
            (i + 1 for i, line in enumerate(lines[:50]) if re.match(r"<\?php|package\b", line)), 0
        )
    position = max(
        [position, *(i + 1 for i, line in enumerate(lines[:1]) if line.startswith("#!"))]
    )
    return next(
        (
            i
            for i in range(position, min(len(lines), position + 50))
            if _IMPORT_LINE.match(lines[i])
        ),
        position,
    )


def _is_doc(s: ast.stmt, i: int) -> bool:
    return (
        i == 0
        and isinstance(s, ast.Expr)
        and isinstance(s.value, ast.Constant)
        and isinstance(s.value.value, str)
    )


def _missing_python_imports(
    code: str, file_text: str, new_lines: str, path: Path, target: Unfinished
) -> tuple[list[str], list[str]]:
    """Imports of the file that give names used, imports from the file itself of what it defines,
    and the names left.
    """
    try:
        tree, target_tree = ast.parse(file_text), ast.parse(code)
        used_here = used_names(
            ast.parse("async def f():\n" + textwrap.indent(textwrap.dedent(new_lines), " "))
        )
    except (SyntaxError, ValueError, RecursionError):
        return [], []
    bound_here = {
        n for s in top_level_statements(target_tree.body) for n in bound_names(s)
    } | _names_in_functions(target_tree, target.function.name)
    unbound_names = frozenset(
        n
        for n in used_here
        if n not in bound_here and not hasattr(builtins, n) and not re.fullmatch(r"__\w+__", n)
    )
    imports: dict[str, list[str]] = {}
    for s in top_level_statements(tree.body):
        names = sorted(
            unbound_names
            & set(bound_names(s)) - {g for earlier in imports.values() for g in earlier}
        )
        if names and isinstance(s, ast.Import | ast.ImportFrom):
            import_statement = (
                ast.ImportFrom(_absolute_module(path, s), s.names, 0)
                if isinstance(s, ast.ImportFrom) and s.level and _absolute_module(path, s)
                else s
            )
            imports[import_line(import_statement, frozenset(names))] = names
        elif names and path != target.path:
            imports[f"from {_module_name(path)} import {', '.join(names)}"] = names
    return list(imports), sorted(unbound_names - {g for names in imports.values() for g in names})


def _names_in_functions(tree: ast.AST, name: str) -> set[str]:
    """Names that the functions called so, and those around them, give: parameters, what they
    assign, catch, import and define.
    """
    function_types = (ast.FunctionDef, ast.AsyncFunctionDef)
    enclosing = [
        n
        for n in ast.walk(tree)
        if isinstance(n, function_types)
        and any(isinstance(i, function_types) and i.name == name for i in ast.walk(n))
    ]
    names: set[str] = set()
    for n in (inner for outer in enclosing for inner in ast.walk(outer)):
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
            names.add(n.id)
        elif isinstance(n, ast.arg):
            names.add(n.arg)
        elif isinstance(n, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and n.name:
            names.add(n.name)
        elif isinstance(n, ast.stmt):
            names |= set(bound_names(n))
    return names


def _module_name(path: Path) -> str:
    """How a file is imported: by the packages that it lies in.

    >>> _module_name(Path("/nowhere/tides.py"))
    'tides'
    """
    parts = [] if path.stem == "__init__" else [path.stem]
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        parts.insert(0, folder.name)
    return ".".join(parts) or path.parent.name


def _absolute_module(path: Path, statement: ast.ImportFrom) -> str:
    """The module of a relative import; "" where its file lies in no package."""
    parts = [*_module_name(path).split("."), *(["__init__"] if path.stem == "__init__" else [])]
    if len(parts) <= statement.level:
        return ""
    return ".".join([*parts[: -statement.level], *([statement.module] if statement.module else [])])
