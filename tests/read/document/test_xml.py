"""XML files as passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.read.document import xml
from polysense.read.document.xml import XmlParser
from polysense.types import Asset, Chunk, Span


def read(path: Path, text: str) -> list[Chunk]:
    path.write_text(text, "utf-8")
    asset = Asset("0" * 32, str(path), "application/xml", "text", path.stat().st_size, path=path)
    return [c for c in XmlParser().parse(asset) if isinstance(c, Chunk)]


def test_records_with_their_lines(tmp_path: Path) -> None:
    """A line for each, cited where it stands."""
    text = "<l>\n<e><k>oak</k><v>1</v></e>\n<e><k>ash</k>\n<v>2</v></e>\n</l>"
    (chunk,) = read(tmp_path / "a.xml", text)
    assert chunk.text == "e: k: oak; v: 1.\ne: k: ash; v: 2."
    assert chunk.span == Span(lines=(2, 4))
    assert chunk.marks[1].span == Span(lines=(3, 4))


def test_records_on_one_line(tmp_path: Path) -> None:
    """Each has a place of its own."""
    entries = "".join(f"<e><k>tree {n}</k><v>{n}</v></e>" for n in range(99))
    chunks = read(tmp_path / "a.xml", f"<l>{entries}</l>")
    assert len({c.span for c in chunks}) == len(chunks) > 1
    assert chunks[0].marks[4].span == Span(lines=(1, 1), node="e[5]")


def test_what_is_broken_is_read_as_its_text(tmp_path: Path) -> None:
    """Nothing is lost."""
    (chunk,) = read(tmp_path / "a.xml", "<a>\n<b>oak\n</a>")
    assert chunk.text == "<a>\n<b>oak\n</a>"


def test_a_large_file_is_read_as_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree of it would take too much memory."""
    monkeypatch.setattr(xml, "_MAX_BYTES", 9)
    (chunk,) = read(tmp_path / "a.xml", "<a><b>oak</b></a>")
    assert chunk.text == "<a><b>oak</b></a>"
