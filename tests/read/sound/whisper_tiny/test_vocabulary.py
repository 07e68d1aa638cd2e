"""Tokens to letters."""

from __future__ import annotations

from polysense.read.sound.whisper_tiny.vocabulary import (
    END,
    FIRST_TIME,
    NO_SPEECH,
    NO_TIMES,
    SIZE,
    START,
    Settings,
    Vocabulary,
)
from polysense.weights.packaged import WHISPER_TINY_CONFIG, WHISPER_TINY_VOCABULARY


def test_commands_stand_where_they_are_expected() -> None:
    """The numbers in our source are those of the file."""
    lines = WHISPER_TINY_VOCABULARY.verified().read_text("utf-8").split("\n")
    names = {
        END: "<|endoftext|>",
        START: "<|startoftranscript|>",
        NO_SPEECH: "<|nocaptions|>",
        NO_TIMES: "<|notimestamps|>",
        FIRST_TIME: "<|0.00|>",
        SIZE - 1: "<|30.00|>",
    }
    assert {token: lines[token] for token in names} == names


def test_letters_are_bytes() -> None:
    """A space begins a word; a character of several bytes is put together again; a command is
    silent.
    """
    vocabulary = Vocabulary(WHISPER_TINY_VOCABULARY.verified())
    tokens = [token for token in range(END) if vocabulary.letters(token) == b" water"]
    assert len(tokens) == 1
    assert vocabulary.letters(START) == b""
    assert {vocabulary.letters(token) for token in range(256)} == {bytes([b]) for b in range(256)}


def test_settings_of_these_weights() -> None:
    """tiny.en has eight heads that follow the sound, as its authors list them."""
    settings = Settings.read(WHISPER_TINY_CONFIG.verified())
    assert settings.alignment_heads == (
        (1, 0), (2, 0), (2, 5), (3, 0), (3, 1), (3, 2), (3, 3), (3, 4),
    )  # fmt: skip
    assert NO_SPEECH in settings.suppressed
    assert END in settings.suppressed_first
