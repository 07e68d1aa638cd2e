"""The total of a receipt: which amount it is, in several languages, and how amounts are written."""

from __future__ import annotations

import pytest

from polysense.make.table.form.amounts import cents, tidy, total
from polysense.make.table.form.line import Line
from polysense.types import Span


def page(*texts: str) -> list[Line]:
    """Lines down a page."""
    return [
        Line(text, Span(box=(0.1, 0.04 * n, 0.5, 0.04 * n + 0.02)))
        for n, text in enumerate(texts, 1)
    ]


def total_of(*texts: str) -> str | None:
    field = total(page(*texts))
    return field.value if field else None


@pytest.mark.parametrize(
    ("lines", "amount"),
    [
        (("Kaffee 2,20", "Kuchen 5,50", "Zwischensumme 7,00", "Summe EUR 7,70"), "7.70"),
        (("Gesamt 1.234,50 €", "davon MwSt 19% 197,11"), "1,234.50"),
        (("Café 2,20", "Base imponible 7,00", "Importe 7,70"), "7.70"),
        (("コーヒー ¥300", "小計 ¥700", "消費税 ¥70", "合計 ¥770"), "¥770"),
        (("咖啡 30元", "合计 1,770元"), "1,770元"),
        (("Café 2,20", "Sous-total 7,00", "TOTAL TTC 7,70 €"), "7.70"),
        (("Caffè 2,20", "Subtotale 7,00", "Totale 7,70", "di cui IVA 0,70"), "7.70"),
        (("Koffie 2,20", "Subtotaal 7,00", "Te betalen 7,70"), "7.70"),
        (("Tea 2.20", "Sub Total 7.00", "TOTAL 7.70"), "7.70"),
    ],
)
def test_totals_of_several_languages(lines: tuple[str, ...], amount: str) -> None:
    """What is to be paid: neither a price, nor what comes before taxes, nor the tax."""
    assert total_of(*lines) == amount


@pytest.mark.parametrize("label", ["TOTA1", "TOTAI", "T0TAL", "total"])
def test_letters_that_look_alike(label: str) -> None:
    """OCR takes l, i and 1 for each other, and o and 0."""
    assert total_of("Tea 2.20", f"{label} 7.70") == "7.70"


def test_the_most_telling_label_wins() -> None:
    """After rounding before what is due, before the plain total; sums before taxes are none."""
    assert total_of("Total 9.98", "Total after rounding 10.00", "Total 9.98") == "10.00"
    assert total_of("Total 9.98", "Amount due 12.00") == "12.00"
    assert total_of("Total excl. GST 9.00", "Total 9.54", "Total discount 1.00") == "9.54"
    assert total_of("Total qty 3.00") is None


def test_cash_less_change_decides() -> None:
    """A label that was read wrongly, and rounding of what is paid in cash."""
    assert total_of("Tea 7.70", "Tctal 7.70", "Cash 10.00", "Change 2.30") == "7.70"
    assert total_of("Total 7.72", "Rounded 7.70", "Cash 10.00", "Change 2.30") == "7.70"
    assert total_of("Total 7.72", "Tip 1.00", "Cash 10.00", "Change 9.00") == "7.72"


def test_what_sums_up_taxes_is_no_total() -> None:
    """Below the line that begins it, totals are those of taxes."""
    assert total_of("Total 7.70", "GST summary", "Total 0.70") == "7.70"


def test_amounts_as_they_are_written() -> None:
    """Points and commas; a point that was not read."""
    assert [tidy(x) for x in ("RM 7,70", "usd 1,234.50", "12.345.678,90", "€ 7.70")] == [
        "7.70",
        "1,234.50",
        "12,345,678.90",
        "€7.70",
    ]
    assert [cents(x) for x in ("1,234.50", "¥770", "-", "1.2.3")] == [123450, 77000, None, None]
    label, value = page("Total", "x")
    neighbour = Line("7 70", Span(box=(0.7, label.box[1], 0.9, label.box[3])))
    field = total([label, neighbour])
    assert field is not None
    assert field.value == "7.70"
    assert total([label, value]) is None
