"""Code and plain text by lines: which are shown, which are marked, and that none is markup."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from polysense.serve.page.places import lines
from polysense.serve.page.places.lines import _highlight
from polysense.types import Span

from .conftest import Draw, PlaceOf


def test_the_cited_lines_are_marked(draw: Draw, place_of: PlaceOf, tmp_path: Path) -> None:
    """Within the lines around them, under their own numbers."""
    (tmp_path / "a.py").write_text("".join(f"x{n} = {n}\n" for n in range(1, 2001)))
    place = place_of("moon.txt", path=tmp_path / "a.py", span=Span(lines=(1000, 1001)))
    (code,) = draw(lines, replace(place, name="a.py", mime="text/x-python")).classed("lines")
    markup = str(code.props["innerHTML"])
    assert markup.count('class="line on"') == 2
    assert 'class="line on" data-n="1000"' in markup
    assert f'data-n="{1000 - lines.CONTEXT_LINES}"' in markup
    assert f'data-n="{1000 - lines.CONTEXT_LINES - 1}"' not in markup


def test_text_by_lines_where_lines_are_known(place_of: PlaceOf, tmp_path: Path) -> None:
    """A Markdown file that is cited by lines shows lines; without them, its chunks."""
    (tmp_path / "a.md").write_text("one\ntwo\n")
    place = place_of("moon.txt", path=tmp_path / "a.md", span=Span(lines=(2, 2)))
    assert lines.fits(place)
    assert not lines.fits(replace(place, span=Span()))
    assert not lines.fits(replace(place, mime="image/png"))


def test_a_file_that_is_too_large(
    place_of: PlaceOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read whole to show some lines of it."""
    monkeypatch.setattr(lines, "MOST_BYTES", 3)
    (tmp_path / "a.txt").write_text("four")
    assert not lines.fits(place_of("moon.txt", path=tmp_path / "a.txt", span=Span(lines=(1, 1))))


def test_code_is_never_markup() -> None:
    """Whatever its language, and its name."""
    evil = "<script>alert(1)</script>"
    for name in ("a.py", "a.html", "a.js", "a.unknown", evil):
        assert "<script" not in _highlight(name, "text/plain", f'x = "{evil}"')


def test_colours_end_with_their_line() -> None:
    """A comment over three lines is three lines of colour, or the second would be marked with the
    first.
    """
    markup = _highlight("a.c", "text/x-c", "/* one\ntwo\nthree */ int x;").split("\n")
    assert len(markup) == 3
    assert all(line.count("<span") == line.count("</span>") for line in markup)
