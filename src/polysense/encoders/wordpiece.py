"""WordPiece, uncased, as BERT's models were trained with it (Devlin et al. 2018, arXiv:1810.04805).

Equal, token by token, to the tokenizer that comes with those models; here because the package of
that one brings a client of a model hub with it, which a base that asks no network has no use for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources.abc import Traversable

UNKNOWN, BEGIN, END = 100, 101, 102
"""Ids of [UNK], [CLS] and [SEP] in BERT's uncased vocabularies."""

LONGEST_WORD = 100
"""Characters; what is longer is unknown, as in training."""

REMEMBERED = 1 << 16
"""Words whose tokens are kept: a library says the same ones again and again."""

_ASCII_WORD = re.compile(r"[a-z0-9]+|[^\sa-z0-9]")
_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
"""Blocks of characters that are words of their own, as the original has them (2B920 too)."""


class WordPiece:
    """Words to token ids. vocabulary has a token a line; one that goes on within a word begins with
    ##.
    """

    def __init__(self, vocabulary: Traversable) -> None:
        lines = vocabulary.read_text("utf-8").split("\n")
        self._ids = {token: id for id, token in enumerate(lines) if token}
        self._longest = max(map(len, self._ids))
        self._word_ids = lru_cache(REMEMBERED)(self._split_word)

    def encode(self, text: str, limit: int) -> list[int]:
        """At most `limit` ids, the marks of beginning and end among them; a text without words has
        only these two.
        """
        ids = [BEGIN]
        for word in split_words(text):
            ids += self._word_ids(word)
            if len(ids) >= limit:
                break
        return [*ids[: limit - 1], END]

    def _split_word(self, word: str) -> Sequence[int]:
        """The longest token that the word begins with, then the longest of what is left."""
        if len(word) > LONGEST_WORD:
            return (UNKNOWN,)
        ids, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                if (id := self._ids.get(mark + word[start:end])) is not None:
                    break
            else:
                return (UNKNOWN,)
            ids.append(id)
            start = end
        return tuple(ids)


def split_words(text: str) -> list[str]:
    """Words, punctuation marks and Chinese characters, in lower case and without accents.

    >>> split_words("Naïve CAFÉ: 50% off_now, 潮水")
    ['naive', 'cafe', ':', '50', '%', 'off', '_', 'now', ',', '潮', '水']
    """
    if text.isascii():
        return _ASCII_WORD.findall(text.translate(_CLEANED).lower())
    text = unicodedata.normalize("NFD", text.translate(_CLEANED))
    return text.replace("Σ", "σ").lower().translate(_SEPARATED).split()


class _Cleaned(dict[int, str | int | None]):
    """Without control characters; Chinese ones apart; any white space is a space."""

    def __missing__(self, code: int) -> str | int | None:
        character = chr(code)
        if character in "\t\n\r":
            new: str | int | None = " "
        elif code in (0, 0xFFFD) or unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs"):
            new = None
        elif character.isspace():
            new = " "
        else:
            new = f" {character} " if any(a <= code <= b for a, b in _CHINESE) else code
        self[code] = new
        return new


class _Separated(dict[int, str | int | None]):
    """Without accents; punctuation, and all of ASCII that is neither letter nor digit, apart."""

    def __missing__(self, code: int) -> str | int | None:
        character, category = chr(code), unicodedata.category(chr(code))
        is_ascii_mark = 32 < code < 127 and not character.isalnum()
        new: str | int | None = code
        if category == "Mn":
            new = None
        elif is_ascii_mark or category.startswith("P"):
            new = f" {character} "
        self[code] = new
        return new


_CLEANED, _SEPARATED = _Cleaned(), _Separated()
