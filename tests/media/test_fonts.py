"""Typefaces are found by what is to be written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polysense.media import fonts


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No package with typefaces is installed."""
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    fonts.file.cache_clear()
    yield
    fonts.file.cache_clear()


@pytest.mark.parametrize(
    ("text", "name"),
    [("Tide mill, naïve", fonts.DEJAVU), ("مرحبا", fonts.DEJAVU), ("潮水 mill", fonts.NOTO), ("", fonts.DEJAVU), ("潮\U00013000", None)],
)
def test_one_typeface_has_it_all(text: str, name: str | None) -> None:
    """The first in order; none where each lacks a character."""
    path = fonts.of(text)
    assert (path and path.name) == name


def test_every_file_is_there() -> None:
    """Under the names that are used."""
    for name in (fonts.DEJAVU, fonts.BOLD, fonts.MONO, fonts.NOTO, fonts.SERIF):
        path = fonts.file(name)
        assert path
        assert ord("A") in fonts.letters(path)
    assert fonts.file("NotoNothing.otf") is None


@pytest.mark.usefixtures("nowhere")
def test_without_the_packages_there_is_none() -> None:
    """And that is no error."""
    assert fonts.of("Tide") is None
