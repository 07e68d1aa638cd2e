"""Hints for visitors: no command of the server is among them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polysense import errors
from polysense.serve.explain import (
    _COMMAND,
    READER_HINTS,
    READER_TITLES,
    reader_hint,
    reader_title,
    without_commands,
)


def classes(of: type[errors.PolysenseError]) -> Iterator[type[errors.PolysenseError]]:
    """All kinds of errors."""
    yield of
    for child in of.__subclasses__():
        yield from classes(child)


@pytest.mark.parametrize("kind", list(classes(errors.PolysenseError)), ids=lambda c: c.__name__)
def test_every_error_is_explained(kind: type[errors.PolysenseError]) -> None:
    """In words of its own class or of the one it comes from, which tell nothing to type at the
    server; so is a default hint that was kept without its error.
    """
    error = kind("x")
    assert reader_hint(error)
    assert reader_title(error)
    assert not _COMMAND.search(reader_hint(error))
    assert not _COMMAND.search(without_commands(error.hint, error))
    assert not _COMMAND.search(without_commands(error.hint))


def test_a_class_has_its_own_words() -> None:
    """The nearest, not the first."""
    assert reader_hint(errors.Encrypted("x")) == READER_HINTS[errors.Encrypted]
    assert reader_title(errors.StorageFull("x")) == READER_TITLES[errors.LibraryError]


@pytest.mark.parametrize(
    "hint",
    [
        "Give a folder: polysense serve -l kb",
        "Split it, or raise [serve] upload_mb.",
        "Install it: pip install 'polysense[video]'",
        'Write it like SQL: --where "page > 3".',
        "Give another folder with -l, or upgrade.",
    ],
)
def test_commands_are_told_from_words(hint: str) -> None:
    """What is typed at a terminal is of no use to a visitor."""
    assert without_commands(hint, errors.TooLarge("x")) == READER_HINTS[errors.TooLarge]


@pytest.mark.parametrize("hint", ["Ask again.", "Wait a minute.", "Columns: modality, uri."])
def test_other_hints_stay(hint: str) -> None:
    """They say more than a class can."""
    assert without_commands(hint, errors.BadFilter("x")) == hint
