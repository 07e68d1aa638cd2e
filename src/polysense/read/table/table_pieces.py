"""A table of a document that takes several chunks: its pieces know one another, and are joined.

Of a file of tables the whole table is read again (`frame`); of a document there are its chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from polysense.types import Chunk, TextSpan

TABLE, PIECE, GOES_ON = "table", "piece", "goes_on"
"""Values of a piece's own: the id of its table's first chunk, its number there from 1, and whether
it begins within a row.
"""


def as_pieces(
    chunks: Iterable[Chunk],
    are_within_row: Sequence[bool] = (),
    before: Chunk | None = None,
    is_open: bool = False,
) -> Iterator[Chunk]:
    """The chunks of one table, in order; where there are several, each knows the first and its
    number. are_within_row tells of each whether it begins within a row. before is the last piece so
    far of the table that these go on with; is_open: others may go on with these.
    """
    pieces = list(chunks)
    if not pieces or (before is None and len(pieces) < 2 and not is_open):
        yield from pieces
        return
    id = table_of(before) or before.id if before else pieces[0].id
    start = _number(before) + 1 if before else 1
    for n, piece in enumerate(pieces):
        goes_on = {GOES_ON: True} if n < len(are_within_row) and are_within_row[n] else {}
        yield piece.with_(meta={**piece.meta, TABLE: id, PIECE: start + n, **goes_on})


def table_of(chunk: Chunk) -> str:
    """The id of the table that a chunk is only a piece of; "" of any other chunk."""
    return str(chunk.meta.get(TABLE, ""))


@dataclass(frozen=True, slots=True)
class TableText:
    """The words of a table, with the places of its rows; is_part: not all of it is there."""

    text: str
    marks: tuple[TextSpan, ...]
    is_part: bool = False


def table_text(chunk: Chunk) -> TableText:
    """The words of the whole table around a chunk, as far as its pieces were looked up (see
    `Chunk.table`).
    """
    pieces = sorted(chunk.table or (chunk,), key=_number)
    text, marks = "", list[TextSpan]()
    for piece in pieces:
        if text:
            text += " " if piece.meta.get(GOES_ON) else "\n"
        marks += (TextSpan(m.start + len(text), m.end + len(text), m.span) for m in piece.marks)
        text += piece.text
    numbers = [_number(p) for p in pieces]
    is_part = bool(table_of(chunk)) and (
        not chunk.table or numbers != list(range(1, len(pieces) + 1))
    )
    return TableText(text, tuple(marks), is_part)


def _number(chunk: Chunk) -> int:
    number = chunk.meta.get(PIECE, 1)
    return int(number) if isinstance(number, (int, float)) else 1
