"""Records in prose as tables, with the place of each."""

from __future__ import annotations

from pathlib import Path

from polysense.read.document.records import record_tables
from polysense.read.table.frame import Frame
from polysense.types import Asset

MARKDOWN = "text/markdown"


def tables(folder: Path, text: str, name: str = "a.md", mime: str = MARKDOWN) -> tuple[Frame, ...]:
    path = folder / name
    path.write_text(text, "utf-8")
    return record_tables(Asset(text, str(path), mime, "text", 1, path=path))


def test_sections_that_are_alike(tmp_path: Path) -> None:
    """Each heading names a row; a quantity has one unit in its header; lines are its place."""
    (table,) = tables(
        tmp_path,
        "# Lamps\n\n## Vega\n\nA brass lamp, price 31.50 crowns.\n\n## Lyra\n\nA tin lamp, price 9 "
        "crowns.\n\n## Mira\n\nMade of: glass. Price 20 crowns.\n",
    )
    assert table.title == "Lamps"
    assert table.columns[:2] == ("", "price (crowns)")
    assert [row[:2] for row in table.rows] == [("Vega", "31.50"), ("Lyra", "9"), ("Mira", "20")]
    assert [str(s) for s in table.spans] == ["L5", "L9", "L13"]


def test_lists_of_like_lines(tmp_path: Path) -> None:
    """A line's name, then what it measures; counted things have their own column."""
    (table,) = tables(tmp_path, "# Inns\n\n- Bear, 40 rooms\n- Swan, 14 rooms\n- Crown, 25 rooms\n")
    assert table.columns[1] == "rooms"
    assert [row[:2] for row in table.rows] == [("Bear", "40"), ("Swan", "14"), ("Crown", "25")]
    (plain,) = tables(tmp_path, "Elm: 12 m\nAsh: 30 m\nOak: 21 m\n", "b.txt", "text/plain")
    assert [str(s) for s in plain.spans] == ["L1", "L2", "L3"]


def test_chinese_sections(tmp_path: Path) -> None:
    """A label and its number without spaces between."""
    text = (
        "# 步道\n\n## 海角\n\n全长12公里。\n\n## 磨坊\n\n全长4公里。\n\n## 老堤\n\n全长7.5公里。\n"
    )
    (table,) = tables(tmp_path, text)
    assert table.columns[1] == "全长 (公里)"
    assert table.column(1) == ("12", "4", "7.5")


def test_prose_is_no_table(tmp_path: Path) -> None:
    """Two sections, or sections without anything in common, are what they are."""
    assert tables(tmp_path, "# A\n\n## B\n\nPrice 3 euros.\n\n## C\n\nPrice 4 euros.\n") == ()
    text = (
        "# Guide\n\n## Start\n\nOpen the box.\n\n## Use\n\nPress it twice.\n\n## End\n\nClose it.\n"
    )
    assert tables(tmp_path, text) == ()
    assert tables(tmp_path, "x", "c.pdf", "application/pdf") == ()


def test_paragraphs_of_a_title_and_labels(tmp_path: Path) -> None:
    """A plain form, several times in a file; paragraphs of prose between them make it none."""
    forms = "Elm\nHeight: 12 m\nBark: rough\n\nAsh\nHeight: 30 m\nBark: grey\n\nOak\nHeight: 21 m\n"
    (table,) = tables(tmp_path, forms, "c.txt", "text/plain")
    assert table.columns[1] == "height (m)"
    assert [row[:2] for row in table.rows] == [("Elm", "12"), ("Ash", "30"), ("Oak", "21")]
    assert [str(s) for s in table.spans] == ["L1-3", "L5-7", "L9-10"]
    prose = "\n\nTrees are old." * 4
    assert tables(tmp_path, forms + prose, "d.txt", "text/plain") == ()


def test_units_and_decimal_commas_of_other_languages(tmp_path: Path) -> None:
    """Square metres are one unit, hours in German too; commas stay as they stand."""
    text = "# Wege\n\n## Grat\n\nLänge: 6,5 km\nDauer: 2 Stunden\n\n## Moor\n\nLänge: 3,2 km\nDauer: 3 Stunden\n\n## Ufer\n\nLänge: 14 km\nDauer: 6 Stunden\n"
    (table,) = tables(tmp_path, text)
    assert table.columns[1:3] == ("länge (km)", "dauer (Stunden)")
    assert table.numbers(1) == [6.5, 3.2, 14.0]
    rooms = "# Inn\n\n## A\n\n14 square metres.\n\n## B\n\n22 square metres.\n\n## C\n\n9 square metres.\n"
    assert tables(tmp_path, rooms, "r.md")[0].columns[1] == "value (square metres)"


def test_references_are_no_records(tmp_path: Path) -> None:
    """Works that are quoted, under whatever heading."""
    works = "- J. Moss, What is a kiln?, Wood 4, 1971.\n- R. Lind, When was it built?, Wood 2, 1988.\n- Abel, P. (1999). How long? Wood, 12(3).\n"
    for heading in ("References", "Notes"):
        assert tables(tmp_path, f"# Kilns\n\n## {heading}\n\n{works}", f"{heading}.md") == ()
