"""The firm's name and its address in the heading of a receipt."""

from __future__ import annotations

import pytest

from polysense.make.table.form.line import Line
from polysense.make.table.form.seller import address, company
from polysense.types import Span


def page(*texts: str) -> list[Line]:
    """Lines down a page."""
    return [
        Line(text, Span(box=(0.1, 0.03 * n, 0.5, 0.03 * n + 0.02)))
        for n, text in enumerate(texts, 1)
    ]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("WELCOME", "HARBOUR TEA SDN. BHD."), "HARBOUR TEA SDN. BHD"),
        (("Harbour Tea", "GmbH", "Hauptstraße 5"), "Harbour Tea GmbH"),
        (("* THE OLD MILL *", "12 QUAY STREET"), "THE OLD MILL"),
        (("(194233-K)", "TAX INVOICE LTD", "12.50"), None),
    ],
)
def test_who_sold(lines: tuple[str, ...], name: str | None) -> None:
    """What ends like a firm's name, else a heading; neither numbers nor the paper's own name."""
    field = company(page(*lines))
    assert (field.value if field else None) == name


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (
            ("TEA LTD", "12 QUAY STREET,", "43300 SEATON", "TEL: 555"),
            "12 QUAY STREET, 43300 SEATON",
        ),
        (("Bäckerei Nord", "Hauptstraße 5", "Date 05/03/2024"), "Hauptstraße 5"),
        (("TEA LTD", "NO. 5, LORONG 3", "TAMAN DAYA", "INVOICE"), "NO. 5, LORONG 3 TAMAN DAYA"),
        (("TEA LTD", "TEL: 555", "Total 7.70"), None),
    ],
)  # fmt: skip
def test_where(lines: tuple[str, ...], place: str | None) -> None:
    """From the street to the telephone, a date or the bill itself."""
    field = address(page(*lines))
    assert (field.value if field else None) == place


def test_an_address_ends_at_a_gap() -> None:
    """What stands further down is something else."""
    name, street, town = page("TEA LTD", "12 QUAY STREET", "SEATON")
    far = Line("SEATON", Span(box=(0.1, 0.5, 0.5, 0.52)))
    near, alone = address([name, street, town]), address([name, street, far])
    assert near is not None
    assert alone is not None
    assert (near.value, alone.value) == ("12 QUAY STREET SEATON", "12 QUAY STREET")
    assert near.span.box == (0.1, street.box[1], 0.5, town.box[3])
