"""Figures in slices, and the limits that fail a build."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from polysense.errors import BadConfig
from polysense.evaluate.figures import (
    Figure,
    broken_limits,
    figure_table,
    measure,
    parse_limits,
    slices,
    values_json,
)


@dataclass(frozen=True)
class Toss:
    """An outcome."""

    heads: bool
    height: float | None
    side: str = ""


FIGURES: dict[str, Figure[Toss]] = {
    "heads": Figure("heads up", True, True, lambda t: t.heads),
    "height": Figure("height", False, False, lambda t: t.height),
    "never": Figure("never", True, True, lambda t: None),
}
TOSSES = [Toss(True, 1.0, "a"), Toss(True, None, "a"), Toss(False, 3.0, "b|")]


def test_a_figure_is_measured_where_it_applies() -> None:
    """A mean over what has no value would be of something else."""
    estimates = measure(FIGURES, TOSSES)
    assert set(estimates) == {"heads", "height"}
    assert (estimates["height"].value, estimates["height"].n) == (2.0, 2)
    assert estimates["heads"].value == pytest.approx(2 / 3)
    assert values_json(FIGURES, TOSSES[1]) == {"heads": 1.0}


def test_slices_are_those_that_differ() -> None:
    """One group is all there is; it is not told twice."""
    assert {s: len(o) for s, o in slices(TOSSES, "side").items()} == {
        "all": 3,
        "side a": 2,
        "side b|": 1,
    }
    assert set(slices(TOSSES[:2], "side")) == {"all"}
    table = figure_table(
        FIGURES, {s: measure(FIGURES, o) for s, o in slices(TOSSES, "side").items()}
    )
    assert table[0] == "| questions | n | heads up | height |"
    assert table[-1].startswith("| side b\\| | 1 | 0.000 (0.000-")


def test_limits() -> None:
    """What is below or above them is told, and so is what could not be measured; what just reaches
    one is good.
    """
    estimates = measure(FIGURES, TOSSES)
    assert broken_limits(FIGURES, estimates, {"heads": 0.6}, {"height": 2.0}) == []
    assert broken_limits(FIGURES, estimates, {"heads": 0.7, "never": 0.1}, {"height": 1.9}) == [
        "heads up: 0.667, wanted >= 0.7",
        "never: there is no question to measure it by",
        "height: 2.000, wanted <= 1.9",
    ]


def test_limits_are_read() -> None:
    """A limit with a wrong name would never fail a build."""
    assert parse_limits(" heads=.5, height = 3 ", FIGURES, "--at-least") == {
        "heads": 0.5,
        "height": 3.0,
    }
    assert parse_limits("", FIGURES, "--at-least") == {}
    with pytest.raises(BadConfig) as unknown:
        parse_limits("head=.5", FIGURES, "--at-least")
    assert "Did you mean heads?" in unknown.value.hint
    with pytest.raises(BadConfig, match="'much' is no number"):
        parse_limits("heads=much", FIGURES, "--at-most")
