"""Which way shows which file, and what is marked in it; the drawing itself is seen in test_page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from polysense.serve.page.filters import Filters
from polysense.serve.page.places import (
    WAYS,
    graph,
    lines,
    model,
    one_page,
    pages,
    player,
    prose,
    sheet,
)
from polysense.serve.page.places.lines import _painted
from polysense.serve.page.places.place import Place
from polysense.serve.page.places.prose import marked
from polysense.serve.page.places.sheet import _marked
from polysense.types import Asset, Span

ASSET = Asset("a" * 32, "/files/a", "", "text", 1)


def place(mime: str, path: Path | None = None, **more: Any) -> Place:
    held: Any = type("Held", (), {"name": "main"})()
    return Place(held, str, "a", mime, "/content", path, asset=ASSET, **more)


@pytest.mark.parametrize(
    ("mime", "way"),
    [
        ("application/pdf", pages), ("image/jpeg", one_page), ("image/tiff", one_page), ("audio/flac", player), ("video/mp4", player),
        ("model/stl", model), ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", prose), ("application/zip", prose),
    ],
)  # fmt: skip
def test_the_first_way_that_fits(mime: str, way: Any) -> None:
    """Every file has a way to be seen, if only by its words."""
    assert next(w for w in WAYS if w.fits(place(mime))) is way


def test_words_by_lines_where_lines_are_known(tmp_path: Path) -> None:
    """A Markdown file that is cited by lines shows lines; without them, its pieces."""
    path = tmp_path / "a.md"
    path.write_text("one\ntwo\n")
    cited = place("text/markdown", path, span=Span(lines=(2, 2)))
    assert lines.fits(cited)
    assert not lines.fits(replace(cited, span=Span()))
    assert sheet.fits(replace(cited, mime="text/csv"))
    assert graph.fits(replace(cited, mime="text/turtle"))


def test_strangers_words_are_never_markup() -> None:
    """Neither in prose nor in code, whatever its language."""
    evil = "<script>alert(1)</script>"
    assert "<script" not in marked(f"a {evil} b", evil)
    assert f"<mark>{marked(evil, '')}</mark>" in marked(f"a {evil} b", evil)
    for name in ("a.py", "a.html", "a.js", "a.unknown", evil):
        assert "<script" not in _painted(name, "text/plain", f'x = "{evil}"')


def test_colours_end_with_their_line() -> None:
    """A comment over three lines is three lines of colour, or the second would be marked with the
    first.
    """
    painted = _painted("a.c", "text/x-c", "/* one\ntwo\nthree */ int x;").split("\n")
    assert len(painted) == 3
    assert all(line.count("<span") == line.count("</span>") for line in painted)


@pytest.mark.parametrize(
    ("cells", "count"),
    [("B2:D3", 6), ("Sheet one!B2", 1), ("A1:A1000000", 601), ("", 0), ("B2:", 0), ("AA1:AB1", 2)],
)
def test_marked_cells(cells: str, count: int) -> None:
    """Of a whole column only what is shown, or the page would never end."""
    assert len(_marked(cells)) == count


def test_filters_are_conditions_that_the_library_reads() -> None:
    """A quote in a name is a letter, not the end of the condition."""
    from polysense.retrieve.filters import compile_where

    chosen = Filters(None)  # type: ignore[arg-type]
    assert chosen.both == ""
    chosen._values = {
        "modality": "image",
        "folder": "Anna's",
        "name": "50%",
        "after": "2024-01-01",
        "before": "2026-01-01",
    }
    assert compile_where(chosen.both)
    assert chosen.modality == ["image"]
    assert "Anna''s" in chosen.where
