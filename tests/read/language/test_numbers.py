"""Numbers in words are read in four languages and in ideographs; other words are none."""

from __future__ import annotations

import pytest

from polysense.read.language.numbers import (
    SMALL_NUMBERS,
    han_number,
    han_numbers,
    number_words,
    scale_of,
)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two million three hundred thousand", [2_300_000]),
        ("one hundred and five of ninety-nine", [105, 99]),
        ("two and three", [2, 3]),
        ("half a million people", [500_000]),
        ("two dozen eggs", [24]),
        ("nineteen hundred; eighteen eighty-seven; twenty twenty-three", [1900, 1887, 2023]),
        ("the third and the thirty-first, a third of it", [3, 31]),
        ("zweihundertfünfzigtausend, fünfhundert, hunderteins", [250_000, 500, 101]),
        ("drei Millionen zweihunderttausend", [3_200_000]),
        ("treinta y dos, doscientos cinco", [32, 205]),
        ("soixante et onze, quatre-vingt-dix-sept", [71, 97]),
        ("millions of people, hundreds, dozens", []),
        ("once, elf, mil, cent, seize, the second first", []),
    ],
)
def test_numbers_in_words(text: str, values: list[int]) -> None:
    """Words that are other ones in another language are none where the language is not known."""
    assert [n.value for n in number_words(text)] == values


def test_a_known_language_decides() -> None:
    """What is another word elsewhere is a number there."""
    assert [n.value for n in number_words("dos mil trescientos, once", "es")] == [2300, 11]
    assert [n.value for n in number_words("deux cents, neuf", "fr")] == [200, 9]
    assert [n.value for n in number_words("elf", "de")] == [11]


def test_a_number_tells_where_it_stands() -> None:
    """From its first word to its last."""
    text = "It is twenty-three metres."
    assert [text[n.start : n.end] for n in number_words(text)] == ["twenty-three"]


def test_numbers_in_ideographs() -> None:
    """By powers, or a digit each."""
    numerals = ("十五", "两百三十", "一万二千", "零", "一九四五", "两亿三千万")
    assert [han_number(n) for n in numerals] == [15, 230, 12_000, 0, 1945, 230_000_000]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("两亿三千万人，三个，第三届", [230_000_000, 3, 3]),
        ("一九四五年，十二月三日", [1945, 12, 3]),
        ("三星公司在四川，十分好，一般，星期三，三分之一，几百万", []),
    ],
)
def test_which_ideographs_are_numbers(text: str, values: list[int]) -> None:
    """Those of names, weekdays, parts and idioms are none."""
    assert [n.value for n in han_numbers(text)] == values


def test_scales() -> None:
    """A billion is another number in German and Spanish."""
    scales = [scale_of(w) for w in ("Mio.", "Tsd.", "k", "bn", "Mrd.", "万", "亿", "days")]
    assert scales == [10**6, 1000, 1000, 10**9, 10**9, 10**4, 10**8, 1]
    assert scale_of("billones", "es") == scale_of("Billion", "de") == 10**12


def test_small_numbers() -> None:
    """From zero to twenty, each at its place."""
    assert (SMALL_NUMBERS[0], SMALL_NUMBERS[12], len(SMALL_NUMBERS)) == ("zero", "twelve", 21)
