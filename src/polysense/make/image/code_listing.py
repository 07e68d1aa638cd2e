"""Code as a picture: numbered lines in colours, the cited ones marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import Any

from polysense.make.image import canvas as ink
from polysense.make.image.canvas import Face
from polysense.types import Evidence

_INSET, _PAD, _LEAST, _WIDEST = 28, 56, 1000, 1600
_LINES, _LONGEST = 44, 160  # lines shown, and characters of one
_COLOURS = (
    ("Comment", "#7a8699"), ("Literal.String.Doc", "#7a8699"), ("Literal.String", "#1a7f37"), ("Literal.Number", "#b35900"),
    ("Keyword", "#8250df"), ("Name.Function", "#0b63ce"), ("Name.Class", "#0b63ce"), ("Name.Decorator", "#b35900"),
    ("Name.Builtin", "#0b7285"), ("Name.Tag", "#8250df"), ("Name.Attribute", "#0b63ce"), ("Operator.Word", "#8250df"),
    ("Operator", "#5b6578"), ("Punctuation", "#5b6578"),
)  # fmt: skip


def drawn(e: Evidence, code: str, same: Sequence[Evidence]) -> Any:
    """The code's lines, as many as fit, around those that evidence cites."""
    from PIL import ImageDraw

    chunk = e.hit.chunk
    number = (chunk.span.lines or (1, 1))[0]
    rows = list(_coloured(dedent(ink.clean(code).rstrip("\n")), chunk.asset.name, chunk.asset.mime))
    cited = _cited(rows, number, same)
    whole = len(cited) >= len(rows)
    start = max(0, min((min(cited) if cited else 0) - 8, len(rows) - _LINES))
    shown = rows[start : start + _LINES]
    size = 22 if max(sum(len(t) for t, _ in r) for r in shown) <= 96 else 19
    letters, step = Face("mono", size), round(1.55 * size)
    gutter = ink.width(str(number + start + len(shown)), letters) + 30
    longest = max(ink.width("".join(t for t, _ in r), letters) for r in shown)
    wide = round(min(_WIDEST, max(_LEAST, longest + gutter + 2 * (_INSET + _PAD))))
    top = _INSET + 36 + 58 + 28
    image = ink.card((wide, top + len(shown) * step + 34 + _INSET), _INSET)
    left, right = _INSET + _PAD, wide - _INSET - _PAD
    ink.head(image, (left, _INSET + 36, right), chunk.asset.name, str(e.span))
    draw = ImageDraw.Draw(image)
    y = top
    for i, row in enumerate(shown, start):
        if i in cited and not whole:
            draw.rectangle((_INSET + 1, y, wide - _INSET - 2, y + step - 1), fill="#fff6dc")
            draw.rectangle((_INSET + 1, y, _INSET + 6, y + step - 1), fill=ink.ACCENT)
        base = y + round(1.08 * size)
        said = str(number + i)
        ink.write(
            draw,
            (left + gutter - 30 - ink.width(said, letters), base),
            said,
            letters,
            ink.ACCENT if i in cited and not whole else "#a3adbd",
        )
        _row(draw, (left + gutter, base, right), row, letters)
        y += step
    return image


def _row(
    draw: Any, at: tuple[float, float, float], row: Sequence[tuple[str, str]], letters: Face
) -> None:
    x, base, right = at
    for text, colour in row:
        room = right - x
        if ink.width(text, letters) > room:
            ink.write(draw, (x, base), ink.cut(text, letters, room), letters, colour)
            return
        x = ink.write(draw, (x, base), text, letters, colour)


def _cited(
    rows: Sequence[Sequence[tuple[str, str]]], number: int, same: Sequence[Evidence]
) -> set[int]:
    """Indices of the lines that evidence is about: by its place, kept to those that say its words."""
    found: set[int] = set()
    for o in same:
        first, last = o.span.lines or (1, 0)
        found |= {
            n - number
            for n in range(first, min(last, first + 10_000) + 1)
            if 0 <= n - number < len(rows)
        }
    return found


def _coloured(code: str, name: str, mime: str) -> Iterator[list[tuple[str, str]]]:
    """The lines, each as pieces with their colours."""
    from pygments import lex
    from pygments.token import Token

    row: list[tuple[str, str]] = []
    size = 0
    for kind, text in lex(code, _lexer(name, mime)):
        label = str(kind).removeprefix(f"{Token}.")
        colour = next((c for k, c in _COLOURS if label.startswith(k)), ink.INK)
        for i, piece in enumerate(text.split("\n")):
            if i:
                yield row
                row, size = [], 0
            if piece and size < _LONGEST:
                row.append(
                    (
                        piece[: _LONGEST - size] + ("…" if len(piece) > _LONGEST - size else ""),
                        colour,
                    )
                )
                size += len(piece)
    if row:
        yield row


def _lexer(name: str, mime: str) -> Any:
    from pygments.lexers import TextLexer, get_lexer_by_name, get_lexer_for_filename
    from pygments.util import ClassNotFound

    options = {"stripnl": False, "ensurenl": True}
    for find, key in (
        (get_lexer_for_filename, name),
        (get_lexer_by_name, mime.removeprefix("text/x-").removeprefix("text/")),
    ):
        try:
            return find(key, **options)
        except ClassNotFound:
            continue
    return TextLexer(**options)
