"""What cells show and where a header ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense.read.table.cells import Column, are_identifiers, column_letters, header, number


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234.5", 1234.5),
        ("(7)", -7),
        ("−3", -3),
        ("$ 1.2", 1.2),
        ("12 %", 12),
        (".5", 0.5),
        ("1 234", 1234),
        ("1e-3", 0.001),
    ],
)
def test_numbers_as_people_write_them(cell: str, value: float) -> None:
    """Separators, signs, currencies and percents."""
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell", ["", "-", "%", "$", "1.2.3", "nan", "inf", "12 May", "1e999", "1,2,3", "0x10", "9" * 60]
)
def test_words_are_no_numbers(cell: str) -> None:
    """Nor are dashes, versions and infinities."""
    assert number(cell) is None


HEADERS = [
    ([["Name", "Age"], ["Ann", "31"]], ["Name", "Age"], 1),
    ([["Ann", "31"], ["Bob", "42"]], [], 0),
    ([["Country", "2019", "2020"], ["France", "1", "2"]], ["Country", "2019", "2020"], 1),
    ([["", "Q1", "Q1"], ["", "low", "high"], ["a", "1", "2"]], ["", "Q1 low", "Q1 high"], 2),
    (
        [
            ["", "", "In"],
            ["", "2019", "2018"],
            ["", "€m", "€m"],
            ["Sales:", "", ""],
            ["Food", "1", "2"],
        ],
        ["", "In 2019 €m", "In 2018 €m"],
        3,
    ),
    ([["English", "German"], ["Hello", "Hallo"], ["Bye", "Tschüss"]], ["English", "German"], 1),
    ([["cat", "yes"], ["dog", "no"], ["cat", "yes"], ["cat", "no"]], [], 0),
    ([["a" * 200, "b"], ["x", "y"]], [], 0),
    ([], [], 0),
]


@pytest.mark.parametrize(("rows", "names", "n"), HEADERS)
def test_headers(rows: list[list[str]], names: list[str], n: int) -> None:
    """One line, several, spanning labels, units, none."""
    assert header(rows) == (names, n)


def test_columns_tell_kind_and_range() -> None:
    """Integers, numbers, dates, text; a few strays do not change the kind."""
    columns = [Column(name) for name in "abcd"]
    for i in range(20):
        for column, cell in zip(
            columns, (str(i), f"{i}.5", f"2020-01-{i + 1:02}", f"w{i}"), strict=True
        ):
            column.add(cell)
    columns[0].add("n/a")
    assert [c.kind for c in columns] == ["integer", "number", "date", "text"]
    assert str(columns[0]) == "a: integer, 0 to 19."
    assert "2020-01-01 to 2020-01-20" in str(columns[2])
    assert columns[1].to_dict() == {"name": "b", "type": "number", "low": 0.5, "high": 19.5}


def test_letters_are_a_spreadsheets() -> None:
    """No gap and no repetition over all columns that a sheet can have."""
    assert len({column_letters(i) for i in range(16384)}) == 16384
    assert column_letters(701) == "ZZ"
    assert column_letters(702) == "AAA"


def test_headers_of_real_financial_tables(data: Path) -> None:
    """Of 278 tables from annual reports nearly all have a header, most of several lines."""
    contexts = json.loads((data / "tables-tatqa-dev" / "tatqa_dataset_dev.json").read_text())
    header_rows = [header(c["table"]["table"][:20])[1] for c in contexts]
    assert sum(map(bool, header_rows)) > 270
    assert sum(n > 1 for n in header_rows) > 190


def test_digits_that_are_names() -> None:
    """Postcodes, telephones and codes of articles; amounts, however large, are none."""
    assert are_identifiers("town", ["00501", "02134"])
    assert are_identifiers("PLZ", ["10115", "80331"])
    assert are_identifiers("电话", ["13800138000"])
    assert are_identifiers("Article", ["4006381333931", "4006381333948", "4012345678901"])
    for name in ("Revenue", "Population", "Bytes"):
        assert not are_identifiers(name, ["1234567890", "2345678901", "3345678901"])
    assert not are_identifiers("Revenue", ["1234567890123", "234567890123", "3345678901234"])
    assert not are_identifiers("n", ["0", "1", "2"])


def test_a_column_of_names_in_digits_has_no_range() -> None:
    """It is described by some of them."""
    column = Column("zip")
    for cell in ("00501", "02134", "01930"):
        column.add(cell)
    assert str(column) == "zip: text, such as 00501, 02134, 01930."
    assert column.to_dict() == {"name": "zip", "type": "text"}
