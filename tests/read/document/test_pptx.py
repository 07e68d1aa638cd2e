"""Presentations: what is found on slides, and where."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pptx
import pytest
from PIL import Image
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from polysense.errors import Unreadable
from polysense.read.document.pptx import PptxParser
from polysense.types import Asset, Chunk, Link

MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def asset(path: Path) -> Asset:
    return Asset(
        id="0" * 32, uri=str(path), mime=MIME, modality="text", size=path.stat().st_size, path=path
    )


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "green").save(file, "PNG")
    file.seek(0)
    return file


@pytest.fixture
def deck(tmp_path: Path) -> Asset:
    """Ten by five inches, so that fractions are easy to tell."""
    p = pptx.Presentation()
    p.slide_width, p.slide_height = Inches(10), Inches(5)
    p.core_properties.title = "Rain in Spain"
    first = p.slides.add_slide(p.slide_layouts[5])
    first.shapes.title.text = "Overview"
    low, high = (
        first.shapes.add_textbox(Inches(1), Inches(y), Inches(4), Inches(1)) for y in (4, 2)
    )
    low.text_frame.text, high.text_frame.text = "Below are details.", "Spain is dry."
    image = first.shapes.add_picture(picture(), Inches(6), Inches(2), Inches(3), Inches(2))
    image._element.nvPicPr.cNvPr.set("descr", "a map of Spain")
    first.notes_slide.notes_text_frame.text = "Say hello first."
    second = p.slides.add_slide(p.slide_layouts[6])
    table = second.shapes.add_table(2, 2, Inches(0), Inches(0), Inches(5), Inches(1)).table
    for i, value in enumerate(("City", "Rain", "Madrid", "12 mm")):
        table.cell(i // 2, i % 2).text = value
    data = CategoryChartData()
    data.categories = ["Spring", "Autumn"]
    data.add_series("2024", (1.5, 2))
    second.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(5), Inches(0), Inches(5), Inches(5), data
    )
    second.shapes.add_picture(picture(), Inches(0), Inches(3), Inches(1), Inches(1))
    path = tmp_path / "deck.pptx"
    p.save(str(path))
    return asset(path)


def read(a: Asset) -> list[Chunk]:
    return [c for c in PptxParser().parse(a) if isinstance(c, Chunk)]


def test_words_of_a_slide_in_order_with_the_box_of_their_shape(deck: Asset) -> None:
    """Title first, then from the top; each shape's words have its box."""
    first = read(deck)[0]
    assert first.text == "Overview\n\nSpain is dry.\n\nBelow are details."
    assert (first.span.page, first.context) == (1, "Rain in Spain > Overview")
    at = first.text.index("Spain")
    assert first.place(at, at + 5).box == (0.1, 0.4, 0.5, 0.6)


def test_notes_are_apart(deck: Asset) -> None:
    """What the speaker says is not on the slide."""
    (notes,) = [c for c in read(deck) if c.span.node == "notes"]
    assert (notes.text, notes.span.page, dict(notes.meta)) == (
        "Say hello first.",
        1,
        {"notes": True},
    )


def test_pictures_once_with_alt_and_words(deck: Asset) -> None:
    """A picture refers to its member of the file, lies at its box, and is not told again where it
    is repeated.
    """
    (image,) = [c for c in read(deck) if c.modality == "image"]
    assert image.span.box == (0.6, 0.4, 0.9, 0.8)
    assert image.part is not None
    assert image.part.span.to_dict() == {"node": "ppt/media/image1.png"}
    assert image.context.splitlines()[:2] == ["Rain in Spain > Overview", "a map of Spain"]
    assert "Spain is dry." in image.context


def test_tables_and_charts_are_tables(deck: Asset) -> None:
    """A table's rows have boxes of their own; a chart gives the figures that it shows."""
    table, chart = (c for c in read(deck) if c.modality == "table")
    assert table.text == "City | Rain\nCity: Madrid; Rain: 12 mm"
    assert (table.span.cells, table.span.box) == ("A1:B2", (0.0, 0.0, 0.5, 0.2))
    at = table.text.index("Madrid")
    assert table.place(at, at + 6).box == (0.0, 0.1, 0.5, 0.2)
    assert chart.text == "2024\nSpring; 2024: 1.5\nAutumn; 2024: 2"
    assert (chart.span.page, chart.span.node, chart.span.box) == (
        2,
        "chart 1",
        (0.5, 0.0, 1.0, 1.0),
    )


def test_groups_are_told_in_the_units_of_the_slide(tmp_path: Path) -> None:
    """A shape in a group lies where it is shown, whatever the group's own units."""
    p = pptx.Presentation()
    p.slide_width, p.slide_height = Inches(10), Inches(5)
    slide = p.slides.add_slide(p.slide_layouts[6])
    group = slide.shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1))
    box.text_frame.text = "inside"
    group.left, group.top, group.width, group.height = Inches(5), Inches(0), Inches(4), Inches(2)
    p.save(str(tmp_path / "g.pptx"))
    (chunk,) = read(asset(tmp_path / "g.pptx"))
    assert chunk.span.box == (0.5, 0.0, 0.9, 0.4)


def test_a_broken_slide_costs_only_itself(deck: Asset, tmp_path: Path) -> None:
    """The other slides are read, and the broken one is named."""
    p = pptx.Presentation(str(deck.path))
    p.slides[0].shapes._spTree.xpath("//a:off")[0].set("x", "far away")
    path = tmp_path / "broken.pptx"
    p.save(str(path))
    chunks: list[Chunk | Link] = []
    with pytest.raises(Unreadable, match=r"broken\.pptx.*: 1"):
        chunks.extend(PptxParser().parse(asset(path)))
    assert {c.span.page for c in chunks} == {2}


def test_no_presentation(tmp_path: Path) -> None:
    """What is none is refused by name."""
    path = tmp_path / "x.pptx"
    path.write_bytes(b"hello")
    with pytest.raises(Unreadable, match=r"x\.pptx"):
        list(PptxParser().parse(asset(path)))


def test_ids_are_distinct(deck: Asset) -> None:
    """No two chunks share an id."""
    ids = [c.id for c in read(deck)]
    assert len(set(ids)) == len(ids)


def one_slide() -> tuple[Any, Any]:
    p = pptx.Presentation()
    p.slide_width, p.slide_height = Inches(10), Inches(5)
    return p, p.slides.add_slide(p.slide_layouts[6])


def save(p: Any, tmp_path: Path) -> Asset:
    p.save(str(tmp_path / "a.pptx"))
    return asset(tmp_path / "a.pptx")


def test_charts_of_every_kind_with_all_their_digits(tmp_path: Path) -> None:
    """Also of those that python-pptx cannot read; points have both their values, and titles are
    context.
    """
    p, slide = one_slide()
    data = CategoryChartData()
    data.categories = ["1.10", "1.20"]
    data.add_series("Visitors", (1234567, 0.1 + 0.2))
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(5), Inches(5), data
    ).chart
    chart.value_axis.axis_title.text_frame.text = "Heads"
    (bars,) = chart.element.iter("{*}barChart")
    bars.tag = bars.tag.replace("barChart", "bar3DChart")
    points = XyChartData()
    for n in (1, 2):
        series = points.add_series(f"run {n}")
        series.add_data_point(3.25 * n, 10 * n)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, Inches(5), 0, Inches(5), Inches(5), points)
    bar, scatter = read(save(p, tmp_path))
    assert bar.text == "Visitors\n1.10; Visitors: 1234567\n1.20; Visitors: 0.3"
    assert "Heads" in bar.context
    assert [line.split("; ")[0] for line in scatter.text.splitlines() if ";" in line] == [
        "3.25",
        "6.5",
    ]


def test_a_shape_with_a_formula_is_read(tmp_path: Path) -> None:
    """PowerPoint writes such a shape twice, for new and old programs."""
    from lxml import etree

    p, slide = one_slide()
    shape = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1))
    shape.text_frame.text = "Energy: "
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    a14 = 'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main"'
    formula = f"<a14:m {a14}><m:oMath {m}><m:r><m:t>E=mc²</m:t></m:r></m:oMath></a14:m>"
    shape.text_frame.paragraphs[0]._p.append(etree.fromstring(formula))
    mc = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
    both = etree.SubElement(shape.element.getparent(), f"{mc}AlternateContent")
    etree.SubElement(both, f"{mc}Choice", Requires="a14").append(shape.element)
    etree.SubElement(both, f"{mc}Fallback")
    (chunk,) = read(save(p, tmp_path))
    assert (chunk.text, chunk.span.box) == ("Energy: E=mc²", (0.1, 0.2, 0.5, 0.4))


def test_a_turned_shape_lies_where_it_is_shown(tmp_path: Path) -> None:
    """A label that runs upwards is high, not wide."""
    p, slide = one_slide()
    shape = slide.shapes.add_textbox(Inches(4), Inches(2), Inches(4), Inches(1))
    shape.text_frame.text = "upwards"
    shape.rotation = 270
    assert read(save(p, tmp_path))[0].span.box == (0.55, 0.1, 0.65, 0.9)


def test_a_cell_merged_over_rows_is_told_in_each(tmp_path: Path) -> None:
    p, slide = one_slide()
    table = slide.shapes.add_table(3, 3, 0, 0, Inches(5), Inches(3)).table
    for i, value in enumerate(("Region", "Month", "Rain", "North", "May", "5", "", "June", "6")):
        table.cell(i // 3, i % 3).text = value
    table.cell(1, 0).merge(table.cell(2, 0))
    (chunk,) = read(save(p, tmp_path))
    assert chunk.text.splitlines()[1:] == [
        "Region: North; Month: May; Rain: 5",
        "Region: North; Month: June; Rain: 6",
    ]


@pytest.mark.parametrize("kind", ["old", "new"])
def test_comments_are_read(tmp_path: Path, kind: str) -> None:
    """In the form of old programs and of new ones."""
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    p, slide = one_slide()
    p_, a = (
        "http://schemas.openxmlformats.org/presentationml/2006/main",
        "http://schemas.openxmlformats.org/drawingml/2006/main",
    )
    new = (
        f"<txBody><a:p xmlns:a='{a}'><a:r><a:t>Check</a:t></a:r>"
        "<a:r><a:t> this.</a:t></a:r></a:p></txBody>"
    )
    content = "<p:pos x='1' y='1'/><p:text>Check this.</p:text>" if kind == "old" else new
    xml = f"<p:cmLst xmlns:p='{p_}'><p:cm>{content}</p:cm></p:cmLst>".encode()
    part = Part(PackURI("/ppt/comments/comment1.xml"), "application/xml", p.part.package, xml)
    slide.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    )
    (chunk,) = read(save(p, tmp_path))
    assert (chunk.text, chunk.span.page, chunk.span.node) == ("Check this.", 1, "comments")


def test_what_a_hidden_or_changed_slide_says(tmp_path: Path) -> None:
    """A hidden slide is told to be; what is struck out is left out, raised digits are apart."""
    p = pptx.Presentation()
    slide = p.slides.add_slide(p.slide_layouts[6])
    paragraph = slide.shapes.add_textbox(0, 0, 3000000, 500000).text_frame.paragraphs[0]
    for text, name, value in (
        ("The toll is ", "", ""),
        ("40 ", "strike", "sngStrike"),
        ("55 a ton of 10", "", ""),
        ("6", "baseline", "30000"),
        (" grams", "", ""),
    ):
        run = paragraph.add_run()
        run.text = text
        if name:
            run._r.get_or_add_rPr().set(name, value)
    slide.element.set("show", "0")
    p.save(tmp_path / "a.pptx")
    items = PptxParser().parse(asset(tmp_path / "a.pptx"))
    (chunk,) = (i for i in items if isinstance(i, Chunk))
    assert chunk.text == "The toll is 55 a ton of 10^6 grams"
    assert chunk.meta["hidden"] == "slide"
    assert "hidden" in chunk.context
