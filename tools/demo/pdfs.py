"""The keeper's handbook, set with ReportLab, and a letter that is only a picture of itself."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image as PIL
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from demo.art import Pixels

_BLUE = colors.HexColor("#24475a")
_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=10.5, leading=14.5, spaceAfter=6)
_HEAD = ParagraphStyle(
    "head",
    fontName="Times-Bold",
    fontSize=15,
    leading=19,
    spaceBefore=4,
    spaceAfter=6,
    textColor=_BLUE,
)
_SUB = ParagraphStyle("sub", parent=_HEAD, fontSize=11.5, leading=15)
_TITLE = ParagraphStyle("title", parent=_HEAD, fontSize=24, leading=29, alignment=TA_CENTER)
_LINE = ParagraphStyle("line", parent=_BODY, fontName="Times-Italic", alignment=TA_CENTER)
_CAPTION = ParagraphStyle(
    "caption", parent=_LINE, fontSize=9, leading=12, spaceBefore=3, spaceAfter=9
)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9.5, leading=12, spaceAfter=0)
_CELL_HEAD = ParagraphStyle("cellhead", parent=_CELL, fontName="Times-Bold")

_TIDES = (
    ("Day", "High water", "Gate shut", "Grinding", "Ends"),
    ("Sat 5 April 2025", "08:10", "08:15", "10:40", "13:20"),
    ("Sat 19 April 2025", "07:35", "07:40", "10:05", "12:45"),
    ("Sat 3 May 2025", "06:50", "06:55", "09:20", "12:00"),
    ("Sat 17 May 2025", "06:25", "06:30", "08:55", "11:35"),
    ("Sat 31 May 2025", "05:45", "05:50", "08:15", "10:55"),
)
_ERRORS = (
    ("Code", "Meaning", "What to do"),
    (
        "E-11",
        "No reading from the gauge on the quay",
        "Look whether its lamp is lit; if not, tell the harbour office.",
    ),
    ("E-14", "Clock wrong by more than a minute", "Set it by the noon signal."),
    (
        "E-17",
        "Pond float stuck",
        "Lift the brass lid in the wheel pit, free the float with the boat hook, then press Try "
        "again twice.",
    ),
    ("E-20", "Battery low", "Change both cells; they are in the drawer under the guest book."),
)


def handbook(path: Path, cover: Pixels, workings: Pixels) -> None:
    """Four pages: cover with a figure; the light; the mill with a figure and a ruled table; display
    errors and the bell.
    """
    story: list[Flowable] = [
        Spacer(1, 10 * mm),
        Paragraph("The Keeper's Handbook", _TITLE),
        Paragraph("Wrenholm Light, Tide Mill and Lamp Workshop", _LINE),
        Paragraph("Edition of 2025", _LINE),
        Spacer(1, 6 * mm),
        *_figure(cover, 112 * mm, "Figure 1. Wrenholm Light at dusk, seen from the ferry."),
        Paragraph(
            "For volunteers on duty: how the light, the mill and the bell work, and what to do "
            "when they do not. Leave this book in the office, and the office as you found it.",
            _BODY,
        ),
        PageBreak(),
        Paragraph("1  The light", _HEAD),
        Paragraph(
            "The tower is built of local granite and is 23 metres tall from the rock to the lamp. "
            "It was first lit on 12 October 1871. It shows two white flashes every 15 seconds, "
            "and on a clear night it is seen for 17 nautical miles.",
            _BODY,
        ),
        Paragraph(
            "Maren Oake was the last keeper who lived here. When she retired in 1962 an electric "
            "motor took over from the clockwork that she had wound every four hours.",
            _BODY,
        ),
        Paragraph("1.1  Taking visitors up", _SUB),
        Paragraph(
            "Never more than eight at a time, and never in a wind above force 7. The door on the "
            "gallery opens inwards: push nobody. Bags stay below. The lens is older than "
            "everybody's grandmother; it may be admired from half a metre.",
            _BODY,
        ),
        Paragraph("1.2  Cleaning the lens", _SUB),
        Paragraph(
            "On the first Monday of the month, with chamois leather and spirit of wine, from the "
            "top prism downwards. Draw the curtains first: in full sun the lens will set fire to "
            "your sleeve, and once set fire to Mr. Lund's.",
            _BODY,
        ),
        Paragraph("1.3  When the lamp fails", _SUB),
        Paragraph(
            "The spare lamp is in the green box on the landing. Change it within ten minutes, "
            "write the time in the log, and only then make tea. If the spare fails too, telephone "
            "the harbour office: the ferry's master likes to know before the ferry does.",
            _BODY,
        ),
        PageBreak(),
        Paragraph("2  The tide mill", _HEAD),
        Paragraph(
            "The flood fills the pond. At high water the gate is shut, and when the sea outside "
            "has fallen by one metre the sluice is lifted and the wheel turns. One pond of 9,600 "
            "cubic metres grinds for 2 hours and 40 minutes.",
            _BODY,
        ),
        *_figure(
            workings,
            118 * mm,
            "Figure 2. From pond to stone: sluice, water wheel, pit gear, pinion and runner.",
        ),
        KeepTogether(
            [
                Paragraph("Table 1. Grinding days in spring 2025.", _CAPTION),
                _ruled(_TIDES, (38, 21, 21, 21, 17)),
            ]
        ),
        PageBreak(),
        Paragraph("3  The tide display", _HEAD),
        Paragraph(
            "The display in the wheel pit shows the level of the pond and of the sea. When it "
            "shows an error instead, Table 2 says what it means.",
            _BODY,
        ),
        Paragraph("Table 2. Errors of the tide display.", _CAPTION),
        _ruled(_ERRORS, (14, 40, 64)),
        Spacer(1, 6 * mm),
        Paragraph("4  The fog bell", _HEAD),
        Paragraph(
            "When the mainland cannot be seen, ring three strokes every two minutes and go on "
            "until it can. The bell sounds the G above middle C. If it sounds like a dropped "
            "bucket, stop at once and send for Ines Falk: that is how the first one went.",
            _BODY,
        ),
    ]
    template = SimpleDocTemplate(
        str(path),
        pagesize=A5,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=14 * mm,
        bottomMargin=15 * mm,
        invariant=1,
        title="The Keeper's Handbook",
        author="Wrenholm Museum",
        subject="Wrenholm Light, Tide Mill and Lamp Workshop",
    )
    template.build(story, onFirstPage=_nothing, onLaterPages=_folio)


def _nothing(_canvas: Canvas, _template: SimpleDocTemplate) -> None:
    """The cover has no page number."""


def _folio(canvas: Canvas, _template: SimpleDocTemplate) -> None:
    canvas.setFont("Times-Italic", 9)
    canvas.setFillColor(_BLUE)
    canvas.drawCentredString(A5[0] / 2, 8 * mm, f"Keeper's Handbook  ·  {canvas.getPageNumber()}")


def _jpeg(pixels: Pixels, quality: int = 80) -> io.BytesIO:
    out = io.BytesIO()
    PIL.fromarray(pixels).save(out, "JPEG", quality=quality)
    out.seek(0)
    return out


def _figure(pixels: Pixels, width: float, caption: str) -> list[Flowable]:
    h, w = pixels.shape[:2]
    return [Image(_jpeg(pixels), width, width * h / w), Paragraph(caption, _CAPTION)]


def _ruled(rows: tuple[tuple[str, ...], ...], widths: tuple[float, ...]) -> Table:
    cells = [
        [Paragraph(text, _CELL if n else _CELL_HEAD) for text in row] for n, row in enumerate(rows)
    ]
    table = Table(cells, colWidths=[w * mm for w in widths])
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.6, _BLUE),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dde8ea")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 4),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table


def scan(path: Path, page: Pixels) -> None:
    """A one-page PDF that holds a scan and no words."""
    h, w = page.shape[:2]
    canvas = Canvas(str(path), pagesize=(w * 0.72, h * 0.72), invariant=1)
    canvas.setTitle("Scan 0012")
    canvas.drawImage(ImageReader(_jpeg(page, 70)), 0, 0, w * 0.72, h * 0.72)
    canvas.save()
