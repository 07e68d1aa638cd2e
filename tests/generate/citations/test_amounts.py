"""Numbers, units, days and times are known in whatever form the evidence has them."""

from __future__ import annotations

import pytest

from polysense.generate.citations.amounts import Amounts, unknown_amounts, without_amounts

EVIDENCE = (
    "1.5 km long, 20 degrees below zero, 3 March 1887, open Monday to Friday from 8 to 18:00, "
    "half an hour, £20, 12,750 people, 36 % in 1995"
)


@pytest.mark.parametrize(
    "sentence",
    [
        "1500 m, -20 °C, on March 3rd, in 1887, on Wednesday, from 8:00 to 6 pm",
        "30 minutes, 20 pounds, nearly 13,000, in the 1880s, in the 19th century, one of them",
        "1887年3月3日，一万二千七百五十人，百分之三十六，周二",
        "am 3.3.1887, 36 Prozent, 12 750",
    ],
)
def test_other_forms_are_known(sentence: str) -> None:
    """Metric units, signs, parts of an hour, days of a range, years of a decade."""
    assert list(unknown_amounts(sentence, Amounts(EVIDENCE))) == []


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("150 m", "150 is not in the evidence"),
        ("in 20 hours", "20 is in sterling in the evidence, not in hour"),
        ("on 4 March 1887", "4 March 1887 is not in the evidence"),
        ("in March 1995", "March 1995 is not in the evidence"),
        ("on Sunday", "Sunday is not in the evidence"),
        ("at 8 in the evening", "8 in the evening is not in the evidence"),
        ("in the 1870s", "1870 is not in the evidence"),
        ("75 people", "75 is not in the evidence"),
        ("12.75 million", "12750000 (12.75) is not in the evidence"),
    ],
)
def test_others_are_not(sentence: str, fault: str) -> None:
    """Another number, unit, day or time."""
    evidence = Amounts(EVIDENCE.replace("from 8 to", "from 8 a.m. to"), "en")
    assert list(unknown_amounts(sentence, evidence)) == [fault]


def test_what_is_left_are_words() -> None:
    """Without numbers, days and times."""
    assert without_amounts("Two came at 9:30 on 3 March.").split() == ["came", "at", "on"]
