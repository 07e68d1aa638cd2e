"""What values a text holds."""

from __future__ import annotations

import pytest

from polysense.read.language.values import (
    has_calendar_date,
    has_clock,
    has_date,
    has_frequency,
    has_money,
    has_number,
    has_unit_of,
    has_year,
    names_in,
    unit_kind,
    without_words,
)


@pytest.mark.parametrize(
    "text",
    [
        "23 m",
        "twenty-three",
        "a dozen",
        "one keeper lives here",
        "It takes an hour.",
        "half of it",
        "zwölf Stufen",
        "dreiundzwanzig Meter",
        "eine Stunde",
        "deux chats",
        "doce",
        "三十人",
        "两年",
    ],
)
def test_numbers_in_digits_and_words(text: str) -> None:
    """Of English, German, French, Spanish and Chinese; an article before a unit is one."""
    assert has_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "many people",
        "one of them",
        "as one often hears",
        "viele Leute",
        "un phare",
        "eine Mühle",
        "很多人",
        "一般情况下",
        "一起",
        "no such thing",
    ],
)
def test_words_that_only_say_that_there_are_some_are_no_numbers(text: str) -> None:
    """They answer no question for how many."""
    assert not has_number(text)


def test_units() -> None:
    """By what they measure."""
    assert [unit_kind(u) for u in ("weeks", "grams", "metres", "crowns", "chairs")] == [
        "duration", "mass", "length", "money", "",
    ]  # fmt: skip
    assert has_unit_of("length", "34 Meter hoch")
    assert has_unit_of("mass", "put 16g in")
    assert has_unit_of("duration", "三小时")
    assert not has_unit_of("mass", "34 Meter")


def test_money() -> None:
    """A sign, a currency, or nothing to pay."""
    for text in ("$4", "4 crowns", "十二元", "Entry is free.", "kostenlos"):
        assert has_money(text)
    assert not has_money("4 carts")
    assert has_money("free of charge")
    for text in ("free from defects", "error free", "a sugar-free cake"):
        assert not has_money(text)


def test_when() -> None:
    """Dates, seasons, times of day, and other events; a number alone is none."""
    for text in ("in 1887", "on 4 May", "by 6 May", "every spring", "after the fire", "凌晨两点"):
        assert has_date(text)
    assert not has_date("Lantern 180 was trimmed")
    assert not has_date("You may enter")
    assert has_date("Each May the boiler is tested")
    assert has_date("It opens in May")
    assert not has_date("What he wrote in May be wrong")
    assert has_year("1887年")
    assert has_year("in 1887")
    assert not has_year("1,887 kg")
    assert has_clock("at 9:30")
    for text in (
        "It closes at seven in winter.",
        "Das Tor öffnet um acht.",
        "La porte ferme à sept heures.",
        "Abre a las nueve.",
    ):
        assert has_clock(text)
    assert has_clock("um acht Uhr")
    for text in (
        "It was seen at two metres",
        "at three of the sites",
        "at ten thousand feet",
        "um zwei Prozent",
        "um drei Jahre",
        "um zehn Kilogramm",
    ):
        assert not has_clock(text)
    assert has_clock("七点")
    assert not has_clock("9 kg")
    assert has_frequency("daily")
    assert has_frequency("每季度")
    assert not has_frequency("blue")


def test_dates_of_the_calendar() -> None:
    """By name or number; another event is none, nor is the verb "may"."""
    for text in ("in 1887", "on 4 May", "last spring", "am Montag", "3月5日", "le 3 mars"):
        assert has_calendar_date(text)
    for text in ("after the fire", "while it rang", "seit dem Brand", "It may be red", "tower"):
        assert not has_calendar_date(text)


def test_names_are_in_capitals_where_no_sentence_begins() -> None:
    """Months and weekdays are none."""
    text = "The plans were drawn by Tamsin Orrock for NATO in May. Dogs bark."
    assert names_in(text) == ["Tamsin", "Orrock", "NATO"]


def test_a_text_without_what_the_question_says() -> None:
    """What it says itself is no answer to it."""
    assert without_words("At level 5 it runs 20 minutes", "How long at level 5?").split() == [
        "it", "runs", "20", "minutes",
    ]  # fmt: skip
