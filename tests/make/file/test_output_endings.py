"""Endings are judged before the work."""

from __future__ import annotations

import pytest

from polysense.errors import BadQuery
from polysense.make.file.output_endings import check_ending, modality_written


@pytest.mark.parametrize(
    ("ending", "modality"),
    [
        (".wav", "table"),
        (".csv", "image"),
        (".png", "audio"),
        (".docx", "text"),
        (".zip", "text"),
        (".json", "text"),
        (".pdf", "code"),
        (".txt", "3d"),
    ],
)
def test_what_cannot_be_written_is_refused(ending: str, modality: str) -> None:
    """With the endings that can be."""
    with pytest.raises(BadQuery, match=f"cannot be written as \\{ending}"):
        check_ending(ending, modality)


@pytest.mark.parametrize(
    ("ending", "modality"),
    [
        ("", "table"),
        (".XLSX".lower(), "table"),
        (".webp", "image"),
        (".txt", "text"),
        (".notes", "text"),
        (".py", "text"),
        (".csv", "text"),
        (".rs", "code"),
        (".mmd", "code"),
        (".mmd", "graph"),
    ],
)
def test_what_can_be_is_not(ending: str, modality: str) -> None:
    """Words under endings that nobody knows too; an answer in words may hold a table or code."""
    check_ending(ending, modality)


@pytest.mark.parametrize(
    ("ending", "modality"),
    [(".tsv", "table"), (".svg", "code"), (".wav", "audio"), (".notes", "text"), ("", "text")],
)
def test_modality_of_an_ending(ending: str, modality: str) -> None:
    """What files of that ending hold; words under those that nobody knows."""
    assert modality_written(ending) == modality
