"""What a PDF page says around a figure."""

from __future__ import annotations

from polysense.read.document.layout import Line
from polysense.read.document.pdf.sections import Section
from polysense.read.document.pdf.surroundings import Surroundings


def at(y: float, text: str) -> list[Line]:
    return [Line(text, (50, y, 350, y + 10), 10)]


def test_headings_caption_mentions_and_neighbours() -> None:
    """Each once; what is far away only where it names the figure."""
    surroundings = Surroundings(
        "Report",
        ("Before",),
        [
            Section(("Weather",), [at(20, "It is dry. As Figure 2 shows, rain fell.")]),
            Section(("Weather", "Rain"), [at(150, "Rain fell often."), at(315, "Figure 2: Rain")]),
            Section(("Snow",), [at(480, "Snow fell in May.")]),
        ],
    )
    assert surroundings.context_of((60, 200, 340, 310), 500).split("\n") == [
        "Report > Weather > Rain",
        "Figure 2: Rain",
        "As Figure 2 shows, rain fell. Rain fell often.",
    ]


def test_a_page_without_words() -> None:
    """The headings of the pages before hold."""
    assert Surroundings("Report", ("Rain",), []).context_of((0, 0, 9, 9), 500) == "Report > Rain"
