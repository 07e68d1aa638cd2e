"""Which full stops end a sentence, and which only a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.file.text import sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


WHOLE = (
    # English
    "Tighten the screw as in Fig. 7 by hand.",
    "The lantern (approx. 14 cm high) hangs in room no. 3 of the mill.",
    "In 2029 Harrow Bells, Inc. cast nine bells, etc. and more.",
    "As Lindqvist et al. 2031 and Lindqvist et al. (2030) say, the tide rises.",
    "The U.S. Lighthouse Board and the U.K. Hydrographic Office agree.",
    "It is shown to Dr. Aune, Prof. Ek, Mrs. Lie and J. R. R. Holt, i.e. Everyone.",
    "See vol. 3 no. 2 p. 17 and Sec. IV vs. Chap. 2, e.g. Tables.",
    "The mfg. date is stamped below.",
    # German
    "Werkzeuge, z. B. Zangen, d. h. Eisen, kosten ca. 30 Euro bzw. Kronen inkl. Steuer.",
    "Abb. 4 zeigt Nr. 9 am 3. Mai 2031 und im 19. Jahrhundert, i. d. R. Holz.",
    "In der Mühlenstr. 5 wohnt Fr. Beck seit dem 3. 10. 2030.",
    # French
    "M. Le Gall paie env. 40 euros, cf. art. 5 et p. 12, c.-à-d. Tout.",
    # Spanish, Portuguese
    "El Sr. Vega paga, p. ej. Pan, aprox. 30 euros (pág. 4, núm. 2) en EE. UU. cada año.",
    "A Dra. Lima pagou aprox. 20 euros, pág. 3.",
    # Italian, Dutch, Swedish, Polish, Russian
    "Il sig. Riva, pag. 5, ecc. e altro.",
    "De heer dhr. Smit betaalt ca. 5 euro, bijv. Pannen.",
    "Kvarnen kostar t.ex. Pengar och ca. 30 kronor.",
    "Młyn, np. Wodny, kosztuje ok. 30 zł.",
    "См. рис. 5 и стр. 7, т. е. всё, напр. Мельницу.",
    # a marker, and what it marks
    "1. Wash the cup.",
    "(b) Rinse it.",
)


@pytest.mark.parametrize("text", WHOLE)
def test_a_stop_of_an_abbreviation_ends_nothing(text: str) -> None:
    """What is said is whole, with the value that follows the abbreviation: a citation of half a
    sentence says nothing, or something else.
    """
    assert split(text) == [text]
    assert split(f"{text} The gate is shut.") == [text, "The gate is shut."]


APART = (
    ("The crate weighs 4 kg.", "A lamp hangs there."),
    ("The board is 5 m.", "Boats pass."),
    ("The answer is no.", "Boats pass."),
    ("He lives in the U.S.", "The gate is shut."),
    ("It belongs to Harrow Bells, Inc.", "The gate is shut."),
    ("They sell bells, ropes, etc.", "Boats pass."),
    ("It opens at 5 p.m.", "Boats pass."),
    ("He ate a fig.", "The tree died."),
    ("Keep it in mind.", "Boats pass."),
    ("Wait 5 min.", "3 boats pass."),
    ("The mill is of 1890.", "Boats pass."),
    ("Run main.py.", "Boats pass."),
    ("Install the requests.", "numpy is needed too."),
    ("Es gibt Zangen usw.", "Die Werkstatt schließt."),
    ("Er wohnt im zweiten Haus.", "Die Werkstatt schließt."),
    ("Vitamin C.", "The pill is red."),
)


@pytest.mark.parametrize(("first", "second"), APART)
def test_words_that_look_like_abbreviations_end_sentences(first: str, second: str) -> None:
    """Units, answers and names at the end: two sentences are not cited as one."""
    assert split(f"{first} {second}") == [first, second]


def test_writers_without_capitals_are_read() -> None:
    """A small letter means nothing where sentences begin with one."""
    text = "i went home. it was late. so it goes."
    assert split(text) == ["i went home.", "it was late.", "so it goes."]


def test_a_blank_line_ends_whatever_stands_before() -> None:
    """A paragraph's last word may be an abbreviation."""
    assert split("Costs approx.\n\n30 crowns.") == ["Costs approx.", "30 crowns."]
    assert split("Costs approx.\n30 crowns.") == ["Costs approx.\n30 crowns."]


WORDS = st.sampled_from(
    [
        "Fig.",
        "z.",
        "B.",
        "No.",
        "3",
        "The",
        "boat",
        "Inc.",
        "J.",
        "U.S.",
        "etc.",
        "5",
        ".",
        "..",
        ")",
        '"',
        "(max.",
        "am",
        "3.",
        "Mai",
        "\n",
        "\n\n",
        "。",
        "т.",
        "е.",
    ]
)


@given(st.lists(WORDS, max_size=40))
def test_places_stay_exact(words: list[str]) -> None:
    """In order, without overlap, without white space at the edges, and every letter is in one."""
    text, at = " ".join(words), 0
    for start, end in sentences(text):
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        at = end
    assert not text[at:].strip()
