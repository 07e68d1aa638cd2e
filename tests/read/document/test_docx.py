"""Word documents: what is found in them, and where."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.shared import Inches
from PIL import Image

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.read.document.docx import DocxParser
from polysense.types import Asset, Chunk, Link

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def asset(path: Path) -> Asset:
    return Asset(
        id="0" * 32, uri=str(path), mime=MIME, modality="text", size=path.stat().st_size, path=path
    )


def picture(color: str) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (90, 60), color).save(file, "PNG")
    file.seek(0)
    return file


@pytest.fixture
def report(tmp_path: Path) -> Asset:
    d = docx.Document()
    d.core_properties.title = "Annual report"
    d.add_heading("Weather", 1)
    d.add_paragraph("It rained in May.")
    d.add_paragraph("It was dry in June.")
    d.add_heading("Measured rain", 2)
    table = d.add_table(rows=3, cols=2)
    for row, values in zip(
        table.rows, (("Month", "Rain"), ("May", "120 mm"), ("June", "3 mm")), strict=True
    ):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    d.add_heading("Photos", 1)
    d.add_paragraph("The garden after the storm.")
    d.add_picture(picture("green"), width=Inches(2))
    d.inline_shapes[0]._inline.docPr.set("descr", "a flooded garden")
    d.add_paragraph("Figure 1: The garden in May.")
    d.add_picture(picture("red"), width=Inches(0.1))
    d.sections[0].header.paragraphs[0].text = "Confidential"
    d.add_comment(d.paragraphs[1].runs, text="Check this number", author="Ann")
    path = tmp_path / "report.docx"
    d.save(str(path))
    return asset(path)


def read(a: Asset) -> list[Chunk]:
    return [c for c in DocxParser().parse(a) if isinstance(c, Chunk)]


def test_paragraphs_are_passages_under_their_headings(report: Asset) -> None:
    """Words come with the path of their headings and the paragraphs they are in."""
    first = read(report)[0]
    assert first.text == "Weather\n\nIt rained in May.\n\nIt was dry in June."
    assert first.context == "Annual report > Weather"
    assert first.span.node == "paragraphs 1-3"
    at = first.text.index("It was")
    assert first.place(at, at + 5).node == "paragraph 3"


def test_tables_are_labelled_rows(report: Asset) -> None:
    """A table keeps its cells' places, and each row says what its values mean."""
    (table,) = [c for c in read(report) if c.modality == "table"]
    assert "Month: June; Rain: 3 mm" in table.text
    assert (table.span.node, table.span.cells) == ("table 1", "A1:B3")
    assert table.context == "Annual report > Weather > Measured rain\nMeasured rain"
    at = table.text.index("June")
    assert table.place(at, at + 4).cells == "A3:B3"


def test_pictures_have_alt_caption_and_neighbours(report: Asset) -> None:
    """A picture refers to its member of the file; decorations are left out."""
    (image,) = [c for c in read(report) if c.modality == "image"]
    assert image.part is not None
    assert image.part.span.node == image.span.node
    assert image.span.node is not None
    assert image.span.node.startswith("word/media/")
    assert image.context.splitlines() == [
        "Annual report > Photos",
        "a flooded garden",
        "Figure 1: The garden in May.",
        "The garden after the storm.",
    ]


def test_what_stands_apart_is_read(report: Asset) -> None:
    """Headers and comments are found too."""
    nodes = {c.span.node: c.text for c in read(report)}
    assert nodes["header"] == "Confidential"
    assert nodes["comments"] == "Check this number"


def test_ids_are_distinct(report: Asset) -> None:
    """No two chunks share an id."""
    ids = [c.id for c in read(report)]
    assert len(set(ids)) == len(ids)


def test_deleted_words_are_gone_and_text_boxes_stay(tmp_path: Path) -> None:
    """Tracked deletions are not words of the document; what is shown twice for old programs is read
    once.
    """
    from docx.oxml import parse_xml

    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    d = docx.Document()
    xml = (
        f"<w:p {w} {mc}><w:del><w:r><w:t>gone</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        "</mc:AlternateContent></w:r></w:p>"
    )
    d.element.body.insert(0, parse_xml(xml))
    d.save(str(tmp_path / "a.docx"))
    assert read(asset(tmp_path / "a.docx"))[0].text == "kept\nboxed"


def test_links_to_files(tmp_path: Path) -> None:
    """A link to a file beside the document is told; one to the web is not."""
    from docx.oxml import parse_xml

    d = docx.Document()
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    r = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    for to in ("sound%20one.wav#x", "https://example.org/a.wav"):
        rid = d.part.relate_to(to, kind, is_external=True)
        d.add_paragraph("Listen: ")._p.append(
            parse_xml(f'<w:hyperlink {w} {r} r:id="{rid}"><w:r><w:t>here</w:t></w:r></w:hyperlink>')
        )
    d.save(str(tmp_path / "a.docx"))
    links = [x for x in DocxParser().parse(asset(tmp_path / "a.docx")) if isinstance(x, Link)]
    assert [x.target for x in links] == [str(tmp_path / "sound one.wav")]
    assert links[0].words == "a here Listen: here"


def test_hostile_files(tmp_path: Path) -> None:
    """Bombs, encrypted and broken files are told apart, and none is unpacked."""
    bomb, locked, damaged, other = (
        tmp_path / f"{n}.docx" for n in ("bomb", "locked", "torn", "other")
    )
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z,
        z.open("word/document.xml", "w") as f,
    ):
        for _ in range(140):
            f.write(bytes(1 << 20))
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    damaged.write_bytes(b"PK\x03\x04 not really")
    with zipfile.ZipFile(other, "w") as z:
        z.writestr("hello.txt", "x")
    for path, error in (
        (bomb, TooLarge),
        (locked, Encrypted),
        (damaged, Unreadable),
        (other, Unreadable),
    ):
        with pytest.raises(error, match=path.name):
            list(DocxParser().parse(asset(path)))


def test_a_cell_merged_over_rows_is_told_in_each(tmp_path: Path) -> None:
    """And a row that begins later has its values under the right columns."""
    from docx.oxml import parse_xml

    d = docx.Document()
    table = d.add_table(rows=4, cols=3)
    for row, values in zip(
        table.rows,
        (("Region", "Month", "Rain"), ("North", "May", "5"), ("", "June", "6"), ("", "July", "7")),
        strict=True,
    ):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    table.cell(1, 0).merge(table.cell(2, 0))
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    last = table.rows[3]._tr
    last.remove(last.tc_lst[0])
    last.insert(0, parse_xml(f'<w:trPr {w}><w:gridBefore w:val="1"/></w:trPr>'))
    d.save(str(tmp_path / "a.docx"))
    (chunk,) = read(asset(tmp_path / "a.docx"))
    assert chunk.text.splitlines()[1:] == [
        "Region: North; Month: May; Rain: 5",
        "Region: North; Month: June; Rain: 6",
        "Month: July; Rain: 7",
    ]


def test_a_picture_in_a_table_is_told_by_its_row(tmp_path: Path) -> None:
    """Not by the beginning of the table; where its row says nothing, by what is beside the row."""
    d = docx.Document()
    table = d.add_table(rows=4, cols=2)
    for row, color, words in zip(
        table.rows,
        ("red", "green", "blue", "black"),
        ("A rose.", "A fern.", "", "Woodland."),
        strict=True,
    ):
        row.cells[0].paragraphs[0].add_run().add_picture(picture(color), width=Inches(1))
        row.cells[1].text = words
    d.save(str(tmp_path / "a.docx"))
    images = [
        c.context.splitlines()[1:]
        for c in read(asset(tmp_path / "a.docx"))
        if c.modality == "image"
    ]
    assert images == [["A rose."], ["A fern."], ["A fern. Woodland."], ["Woodland."]]


def test_notes_are_numbered_as_they_are_shown(tmp_path: Path) -> None:
    """By their order in the document: what numbers a program keeps for itself, no reader sees."""
    d = docx.Document()
    for n in ("one", "two"):
        d.add_comment(d.add_paragraph(n).runs, text=f"Note {n}", author="Ann")
    key = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}id"
    for element in (
        *d.part._comments_part.element.comment_lst,
        *d.element.body.xpath(".//w:commentReference"),
    ):
        element.set(key, str(9 - int(element.get(key))))
    d.save(str(tmp_path / "a.docx"))
    (chunk,) = [c for c in read(asset(tmp_path / "a.docx")) if c.span.node == "comments"]
    assert [(chunk.text[m.start : m.end], m.span.node) for m in chunk.marks] == [
        ("Note one", "comment 1"),
        ("Note two", "comment 2"),
    ]


def test_the_title_is_found_in_any_language(tmp_path: Path) -> None:
    """Word names its styles in the user's language; only what they are called inside stays."""
    d = docx.Document()
    d.core_properties.title = ""
    d.styles["Title"].element.set(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}styleId", "Titel"
    )
    d.add_paragraph("Jahresbericht", "Title")
    d.add_paragraph("Es regnete.")
    d.save(str(tmp_path / "a.docx"))
    assert read(asset(tmp_path / "a.docx"))[0].context == "Jahresbericht"
