"""The talk (.pptx), the repair report (.docx) and the accounts (.xlsx)."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import xlsxwriter
from docx.shared import Cm, Pt
from docx.shared import RGBColor as Ink
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.slide import Slide
from pptx.util import Emu, Inches
from pptx.util import Pt as Points

from demo.art import Pixels
from demo.facts import CASH, VISITORS

CREATED_AT = datetime(2025, 3, 1, 9, 0, 0)
_NAVY, _CREAM, _RUST = (
    RGBColor(0x1D, 0x35, 0x46),
    RGBColor(0xFB, 0xF7, 0xEC),
    RGBColor(0xB2, 0x3B, 0x32),
)


def same_bytes(path: Path) -> None:
    """Rewrite a zip (any Office file) with one fixed time everywhere, so that making it again gives
    the same file.
    """
    stamp = CREATED_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, data)
            if name.endswith(".xlsx"):  # a chart's data inside a slide show
                inner = path.with_suffix(".inner")
                inner.write_bytes(data)
                same_bytes(inner)
                data = inner.read_bytes()
                inner.unlink()
            new.writestr(zipfile.ZipInfo(name, (2025, 3, 1, 9, 0, 0)), data, zipfile.ZIP_DEFLATED)
    path.write_bytes(out.getvalue())


def _jpeg(pixels: Pixels, width: int = 640) -> io.BytesIO:
    out = io.BytesIO()
    h, w = pixels.shape[:2]
    Image.fromarray(pixels).resize((width, width * h // w), Image.Resampling.LANCZOS).save(
        out, "JPEG", quality=78, optimize=True
    )
    out.seek(0)
    return out


def talk(path: Path, dusk: Pixels, dawn: Pixels, bell: Pixels) -> None:
    """Five slides with notes: a title, the light and the bell with a picture each, a chart of
    visitors, a table of helpers.
    """
    show = Presentation()
    show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    first = _slide(
        show,
        "Light, tide and bell",
        "The winter talk, given by Ines Falk in the mill loft, 12 February 2025. Begin when the "
        "kettle has been round.",
    )
    _words(first, ["A winter talk at Wrenholm", "Mill loft, 12 February 2025"], 0.7, 2.3, 5.0)
    _picture(first, dusk, 6.2, 1.55, 6.5, "Wrenholm lighthouse at dusk, its beams over the sea")
    light = _slide(
        show,
        "Two flashes, then dark",
        "Let them count aloud. Someone always counts three; that is the gannet colony's fault, "
        "not ours.",
    )
    _words(
        light,
        [
            "Two white flashes in every group",
            "The lens floats on a bath of mercury: a child can turn it with one finger",
            "The clockwork hangs in the well of the stairs",
        ],
        0.7,
        1.9,
        5.2,
    )
    _picture(light, dawn, 6.2, 1.55, 6.5, "Wrenholm lighthouse at dawn, its lamp out")
    cast = _slide(
        show,
        "The bell that came back",
        "Tell them the weight, 212 kilograms, and that eleven people carried the new bell up from "
        "the ferry because the donkey refused.",
    )
    _words(
        cast,
        [
            "November 1953: the storm cracks the old bell",
            "Spring 1954: the Halden Brothers cast it anew",
            "Same bronze, same note",
        ],
        0.7,
        2.0,
        5.2,
    )
    _picture(cast, bell, 6.2, 1.55, 6.5, "The bronze fog bell of 1954 in its oak frame")
    chart = _slide(
        show,
        "Who comes, and when",
        "Summer pays for winter. The dip is 2020; nobody will ask, everybody knows.",
    )
    data = CategoryChartData()
    data.categories = [str(year) for year in VISITORS]
    data.add_series("Visitors", [sum(seasons) for seasons in VISITORS.values()])
    frame = chart.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(0.7), Inches(1.6), Inches(11.9), Inches(5.3), data
    )
    frame.chart.has_legend = frame.chart.has_title = False
    frame.chart.plots[0].gap_width = 60
    fill = frame.chart.plots[0].series[0].format.fill
    fill.solid()
    fill.fore_color.rgb = _RUST
    helpers = _slide(show, "Come and help", "Pass the list round before the cake, not after.")
    _table(
        helpers,
        [
            ("Job", "Day", "Ask for"),
            ("Miller's mate", "Saturdays, 10:00", "Tove Brandt"),
            ("Tower guide", "Sundays, 11:00", "Ines Falk"),
            ("Bell ringer", "In fog", "whoever is awake"),
        ],
    )
    show.core_properties.author, show.core_properties.title = "Ines Falk", "Light, tide and bell"
    show.core_properties.created = show.core_properties.modified = CREATED_AT
    show.save(str(path))
    same_bytes(path)


def _slide(show: Presentation, title: str, notes: str) -> Slide:
    slide = show.slides.add_slide(show.slide_layouts[5])
    fill = slide.background.fill
    fill.solid()
    fill.fore_color.rgb = _CREAM
    band = slide.shapes.add_shape(1, 0, Inches(1.25), show.slide_width, Emu(38100))
    band.fill.solid()
    band.fill.fore_color.rgb = _RUST
    band.line.fill.background()
    band.name = "rule"
    head = slide.shapes.title
    head.left, head.top, head.width, head.height = (
        Inches(0.7),
        Inches(0.3),
        Inches(11.9),
        Inches(0.9),
    )
    head.text = title
    run = head.text_frame.paragraphs[0]
    run.alignment = PP_ALIGN.LEFT
    run.font.size, run.font.bold, run.font.name, run.font.color.rgb = (
        Points(36),
        True,
        "Georgia",
        _NAVY,
    )
    slide.notes_slide.notes_text_frame.text = notes
    return slide


def _words(slide: Slide, lines: list[str], x: float, y: float, width: float) -> None:
    frame = slide.shapes.add_textbox(Inches(x), Inches(y), Inches(width), Inches(4)).text_frame
    frame.word_wrap = True
    for i, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.text = line
        paragraph.space_after = Points(16)
        paragraph.font.size, paragraph.font.name, paragraph.font.color.rgb = (
            Points(26),
            "Georgia",
            _NAVY,
        )


def _picture(slide: Slide, pixels: Pixels, x: float, y: float, width: float, alt: str) -> None:
    shape = slide.shapes.add_picture(_jpeg(pixels), Inches(x), Inches(y), Inches(width))
    shape._element.nvPicPr.cNvPr.set("descr", alt)


def _table(slide: Slide, rows: list[tuple[str, str, str]]) -> None:
    table = slide.shapes.add_table(
        len(rows), 3, Inches(0.7), Inches(1.8), Inches(11.9), Inches(3.2)
    ).table
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            cell = table.cell(r, c)
            cell.text = words
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.text_frame.paragraphs[0].font.name = "Georgia"
            cell.text_frame.paragraphs[0].font.size = Points(24)
            cell.fill.solid()
            cell.fill.fore_color.rgb = _NAVY if r == 0 else _CREAM
            cell.text_frame.paragraphs[0].font.color.rgb = _CREAM if r == 0 else _NAVY


def report(path: Path, mill: Pixels, chair: Pixels) -> None:
    """The report on the repair of 2023: headings, a table, two pictures with alt text."""
    paper = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for name, size in (("Normal", 11), ("Title", 24), ("Heading 1", 15), ("Heading 2", 12)):
        style = paper.styles[name]
        style.font.name, style.font.size = "Georgia", Pt(size)
        style.font.color.rgb = Ink(0x22, 0x22, 0x22) if name == "Normal" else Ink(0x1D, 0x35, 0x46)
        fonts = style.element.rPr.rFonts
        for key in [key for key in fonts.keys() if key.endswith("Theme")]:  # noqa: SIM118 - an lxml element: iterating it gives children
            del fonts.attrib[key]
    paper.add_paragraph("Repair of the water wheel, 2023", style="Title")
    paper.add_paragraph("Report to the trustees by Ines Falk, conservator, 30 November 2023")
    paper.add_heading("Summary", 1)
    paper.add_paragraph(
        "The wheel had begun to drop splinters into the flour. Between 9 January and 24 March "
        "2023 we replaced eleven of its paddles, one arm and every bolt below the axle. The "
        "repair cost 31,400 crowns, which is most of what the accounts show under repairs for "
        "that year."
    )
    _inline(
        paper,
        mill,
        12.5,
        "The tide mill and its water wheel seen across the race",
        "Figure 1. The wheel after the repair.",
    )
    paper.add_heading("Findings", 1)
    paper.add_heading("Rot", 2)
    paper.add_paragraph(
        "Rot was found where paddles meet the rim on the landward side: the wheel always stops "
        "with the same paddles in the shade, so that they never dry. We advise turning it by hand "
        "a quarter turn each week in winter."
    )
    paper.add_heading("Shipworm", 2)
    paper.add_paragraph(
        "None, for the first time since records began. The salt barley tar of 1998 seems to have "
        "been worth its smell."
    )
    paper.add_heading("Materials used", 1).paragraph_format.page_break_before = True
    rows = (
        ("Material", "Quantity", "From", "Crowns"),
        ("Oak, seasoned nine years", "1.9 cubic metres", "Brandt's yard", "17,100"),
        ("Bronze bolts, 16 mm", "148", "Halden Brothers", "8,880"),
        ("Tar and linseed oil", "90 litres", "mainland", "1,620"),
        ("Carriage on Petrel II", "6 crossings", "ferry", "3,800"),
    )
    table = paper.add_table(len(rows), 4, style="Light Grid Accent 1")
    for r, row in enumerate(rows):
        for c, words in enumerate(row):
            table.cell(r, c).text = words
    paper.add_heading("The keeper's chair", 1)
    paper.add_paragraph(
        "While the workshop was open we reglued the keeper's chair. It is Tove Brandt's work, in "
        "oak, and one of its three slats had come loose. It may be sat on again by anyone under "
        "ninety kilograms."
    )
    _inline(
        paper,
        chair,
        6.5,
        "The keeper's ladder-back chair with three slats",
        "Figure 2. The chair after gluing.",
    )
    paper.core_properties.author, paper.core_properties.title = (
        "Ines Falk",
        "Repair of the water wheel, 2023",
    )
    paper.core_properties.created = paper.core_properties.modified = CREATED_AT
    paper.save(str(path))
    same_bytes(path)


def _inline(
    paper: docx.document.Document, pixels: Pixels, width: float, alt: str, caption: str
) -> None:
    shape = paper.add_picture(_jpeg(pixels, 560), Cm(width))
    shape._inline.docPr.set("descr", alt)
    paper.add_paragraph(caption, style="Caption")


def accounts(path: Path) -> None:
    """Two sheets with formulas and their values: visitors by season, cash flow by year with a
    chart.
    """
    book = xlsxwriter.Workbook(str(path))
    book.set_properties(
        {
            "title": "Accounts of the Wrenholm Museum",
            "author": "Edda Lund, treasurer",
            "created": CREATED_AT,
        }
    )
    head = book.add_format(
        {
            "bold": True,
            "bg_color": "#1D3546",
            "font_color": "#FBF7EC",
            "text_wrap": True,
            "valign": "top",
        }
    )
    number, total = (
        book.add_format({"num_format": "#,##0"}),
        book.add_format({"num_format": "#,##0;[Red]-#,##0", "bold": True}),
    )
    people = book.add_worksheet("Visitors")
    people.write_row("A1", ["Year", "Spring", "Summer", "Autumn", "Winter", "All year"], head)
    for row, (year, seasons) in enumerate(VISITORS.items(), 2):
        people.write(f"A{row}", year)
        people.write_row(f"B{row}", seasons, number)
        people.write_formula(f"F{row}", f"=SUM(B{row}:E{row})", total, sum(seasons))
    cash = book.add_worksheet("Cash flow")
    cash.write_row(
        "A1",
        [
            "Year",
            "Tickets",
            "Shop and flour",
            "Grants and gifts",
            "Wages",
            "Repairs",
            "Other costs",
            "Net cash flow",
        ],
        head,
    )
    for row, (year, sums) in enumerate(CASH.items(), 2):
        cash.write(f"A{row}", year)
        cash.write_row(f"B{row}", sums, number)
        cash.write_formula(
            f"H{row}",
            f"=SUM(B{row}:D{row})-SUM(E{row}:G{row})",
            total,
            sum(sums[:3]) - sum(sums[3:]),
        )
    last = len(CASH) + 1
    cash.write(f"A{last + 2}", "All sums in crowns. A visitor pays 7 crowns.")
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "='Cash flow'!$H$1",
            "categories": f"='Cash flow'!$A$2:$A${last}",
            "values": f"='Cash flow'!$H$2:$H${last}",
            "fill": {"color": "#B23B32"},
        }
    )
    chart.set_title({"name": "Net cash flow by year"})
    chart.set_legend({"none": True})
    chart.set_x_axis({"label_position": "low"})
    cash.insert_chart(f"A{last + 4}", chart)
    for sheet, columns in ((people, "A:F"), (cash, "A:H")):
        sheet.set_column(columns, 13)
        sheet.freeze_panes(1, 1)
        sheet.set_row(0, 32)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    book.close()
    same_bytes(path)
