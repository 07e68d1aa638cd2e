"""Which language words are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.language.detect import detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("where is the receipt", "en"),
        ("red bicycle", "en"),
        ("M8 hex standoff", "en"),
        ("old men, her till receipt", "en"),
        ("1953年的收据在哪里", "zh"),
        ("收据", "zh"),
        ("東京の天気はどうですか", "ja"),
        ("영수증은 어디에 있습니까", "ko"),
        ("где находится чек", "ru"),
        ("أين الإيصال", "ar"),
        ("איפה הקבלה", "he"),
        ("πού είναι η απόδειξη", "el"),
        ("रसीद कहाँ है", "hi"),
        ("ใบเสร็จอยู่ที่ไหน", "th"),
        ("¿dónde está el recibo de la tienda?", "es"),
        ("où est le reçu de la boutique et quand", "fr"),
        ("wo ist der Beleg und wer hat ihn", "de"),
        ("dove sono gli scontrini della città", "it"),
        ("onde está o recibo que não foi pago", "pt"),
        ("waar is de bon en wat heeft het", "nl"),
        ("what does 收据 mean in the document", "en"),
        ("ｗｈｅｒｅ ｉｓ ｔｈｅ", "en"),
    ],
)
def test_languages(text: str, code: str) -> None:
    """By script, then by function words; full-width letters are letters."""
    assert detect_language(text) == code


@pytest.mark.parametrize("text", ["", "42", "?!", "\n\t", "💣", "3.14 + 2"])
def test_what_cannot_be_told(text: str) -> None:
    """Numbers and signs are in no language."""
    assert detect_language(text) == ""


@given(st.text())
def test_anything_has_a_code_or_none(text: str) -> None:
    """Never an error."""
    assert len(detect_language(text)) in (0, 2)


def test_long_text_is_sampled() -> None:
    """A book costs no more than its first page."""
    assert detect_language("the end of it " * 1_000_000) == "en"
