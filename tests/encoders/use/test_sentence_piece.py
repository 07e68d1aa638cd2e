"""SentencePiece's unigram model: the ids of the tokenizer that the model was trained with."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.encoders.use.sentence_piece import BEGIN, END, UNKNOWN, SentencePiece
from polysense.errors import Unreadable
from polysense.weights.packaged import USE_TOKENIZER

IDS = {
    "The keeper closes the gate at half past six.": [
        1, 76, 74149, 2341, 9, 12, 18880, 112, 2526, 2335, 3581, 8, 2,
    ],
    "灯塔的看守人六点半关门。": [
        1, 6, 9516, 6344, 36, 244, 5785, 181, 2948, 685, 1514, 3250, 3508, 27, 2,
    ],
    "Der Wärter schließt das Tor um halb sieben.": [
        1, 1248, 318, 101748, 6, 57330, 161, 9931, 168, 30464, 38500, 8, 2,
    ],
    "naïve ﬁne ½ ① 全角ＡＢＣ ｶﾀｶﾅ": [
        1, 163, 12747, 344, 1668, 32259, 116, 12281, 2757, 20708, 6, 39015, 56125, 2,
    ],
}  # fmt: skip
"""What the original tokenizer gives, marks of beginning and end added."""


@pytest.fixture(scope="module")
def tokenizer() -> SentencePiece:
    return SentencePiece(USE_TOKENIZER.verified())


@pytest.mark.parametrize("text", IDS)
def test_same_ids_as_the_original(tokenizer: SentencePiece, text: str) -> None:
    """Words, ideographs, umlauts, and forms of letters that it takes for others."""
    assert tokenizer.encode(text, 100) == IDS[text]


def test_space_does_not_count(tokenizer: SentencePiece) -> None:
    """Of any kind, and however much; a text without words has the two marks only."""
    assert tokenizer.encode("\u3000 the\t\n gate ", 100) == tokenizer.encode("the gate", 100)
    assert tokenizer.encode(" \n", 100) == [BEGIN, END]


def test_what_it_does_not_know(tokenizer: SentencePiece) -> None:
    """A character outside its pieces is one unknown token, and what stands around it is read."""
    ids = tokenizer.encode("gate 🙂 gate", 100)
    assert ids.count(UNKNOWN) == 1
    assert ids[1] == ids[-2]


def test_long_texts_are_cut(tokenizer: SentencePiece) -> None:
    """The mark of the end stays; a word of a million letters is read in linear time."""
    ids = tokenizer.encode("gate " * 1000, 16)
    assert len(ids) == 16
    assert ids[-1] == END
    assert len(tokenizer.encode("a" * 100_000, 50)) == 50


@pytest.mark.parametrize("content", [b"", b"no model", b"\x0a\x03\x0a\x01a", b"\x08\xff"])
def test_files_of_anything_else(tmp_path: Path, content: bytes) -> None:
    """Are refused by name."""
    file = tmp_path / "sp.model"
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=r"sp\.model"):
        SentencePiece(file)
