"""Whisper's tokens: which letters they stand for, and which of them command rather than speak."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

END = 50256
"""Ends a transcript; each token below it is letters."""
START = 50257
NO_SPEECH = 50361
NO_TIMES = 50362
FIRST_TIME = 50363
"""0.00 s; each token above it is 20 ms later."""
SECONDS_PER_TIME = 0.02
SIZE = 51864


def _byte_of_letter() -> dict[str, int]:
    """GPT-2 writes the 256 bytes as letters that can be seen: printable ones as themselves, the
    others from U+0100 on.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(b): b for b in printable} | {chr(256 + n): b for n, b in enumerate(others)}


class Vocabulary:
    """The letters of tokens, from a file with one token a line."""

    def __init__(self, path: Path) -> None:
        byte_of = _byte_of_letter()
        lines = path.read_text("utf-8").split("\n")[:END]
        self._bytes = [bytes(byte_of[letter] for letter in line) for line in lines]

    def letters(self, token: int) -> bytes:
        """UTF-8, or a piece of it; nothing for a command."""
        return self._bytes[token] if token < END else b""


@dataclass(frozen=True, slots=True)
class Settings:
    """What belongs to these weights: tokens never written, tokens never written first, and the
    (layer, head) pairs whose attention follows the sound.
    """

    suppressed: tuple[int, ...]
    suppressed_first: tuple[int, ...]
    alignment_heads: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, path: Path) -> Settings:
        """From the model's config.json."""
        raw = json.loads(path.read_text("utf-8"))
        return cls(
            tuple(map(int, raw["suppress_ids"])),
            tuple(map(int, raw["suppress_ids_begin"])),
            tuple((int(layer), int(head)) for layer, head in raw["alignment_heads"]),
        )
