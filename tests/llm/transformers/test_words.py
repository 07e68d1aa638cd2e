"""Words of tokens: what comes is whole, and all of it."""

from __future__ import annotations

import pytest

from polysense.llm.transformers.words import decode, until

from .tiny import tokenizer

pytest.importorskip("transformers", reason="needs the extra models")


@pytest.mark.parametrize("text", ["High water.", "水在六点。", "a 🌊 b", "  two blanks\n\nlines"])
def test_characters_come_whole(text: str) -> None:
    """Each of several tokens, none of them twice."""
    own = tokenizer()
    pieces = list(decode(own(text).input_ids, own))
    assert pieces == list(text)


def test_half_a_character_at_the_end() -> None:
    """It is told as what it is: nothing that was written is kept silent."""
    own = tokenizer()
    assert "".join(decode(own("水").input_ids[:2], own)) == "�"


def test_blanks_of_a_tokenizer_of_words() -> None:
    """Where a blank is a part of the word behind it, as most tokenizers have it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(
        models.WordLevel({"▁High": 0, "▁water": 1, "▁is": 2, "<unk>": 3}, unk_token="<unk>")
    )
    raw.pre_tokenizer = pre_tokenizers.Metaspace()
    raw.decoder = decoders.Metaspace()
    own = PreTrainedTokenizerFast(tokenizer_object=raw, unk_token="<unk>")
    assert list(decode([0, 1, 2], own)) == ["High", " water", " is"]


def test_control_tokens_are_no_words() -> None:
    """The end of a turn is not said."""
    own = tokenizer()
    assert "".join(decode([*own("Six").input_ids, own.eos_token_id], own)) == "Six"


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_a_stop_in_pieces(size: int) -> None:
    """Wherever it is cut."""
    text = "It is six.\nUs\nUser: And?"
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert "".join(until(pieces, "\nUser:")) == "It is six.\nUs"
