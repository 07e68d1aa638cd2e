"""Units are known by what they are, in five languages and by their signs."""

from __future__ import annotations

import pytest

from polysense.read.language.units import METRIC, leading_unit, unit_of


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("m metre Meters 米 mètres metros", "metre"),
        ("km Kilometer 公里", "kilometre"),
        ("kg Kilo kilogrammes 公斤", "kilogram"),
        ("% percent Prozent", "%"),
        ("$ USD dollars 美元", "dollar"),
        ("hours Stunden heures horas 小时", "hour"),
    ],
)
def test_one_unit_in_many_ways(words: str, unit: str) -> None:
    """However it is written, it is compared as one."""
    assert {unit_of(w) for w in words.split()} == {unit}


def test_other_words_are_no_units() -> None:
    """Nor is a word that only begins like one."""
    assert [unit_of(w) for w in ("a", "an", "once", "mille", "mil", "pie", "million")] == [""] * 7
    assert [unit_of(w) for w in ("chairs", "metropolis", "", "kmx", "天气")] == [""] * 5


def test_metric_units_have_one_of_their_kind() -> None:
    """By which 1.5 km and 1500 m are compared."""
    assert METRIC["kilometre"] == ("metre", 1000)
    assert "foot" not in METRIC


def test_a_unit_at_the_head_of_chinese_words() -> None:
    """Chinese writes on without a space: the longest unit there is meant."""
    assert leading_unit("公里长的路") == "kilometre"
    assert leading_unit("美元的票") == "dollar"
    assert leading_unit("个人") == ""
