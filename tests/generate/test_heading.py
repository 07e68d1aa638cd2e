"""What a heading names is told with the sentence under it, where that is what is asked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from polysense.generate.heading import statement, with_heading
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def about(words: str, text: str, context: str, name: str = "notes.md") -> str:
    asset = Asset("0" * 32, f"/{name}", "text/markdown", "text", 1)
    chunk = Chunk(asset, Span(), "text", text=text, context=context)
    e = Evidence(1, Hit(chunk, 1.0), Part("text", text), chunk.span)
    return with_heading((e,), words)[0].about


@pytest.mark.parametrize(
    ("words", "text", "context", "heading"),
    [
        ("In which version was the menu removed?", "The menu is gone.", "Notes > 7.3", "7.3"),
        ("which chapter tells of bees", "Bees carry pollen.", "Garden > Summer", "Summer"),
        ("Which inn has a stove?", "It has a stove.", "Inns > Oak House", "Oak House"),
        ("Welche Fassung bringt das Menü?", "Ein Menü.", "Neues > 7.3", "7.3"),
        ("哪个版本删除了菜单？", "删除菜单。", "说明 > 七版", "七版"),
    ],
)
def test_the_heading_is_what_is_asked_for(
    words: str, text: str, context: str, heading: str
) -> None:
    """The sentence alone says that it was, not in which."""
    assert about(words, text, context) == heading


@pytest.mark.parametrize(
    ("words", "text", "context"),
    [
        ("When was the menu removed?", "The menu is gone.", "Notes > 7.3"),
        ("In which version was the menu removed?", "Version 7.3 has no menu.", "Notes > 7.3"),
        ("Which colour has the menu?", "The menu is red.", "Notes > 7.3"),
        ("Which chapter tells of bees?", "Bees carry pollen.", "Garden > Bees"),
        ("Which chapter tells of bees?", "Bees carry pollen.", ""),
    ],
)
def test_other_headings_are_not_said(words: str, text: str, context: str) -> None:
    """They are no answer, or said already."""
    assert about(words, text, context) == ""


def test_what_is_told_of_a_picture_has_no_trail_of_headings() -> None:
    """What it is called, and what stands beside it, as one sentence; own words stay as they are."""
    asset = Asset("0" * 32, "/tart.png", "image/png", "image", 1)
    context = "The golden tart\nTarts > Steps > 3. Bake\nBake at 190 C."
    chunk = Chunk(asset, Span(), "image", context=context)
    passage: Any = SimpleNamespace(hit=Hit(chunk, 1.0), text=context)
    assert statement(passage) == "The golden tart: Bake at 190 C."
    passage = SimpleNamespace(hit=Hit(chunk.with_(text="Menu > Tarts"), 1.0), text="Menu > Tarts")
    assert statement(passage) == "Menu > Tarts"
    passage = SimpleNamespace(hit=Hit(chunk, 1.0), text="Tarts > Steps")
    assert statement(passage) == "Tarts > Steps"
