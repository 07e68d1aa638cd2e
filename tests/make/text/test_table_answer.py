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


COSTS = "item,cost\nRoof,1200.50\nDoor,405.25\n"
BILL = "Position,Betrag\nDach,€1200.50\nTür,€405.25\nSumme,€1605.75\n"
YUAN = "项目,金额\n屋顶,1200.50元\n门,405.25元\n"
SPENT = "Day,For,Amount\n2024-01-03,Bread,$12.50\n2024-01-05,Train,$88.00\n"
PLAN = "item,total,done\nWindows,300,yes\nStairs,150,no\n"
DEUTSCH = "Posten,Betrag\nMiete,900\nStrom,65\n"


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        (COSTS, "What is the total cost in t.csv?", "Sum of cost: 1605.75 (1200.50 + 405.25)"),
        (COSTS, "What is the total of T.csv?", "Sum of cost: 1605.75 (1200.50 + 405.25)"),
        (COSTS, "Which item in the file t.csv has the highest cost?", "Roof, cost: 1200.50"),
        (COSTS, "What is the average cost in t.csv?",
         "Average of cost: 802.875 ((1200.50 + 405.25) / 2)"),
        (COSTS, "How many items are in t.csv?", "2: Roof, Door"),
        (COSTS, "How much did everything cost?", "Sum of cost: 1605.75 (1200.50 + 405.25)"),
        (COSTS, "Was kostet alles zusammen laut t.csv?",
         "Summe von cost: 1605.75 (1200.50 + 405.25)"),
        (COSTS, "Was sind die Gesamtkosten?", "Summe von cost: 1605.75 (1200.50 + 405.25)"),
        (COSTS, "Wie hoch sind die Kosten insgesamt in t.csv?",
         "Summe von cost: 1605.75 (1200.50 + 405.25)"),
        (COSTS, "t.csv里的总成本是多少？", "Cost的总和：1605.75 (1200.50 + 405.25)"),
        (YUAN, "t.csv里的金额合计是多少？", "金额 (元)的总和：1605.75 (1200.50元 + 405.25元)"),
        (SPENT, "How much did we spend in t.csv?", "Sum of Amount ($): 100.5 ($12.50 + $88.00)"),
        (SPENT, "What is the total cost in t.csv?", "Sum of Amount ($): 100.5 ($12.50 + $88.00)"),
        (DEUTSCH, "Was sind die Gesamtkosten?", "Summe von Betrag: 965 (900 + 65)"),
        (PLAN, "What is the total in t.csv?", "Sum of total: 450 (300 + 150)"),
        (PLAN, "What is the total of the windows in t.csv?", "Windows, total: 300"),
    ],
)  # fmt: skip
def test_a_whole_column_of_a_file_that_is_named(
    tmp_path: Path, text: str, words: str, sentence: str
) -> None:
    """The name of the file says where, not what."""
    part = answer(words, csv_evidence(tmp_path, text))
    assert part is not None
    assert part.data == f"{sentence} [1]"


@pytest.mark.parametrize(
    ("words", "sentence", "place"),
    [
        ("What is the total in t.csv?", "Summe, Betrag: €1605.75 [1]", "A4:B4"),
        ("Wie hoch ist der Gesamtbetrag?", "Summe, Betrag: €1605.75 [1]", "A4:B4"),
        ("Was ist der höchste Betrag?", "Dach, Betrag: €1200.50 [1]", "A2:B2"),
        ("What is the average Betrag?",
         "Average of Betrag (€): 802.875 ((€1200.50 + €405.25) / 2) [1]", "B2:B3"),
    ],
)  # fmt: skip
def test_the_row_that_has_the_total(tmp_path: Path, words: str, sentence: str, place: str) -> None:
    """It is what the table says itself, and is no row among the others."""
    part = answer(words, csv_evidence(tmp_path, BILL))
    assert part is not None
    assert (part.data, str(part.span)) == (sentence, place)


MEMBERS = """Member,Joined,Fee paid
Maria,2011,yes
Jakob,1999,yes
Li,2019,no
Ana,2022,no
"""
DAYS = """Day,Item,Amount
2024-01-12,Seeds,184.60
2024-02-02,Glass,640.00
2024-02-20,Hose,39.90
2024-03-15,Soil,72.50
Total,,937.00
"""
FLOUR = "Ingredient,Amount\nFlour,300\nSugar,120\n"


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        (MEMBERS, "Who has not paid the fee?", "Li; Ana"),
        (MEMBERS, "Who has paid the fee?", "Maria; Jakob"),
        (MEMBERS, "How many members haven't paid the fee?", "2: Li, Ana"),
        (MEMBERS, "Who joined first?", "Jakob, Joined: 1999"),
        (MEMBERS, "Who was the last to join?", "Ana, Joined: 2022"),
        (DAYS, "When was the first item?", "Seeds, Day: 2024-01-12"),
        (DAYS, "What was the most expensive item?", "Glass, Amount: 640.00"),
        (DAYS, "How much did the glass cost?", "Glass, Amount: 640.00"),
        (DAYS, "What is the total amount?", "Sum of Amount: 937 (184.60 + 640.00 + 39.90 + 72.50)"),
    ],
)
def test_first_last_not_and_money(tmp_path: Path, text: str, words: str, sentence: str) -> None:
    """Who came first by a column of years or days, who has a "no", amounts with cents as prices."""
    part = answer(words, csv_evidence(tmp_path, text, "list.csv"))
    assert part is not None
    assert part.data == f"{sentence} [1]"


@pytest.mark.parametrize("words", ["How much does the flour cost?", "What was the first sugar?"])
def test_amounts_that_are_no_money(tmp_path: Path, words: str) -> None:
    """Grams have no price, and the first of what has no order is not said."""
    assert answer(words, csv_evidence(tmp_path, FLOUR, "list.csv")) is None


@pytest.mark.parametrize(
    "words",
    ["How much did we spend on boats?", "What is everything in t.csv?", "Show the totals in t.csv"],
)
def test_no_sum_where_none_is_meant(tmp_path: Path, words: str) -> None:
    """A thing that the table does not have, all rows, and a list of a column."""
    part = answer(words, csv_evidence(tmp_path, PLAN))
    assert part is None or "Sum" not in str(part.data)


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
