"""Documents by way of MarkItDown: on real files, with places that are true of the file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

pytest.importorskip("markitdown", reason="needs the extra markitdown")

from polysense import Library, kit, registry
from polysense.demo import FILES
from polysense.errors import BadConfig, MissingDependency, TooLarge, Unreadable
from polysense.read.document import office
from polysense.read.document.markitdown import TYPES, MarkItDownParser
from polysense.read.document.pdf.parser import PdfParser
from polysense.read.file.mime import modality_of, sniff
from polysense.testing import check_parser
from polysense.types import Asset, Chunk

NEEDS = {"docx": "mammoth", "pdf": "pdfplumber", "xlsx": "pandas", "msg": "olefile"}
"""What of MarkItDown's own extras a type is read by."""


def asset_of(path: Path) -> Asset:
    mime = sniff(path, path.name)
    return Asset("0" * 32, str(path), mime, modality_of(mime), path.stat().st_size, path=path)


def read(path: Path, kind: str) -> list[Chunk]:
    """Its chunks, checked against the contract."""
    if kind in NEEDS:
        pytest.importorskip(NEEDS[kind], reason=f"needs the extra markitdown: {NEEDS[kind]}")
    return check_parser(MarkItDownParser(types=kind), asset_of(path))


def test_a_pdf_has_its_pages() -> None:
    """MarkItDown itself tells none: each page is read by itself."""
    chunks = read(FILES / "documents" / "handbook.pdf", "pdf")
    (tower,) = [c for c in chunks if "23 metres tall" in c.text]
    assert tower.span.page == 2
    (table,) = [c for c in chunks if c.modality == "table"]
    assert table.span.page == 3
    assert "Day: Sat 5 April 2025; High water: 08:10" in table.text
    assert {c.span.page for c in chunks} == {1, 2, 3, 4}


def test_slides_are_pages() -> None:
    """Words, tables, charts and notes of each."""
    chunks = read(FILES / "documents" / "winter-talk.pptx", "pptx")
    (crack,) = [c for c in chunks if "cracks the old bell" in c.text]
    assert str(crack.span) == "p. 3"
    chart, jobs = (c for c in chunks if c.modality == "table")
    assert str(chart.span) == "p. 4, A1:B10, table 1"
    assert "Category: 2020; Visitors: 1967.0" in chart.text
    assert jobs.span.page == 5


def test_a_word_document_has_sections() -> None:
    """It has no pages: the place is the heading, and a table's number and cells."""
    chunks = read(FILES / "documents" / "wheel-repair.docx", "docx")
    (worm,) = [c for c in chunks if "Shipworm" in c.text]
    assert worm.span.node == "Findings > Shipworm"
    (table,) = [c for c in chunks if c.modality == "table"]
    assert str(table.span) == "A1:D5, table 1"
    assert table.text.startswith("Material | Quantity | From | Crowns\nMaterial: Oak")


def test_a_workbook_has_sheets() -> None:
    """Not the cells, which pandas may have cut; what it writes into empty ones is not read."""
    chunks = read(FILES / "documents" / "accounts.xlsx", "xlsx")
    assert {c.span.node for c in chunks} == {"sheet Visitors", "sheet Cash flow"}
    assert all(c.span.cells is None for c in chunks)
    assert not any("NaN" in c.text or "Unnamed" in c.text for c in chunks)


def test_web_pages(tmp_path: Path) -> None:
    """Sections and tables; scripts are not read."""
    (tmp_path / "tides.html").write_text(
        "<h1>Tides</h1><p>High water follows the moon.</p><script>alert(1)</script>"
        "<h2>Days</h2><table><tr><th>Day</th><th>Time</th></tr><tr><td>Monday</td><td>10:00</td></tr></table>"
    )
    words, heading, table = read(tmp_path / "tides.html", "html")
    assert words.text == "Tides\n\nHigh water follows the moon."
    assert heading.text == "Days"
    assert table.text == "Day | Time\nDay: Monday; Time: 10:00"
    assert table.context == "tides > Tides > Days"


def test_it_reads_only_where_it_is_named(tmp_path: Path) -> None:
    """One line of configuration, for the types that it says; ours read the rest, and all where
    nobody names it.
    """
    pytest.importorskip("pdfplumber", reason="needs the extra markitdown")
    assert isinstance(kit().parsers["application/pdf"], PdfParser)
    assert ".msg" not in kit().parsers
    every = kit(parsers=["markitdown:"]).parsers
    assert isinstance(every["application/pdf"], MarkItDownParser)
    assert isinstance(every[".msg"], MarkItDownParser)
    models = kit(
        parsers=["markitdown:types=pdf"],
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders if e != "minilm"],
    )
    assert not isinstance(models.parsers["text/html"], MarkItDownParser)
    with Library(tmp_path / "kb", kit=models) as kb:
        assert not kb.index(FILES / "documents" / "handbook.pdf").failed
        hit = kb.search("How tall is the tower?")[0]
    assert hit.place.page == 2
    assert "23 metres" in hit.chunk.text
    assert {w.space for w in hit.why} == {"bm25", "minilm"}


def test_unknown_types_are_refused() -> None:
    """With those that there are."""
    with pytest.raises(BadConfig, match="no type 'doc'") as raises:
        MarkItDownParser(types="pdf+doc")
    assert "pdf+docx" in raises.value.hint


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.pdf", b"%PDF-1.4 broken"), ("a.docx", b"PK\x03\x04 broken"), ("a.epub", b"PK broken")],
)
def test_what_cannot_be_read_says_so(name: str, data: bytes, tmp_path: Path) -> None:
    """By the file's own name."""
    (tmp_path / name).write_bytes(data)
    kind = name.rpartition(".")[2]
    pytest.importorskip(NEEDS.get(kind, "markitdown"), reason="needs the extra markitdown")
    mime = next(iter(TYPES[kind]))
    asset = Asset("0" * 32, str(tmp_path / name), mime, "text", 9, path=tmp_path / name)
    with pytest.raises(Unreadable, match=name):
        list(MarkItDownParser().parse(asset))


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds of our own parsers hold for theirs."""
    monkeypatch.setattr(office, "MAX_XML", 1000)
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<x/>")
        z.writestr("word/document.xml", b" " * 5000)
    mime, path = next(iter(TYPES["docx"])), tmp_path / "a.docx"
    with pytest.raises(TooLarge):
        list(MarkItDownParser().parse(Asset("0" * 32, str(path), mime, "text", 1, path=path)))


def test_a_part_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """MarkItDown is installed in parts, and says so only when a file comes."""
    try:
        import xlrd  # noqa: F401
    except ImportError:
        (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
        asset = Asset("0" * 32, str(tmp_path / "a.xls"), "application/vnd.ms-excel", "table", 1,
                      path=tmp_path / "a.xls")  # fmt: skip
        with pytest.raises(MissingDependency, match=r"lacks what reads \.xls") as raises:
            list(MarkItDownParser().parse(asset))
        assert "polysense[markitdown]" in raises.value.hint
