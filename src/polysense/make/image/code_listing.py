"""Code as a picture: numbered lines in colours, the cited ones marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import Any

from polysense.make.image import canvas
from polysense.make.image.canvas import Face
from polysense.types import Evidence

_INSET, _PAD, _MIN_WIDTH, _MAX_WIDTH = 28, 56, 1000, 1600  # pixels
_MAX_LINES, _MAX_LINE_CHARS = 44, 160
"""Lines shown, and characters of one: what is still read at the card's greatest width."""

_LINES_BEFORE = 8
"""Lines shown before the first cited one. Judged, not measured."""

_MAX_SPAN_LINES = 10_000
"""Lines of one cited span that are looked at: a span may claim any number."""

_COLOURS = (
    ("Comment", "#7a8699"),
    ("Literal.String.Doc", "#7a8699"),
    ("Literal.String", "#1a7f37"),
    ("Literal.Number", "#b35900"),
    ("Keyword", "#8250df"),
    ("Name.Function", "#0b63ce"),
    ("Name.Class", "#0b63ce"),
    ("Name.Decorator", "#b35900"),
    ("Name.Builtin", "#0b7285"),
    ("Name.Tag", "#8250df"),
    ("Name.Attribute", "#0b63ce"),
    ("Operator.Word", "#8250df"),
    ("Operator", "#5b6578"),
    ("Punctuation", "#5b6578"),
)
"""Prefixes of pygments' token types, the first that fits: what is longer stands before."""


def draw_listing(e: Evidence, code: str, related: Sequence[Evidence]) -> Any:
    """The code's lines, as many as fit, around those that evidence cites."""
    from PIL import ImageDraw

    chunk = e.hit.chunk
    first_number = (chunk.span.lines or (1, 1))[0]
    rows = list(
        _coloured_lines(dedent(canvas.clean(code).rstrip("\n")), chunk.asset.name, chunk.asset.mime)
    )
    cited_lines = _cited_lines(rows, first_number, related)
    all_cited = len(cited_lines) >= len(rows)
    start = max(
        0, min((min(cited_lines) if cited_lines else 0) - _LINES_BEFORE, len(rows) - _MAX_LINES)
    )
    visible = rows[start : start + _MAX_LINES]
    size = 22 if max(sum(len(t) for t, _ in r) for r in visible) <= 96 else 19
    face, step = Face("mono", size), round(1.55 * size)
    gutter = canvas.text_width(str(first_number + start + len(visible)), face) + 30
    longest = max(canvas.text_width("".join(t for t, _ in r), face) for r in visible)
    image_width = round(min(_MAX_WIDTH, max(_MIN_WIDTH, longest + gutter + 2 * (_INSET + _PAD))))
    top = _INSET + 36 + 58 + 28
    image = canvas.card((image_width, top + len(visible) * step + 34 + _INSET), _INSET)
    left, right = _INSET + _PAD, image_width - _INSET - _PAD
    canvas.draw_header(image, (left, _INSET + 36, right), chunk.asset.name, str(e.span))
    draw = ImageDraw.Draw(image)
    y = top
    for i, row in enumerate(visible, start):
        if i in cited_lines and not all_cited:
            draw.rectangle((_INSET + 1, y, image_width - _INSET - 2, y + step - 1), fill="#fff6dc")
            draw.rectangle((_INSET + 1, y, _INSET + 6, y + step - 1), fill=canvas.ACCENT)
        base = y + round(1.08 * size)
        label = str(first_number + i)
        canvas.write(
            draw,
            (left + gutter - 30 - canvas.text_width(label, face), base),
            label,
            face,
            canvas.ACCENT if i in cited_lines and not all_cited else "#a3adbd",
        )
        _draw_row(draw, (left + gutter, base, right), row, face)
        y += step
    return image


def _draw_row(
    draw: Any, at: tuple[float, float, float], row: Sequence[tuple[str, str]], face: Face
) -> None:
    x, base, right = at
    for text, colour in row:
        room = right - x
        if canvas.text_width(text, face) > room:
            canvas.write(draw, (x, base), canvas.truncate(text, face, room), face, colour)
            return
        x = canvas.write(draw, (x, base), text, face, colour)


def _cited_lines(
    rows: Sequence[Sequence[tuple[str, str]]], first_number: int, related: Sequence[Evidence]
) -> set[int]:
    """Indices of the lines that evidence cites, by its span."""
    lines: set[int] = set()
    for o in related:
        first, last = o.span.lines or (1, 0)
        lines |= {
            n - first_number
            for n in range(first, min(last, first + _MAX_SPAN_LINES) + 1)
            if 0 <= n - first_number < len(rows)
        }
    return lines


def _coloured_lines(code: str, name: str, mime: str) -> Iterator[list[tuple[str, str]]]:
    """The lines, each as (words, colour) one after the other."""
    from pygments import lex
    from pygments.token import Token

    row: list[tuple[str, str]] = []
    size = 0
    for token_type, text in lex(code, _lexer(name, mime)):
        label = str(token_type).removeprefix(f"{Token}.")
        colour = next((c for k, c in _COLOURS if label.startswith(k)), canvas.INK)
        for i, piece in enumerate(text.split("\n")):
            if i:
                yield row
                row, size = [], 0
            if piece and size < _MAX_LINE_CHARS:
                row.append(
                    (
                        piece[: _MAX_LINE_CHARS - size]
                        + ("…" if len(piece) > _MAX_LINE_CHARS - size else ""),
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
