"""Typefaces are found by what is to be written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polysense.read.image import typefaces


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No package with typefaces is installed."""
    monkeypatch.setattr(typefaces, "find_spec", lambda _: None)
    typefaces.file.cache_clear()
    yield
    typefaces.file.cache_clear()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Tide mill, naïve", typefaces.DEJAVU),
        ("مرحبا", typefaces.DEJAVU),
        ("潮水 mill", typefaces.NOTO),
        ("", typefaces.DEJAVU),
        ("潮\U00013000", None),
    ],
)
def test_one_typeface_has_it_all(text: str, name: str | None) -> None:
    """The first in order; none where each lacks a character."""
    path = typefaces.covering_typeface(text)
    assert (path and path.name) == name


def test_every_file_is_there() -> None:
    """Under the names that are used."""
    for name in (typefaces.DEJAVU, typefaces.BOLD, typefaces.MONO, typefaces.NOTO, typefaces.SERIF):
        path = typefaces.file(name)
        assert path
        assert ord("A") in typefaces.glyph_names(path)
    assert typefaces.file("NotoNothing.otf") is None


@pytest.mark.usefixtures("nowhere")
def test_without_the_packages_there_is_none() -> None:
    """And that is no error."""
    assert typefaces.covering_typeface("Tide") is None
