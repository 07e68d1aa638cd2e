"""Whether a question holds half a function: a definition without a body, with words about it only,
or cut off on the way.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from polysense.make.code.completion.functions import PYTHON, Function, functions, leaves
from polysense.read.code import syntax
from polysense.read.file import mime as mimes
from polysense.read.file import text
from polysense.types import Part, Query

MOST_CUT = 6
"""Last lines that may be broken off: what is broken before is not being written, it is wrong."""

LONGEST = 400
MOST_CHARS = 20_000
"""Of a longer file the last function alone is looked at."""

MOST_STARTS = 30
"""Lines before it that are tried as the first of the code around a function."""

_RUBY, _PHP, _SHELL = "text/x-ruby", "text/x-php", "text/x-shellscript"
_S, _TYPED = r"[ \t]*", r"\([ \t]*(?:void[ \t]*)?(?:\)|[^\n;{}()]*[\w>][ \t*&\[\]]+\w[^\n;{}]*\))"
_TAIL = rf"{_S}(?:(?:const|noexcept|override|final|throws|->|:|where)\b[^\n;{{}}]*)?\{{?{_S}$"
_JS = r"(?:export[ \t]+)?(?:default[ \t]+)?(?:async[ \t]+)?"
_METHOD = rf"(?:static[ \t]+|async[ \t]+)*\w+{_S}\([^\n;{{}}]*\){_S}\{{{_S}$"
_HEADS = {
    PYTHON: rf"(?:async[ \t]+)?def[ \t]+\w+{_S}\(",
    _PHP: rf"(?:<\?php|(?:\w+[ \t]+)*function[ \t]+\w+{_S}\([^)\n]*\$)",
    "text/javascript": rf"(?:{_JS}(?:function\b[^\n]*\{{|(?:const|let|var)[ \t]+\w+{_S}=[^\n]*=>{_S}\{{)|{_METHOD})",
    "text/x-typescript": rf"{_JS}(?:function\b[^\n]*:[^\n]*\{{|(?:const|let)[ \t]+\w+[^\n]*:[^\n]*=>{_S}\{{)",
    "text/x-go": r"func\b[^\n]*\{",
    "text/x-rust": r"(?:pub(?:\([^)\n]*\))?[ \t]+)?(?:async[ \t]+)?fn[ \t]+\w+",
    "text/x-kotlin": r"(?:\w+[ \t]+)*fun\b[^\n]*\(",
    "text/x-swift": r"(?:\w+[ \t]+)*func\b[^\n]*\(",
    "text/x-scala": rf"(?:\w+[ \t]+)*def[ \t]+\w+[^\n]*={_S}\{{",
    "text/x-java": rf"(?:[\w<>\[\],.?]+[ \t]+)+\w+{_S}{_TYPED}{_TAIL}",
    "text/x-csharp": rf"(?:[\w<>\[\],.?]+[ \t]+)+\w+{_S}{_TYPED}{_TAIL}",
    "text/x-c": rf"(?:\w+[ \t*]+)+\w+{_S}{_TYPED}{_TAIL}",
    "text/x-c++": rf"(?:[\w:<>,]+[ \t*&]+)+[\w:~]+{_S}{_TYPED}{_TAIL}",
    _SHELL: rf"(?:function[ \t]+)?[\w-]+{_S}\(\){_S}\{{",
    _RUBY: rf"def[ \t]+(?:self\.)?\w+[?!]?{_S}(?:\([^\n]*\))?{_S}$",
}
"""How the head of a function begins, by language, the surer first; looked for in lines of at most
LONGEST characters.
"""
_STARTS = {kind: re.compile(_S + head) for kind, head in _HEADS.items()}
_NO_NAMES = frozenset(
    [
        "if",
        "for",
        "while",
        "switch",
        "catch",
        "else",
        "return",
        "when",
        "until",
        "unless",
        "match",
        "foreach",
        "lock",
        "using",
    ]
)
_PYTHON_END = re.compile(r"\)\s*+(?:->[^\n]*)?:[ \t]*+(?:#[^\n]*)?$", re.M)
_FENCE = re.compile(
    r"^[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([\w+#-]*+)[^\n]*+\n(.*?)(?:^[ \t]*+\1|\Z)", re.M | re.S
)
_BEFORE = re.compile(
    _S
    + r"(?:@|#|//|/\*|\*|(?:import|from|class|struct|impl|using|package|use|template|require|public|export|namespace)\b|<\?php)"
)
_TAGS = {"python": "py", "javascript": "js", "typescript": "ts", "golang": "go", "rust": "rs", "ruby": "rb", "kotlin": "kt", "csharp": "cs",
         "c#": "cs", "bash": "sh", "shell": "sh", "c++": "cpp", "python3": "py"}  # fmt: skip


_HOLDS = re.compile(
    r"(?:\bpass|\.\.\.|\b(?:raise|throw)\s+(?:new\s+)?NotImplemented\w*(?:\([^\n]*\))?;?)\s*$"
)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Code up to where a function is to go on, the function there, and what follows.

    code is what was given up to there, valid once `rest` follows, which closes what is open. broken
    is the line that was being written, as far as it goes. path is the file, where it is one.
    """

    code: str
    function: Function
    rest: str
    broken: str
    mime: str
    ending: str
    path: Path | None = None

    @property
    def own(self) -> str:
        """The lines of the function, as far as they go."""
        return self.code[self.code.rfind("\n", 0, self.function.start) + 1 :] + (
            f"\n{self.broken}" if self.broken else ""
        )


def unfinished(query: Query) -> tuple[Unfinished, ...]:
    """What is to be finished, read in each language that it may be in, the likeliest first; nothing
    for a plain question.
    """
    for part in query:
        path = part.data if isinstance(part.data, Path) else None
        found = tuple(
            u
            for source in _sources(part)
            if (u := _either(*source, part.modality == "code", path)) is not None
        )
        if found:
            return found
    return ()


def _sources(part: Part) -> Iterator[tuple[str, str, str]]:
    """Code in a part, with the languages that it may be in."""
    if part.modality not in ("text", "code") or not isinstance(part.data, str | bytes | Path):
        return
    if isinstance(part.data, str):
        given = part.data.replace("\r\n", "\n")
    elif part.modality == "code" and not (isinstance(part.data, Path) and not part.data.is_file()):
        given = text.read(part.data) if isinstance(part.data, Path) else text.decode(part.data)
    else:
        return
    given = given.encode("utf-8", "replace").decode()  # lone surrogates are no characters
    if len(given) > syntax.MAX_CHARS:
        return
    ending = part.name.rsplit(".", 1)[-1].lower() if "." in part.name else ""
    if part.modality == "code":
        known = part.mime if part.mime in _HEADS else mimes.named(ending)
        yield from ((given, m, ending) for m in ([known] if known in _HEADS else _guessed(given)))
        return
    fenced = [(m[2].lower(), m[3]) for m in _FENCE.finditer(given)]
    for tag, code in fenced:
        known = mimes.named(_TAGS.get(tag, tag)) if tag else ""
        yield from ((code, m, "") for m in ([known] if known in _HEADS else _guessed(code)))
    if not fenced:
        code = _code_in(given)
        yield from ((code, m, "") for m in _guessed(code) if m != _RUBY or "\n" in code.strip())


def _guessed(code: str) -> list[str]:
    """The languages in which a line of it is the head of a function."""
    found = [kind for kind in _HEADS if _head(code.split("\n"), kind) is not None]
    if PYTHON in found and _PYTHON_END.search(code):
        return [PYTHON]
    return [kind for kind in found if kind != PYTHON]


def _head(lines: Sequence[str], kind: str) -> int | None:
    """The first line that begins a function."""
    return next(
        (i for i, line in enumerate(lines) if len(line) <= LONGEST and _STARTS[kind].match(line)),
        None,
    )


def _code_in(said: str) -> str:
    """From the first line that is code to the end: what stands before is words about it."""
    lines = said[:MOST_CHARS].split("\n")
    at = min((i for kind in _HEADS if (i := _head(lines, kind)) is not None), default=None)
    if at is None:
        return ""
    if _STARTS[PYTHON].match(lines[at]):
        stub = f"{lines[at][: len(lines[at]) - len(lines[at].lstrip())]}def _(): pass"
        outer = [i for i in range(at) if lines[i][:1].strip()][:MOST_STARTS]
        return "\n".join(
            lines[next((i for i in outer if parses("\n".join([*lines[i:at], stub]))), at) :]
        )
    first = at
    for i in range(at - 1, -1, -1):
        if lines[i].strip() and not _BEFORE.match(lines[i]):
            break
        first = i if lines[i].strip() else first
    return "\n".join(lines[first:])


@lru_cache(maxsize=16)
def _either(code: str, mime: str, ending: str, whole: bool, path: Path | None) -> Unfinished | None:
    """Kept, because in rounds of retrieval the same is asked several times."""
    return _last(code, mime, ending, whole, path) or _in_the_end(code, mime, ending, path)


def _last(code: str, mime: str, ending: str, whole: bool, path: Path | None) -> Unfinished | None:
    """The function that is open at the end of the code; in a whole file, else the only one that has
    nothing but words about it.
    """
    if len(code) > MOST_CHARS:
        return None
    lines = code.rstrip().split("\n")
    for cut in range(min(MOST_CUT, len(lines) - 1) + 1):
        kept, broken = lines[: len(lines) - cut], lines[len(lines) - cut :]
        while len(kept) > 1 and not kept[-1].strip():
            kept.pop()
        for closer in _closers("\n".join(kept), mime):
            closed = "\n".join(kept) + closer
            f = _open_at(closed, len(kept) - 1, mime, ending)
            if (
                f is None
                or f.name in _NO_NAMES
                or ("(" not in f.head and mime != _RUBY)
                or not _valid(closed, f, mime, whole)
            ):
                continue
            if cut == 0 and not closer and not f.empty:
                return _forgotten(code, mime, ending, path) if whole else None
            said = _broken(broken, f, closed, mime, not whole)
            if said is None or (not closer and mime != PYTHON and not f.empty):
                return None
            return _made(closed, closer, f, said, (mime, ending, path))
    return _forgotten(code, mime, ending, path) if whole else None


def _in_the_end(code: str, mime: str, ending: str, path: Path | None) -> Unfinished | None:
    """The same by the lines from the last head alone: what stands before may be cut out of the
    middle of a file.
    """
    lines = code.split("\n")
    back = _head(lines[::-1], mime)
    if back is None or not (before := "\n".join(lines[: len(lines) - back - 1])).strip():
        return None
    before, tail = f"{before}\n", "\n".join(lines[len(lines) - back - 1 :])
    margin = len(tail) - len(tail.lstrip())
    around = [
        m for m in re.finditer(r"^([ \t]*+)class[ \t]+(\w+)", before, re.M) if len(m[1]) < margin
    ]
    wrap = f"class {around[-1][2] if around else '_'}:\n" if margin and mime == PYTHON else ""
    u = _last(wrap + tail, mime, ending, False, path)
    if u is None:
        return None
    f, shift, rows = u.function, len(before) - len(wrap), before.count("\n") - bool(wrap)
    holder = "" if f.holder == "_" else f.holder
    f = replace(
        f,
        holder=holder,
        start=f.start + shift,
        at=f.at + shift,
        end=f.end + shift,
        first=f.first + rows,
        last=f.last + rows,
    )
    return replace(u, code=before + u.code[len(wrap) :], function=f)


def _made(
    closed: str, closer: str, f: Function, broken: str, given: tuple[str, str, Path | None]
) -> Unfinished:
    """Cut where the statements would go on: after those there are, and instead of one that only
    holds the place.
    """
    mime, ending, path = given
    if closer and (mime != PYTHON or closer.endswith("pass")):
        rest = "" if mime == PYTHON else closer.lstrip("\n")
        return Unfinished(closed[: -len(closer)].rstrip(), f, rest, broken, mime, ending, path)
    inside = closed[f.at : f.end]
    holds = _HOLDS.search(inside) if f.empty else None
    at = f.at + (holds.start() if holds else len(inside.rstrip()))
    return Unfinished(
        closed[:at].rstrip(), f, closed[f.end :] if not closer else "", broken, mime, ending, path
    )


def _broken(lines: list[str], f: Function, closed: str, mime: str, words: bool) -> str | None:
    """The line that was being written; "" for none, None where what was cut off does not belong to
    the function.
    """
    told = [line for line in lines if line.strip()]
    if not told:
        return ""
    margin = f.start - closed.rfind("\n", 0, f.start) - 1
    inside = all(len(line) - len(line.lstrip()) > margin for line in told)
    if inside:
        return told[0] if len(told) == 1 else None
    return "" if words and f.empty and mime == PYTHON else None


def _closers(kept: str, mime: str) -> Iterator[str]:
    """What may close code that breaks off there."""
    yield ""
    if mime == PYTHON:
        last = kept.rsplit("\n", 1)[-1]
        if re.search(r":\s*(?:#.*)?$|^\s*#", last):
            yield "\n" + last[: len(last) - len(last.lstrip())] + "    pass"
        yield from ('"""', "'''")
    elif mime == _RUBY:
        yield from ("\nend" * n for n in range(1, 5))
    else:
        closing, stack = {"{": "}", "(": ")", "[": "]"}, list[tuple[str, str]]()
        for leaf in leaves(kept, mime):
            sign = leaf.type
            if sign in closing and not leaf.is_missing:
                line = kept.split("\n")[leaf.start_point.row]
                stack.append((closing[sign], line[: len(line) - len(line.lstrip())]))
            elif stack and sign == stack[-1][0] and not leaf.is_missing:
                stack.pop()
        if stack and all(s == "}" for s, _ in stack):
            yield "".join(f"\n{margin}{sign}" for sign, margin in reversed(stack))


def _open_at(closed: str, row: int, mime: str, ending: str) -> Function | None:
    """The innermost function that has a line."""
    return next(
        (f for f in reversed(functions(closed, mime, ending)) if f.first <= row <= f.last), None
    )


def _valid(closed: str, f: Function, mime: str, whole: bool) -> bool:
    if mime == PYTHON:
        return parses(
            textwrap.dedent(closed[closed.rfind("\n", 0, f.start) + 1 : max(f.end, f.at)])
        )
    read = syntax.parsed(closed, mime)
    # in some languages most words declare something
    return not f.broken and read is not None and (whole or not read[0].has_error)


def parses(code: str) -> bool:
    """Whether it is Python."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _forgotten(code: str, mime: str, ending: str, path: Path | None) -> Unfinished | None:
    """The one function of a whole file that has only words about what it should do."""
    told = [
        f for f in functions(code, mime, ending) if f.empty and not f.broken and _promises(f, code)
    ]
    return _made(code, "", told[0], "", (mime, ending, path)) if len(told) == 1 else None


def _promises(f: Function, code: str) -> bool:
    """Whether words stand where statements should, and it is not meant to stay so."""
    if f.body and not re.match(r"#|//|/\*", f.body):
        return False
    abstract = re.search(
        r"@[\w.]*(?:abstract|overload)[^\n]*\n\s*(?:async\s+)?$",
        code[max(0, f.start - 200) : f.start],
    )
    protocol = f.holder and re.search(rf"class\s+{re.escape(f.holder)}\([^\n]*Protocol", code)
    return bool(f.doc) and not abstract and not protocol
