"""What the characters of a line say."""

from __future__ import annotations

from polysense.read.document.pdf.characters import Char, units


def chars(text: str) -> list[Char]:
    return [
        Char(n, c, None if c.isspace() else (10.0 * n, 0.0, 10.0 * n + 9, 9.0))
        for n, c in enumerate(text)
    ]


def test_a_number_in_a_line_from_right_to_left_is_one() -> None:
    """Its digits run the other way, so that the first lies far from the word before it."""
    runs = ["".join(c.text for c in unit) for unit in units(chars("אב 45 ג\r\n12"))]
    assert runs == ["א", "ב", " ", "45", " ", "ג", "\r", "\n", "1", "2"]
