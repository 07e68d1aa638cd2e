"""Source code: functions, methods, classes, and everything in between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from polysense.errors import TooLarge
from polysense.protocols import Parser
from polysense.read.code import long_lines, protobuf, syntax
from polysense.read.code.long_lines import LONG_LINE_CHARS
from polysense.read.code.syntax import Definition
from polysense.read.file import mime, text
from polysense.read.file.archive import local_file
from polysense.types import Asset, Chunk, Span, TextSpan

# All numbers here are judged, not measured.
MAX_LINES = 60
"""Lines of a piece of a definition at most: about what a screen shows."""

MAX_MODULE_LINES = 40
"""Lines of what stands between definitions: it is about several things, so in smaller pieces."""

MAX_CHARS = 2400
"""Characters of a piece, so that lines of data do not make one of many pages."""

MIN_CLASS_LINES = 12
"""A shorter class is one piece with its methods."""

MAX_MEMBERS, MAX_WORDS = 40, 30
"""Methods that a class is told by; words of compound identifiers that a piece is found by."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")


@dataclass(frozen=True, slots=True)
class _Segment:
    """Lines first..last (from 0) and the definitions around them; `members` where it is the head of
    a class.
    """

    first: int
    last: int
    scope: tuple[Definition, ...] = ()
    members: tuple[Definition, ...] = ()


class CodeParser(Parser):
    """Source code in any language; with a grammar by definition, else by blank lines. Reads at most
    `lines` lines.
    """

    accepts: ClassVar[frozenset[str]] = mime.CODE_TYPES

    def __init__(self, *, lines: int = 200_000) -> None:
        self.lines = lines

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """Pieces in the order of their lines. Every line that says something is in one of them."""
        whole_lines = text.read_text(local_file(asset)).split("\n")
        packed = [long_lines.is_packed(line, asset.mime) for line in whole_lines]
        lines = [_abridge(line) for line in whole_lines]
        source = "\n".join("" if p else line for line, p in zip(lines, packed, strict=True))
        definitions = _definitions(source, asset)
        starts = [0, *accumulate(len(line) + 1 for line in whole_lines)]
        for segment in _segments(0, min(len(lines), self.lines) - 1, definitions, ()):
            limit = MAX_LINES if segment.scope else MAX_MODULE_LINES
            for first, last in _split_segment(lines, segment.first, segment.last, limit):
                if packed[first]:
                    yield _packed_chunk(asset, whole_lines[first : last + 1], first)
                elif len(lines[first]) > LONG_LINE_CHARS:
                    template = _chunk(asset, [lines[first][:LONG_LINE_CHARS]], 0, 0, segment)
                    yield from long_lines.line_pieces(
                        asset, whole_lines[first], first + 1, starts[first], template
                    )
                else:
                    yield _chunk(asset, lines, first, last, segment)
        if len(lines) > self.lines:
            raise TooLarge(
                f"{asset.name}: only the first {self.lines:,} of {len(lines):,} lines were read"
            )


def identifier_words(identifier: str) -> list[str]:
    """The words of an identifier.

    >>> identifier_words("parseHTTPResponse2"), identifier_words("max_flow_min_cost")
    (['parse', 'http', 'response', '2'], ['max', 'flow', 'min', 'cost'])
    """
    return [w.lower() for w in _WORD.findall(identifier)]


def _abridge(line: str) -> str:
    return long_lines.abridge_blobs(line) if len(line) > LONG_LINE_CHARS else line


def _packed_chunk(asset: Asset, lines: Sequence[str], first: int) -> Chunk:
    """One piece for lines that a program packed, the first of which is `first`, from 0."""
    language = _language(asset)
    return Chunk(
        asset,
        Span(lines=(first + 1, first + len(lines))),
        "code",
        text=long_lines.packed_summary(lines, language),
        context=_short_path(asset),
        meta={"language": language, "symbol": "", "kind": "minified"},
    )


def _segments(
    first: int, last: int, definitions: Sequence[Definition], scope: tuple[Definition, ...]
) -> Iterator[_Segment]:
    """The lines of definitions and what lies between them, classes and long functions by their
    inner definitions.
    """
    next_line, members = first, tuple(definitions) if scope else ()
    for d in definitions:
        if d.first > last:
            break
        if d.first > next_line:
            yield _Segment(next_line, d.first - 1, scope, members if next_line == first else ())
        end, inner_scope = min(d.last, last), (*scope, d)
        if d.children and end - d.first >= (MIN_CLASS_LINES if d.kind == "class" else MAX_LINES):
            yield from _segments(d.first, end, d.children, inner_scope)
        else:
            yield _Segment(d.first, end, inner_scope)
        next_line = end + 1
    if next_line <= last:
        yield _Segment(next_line, last, scope)


def _split_segment(
    lines: Sequence[str], first: int, last: int, limit: int
) -> Iterator[tuple[int, int]]:
    """Runs of at most `limit` lines and MAX_CHARS characters, ended where a blank line or the least
    indented line allows; no blank ends.
    """
    while first <= last:
        end = _end_of_block(lines, first, last, limit)
        block_first, block_last = first, end - 1
        while block_first <= block_last and not lines[block_first].strip():
            block_first += 1
        while block_last >= block_first and not lines[block_last].strip():
            block_last -= 1
        # brackets and bare numbers say nothing
        if re.search(r"[^\W\d_]", "".join(lines[block_first : block_last + 1])):
            yield block_first, block_last
        first = end


def _end_of_block(lines: Sequence[str], first: int, last: int, limit: int) -> int:
    """The line before which to break: the last that fits, or a better one in the second half."""
    end, size = first, 0
    while end <= last and end - first < limit:
        if end > first and size + len(lines[end]) > MAX_CHARS:
            break
        if len(lines[end]) > LONG_LINE_CHARS:  # alone
            return max(end, first + 1)
        size += len(lines[end]) + 1
        end += 1
    if end > last:
        return end
    middle = (first + end + 1) // 2
    return min(
        range(end, middle, -1),
        key=lambda i: (bool(lines[i - 1].strip()) and _indent(lines[i]), -i),
        default=end,
    )


def _indent(line: str) -> int:
    """Spaces before a line, and one; 0 for a blank line, where it is best to break."""
    return 1 + len(line) - len(line.lstrip()) if line.strip() else 0


def _chunk(asset: Asset, lines: Sequence[str], first: int, last: int, segment: _Segment) -> Chunk:
    body, marks = "", []
    for n in range(first, last + 1):
        line = lines[n]
        if line.strip():
            marks.append(TextSpan(len(body), len(body) + len(line), Span(lines=(n + 1, n + 1))))
        body += line + "\n"
    scope, members = segment.scope, segment.members if first == segment.first else ()
    if members:
        body += f"\nMembers: {'; '.join(m.signature[:80] for m in members[:MAX_MEMBERS])}\n"
    symbol = ".".join(d.name for d in scope)
    context = " > ".join([_short_path(asset), *(d.signature for d in scope)])
    words = " ".join(_compound_words(symbol, body))
    kind = scope[-1].kind if scope else "module"
    meta = {"language": _language(asset), "symbol": symbol, "kind": kind}
    context = f"{context}\n{words}" if words else context
    return Chunk(
        asset,
        Span(lines=(first + 1, last + 1)),
        "code",
        text=body[:-1],
        context=context,
        marks=tuple(marks),
        meta=meta,
    )


def _compound_words(symbol: str, body: str) -> list[str]:
    """Words inside compound identifiers, those of the symbol first, that nowhere stand alone."""
    single_words = {w.lower() for w in _IDENTIFIER.findall(body)}
    words = dict.fromkeys(
        w for name in symbol.split(".") if len(parts := identifier_words(name)) > 1 for w in parts
    )
    for identifier in dict.fromkeys(_IDENTIFIER.findall(body)):
        parts = identifier_words(identifier)
        if len(parts) > 1:
            words |= dict.fromkeys(w for w in parts if len(w) > 2 and w not in single_words)
        if len(words) > MAX_WORDS:
            break
    return list(words)[:MAX_WORDS]


def _short_path(asset: Asset) -> str:
    """The file's name with the two folders that it is in."""
    return "/".join(asset.uri.replace("\\", "/").split("/")[-3:]).lstrip("/")


def _definitions(source: str, asset: Asset) -> list[syntax.Definition]:
    """By a grammar of tree-sitter's, or by our own."""
    if asset.mime == protobuf.PROTO:
        return protobuf.definitions(source)
    return syntax.definitions(source, asset.mime, asset.name.rsplit(".", 1)[-1].lower())


def _language(asset: Asset) -> str:
    return asset.mime.split("/", 1)[1].removeprefix("x-")
