"""Fields: what evidence says under labels, as a table; read back with pyarrow."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pyarrow.csv as pacsv
import pytest

from polysense.make.table.form.amounts import total
from polysense.make.table.form.form_fields import FormFields
from polysense.make.table.form.labels import fields
from polysense.make.table.form.line import Line
from polysense.read.image.ocr import Ocr
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

RECEIPT = """HARBOUR TEA ROOMS LTD
(194233-K)
12 QUAY STREET,
43300 SEATON
TEL: 01297 555 019
Invoice No : A-1047
Date: 05/03/2024 14:10
Tea 2 x 3.50            7.00
Scone                   2.45
SUBTOTAL
9.45
Total (incl. tax)
9.45
Rounding 0.05
CASH
20.00
CHANGE
10.50"""


def picture(text: str, n: int = 1, name: str = "bill.jpg") -> Evidence:
    """A read picture: lines down the page; a line of nothing but an amount stands to the right of
    the one before.
    """
    marks, at, y = [], 0, 0.0
    for line in text.split("\n"):
        is_amount = bool(re.fullmatch(r"[\d.]+", line)) and bool(marks)
        y = y if is_amount else y + 0.04
        box = (0.7, y, 0.9, y + 0.02) if is_amount else (0.1, y, 0.5, y + 0.02)
        if line:
            marks.append(TextSpan(at, at + len(line), Span(box=box)))
        at += len(line) + 1
    asset = Asset(f"{n}", f"/kb/{name}", "image/jpeg", "image", 1)
    chunk = Chunk(
        asset,
        Span(box=(0, 0, 1, 1)),
        "image",
        Part("image", Path(f"/kb/{name}")),
        text,
        marks=tuple(marks),
    )
    return Evidence(n, Hit(chunk, 1.0), Part("text", "Total"), chunk.span)


def words(text: str, n: int = 1, passage: str = "") -> Evidence:
    chunk = Chunk(
        Asset(f"{n}", "/kb/note.txt", "text/plain", "text", 1),
        Span(chars=(0, len(text))),
        "text",
        text=text,
    )
    return Evidence(
        n, Hit(chunk, 1.0), Part("text", passage or text), Span(chars=(0, len(passage or text)))
    )


def make_tables(*evidence: Evidence) -> list[Part]:
    return list(FormFields().generate((Part("text", "the bill as a table"),), evidence))


def read(part: Part) -> list[list[str]]:
    as_text = pacsv.ConvertOptions(
        column_types=dict.fromkeys(part.data.decode().split("\n")[0].split(","), "string")
    )
    return [
        list(row.values())
        for row in pacsv.read_csv(io.BytesIO(part.data), convert_options=as_text).to_pylist()
    ]


def test_the_fields_of_a_receipt_and_where_they_stand() -> None:
    """Who, where, when and how much: the amount is the total, not cash, change or what comes before
    rounding.
    """
    first, lines = make_tables(picture(RECEIPT))
    row_of_field = {row[0]: row for row in read(first)}
    assert row_of_field["company"][1] == "HARBOUR TEA ROOMS LTD"
    assert row_of_field["address"][1] == "12 QUAY STREET, 43300 SEATON"
    assert row_of_field["date"][1] == "05/03/2024"
    assert row_of_field["total"][1:] == ["9.45", "bill.jpg", "x 70-90 %, y 44-46 %"]
    assert row_of_field["Invoice No"][1] == "A-1047"
    assert [row[1] for row in read(lines)] == RECEIPT.split("\n")


def test_several_receipts_are_one_table() -> None:
    """A row for each; the first one's fields follow."""
    several, *_ = make_tables(
        picture(RECEIPT), picture(RECEIPT.replace("9.45", "8.10"), 2, "other.jpg")
    )
    assert [row[3:5] for row in read(several)] == [["9.45", "bill.jpg"], ["8.10", "other.jpg"]]
    assert several.meta["evidence"] == [1, 2]


def test_a_picture_of_other_words_gives_its_lines() -> None:
    """A sign has no fields: nothing is invented."""
    (lines,) = make_tables(picture("NO SWIMMING\nBEYOND THIS POINT"))
    assert [row[1] for row in read(lines)] == ["NO SWIMMING", "BEYOND THIS POINT"]


def test_pairs_of_a_text() -> None:
    """A list of settings is a table of them."""
    (part,) = make_tables(words("Name: Ines Okafor\nRole: keeper\nSince: 1987\n"))
    assert [row[:2] for row in read(part)] == [
        ["Name", "Ines Okafor"],
        ["Role", "keeper"],
        ["Since", "1987"],
    ]


def test_prose_is_told_as_what_is_cited() -> None:
    """One row a piece of evidence, with its number and place."""
    (part,) = make_tables(
        words("The bell is cracked. It rings flat.", passage="It rings flat."),
        words("Tides turn twice, 2:00 and 14:00.", 2),
    )
    assert [row[:2] for row in read(part)] == [
        ["[1]", "It rings flat."],
        ["[2]", "Tides turn twice, 2:00 and 14:00."],
    ]
    assert part.meta["evidence"] == [1, 2]


def test_nothing_of_nothing() -> None:
    """An unread picture, blank words, no evidence: no empty table."""
    assert make_tables(picture("")) == []
    assert make_tables(words(" \n ")) == []
    assert make_tables() == []


def test_hostile_lines() -> None:
    """Thousands of lines, of one letter, of colons, of right-to-left words, boxes without height: a
    bounded table.
    """
    text = "\n".join(
        [":" * 500, "مجموع: 12.00", "總計：99.00", "a" * 5000]
        + [f"total {n}.00" for n in range(3000)]
    )
    flat = Span(box=(0.0, 0.5, 1.0, 0.5))
    lines = [Line(line, flat) for line in text.split("\n")]
    assert total(lines) is not None
    assert len(fields(lines)) < 700
    assert len(make_tables(picture(text))[-1].data) < 200_000


def test_contract() -> None:
    """The public check, on its own sentences."""
    check_generator(FormFields())


@pytest.mark.slow
def test_real_receipts(data: Path) -> None:
    """Scanned receipts (SROIE): of the four fields in ten of them, three of four are right."""
    right = 0
    paths = sorted((data / "receipts" / "img").glob("*.jpg"))[::5]
    for path in paths:
        lines = [
            Line(str(p.data), p.span) for p in Ocr().convert(Part("image", path, "image/jpeg"))
        ]
        values = {f.name: f.value for f in reversed(fields(lines))}
        truth = json.loads((data / "receipts" / "key" / f"{path.stem}.json").read_text())
        for name in ("company", "date", "address", "total"):
            plain = [
                re.sub(r"[^A-Z0-9]", "", v.upper()) for v in (values.get(name, ""), truth[name])
            ]
            right += plain[0] == plain[1]
    assert right >= 0.75 * 4 * len(paths)
