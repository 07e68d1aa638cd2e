"""Headings of a PDF, by bookmark and by font."""

from __future__ import annotations

from polysense.read.document.layout import Line
from polysense.read.document.pdf.sections import SectionSplitter, heading_trail, letters_only


def paragraph(text: str, size: float = 10.0, bold: bool = False) -> list[Line]:
    return [Line(text, (0, 0, 100, 10), size, bold)]


def splitter(*outline: tuple[int, str, int]) -> SectionSplitter:
    return SectionSplitter(outline, "The title", 10, False)


def test_larger_and_bold_lines_are_headings() -> None:
    """A heading without words of its own goes with the next; smaller ones stand under larger."""
    sections = splitter().split(
        [
            paragraph("Before."),
            paragraph("Weather", 16),
            paragraph("Rain", 13),
            paragraph("It rained."),
            paragraph("In short", bold=True),
            paragraph("Wet."),
        ],
        1,
    )
    assert [(s.path, [p[0].text for p in s.paragraphs]) for s in sections] == [
        ((), ["Before."]),
        (("Weather", "Rain"), ["Weather", "Rain", "It rained."]),
        (("Weather", "Rain", "In short"), ["In short", "Wet."]),
    ]


def test_captions_sentences_and_numbers_are_no_headings() -> None:
    """However large or bold they are."""
    paragraphs = [
        paragraph("Figure 3: Rain", 16),
        paragraph("12", 16),
        paragraph("This is bold and ends as sentences do.", bold=True),
    ]
    assert [s.path for s in splitter().split(paragraphs, 1)] == [()]


def test_bookmarks_are_headings_wherever_they_lead() -> None:
    """By their words on the page, else from its top; open ones hold on the next page."""
    sections = splitter((0, "Part one", 1), (1, "Rain", 1))
    (rain,) = sections.split([paragraph("1.2 Rain"), paragraph("Wet.")], 1)
    assert rain.path == ("Part one", "Rain")
    assert sections.heading_path() == ("Part one", "Rain")
    (more,) = sections.split([paragraph("Wetter.")], 2)
    assert more.path == ("Part one", "Rain")


def test_trails_and_comparisons() -> None:
    """A bookmark is compared with a heading by letters and digits alone."""
    assert heading_trail("A", ("B", "C")) == "A > B > C"
    assert letters_only("Rain & Snow!") == letters_only("RAIN  snow")
