"""Sizes, colours and numbers that words wish of a model."""

from __future__ import annotations

import pytest

from polysense.make.solid.model import edit_intent
from polysense.make.solid.model.edit_intent import requested_color, requested_size


@pytest.mark.parametrize(
    ("words", "factor"),
    [
        ("twice as big", 2.0),
        ("half the size", 0.5),
        ("a third of its size", 1 / 3),
        ("three times as tall", 3.0),
        ("three times smaller", 1 / 3),
        ("scale it to 150%", 1.5),
        ("放大五倍", 5.0),
        ("缩小一半", 0.5),
    ],
)
def test_factors(words: str, factor: float) -> None:
    size = requested_size(words)
    assert size is not None
    assert size.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("words", "metres", "axis"),
    [
        ("10 cm tall", 0.1, 1),
        ("2 ft wide", 0.6096, 0),
        ("depth of 30 mm", 0.03, 2),
        ("高3米", 3, 1),
    ],
)
def test_lengths(words: str, metres: float, axis: int) -> None:
    size = requested_size(words)
    assert size is not None
    assert (size.metres, size.axis) == (pytest.approx(metres), axis)


@pytest.mark.parametrize("words", ["the chair", "chair 2", "0 cm tall", "100% of the size"])
def test_no_size(words: str) -> None:
    assert requested_size(words) is None


def test_shades() -> None:
    """Dark and light change the colour that is named."""
    dark, plain = requested_color("in dark blue"), requested_color("in blue")
    assert dark is not None
    assert plain is not None
    assert sum(dark[0]) < sum(plain[0])
    assert dark[1] == "dark blue"


def test_wishes_are_understood() -> None:
    assert edit_intent.requested_items("a scene with a barrel and two small tables") == [
        (1, "barrel"),
        (2, "small tables"),
    ]
    assert edit_intent.requested_items("场景: 一把椅子和两张桌子") == [(1, "椅子"), (2, "桌子")]
    assert not edit_intent.wants_several("a 10 cm tall chair")
    assert edit_intent.name_match("tables", ["tableSmall_A2"]) == 1.0
    assert edit_intent.name_match("chair", ["table"]) == 0.0
    assert edit_intent.requested_color("a model of a black hole") is None
