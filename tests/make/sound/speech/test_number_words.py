"""Numbers as voices that read letters are given them."""

from __future__ import annotations

import pytest

from polysense.make.sound.speech.number_words import number_words

pytest.importorskip("transformers", reason="needs the extra generate")


def test_numbers_are_written_out_in_english() -> None:
    """Whole ones, parts, money; in another language nothing is guessed."""
    words = number_words("It is 38 m and 4.5 feet tall, for $3.20.", "en")
    assert (
        words
        == "It is thirty eight m and four point five feet tall, for three point two zero dollars."
    )
    assert number_words("Er ist 38 m hoch.", "de") == "Er ist 38 m hoch."
