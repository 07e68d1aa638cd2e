"""SentencePiece's unigram model (Kudo & Richardson 2018, arXiv:1808.06226): words to token ids.

Reads the published files: pieces with their log-probabilities, and the map of characters by which
text is normalised (a double-array trie). Here because the package that reads them is compiled, and
needs nothing else of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from polysense.errors import Unreadable

UNKNOWN, BEGIN, END = 0, 1, 2

SPACE = "\u2581"
"""What stands for the space before a word."""

UNKNOWN_PENALTY = 10.0
"""How much less likely than the least likely piece an unknown character is, as in the original."""

_FLOAT = struct.Struct("<f")

REMEMBERED = 1 << 16
"""Words whose tokens are kept."""


class SentencePiece:
    """Words to token ids, by a model's file. Raises Unreadable for a file of anything else."""

    def __init__(self, path: Path) -> None:
        try:
            fields = dict[int, list[bytes]]()
            for number, value in _fields(path.read_bytes()):
                fields.setdefault(number, []).append(value)
            self._read_pieces(fields[1])
            self._characters = _CharacterMap(_character_map(fields))
        except (KeyError, IndexError, ValueError, struct.error) as e:
            raise Unreadable(f"{path} is no model of SentencePiece: {e}") from e
        self._word_ids = lru_cache(REMEMBERED)(self._split)
        self._normal = lru_cache(REMEMBERED)(self._characters.apply)

    def encode(self, text: str, limit: int) -> list[int]:
        """At most `limit` ids, the marks of beginning and end among them; a text without words has
        only these two.
        """
        ids = [BEGIN]
        for word in text.split():
            for part in self._normal(word).split():
                ids += self._word_ids(SPACE + part)
            if len(ids) >= limit:
                break
        return [*ids[: limit - 1], END]

    def _read_pieces(self, messages: list[bytes]) -> None:
        pairs = [_piece(message) for message in messages]
        self._ids = {piece: id for id, (piece, _) in enumerate(pairs)}
        self._scores = [score for _, score in pairs]
        self._longest = max(map(len, self._ids))
        self._unknown_score = min(self._scores) - UNKNOWN_PENALTY

    def _split(self, word: str) -> tuple[int, ...]:
        """The likeliest pieces that make a word (Viterbi); of two as likely, whose last begins
        first.
        """
        length = len(word)
        best = [0.0] + [-1e38] * length
        begins, ids = [0] * (length + 1), [UNKNOWN] * (length + 1)
        for at in range(length):
            score, has_character = best[at], False
            for end in range(at + 1, min(length, at + self._longest) + 1):
                id = self._ids.get(word[at:end])
                if id is not None:
                    has_character |= end == at + 1
                    if (new := score + self._scores[id]) > best[end]:
                        best[end], begins[end], ids[end] = new, at, id
            if not has_character and (new := score + self._unknown_score) > best[at + 1]:
                best[at + 1], begins[at + 1], ids[at + 1] = new, at, UNKNOWN
        pieces = []
        at = length
        while at:
            pieces.append(ids[at])
            at = begins[at]
        return tuple(reversed(pieces))


class _CharacterMap:
    """Normalises text: at each place the longest sequence that the map has is replaced.

    The map is a double-array trie over UTF-8 (darts-clone) with, for each leaf, where its
    replacement begins.
    """

    def __init__(self, data: bytes) -> None:
        (size,) = struct.unpack_from("<I", data)
        self._units = struct.unpack_from(f"<{size // 4}I", data, 4)
        self._replacements = data[4 + size :]

    def apply(self, text: str) -> str:
        """The text as the model knows it."""
        raw, out, at = text.encode(), bytearray(), 0
        while at < len(raw):
            replacement, length = self._longest(raw, at)
            out += replacement
            at += length
        return out.decode("utf-8", "replace")

    def _longest(self, raw: bytes, at: int) -> tuple[bytes, int]:
        """What stands for the longest sequence there, and its length in bytes."""
        unit = self._units[0]
        node, leaf, length = _offset(unit), -1, 0
        for end in range(at, len(raw)):
            node ^= raw[end]
            unit = self._units[node]
            if unit & 0x800000FF != raw[end]:
                break
            node ^= _offset(unit)
            if unit >> 8 & 1:
                leaf, length = self._units[node] & 0x7FFFFFFF, end + 1 - at
        if leaf < 0:
            length = 1
            while at + length < len(raw) and raw[at + length] & 0xC0 == 0x80:
                length += 1
            return raw[at : at + length], length
        return self._replacements[leaf : self._replacements.index(0, leaf)], length


def _offset(unit: int) -> int:
    return unit >> 10 << ((unit & 0x200) >> 6)


def _piece(message: bytes) -> tuple[str, float]:
    """A piece and its score. Most messages are the two of them, and are read at once: there are
    128,000.
    """
    size = message[1]
    if message[0] == 0x0A and size < 0x80 and message[2 + size : 3 + size] == b"\x15":
        return message[2 : 2 + size].decode(), _FLOAT.unpack_from(message, 3 + size)[0]
    values = dict(_fields(message))
    return values[1].decode(), _FLOAT.unpack(values[2])[0] if 2 in values else 0.0


def _character_map(fields: dict[int, list[bytes]]) -> bytes:
    """The normaliser's map: in its own message, or where files of before have it."""
    for number in (3, 2):
        for message in fields.get(number, []):
            values = [value for n, value in _fields(message) if n == 2]
            if values and len(values[0]) > 1024:  # a name stands there in the other message
                return values[0]
    raise ValueError("it has no map of characters")


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbers and contents of the fields of a protobuf message; what is a number is 8 bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                number, at = _varint(data, at)
                value = number.to_bytes(10, "little")
            case 1:
                value, at = data[at : at + 8], at + 8
            case 2:
                size, at = _varint(data, at)
                value, at = data[at : at + size], at + size
            case 5:
                value, at = data[at : at + 4], at + 4
            case kind:
                raise ValueError(f"a field of kind {kind}")
        yield key >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[at]
        result |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return result, at
