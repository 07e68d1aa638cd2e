"""What Word and PowerPoint files share."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from polysense.errors import TooLarge
from polysense.read.document import office
from polysense.types import Asset, Span

ASSET = Asset("0" * 32, "/a/b/c.docx", "", "text", 0)


def test_targets() -> None:
    """Files are told relative to the document; addresses and anchors are no files."""
    assert office.link_target(ASSET, "../x%20y.wav?t=1#z") == "/a/x y.wav"
    assert office.link_target(ASSET, "file:///q/r.png") == "/q/r.png"
    assert [
        office.link_target(ASSET, r) for r in ("https://x.org/a.png", "mailto:a@b.c", "#here", "")
    ] == [""] * 4


def test_long_tables_are_cut_between_rows() -> None:
    """Each piece knows its own rows, and no row is lost."""
    rows = [["word", "number"], *([f"w{n} " * 10, str(n)] for n in range(50))]
    chunks = list(office.table_chunks(ASSET, rows, Span(node="table 1"), "here"))
    assert len(chunks) > 2
    assert chunks[0].span.cells is not None
    assert chunks[0].span.cells.startswith("A1:B")
    assert chunks[-1].span.cells is not None
    assert chunks[-1].span.cells.endswith("B51")
    assert sum(len(c.marks) for c in chunks) == 51


def test_one_huge_xml_member_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XML is parsed into ten times its size, so its bound is lower than that of pictures."""
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("word/document.xml", "x" * 200)
        z.writestr("word/media/film.mp4", "x" * 2000)
    monkeypatch.setattr(office, "MAX_XML", 199)
    with pytest.raises(TooLarge, match=r"word/document\.xml"):
        office.check_package(path)
    monkeypatch.setattr(office, "MAX_XML", 200)
    office.check_package(path)
