"""A chart of what a table says about the question, exactly as the cells have it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from polysense.make.image import canvas
from polysense.make.image.canvas import Face
from polysense.make.image.chart.plan import plan_chart
from polysense.make.image.chart.plot_axes import HAN, draw_plot
from polysense.make.image.chart.series import Plot
from polysense.make.image.chart.titles import chart_title, subtitle
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.table.frame import frame
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

_WIDTH, _INSET, _PAD = 1280, 26, 56  # pixels
_MAX_EVIDENCE = 3
"""Pieces of evidence whose table is tried."""


class Chart(Generator):
    """Lines for time, bars for categories, points for two measures.

    meta["data"] holds the plotted cells exactly.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "image"
    cost = 0.15
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One chart, of the first piece of evidence whose table has numbers."""
        question = question_text(query)
        for e in evidence[:_MAX_EVIDENCE]:
            table = frame(e.hit.chunk)
            if (
                table is None
                or (plot := plan_chart(table, question, e.span.cells or "", _context(e))) is None
                or not plot.labels
            ):
                continue
            asset = e.hit.chunk.asset
            place = str(
                Span(page=e.span.page, cells=plot.range or None) if plot.range else e.hit.chunk.span
            )
            picture = draw_chart(
                plot, ", ".join(filter(None, (asset.name, "" if place == "whole" else place)))
            )
            meta = {
                "data": plot.data(),
                "chart": plot.kind,
                "title": chart_title(plot),
                "source": place,
                "evidence": [e.n],
            }
            if plot.note:
                meta["note"] = plot.note
            yield canvas.picture_part(picture, chart_title(plot), meta)
            return


def _context(e: Evidence) -> tuple[str, str]:
    """What the table and its file are called."""
    chunk = e.hit.chunk
    return PurePosixPath(chunk.asset.name).stem, chunk.context


def draw_chart(plot: Plot, source: str) -> Any:
    """The chart on a card: title, what the colours mean, axes, source."""
    from PIL import ImageDraw

    text_room = _WIDTH - 2 * (_INSET + _PAD)
    title_face, small_face = Face("sans", 37, bold=True), Face("sans", 21)
    title = canvas.clean(chart_title(plot))
    title_lines = [title[a:b] for a, b in canvas.line_spans(title, title_face, text_room)][:2]
    bars = len(plot.labels) * (len(plot.series) * 22 + 16) + 90 if plot.kind == "across" else 0
    plot_height = max(360, min(1000, bars)) if plot.kind == "across" else 520
    legend = (
        _legend_rows(plot, text_room) if len(plot.series) > 1 and plot.kind != "scatter" else []
    )
    subtitle_text = subtitle(plot)
    top = _INSET + 44 + 48 * len(title_lines) + (38 if subtitle_text else 0) + 40 * len(legend) + 12
    image = canvas.card((_WIDTH, top + plot_height + 84 + _INSET), _INSET)
    draw, left = ImageDraw.Draw(image), _INSET + _PAD
    y = _INSET + 44
    for line in title_lines:
        canvas.write(
            draw,
            (left, y + 36),
            canvas.truncate(line, title_face, text_room),
            title_face,
            canvas.INK,
        )
        y += 48
    if subtitle_text:
        canvas.write(
            draw,
            (left, y + 24),
            canvas.truncate(subtitle_text, small_face, text_room),
            small_face,
            canvas.MUTED,
        )
        y += 38
    for row in legend:
        x = float(left)
        for i, name in row:
            canvas.draw_rounded_box(
                image, (x, y + 12, x + 22, y + 34), 6, fill=canvas.SERIES_COLOURS[i]
            )
            x = canvas.write(draw, (x + 32, y + 31), name, small_face, canvas.INK) + 32
        y += 40
    with warnings.catch_warnings():
        # about characters without a glyph, and axes too small for their labels
        warnings.simplefilter("ignore")
        image.paste(draw_plot(plot, (text_room + 40, plot_height)), (left - 20, top))
    footer_y = top + plot_height + 22
    draw.line((left, footer_y, _WIDTH - left, footer_y), fill=canvas.FAINT, width=2)
    note_face = Face("sans", 19)
    canvas.write(
        draw,
        (left, footer_y + 34),
        canvas.truncate(
            f"{'来源：' if HAN.search(title) else 'Source: '}{source}", note_face, text_room
        ),
        note_face,
        canvas.MUTED,
    )
    return image


def _legend_rows(plot: Plot, max_width: int) -> list[list[tuple[int, str]]]:
    face, rows, x = Face("sans", 21), list[list[tuple[int, str]]]([[]]), 0.0
    for i, s in enumerate(plot.series):
        name = canvas.truncate(canvas.clean(s.name) or f"column {i + 1}", face, max_width / 2)
        entry_width = canvas.text_width(name, face) + 64
        if x + entry_width > max_width and rows[-1]:
            rows, x = [*rows, []], 0.0
        rows[-1].append((i, name))
        x += entry_width
    return rows
