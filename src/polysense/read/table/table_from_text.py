"""A table read back from a chunk's words: lines of cells ("Tea | $3.50"), or of labelled ones
("Item: Tea; Price: $3.50").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from polysense.read.table.cells import header
from polysense.types import Mark

_PLACE = re.compile(r"(?:(.*)!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", re.S)
_MOST = 400
"""Columns and rows that are read; a chunk's words hold fewer."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns, rows of cells as long as these, and the cells' addresses where the marks tell them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""


def rows(text: str, marks: Sequence[Mark] = ()) -> Rows | None:
    """The table that the words of a chunk tell; None where they tell none.

    >>> rows("Item | Price\\nItem: Tea; Price: $3.50\\nItem: Coffee; black; Price: $4").rows
    (('Tea', '$3.50'), ('Coffee; black', '$4'))
    """
    lines: list[tuple[str, int]] = []
    at = 0
    for line in text.split("\n")[:_MOST]:
        if line.strip():
            lines.append((line.strip(), at))
        at += len(line) + 1
    labelled = [(line, start) for line, start in lines if ": " in line]
    if (
        labelled
        and 2 * len(labelled) >= len(lines)
        and not all(" | " in line for line, _ in labelled)
    ):
        return _labelled(labelled, marks)
    return _barred([(line, start) for line, start in lines if " | " in line], marks)


def _barred(lines: Sequence[tuple[str, int]], marks: Sequence[Mark]) -> Rows | None:
    split = [[cell.strip() for cell in line.split(" | ")] for line, _ in lines]
    if len(split) < 2:
        return None
    width = min(_MOST, Counter(len(r) for r in split).most_common(1)[0][0])
    if width < 2:
        return None
    split = [(r + [""] * width)[:width] for r in split]
    names, below = header(split[:20])
    columns = tuple((names + [""] * width)[:width])
    body = tuple(tuple(r) for r in split[below:])
    places, sheet = _addresses([start for _, start in lines[below:]], width, marks)
    return Rows(columns, body, places, sheet) if body else None


def _labelled(lines: Sequence[tuple[str, int]], marks: Sequence[Mark]) -> Rows | None:
    """Names are what stands before a colon in several rows (in one, where there is but one); other
    colons belong to values.
    """
    pieces = [
        line.rstrip(".").split("; ")
        if line.endswith(".") and not line.endswith("..")
        else line.split("; ")
        for line, _ in lines
    ]
    counted = Counter(p.split(": ", 1)[0] for row in pieces for p in row if ": " in p)
    enough = 1 if len(lines) < 3 else 2
    names = {n for n, times in counted.items() if times >= enough and n}
    found: list[dict[str, str]] = []
    order: list[str] = []
    for row in pieces:
        held: dict[str, str] = {}
        last = ""
        for piece in row:
            name, colon, said = piece.partition(": ")
            if colon and name in names and name not in held:
                held[name], last = said, name
                if name not in order:
                    before = list(held)[-2] if len(held) > 1 else None
                    order.insert(
                        order.index(before) + 1
                        if before in order
                        else (0 if before is None and order and "" not in order else len(order)),
                        name,
                    )
            elif held:
                held[last] = f"{held[last]}; {piece}"
            else:
                held[""] = piece
                if "" not in order:
                    order.insert(0, "")
        found.append(held)
    width = min(_MOST, len(order))
    if not width:
        return None
    body = tuple(tuple(held.get(n, "") for n in order[:width]) for held in found)
    places, sheet = _addresses([start for _, start in lines], width, marks)
    return Rows(tuple(order[:width]), body, places, sheet)


def _addresses(
    starts: Sequence[int], width: int, marks: Sequence[Mark]
) -> tuple[tuple[tuple[str, ...], ...], str]:
    """Each cell's address, where every row's mark covers as many columns as there are."""
    from polysense.read.table.cells import letters

    found: list[tuple[str, ...]] = []
    sheet = ""
    for start in starts:
        mark = next((m for m in marks if m.start <= start < m.end), None)
        place = _PLACE.fullmatch(mark.span.cells) if mark and mark.span.cells else None
        if place is None:
            return (), ""
        left, right = _index(place[2]), _index(place[4] or place[2])
        if right - left + 1 != width or (place[5] and place[5] != place[3]):
            return (), ""
        sheet = place[1] or sheet
        found.append(tuple(f"{letters(c)}{place[3]}" for c in range(left, right + 1)))
    return tuple(found), sheet


def _index(name: str) -> int:
    at = 0
    for letter in name:
        at = at * 26 + ord(letter) - 64
    return at - 1
