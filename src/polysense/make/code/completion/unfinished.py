"""Whether a question holds half a function: a definition without a body, with words about it only,
or cut off on the way.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from polysense.make.code.completion.code_in_query import (
    MAX_CHARS,
    RUBY,
    code_sources,
    first_head,
    parses,
)
from polysense.make.code.completion.functions import PYTHON, Function, functions, leaves
from polysense.read.code import syntax
from polysense.types import Query

MAX_CUT_LINES = 6
"""Last lines that may be broken off: what is broken before is not being written, it is wrong.
Judged, not measured.
"""

_NOT_FUNCTION_NAMES = frozenset(
    [
        *("if", "for", "while", "switch", "catch", "else", "return", "when"),
        *("until", "unless", "match", "foreach", "lock", "using"),
    ]
)
"""What stands before brackets in statements, which some grammars take for a function's name."""

_PLACEHOLDER = re.compile(
    r"(?:\bpass|\.\.\.|\b(?:raise|throw)\s+(?:new\s+)?NotImplemented\w*(?:\([^\n]*\))?;?)\s*$"
)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Code up to where a function is to go on, the function there, and what follows.

    code is what was given up to there, valid once `rest` follows, which closes what is open.
    partial_line is the one that was being written, as far as it goes. path is the file, where it is
    one.
    """

    code: str
    function: Function
    rest: str
    partial_line: str
    mime: str
    ending: str
    path: Path | None = None

    @property
    def function_text(self) -> str:
        """The lines of the function, as far as they go."""
        return self.code[self.code.rfind("\n", 0, self.function.start) + 1 :] + (
            f"\n{self.partial_line}" if self.partial_line else ""
        )


def unfinished(query: Query) -> tuple[Unfinished, ...]:
    """What is to be finished, read in each language that it may be in, the likeliest first; nothing
    for a plain question.
    """
    for part in query:
        path = part.data if isinstance(part.data, Path) else None
        readings = tuple(
            u
            for source in code_sources(part)
            if (u := _find_unfinished(*source, part.modality == "code", path)) is not None
        )
        if readings:
            return readings
    return ()


@lru_cache(maxsize=16)
def _find_unfinished(
    code: str, mime: str, ending: str, whole_file: bool, path: Path | None
) -> Unfinished | None:
    """Cached, because in rounds of retrieval the same is asked several times."""
    return _open_function(code, mime, ending, whole_file, path) or _from_last_head(
        code, mime, ending, path
    )


def _open_function(
    code: str, mime: str, ending: str, whole_file: bool, path: Path | None
) -> Unfinished | None:
    """The function that is open at the end of the code; in a whole file, else the only one that has
    nothing but words about it.
    """
    if len(code) > MAX_CHARS:
        return None
    lines = code.rstrip().split("\n")
    for cut in range(min(MAX_CUT_LINES, len(lines) - 1) + 1):
        complete_lines, cut_lines = lines[: len(lines) - cut], lines[len(lines) - cut :]
        while len(complete_lines) > 1 and not complete_lines[-1].strip():
            complete_lines.pop()
        for closer in _closings("\n".join(complete_lines), mime):
            closed_code = "\n".join(complete_lines) + closer
            f = _innermost_function(closed_code, len(complete_lines) - 1, mime, ending)
            if (
                f is None
                or f.name in _NOT_FUNCTION_NAMES
                or ("(" not in f.head and mime != RUBY)
                or not _is_valid(closed_code, f, mime, whole_file)
            ):
                continue
            if cut == 0 and not closer and not f.is_empty:
                return _only_stub(code, mime, ending, path) if whole_file else None
            partial_line = _partial_line(cut_lines, f, closed_code, mime, not whole_file)
            if partial_line is None or (not closer and mime != PYTHON and not f.is_empty):
                return None
            return _unfinished_at(closed_code, closer, f, partial_line, (mime, ending, path))
    return _only_stub(code, mime, ending, path) if whole_file else None


def _from_last_head(code: str, mime: str, ending: str, path: Path | None) -> Unfinished | None:
    """The same by the lines from the last head alone: what stands before may be cut out of the
    middle of a file.
    """
    lines = code.split("\n")
    lines_back = first_head(lines[::-1], mime)
    if (
        lines_back is None
        or not (before := "\n".join(lines[: len(lines) - lines_back - 1])).strip()
    ):
        return None
    before, tail = f"{before}\n", "\n".join(lines[len(lines) - lines_back - 1 :])
    indent = len(tail) - len(tail.lstrip())
    enclosing_classes = [
        m for m in re.finditer(r"^([ \t]*+)class[ \t]+(\w+)", before, re.M) if len(m[1]) < indent
    ]
    class_line = (
        f"class {enclosing_classes[-1][2] if enclosing_classes else '_'}:\n"
        if indent and mime == PYTHON
        else ""
    )
    u = _open_function(class_line + tail, mime, ending, False, path)
    if u is None:
        return None
    f, shift, line_shift = (
        u.function,
        len(before) - len(class_line),
        before.count("\n") - bool(class_line),
    )
    class_name = "" if f.class_name == "_" else f.class_name
    f = replace(
        f,
        class_name=class_name,
        start=f.start + shift,
        body_start=f.body_start + shift,
        body_end=f.body_end + shift,
        first_line=f.first_line + line_shift,
        last_line=f.last_line + line_shift,
    )
    return replace(u, code=before + u.code[len(class_line) :], function=f)


def _unfinished_at(
    closed_code: str,
    closer: str,
    f: Function,
    partial_line: str,
    file: tuple[str, str, Path | None],
) -> Unfinished:
    """Cut where the statements would go on: after those there are, and instead of one that only
    holds the place.
    """
    mime, ending, path = file
    if closer and (mime != PYTHON or closer.endswith("pass")):
        rest = "" if mime == PYTHON else closer.lstrip("\n")
        return Unfinished(
            closed_code[: -len(closer)].rstrip(), f, rest, partial_line, mime, ending, path
        )
    statements = closed_code[f.body_start : f.body_end]
    placeholder = _PLACEHOLDER.search(statements) if f.is_empty else None
    end = f.body_start + (placeholder.start() if placeholder else len(statements.rstrip()))
    return Unfinished(
        closed_code[:end].rstrip(),
        f,
        closed_code[f.body_end :] if not closer else "",
        partial_line,
        mime,
        ending,
        path,
    )


def _partial_line(
    lines: list[str], f: Function, closed_code: str, mime: str, in_prose: bool
) -> str | None:
    """The line that was being written; "" for none, None where what was cut off does not belong to
    the function.
    """
    nonblank_lines = [line for line in lines if line.strip()]
    if not nonblank_lines:
        return ""
    indent = f.start - closed_code.rfind("\n", 0, f.start) - 1
    is_inside = all(len(line) - len(line.lstrip()) > indent for line in nonblank_lines)
    if is_inside:
        return nonblank_lines[0] if len(nonblank_lines) == 1 else None
    return "" if in_prose and f.is_empty and mime == PYTHON else None


def _closings(code: str, mime: str) -> Iterator[str]:
    """What may close code that breaks off there."""
    yield ""
    if mime == PYTHON:
        last_line = code.rsplit("\n", 1)[-1]
        if re.search(r":\s*(?:#.*)?$|^\s*#", last_line):
            yield "\n" + last_line[: len(last_line) - len(last_line.lstrip())] + "    pass"
        yield from ('"""', "'''")
    elif mime == RUBY:
        yield from ("\nend" * n for n in range(1, 5))
    else:
        yield from _closing_braces(code, mime)


def _closing_braces(code: str, mime: str) -> Iterator[str]:
    """A line for each brace that is open, innermost first; none where other brackets are."""
    closing, stack = {"{": "}", "(": ")", "[": "]"}, list[tuple[str, str]]()
    for leaf in leaves(code, mime):
        sign = leaf.type
        if sign in closing and not leaf.is_missing:
            line = code.split("\n")[leaf.start_point.row]
            stack.append((closing[sign], line[: len(line) - len(line.lstrip())]))
        elif stack and sign == stack[-1][0] and not leaf.is_missing:
            stack.pop()
    if stack and all(s == "}" for s, _ in stack):
        yield "".join(f"\n{indent}{sign}" for sign, indent in reversed(stack))


def _innermost_function(closed_code: str, line: int, mime: str, ending: str) -> Function | None:
    """The innermost function that has a line."""
    return next(
        (
            f
            for f in reversed(functions(closed_code, mime, ending))
            if f.first_line <= line <= f.last_line
        ),
        None,
    )


def _is_valid(closed_code: str, f: Function, mime: str, whole_file: bool) -> bool:
    if mime == PYTHON:
        return parses(
            textwrap.dedent(
                closed_code[closed_code.rfind("\n", 0, f.start) + 1 : max(f.body_end, f.body_start)]
            )
        )
    tree = syntax.parse(closed_code, mime)
    # in some languages most words declare something
    return not f.has_error and tree is not None and (whole_file or not tree[0].has_error)


def _only_stub(code: str, mime: str, ending: str, path: Path | None) -> Unfinished | None:
    """The one function of a whole file that has only words about what it should do."""
    stubs = [
        f
        for f in functions(code, mime, ending)
        if f.is_empty and not f.has_error and _is_stub(f, code)
    ]
    return _unfinished_at(code, "", stubs[0], "", (mime, ending, path)) if len(stubs) == 1 else None


def _is_stub(f: Function, code: str) -> bool:
    """Whether words stand where statements should, and it is not meant to stay so."""
    if f.body and not re.match(r"#|//|/\*", f.body):
        return False
    is_abstract = re.search(
        r"@[\w.]*(?:abstract|overload)[^\n]*\n\s*(?:async\s+)?$",
        code[max(0, f.start - 200) : f.start],
    )
    is_protocol = f.class_name and re.search(
        rf"class\s+{re.escape(f.class_name)}\([^\n]*Protocol", code
    )
    return bool(f.doc) and not is_abstract and not is_protocol
