"""What recognisers say of the words that they give."""

from __future__ import annotations

from polysense.read.sound.recognition import MIN_CERTAIN, line_meta


def test_words_were_heard_and_may_be_uncertain() -> None:
    """By their confidence, where there is one; a recogniser that tells none is believed."""
    assert line_meta() == {"manner": "heard"}
    assert line_meta(MIN_CERTAIN) == {"manner": "heard", "confidence": MIN_CERTAIN}
    assert line_meta(MIN_CERTAIN - 0.001)["uncertain"]
