"""Tables of several chunks: their pieces know one another, and are joined again."""

from __future__ import annotations

from polysense.read.table.frame import frame
from polysense.read.table.table_pieces import PIECE, as_pieces, table_of, table_text
from polysense.types import Asset, Chunk, Span, TextSpan

ASSET = Asset("0" * 32, "/a.md", "text/markdown", "text", 1)


def piece(text: str, line: int) -> Chunk:
    mark = TextSpan(0, len(text), Span(lines=(line, line)))
    return Chunk(ASSET, Span(lines=(line, line)), "table", text=text, marks=(mark,))


HEAD, ROW, LAST = "Item | Price\nTea | 3", "Milk | 4", "Rice | 5"


def test_several_chunks_are_pieces_of_the_first() -> None:
    """A table of one chunk is none, unless another may go on with it."""
    a, b = as_pieces([piece(HEAD, 1), piece(ROW, 3)])
    assert (table_of(a), table_of(b), b.meta[PIECE]) == (a.id, a.id, 2)
    (alone,) = as_pieces([piece(HEAD, 1)])
    assert table_of(alone) == ""
    (still_open,) = as_pieces([piece(HEAD, 1)], is_open=True)
    (next_one,) = as_pieces([piece(ROW, 3)], before=still_open)
    assert (table_of(next_one), next_one.meta[PIECE]) == (still_open.id, 2)


def test_the_whole_table_is_read_where_its_pieces_are_there() -> None:
    """Else its frame is cut, so that nothing is reckoned from a part."""
    pieces = tuple(as_pieces([piece(HEAD, 1), piece(ROW, 3), piece(LAST, 4)]))
    lone, without_one = frame(pieces[0]), frame(pieces[0].with_(table=pieces[:1] + pieces[2:]))
    assert lone is not None
    assert without_one is not None
    assert lone.cut
    assert without_one.cut
    whole = frame(pieces[1].with_(table=pieces[::-1]))
    assert whole is not None
    assert whole.rows == (("Tea", "3"), ("Milk", "4"), ("Rice", "5"))
    assert not whole.cut
    assert whole.spans[2] == Span(lines=(4, 4))


def test_a_row_in_two_pieces_is_one() -> None:
    """What begins within a row is joined with it, and a header that is repeated is no row."""
    pieces = tuple(
        as_pieces(
            [piece(HEAD, 1), piece("Item | Price", 2), piece("Red", 3), piece("wine | 9", 3)],
            [False, False, False, True],
        )
    )
    assert table_text(pieces[0].with_(table=pieces)).text.endswith("Red wine | 9")
    whole = frame(pieces[0].with_(table=pieces))
    assert whole is not None
    assert whole.rows == (("Tea", "3"), ("Red wine", "9"))
