"""The code in a question: as a file, between fences, or among words; and the languages that it may
be in, told by how their functions begin.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from polysense.make.code.completion.functions import PYTHON
from polysense.read.code import syntax
from polysense.read.file import mime as mimes
from polysense.read.file import text
from polysense.read.file.encoding import decode
from polysense.types import Part

RUBY = "text/x-ruby"

# judged, not measured: lines and messages of people are shorter
MAX_LINE_CHARS = 400
"""Longer lines are no head of a function, and lines are compared up to here."""

MAX_CHARS = 20_000
"""Code among words is looked for in so much of a message."""

MAX_STARTS = 30
"""Lines before a function that are tried as the first of the code around it."""

_SPACE = r"[ \t]*"
_TYPED_PARAMETERS = (
    r"\([ \t]*(?:void[ \t]*)?"
    r"(?:\)|[^\n;{}()]*[\w>][ \t*&\[\]]+\w[^\n;{}]*\))"
)
_HEAD_TAIL = (
    rf"{_SPACE}(?:(?:const|noexcept|override|final|throws|->|:|where)\b[^\n;{{}}]*)?"
    rf"\{{?{_SPACE}$"
)
_JS_PREFIX = r"(?:export[ \t]+)?(?:default[ \t]+)?(?:async[ \t]+)?"
_JS_METHOD = rf"(?:static[ \t]+|async[ \t]+)*\w+{_SPACE}\([^\n;{{}}]*\){_SPACE}\{{{_SPACE}$"
_FUNCTION_HEADS = {
    PYTHON: rf"(?:async[ \t]+)?def[ \t]+\w+{_SPACE}\(",
    "text/x-php": rf"(?:<\?php|(?:\w+[ \t]+)*function[ \t]+\w+{_SPACE}\([^)\n]*\$)",
    "text/javascript": (
        rf"(?:{_JS_PREFIX}(?:function\b[^\n]*\{{"
        rf"|(?:const|let|var)[ \t]+\w+{_SPACE}=[^\n]*=>{_SPACE}\{{)|{_JS_METHOD})"
    ),
    "text/x-typescript": (
        rf"{_JS_PREFIX}(?:function\b[^\n]*:[^\n]*\{{"
        rf"|(?:const|let)[ \t]+\w+[^\n]*:[^\n]*=>{_SPACE}\{{)"
    ),
    "text/x-go": r"func\b[^\n]*\{",
    "text/x-rust": r"(?:pub(?:\([^)\n]*\))?[ \t]+)?(?:async[ \t]+)?fn[ \t]+\w+",
    "text/x-kotlin": r"(?:\w+[ \t]+)*fun\b[^\n]*\(",
    "text/x-swift": r"(?:\w+[ \t]+)*func\b[^\n]*\(",
    "text/x-scala": rf"(?:\w+[ \t]+)*def[ \t]+\w+[^\n]*={_SPACE}\{{",
    "text/x-java": rf"(?:[\w<>\[\],.?]+[ \t]+)+\w+{_SPACE}{_TYPED_PARAMETERS}{_HEAD_TAIL}",
    "text/x-csharp": rf"(?:[\w<>\[\],.?]+[ \t]+)+\w+{_SPACE}{_TYPED_PARAMETERS}{_HEAD_TAIL}",
    "text/x-c": rf"(?:\w+[ \t*]+)+\w+{_SPACE}{_TYPED_PARAMETERS}{_HEAD_TAIL}",
    "text/x-c++": rf"(?:[\w:<>,]+[ \t*&]+)+[\w:~]+{_SPACE}{_TYPED_PARAMETERS}{_HEAD_TAIL}",
    "text/x-shellscript": rf"(?:function[ \t]+)?[\w-]+{_SPACE}\(\){_SPACE}\{{",
    RUBY: rf"def[ \t]+(?:self\.)?\w+[?!]?{_SPACE}(?:\([^\n]*\))?{_SPACE}$",
}
"""How the head of a function begins, by language, the surer first."""

_HEAD_PATTERNS = {mime: re.compile(_SPACE + head) for mime, head in _FUNCTION_HEADS.items()}
_PYTHON_END = re.compile(r"\)\s*+(?:->[^\n]*)?:[ \t]*+(?:#[^\n]*)?$", re.M)
_FENCE = re.compile(
    r"^[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([\w+#-]*+)[^\n]*+\n(.*?)(?:^[ \t]*+\1|\Z)", re.M | re.S
)
_CODE_BEFORE = re.compile(
    _SPACE + r"(?:@|#|//|/\*|\*|(?:import|from|class|struct|impl|using|package|use|template"
    r"|require|public|export|namespace)\b|<\?php)"
)
_FENCE_LANGUAGES = {
    "python": "py",
    "python3": "py",
    "javascript": "js",
    "typescript": "ts",
    "golang": "go",
    "rust": "rs",
    "ruby": "rb",
    "kotlin": "kt",
    "csharp": "cs",
    "c#": "cs",
    "c++": "cpp",
    "bash": "sh",
    "shell": "sh",
}
"""Endings by the names that people write after a fence."""


def code_sources(part: Part) -> Iterator[tuple[str, str, str]]:
    """Code in a part, with the languages that it may be in."""
    if part.modality not in ("text", "code") or not isinstance(part.data, str | bytes | Path):
        return
    if isinstance(part.data, str):
        source = part.data.replace("\r\n", "\n")
    elif part.modality == "code" and not (isinstance(part.data, Path) and not part.data.is_file()):
        source = text.read_text(part.data) if isinstance(part.data, Path) else decode(part.data)
    else:
        return
    source = source.encode("utf-8", "replace").decode()  # lone surrogates are no characters
    if len(source) > syntax.MAX_CHARS:
        return
    ending = part.name.rsplit(".", 1)[-1].lower() if "." in part.name else ""
    if part.modality == "code":
        language = part.mime if part.mime in _FUNCTION_HEADS else mimes.mime_of_ending(ending)
        yield from (
            (source, mime, ending)
            for mime in ([language] if language in _FUNCTION_HEADS else _guess_languages(source))
        )
        return
    fences = [(m[2].lower(), m[3]) for m in _FENCE.finditer(source)]
    for tag, code in fences:
        language = mimes.mime_of_ending(_FENCE_LANGUAGES.get(tag, tag)) if tag else ""
        yield from (
            (code, mime, "")
            for mime in ([language] if language in _FUNCTION_HEADS else _guess_languages(code))
        )
    if not fences:
        code = _strip_prose(source)
        yield from (
            (code, mime, "")
            for mime in _guess_languages(code)
            if mime != RUBY or "\n" in code.strip()
        )


def _guess_languages(code: str) -> list[str]:
    """The languages in which a line of it is the head of a function."""
    languages = [mime for mime in _FUNCTION_HEADS if first_head(code.split("\n"), mime) is not None]
    if PYTHON in languages and _PYTHON_END.search(code):
        return [PYTHON]
    return [mime for mime in languages if mime != PYTHON]


def first_head(lines: Sequence[str], mime: str) -> int | None:
    """The first line that begins a function."""
    return next(
        (
            i
            for i, line in enumerate(lines)
            if len(line) <= MAX_LINE_CHARS and _HEAD_PATTERNS[mime].match(line)
        ),
        None,
    )


def _strip_prose(message: str) -> str:
    """From the first line that is code to the end: what stands before is words about it."""
    lines = message[:MAX_CHARS].split("\n")
    head_line = min(
        (i for mime in _FUNCTION_HEADS if (i := first_head(lines, mime)) is not None), default=None
    )
    if head_line is None:
        return ""
    if _HEAD_PATTERNS[PYTHON].match(lines[head_line]):
        return "\n".join(lines[_first_of_python(lines, head_line) :])
    first_line = head_line
    for i in range(head_line - 1, -1, -1):
        if lines[i].strip() and not _CODE_BEFORE.match(lines[i]):
            break
        first_line = i if lines[i].strip() else first_line
    return "\n".join(lines[first_line:])


def _first_of_python(lines: Sequence[str], head_line: int) -> int:
    """The earliest outer line from which all is Python, up to the head of a function."""
    head = lines[head_line]
    stub = f"{head[: len(head) - len(head.lstrip())]}def _(): pass"
    outermost = [i for i in range(head_line) if lines[i][:1].strip()][:MAX_STARTS]
    return next((i for i in outermost if parses("\n".join([*lines[i:head_line], stub]))), head_line)


def parses(code: str) -> bool:
    """Whether it is Python."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
