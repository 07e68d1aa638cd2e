"""Source code: functions, methods, classes, and everything in between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from polysense.errors import TooLarge
from polysense.protocols import Parser
from polysense.read.code import syntax
from polysense.read.code.syntax import Definition
from polysense.read.file import mime, text
from polysense.read.file.archive import here
from polysense.types import Asset, Chunk, Mark, Span

LINES = 60
"""Lines of a piece of code at most: about what a screen shows."""
CHARS = 2400
_CLIP = 1000  # characters kept of one line
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines first..last (from 0) and the definitions around them; `members` where it is the head of
    a class.
    """

    first: int
    last: int
    trail: tuple[Definition, ...] = ()
    members: tuple[Definition, ...] = ()


class CodeParser(Parser):
    """Source code in any language; with a grammar by definition, else by blank lines. Reads at most
    `lines` lines.
    """

    accepts: ClassVar[frozenset[str]] = mime.CODE

    def __init__(self, *, lines: int = 200_000) -> None:
        self.lines = lines

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """Pieces in the order of their lines. Every line that says something is in one of them."""
        source = text.read(here(asset))
        lines = source.split("\n")
        if _minified(lines):
            yield _summary(asset, source, len(lines))
            return
        found = syntax.definitions(source, asset.mime, asset.name.rsplit(".", 1)[-1].lower())
        for piece in _pieces(0, min(len(lines), self.lines) - 1, found, ()):
            for first, last in _blocks(
                lines, piece.first, piece.last, LINES if piece.trail else 40
            ):
                yield _chunk(asset, lines, first, last, piece)
        if len(lines) > self.lines:
            raise TooLarge(
                f"{asset.name}: only the first {self.lines:,} of {len(lines):,} lines were read"
            )


def split(identifier: str) -> list[str]:
    """The words of an identifier.

    >>> split("parseHTTPResponse2"), split("max_flow_min_cost")
    (['parse', 'http', 'response', '2'], ['max', 'flow', 'min', 'cost'])
    """
    return [w.lower() for w in _HUMP.findall(identifier)]


def _minified(lines: Sequence[str]) -> bool:
    """Whether no person wrote these lines: they are far longer than anyone's."""
    written = [len(line) for line in lines if line.strip()]
    return sum(written) > max(5000, 200 * len(written))


def _summary(asset: Asset, source: str, lines: int) -> Chunk:
    language = _language(asset)
    words = re.findall(r"[^\W\d_]{3,}", source[:20_000])
    said = f"Minified {language}, {len(source):,} characters in {lines} lines. It begins: {source[:300].strip()}\n"
    said += f"Words: {' '.join(list(dict.fromkeys(words))[:60])}"
    meta = {"language": language, "symbol": "", "kind": "minified"}
    return Chunk(
        asset, Span(lines=(1, lines)), "code", text=said, context=_module(asset), meta=meta
    )


def _pieces(
    first: int, last: int, inside: Sequence[Definition], trail: tuple[Definition, ...]
) -> Iterator[_Piece]:
    at, members = first, tuple(inside) if trail else ()
    for d in inside:
        if d.first > last:
            break
        if d.first > at:
            yield _Piece(at, d.first - 1, trail, members if at == first else ())
        end, around = min(d.last, last), (*trail, d)
        if d.inside and end - d.first >= (12 if d.kind == "class" else LINES):
            yield from _pieces(d.first, end, d.inside, around)
        else:
            yield _Piece(d.first, end, around)
        at = end + 1
    if at <= last:
        yield _Piece(at, last, trail)


def _blocks(lines: Sequence[str], first: int, last: int, limit: int) -> Iterator[tuple[int, int]]:
    """Runs of at most `limit` lines and CHARS characters, ended where a blank line or the least
    indented line allows; no blank ends.
    """
    while first <= last:
        end, size = first, 0
        while (
            end <= last
            and end - first < limit
            and (end == first or size + len(lines[end]) <= CHARS)
        ):
            size += min(len(lines[end]), _CLIP) + 1
            end += 1
        if end <= last:  # the best place to break in the second half of what fits
            middle = (first + end + 1) // 2
            end = min(
                range(end, middle, -1),
                key=lambda i: (bool(lines[i - 1].strip()) and _indent(lines[i]), -i),
                default=end,
            )
        a, b = first, end - 1
        while a <= b and not lines[a].strip():
            a += 1
        while b >= a and not lines[b].strip():
            b -= 1
        # brackets and bare numbers say nothing
        if re.search(r"[^\W\d_]", "".join(lines[a : b + 1])):
            yield a, b
        first = end


def _indent(line: str) -> int:
    return 1 + len(line) - len(line.lstrip()) if line.strip() else 0


def _chunk(asset: Asset, lines: Sequence[str], first: int, last: int, piece: _Piece) -> Chunk:
    body, marks = "", []
    for n in range(first, last + 1):
        line = lines[n] if len(lines[n]) <= _CLIP else f"{lines[n][:_CLIP]} ..."
        if line.strip():
            marks.append(Mark(len(body), len(body) + len(line), Span(lines=(n + 1, n + 1))))
        body += line + "\n"
    trail, members = piece.trail, piece.members if first == piece.first else ()
    if members:
        body += f"\nMembers: {'; '.join(m.signature[:80] for m in members[:40])}\n"
    symbol = ".".join(d.name for d in trail)
    context = " > ".join([_module(asset), *(d.signature for d in trail)])
    words = " ".join(_words(symbol, body))
    kind = trail[-1].kind if trail else "module"
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


def _words(symbol: str, body: str) -> list[str]:
    """Words inside compound identifiers, those of the symbol first, that nowhere stand alone."""
    plain = {w.lower() for w in _IDENTIFIER.findall(body)}
    found = dict.fromkeys(
        w for name in symbol.split(".") if len(parts := split(name)) > 1 for w in parts
    )
    for identifier in dict.fromkeys(_IDENTIFIER.findall(body)):
        parts = split(identifier)
        if len(parts) > 1:
            found |= dict.fromkeys(w for w in parts if len(w) > 2 and w not in plain)
        if len(found) > 30:
            break
    return list(found)[:30]


def _module(asset: Asset) -> str:
    return "/".join(asset.uri.replace("\\", "/").split("/")[-3:]).lstrip("/")


def _language(asset: Asset) -> str:
    return asset.mime.split("/", 1)[1].removeprefix("x-")
