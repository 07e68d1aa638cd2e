"""The answer of a table in one sentence, with the place of the very cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.make.table.test_table_rows import evidence

from polysense.make.text.table_answer import TableAnswer
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ACCOUNTS = "Item,2031,2032\nPeat (t),12.5,40.1\nTurf (t),7,9\n"
SALES = "Gate,Day,Tickets\nEast,Friday,20\nWest,Friday,31\nEast,Sunday,43\n"


def answer(words: str, *pieces: Evidence) -> Part | None:
    return next(TableAnswer().generate((Part("text", words),), pieces), None)


def csv_evidence(folder: Path, text: str, name: str = "t.csv", n: int = 1) -> Evidence:
    (folder / name).write_text(text, "utf-8")
    return evidence(folder / name, n)


def test_the_contract(tmp_path: Path) -> None:
    """As every generator."""
    piece = csv_evidence(tmp_path, ACCOUNTS)
    (part,) = check_generator(TableAnswer(), [piece], "What was turf in 2032?")
    assert part.meta["how"] == "lookup"


@pytest.mark.parametrize(
    ("text", "words", "sentence", "place"),
    [
        (ACCOUNTS, "By how much did peat grow from 2031 to 2032?",
         "Change of Peat (t) from 2031 to 2032: 27.6 (40.1 - 12.5) [1]", "B2:C2"),
        (ACCOUNTS, "What was turf in 2032?", "Turf (t), 9 (2032) [1]", "A3:C3"),
        (SALES, "How many tickets were sold at the East gate?",
         "Sum of Tickets (East): 63 (20 + 43) [1]", "C2:C4"),
        ("Boat,Length (m)\nOtter,7\nTern,12\n", "Which boat is the longest?",
         "Tern, Length: 12 m [1]", "A3:B3"),
        ("Boat,Length (m)\nOtter,7\nTern,12\nGull,9\n", "Which boats are longer than 8 m?",
         "Tern, Length: 12 m; Gull, Length: 9 m [1]", "A3:B4"),
        ("名称,价格（元）\n白露,45\n云雾,128\n", "云雾的价格是多少？", "云雾，价格：128 元 [1]", "A3:B3"),
    ],
)  # fmt: skip
def test_sentences(tmp_path: Path, text: str, words: str, sentence: str, place: str) -> None:
    """The value, what it is of, how it was reckoned, and where its cells are."""
    part = answer(words, csv_evidence(tmp_path, text))
    assert part is not None
    assert part.data == sentence
    assert str(part.span) == place


def test_two_tables_that_disagree_say_nothing(tmp_path: Path) -> None:
    """Of which of them is asked is not said, until a name in the question tells it."""
    pieces = [
        csv_evidence(tmp_path, "Item,2031\nPeat,12\n", "moor.csv"),
        csv_evidence(tmp_path, "Item,2031\nPeat,99\n", "fen.csv", 2),
    ]
    assert answer("What was peat in 2031?", *pieces) is None
    part = answer("What was the peat of the fen in 2031?", *pieces)
    assert part is not None
    assert part.data == "Peat, 99 (2031) [2]"


def test_records_in_prose(tmp_path: Path) -> None:
    """Cited is the record's line, said is its name."""
    path = tmp_path / "inns.md"
    path.write_text("# Inns\n\n- Bear, 40 rooms\n- Swan, 14 rooms\n- Crown, 25 rooms\n")
    asset = Asset("inns", str(path), "text/markdown", "text", 1, path=path)
    hit = Hit(Chunk(asset, Span(lines=(3, 5)), "text", text="Bear, 40 rooms"), 1.0)
    part = answer("Which inn has the fewest rooms?", Evidence(1, hit, Part("text", "x"), hit.place))
    assert part is not None
    assert (part.data, str(part.span)) == ("Swan, rooms: 14 [1]", "L4")


@pytest.mark.parametrize("words", ["What was peat in 2030?", "What was coal in 2031?", "Peat", ""])
def test_silence(tmp_path: Path, words: str) -> None:
    """Another year, another thing, no question: others may answer, this does not."""
    assert answer(words, csv_evidence(tmp_path, ACCOUNTS)) is None


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    """Nor does the cell beside it."""
    piece = csv_evidence(tmp_path, "Crop,tonnes 2023,tonnes 2024\nOats,120,\nRye,,77\n")
    assert answer("How many tonnes of oats were harvested in 2024?", piece) is None
    assert answer("How many tonnes of oats were harvested in 2023?", piece) is not None


def test_the_table_that_has_the_noun_is_asked(tmp_path: Path) -> None:
    """Of two tables with prices, the one with a column "item" tells the dearest item."""
    items = csv_evidence(tmp_path, "item,price (EUR)\nsaw,22\nhammer,14\n", "shop.csv")
    rooms = csv_evidence(tmp_path, "room,price (EUR)\nA,80\nB,260\n", "inn.csv", 2)
    part = answer("Which item is the most expensive?", rooms, items)
    assert part is not None
    assert str(part.data).startswith("saw")
