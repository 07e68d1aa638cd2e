"""Labelled values, and what makes a receipt."""

from __future__ import annotations

import time

from polysense.make.table.form.labels import fields, is_receipt, pairs
from polysense.make.table.form.line import Field, Line
from polysense.types import Span


def test_pairs_are_labels_with_values() -> None:
    """On a line or beside it; clocks, addresses of pages and empty labels are none."""
    texts = ["Name: Ines", "Role：keeper", "10:30 open", "http://a.org", "Name: Max", "Empty:", "x"]
    lines = [Line(t, Span(box=(0.1, 0.1 * n, 0.4, 0.1 * n + 0.02))) for n, t in enumerate(texts)]
    lines.append(Line("Tel:", Span(box=(0.1, 0.9, 0.2, 0.92))))
    lines.append(Line("555 019", Span(box=(0.5, 0.9, 0.7, 0.92))))
    assert [(f.name, f.value) for f in pairs(lines)] == [
        ("Name", "Ines"),
        ("Role", "keeper"),
        ("Tel", "555 019"),
    ]


def test_a_receipt_has_a_total_and_a_day_or_seller() -> None:
    """A total alone may be any table's."""
    here = Span()
    total, day = Field("total", "7.70", here), Field("date", "05/03/2024", here)
    assert is_receipt([total, day])
    assert not is_receipt([total])
    assert not is_receipt([day, Field("name", "Ines", here)])


def test_a_value_is_told_once() -> None:
    """The date is a field of the receipt, not a pair as well."""
    lines = [
        Line(t, Span(box=(0.1, 0.1 * n, 0.4, 0.1 * n + 0.02)))
        for n, t in enumerate(["HARBOUR TEA LTD", "Date: 05/03/2024", "Served by: Ines"], 1)
    ]
    assert [f.name for f in fields(lines)] == ["company", "date", "Served by"]


def test_hostile_lines_end_soon() -> None:
    """Long lines of labels, colons and points, on which patterns would take minutes."""
    began = time.process_time()
    for text in ("total " * 3000, "incl " * 3000, ":" * 9000, ". " * 4000, "1," * 5000):
        fields([Line(text, Span(box=(0.1, 0.1, 0.9, 0.12)))] * 3)
    assert time.process_time() - began < 10


def test_several_labels_on_a_line() -> None:
    """Each with its own value; a gap without a label, or a colon within a value, parts nothing."""
    texts = [
        "Invoice No: INV-118     Date: 14 March 2024",
        "Terms: 30 days\tIBAN: GB33",
        "Ship to:  Gull Rock    Trust",
        "Book: Dune: Part Two",
    ]
    assert [(f.name, f.value) for f in pairs([Line(t, Span()) for t in texts])] == [
        ("Invoice No", "INV-118"),
        ("Date", "14 March 2024"),
        ("Terms", "30 days"),
        ("IBAN", "GB33"),
        ("Ship to", "Gull Rock    Trust"),
        ("Book", "Dune: Part Two"),
    ]
