"""What the encoders of words share: the words of a part, as a tokenizer can take them."""

from __future__ import annotations

from pathlib import Path

from polysense.errors import Unsupported
from polysense.read.file.encoding import decode
from polysense.read.file.text import legible as legible
from polysense.read.file.text import read_text
from polysense.types import Part


def words(part: Part) -> str:
    """The words of a part, whole. Raises Unsupported where it holds none."""
    match part.data:
        case str(text):
            return text
        case Path() as path:
            return read_text(path)
        case bytes(raw):
            return decode(raw)
    raise Unsupported(f"{part!r} holds no words", "Give a string, or a file of text.")
