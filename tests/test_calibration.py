"""What the scores of a space mean, by what is compared with what."""

from __future__ import annotations

from polysense.calibration import Calibration, ScoreRange

OWN = Calibration(
    0.2, 0.6, (ScoreRange("text", "image", 0.1, 0.3), ScoreRange("image", "image", 0.5, 0.9))
)


def test_a_range_is_of_its_modalities_alone() -> None:
    """Two pictures need more than a picture and its name; others are as the space is."""
    assert OWN.between({"text"}, "image").nearness(0.2) == 0.5
    assert OWN.between({"image"}, "image").nearness(0.2) < 0
    assert OWN.between({"text"}, "text") == Calibration(0.2, 0.6)
    assert OWN.between((), "image") == Calibration(0.2, 0.6)


def test_of_several_queries_the_strictest_counts() -> None:
    """A picture with words is a match where either would be."""
    assert OWN.between({"text", "image"}, "image") == Calibration(0.5, 0.9)


def test_scores_that_tell_nothing_apart_are_near_nothing() -> None:
    """However high they are."""
    assert Calibration(0.9, 0.9).nearness(1.0) == 0.0
