"""What is written, as one sees it, with the cited words marked.

The page of a PDF, a card with the paragraph, or a listing of the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from polysense.errors import PolysenseError
from polysense.make.image import canvas
from polysense.make.image.canvas import Face
from polysense.make.image.code_listing import draw_listing
from polysense.protocols import Generator
from polysense.read.document.pdf import decode
from polysense.read.file import text as text_file
from polysense.types import Box, Evidence, Modality, Origin, Part, Query

MAX_SIDE = 1600
"""Pixels along the longer side of a page."""

_WIDTH, _INSET, _PAD = 1240, 28, 72  # pixels
_MAX_LINES, _LINES_BEFORE = 26, 8
"""Lines of a card, and of them before the cited words. Judged, not measured."""

_MAX_CARD_CHARS = 6_000  # more than fill a card
_MAX_FILE_CHARS = 20_000  # of the question's own file
_MIN_DRAWABLE = 0.9
"""Share of the letters that must have a typeface, else others show it. Judged, not measured."""

_MAX_BOX_SHARE = 0.9
"""A box that covers more of the page marks nothing."""

_FULL_LINE, _FULL_LINE_HAN, _FULL_SHARE = 50, 24, 0.7
"""When a line was broken to fit: the block's longest has so many characters, and it has this share
of them. Judged, not measured.
"""

_WHOLE_BODY = 0.95
"""A citation of this share of the body is not marked: all would be."""

_LIST_ITEM = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s")
_IDEOGRAPH = r"[\u2e80-\u9fff\uff00-\uffef]"


class PageImage(Generator):
    """The page of a PDF with the cited place marked; a typeset card of other words, or of code.

    Code has its numbered lines in colours.
    """

    accepts: frozenset[Modality] = frozenset({"text", "code", "table"})
    emits: Modality = "image"
    cost = 0.25
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        e = evidence[0]
        related = [o for o in canvas.leading_evidence(evidence) if _on_same_page(o, e)]
        drawing = _pdf_page(e, related) or _text_card(e, related)
        if drawing is None:
            return
        picture, meta = drawing
        meta = {"evidence": [o.n for o in related], **meta}
        yield canvas.picture_part(picture, canvas.asset_title(e), meta)


def _on_same_page(a: Evidence, b: Evidence) -> bool:
    """Whether both can be shown on one page."""
    one, other = a.hit.chunk, b.hit.chunk
    return one.id == other.id or (
        one.asset.id == other.asset.id
        and one.asset.mime == "application/pdf"
        and a.span.page == b.span.page
    )


def _pdf_page(e: Evidence, related: Sequence[Evidence]) -> tuple[Any, dict[str, Any]] | None:
    """The page of a PDF; None where there is none, or it cannot be drawn: its words still can."""
    asset = e.hit.chunk.asset
    if asset.mime != "application/pdf" or asset.path is None or not asset.path.is_file():
        return None
    from PIL import Image

    number = e.span.page or e.hit.chunk.span.page or 1
    try:
        picture = Image.fromarray(decode.render(asset.path, number, None, MAX_SIDE))
    except PolysenseError:
        return None
    cited_boxes: list[Box] = [
        b
        for o in related
        if (b := o.span.box) and 0 < (b[2] - b[0]) * (b[3] - b[1]) < _MAX_BOX_SHARE
    ]
    boxes = canvas.merge_boxes(cited_boxes)
    return canvas.highlight_boxes(picture, boxes) if boxes else picture, {
        "page": number,
        "boxes": [list(b) for b in boxes],
    }


def _text_card(e: Evidence, related: Sequence[Evidence]) -> tuple[Any, dict[str, Any]] | None:
    source = _source_text(e)
    if not canvas.clean(source).strip() or canvas.drawable_share(source) < _MIN_DRAWABLE:
        return None
    if e.hit.modality == "code":
        return draw_listing(e, source, related), {}
    return _draw_text_card(e, source, related), {}


def _source_text(e: Evidence) -> str:
    """The words around the evidence; of the question's own file, its beginning."""
    chunk = e.hit.chunk
    if chunk.text.strip():
        return chunk.text
    data = chunk.part.data if chunk.part else None
    if isinstance(data, Path) and data.is_file() and chunk.asset.mime.startswith("text/"):
        return text_file.read_text(data)[:_MAX_FILE_CHARS]
    if isinstance(data, bytes) and chunk.asset.mime.startswith("text/"):
        return data[:_MAX_FILE_CHARS].decode("utf-8", "replace")
    return (
        data[:_MAX_FILE_CHARS]
        if isinstance(data, str)
        else chunk.context or str(e.part.data if e.part.modality == "text" else "")
    )


def rejoin_paragraphs(source: str) -> str:
    """Words with the lines of a paragraph joined where they were only broken to fit.

    Lists and verse keep theirs.

    >>> rejoin_paragraphs("- a\\n- b\\n\\nOne.")
    '- a\\n- b\\n\\nOne.'
    """
    blocks = []
    for block in re.split(r"\n\s*\n", canvas.clean(source).strip()):
        rows = [row.strip() for row in block.split("\n")]
        longest = max(map(len, rows))
        joined_rows = rows[0]
        for before, row in pairwise(rows):
            is_full_line = (
                longest >= (_FULL_LINE_HAN if re.search(_IDEOGRAPH, before) else _FULL_LINE)
                and len(before) >= _FULL_SHARE * longest
            )
            joined_rows += (
                row
                if is_full_line and _joins_without_space(before, row)
                else f" {row}"
                if is_full_line and not _LIST_ITEM.match(row)
                else f"\n{row}"
            )
        blocks.append(re.sub(r" {2,}", " ", joined_rows))
    return "\n\n".join(blocks)


def _joins_without_space(before: str, row: str) -> bool:
    """Whether no space belongs between two lines: both are ideographs there."""
    return bool(re.search(rf"{_IDEOGRAPH}$", before) and re.match(_IDEOGRAPH, row))


def _draw_text_card(e: Evidence, source: str, related: Sequence[Evidence]) -> Any:
    from PIL import ImageDraw

    chunk = e.hit.chunk
    heading, body = _split_heading(chunk.context.split("\n")[0], rejoin_paragraphs(source))
    citations = [(o.n, at) for o in related if (at := _find_citation(body, o))]
    body, citations = _crop_body(body, citations)
    body_face, heading_face = Face("serif", 30), Face("serif", 42, bold=True)
    text_room = _WIDTH - 2 * (_INSET + _PAD)
    rows = canvas.line_spans(body, body_face, text_room)
    rows, is_cut_before, is_cut_after = _visible_lines(rows, citations)
    heading_text, breadcrumbs = heading
    heading_lines = (
        [heading_text[a:b] for a, b in canvas.line_spans(heading_text, heading_face, text_room)][:3]
        if heading_text
        else []
    )
    heading_step, step = 52, 50
    top = (
        _INSET
        + 48
        + 58
        + (62 if breadcrumbs else 30)
        + len(heading_lines) * heading_step
        + (22 if heading_lines else 4)
    )
    gaps = sum(18 for a, b in rows if a == b)
    total = (
        top
        + sum(step for a, b in rows if a < b)
        + gaps
        + (is_cut_before + is_cut_after) * step
        + 44
        + _INSET
    )
    image = canvas.card((_WIDTH, total), _INSET)
    left, right = _INSET + _PAD, _WIDTH - _INSET - _PAD
    y = canvas.draw_header(
        image,
        (left, _INSET + 36, right),
        chunk.asset.name,
        "" if str(e.span) == "whole" else str(e.span),
    )
    draw = ImageDraw.Draw(image)
    if breadcrumbs:
        breadcrumb_face = Face("sans", 21)
        canvas.write(
            draw,
            (left, y + 44),
            canvas.truncate(breadcrumbs, breadcrumb_face, text_room),
            breadcrumb_face,
            canvas.MUTED,
        )
    y += 62 if breadcrumbs else 30
    for line in heading_lines:
        line = canvas.truncate(line, heading_face, text_room)
        canvas.write(
            draw,
            (
                right - canvas.text_width(line, heading_face)
                if canvas.is_right_to_left(heading_text)
                else left,
                y + heading_step - 8,
            ),
            line,
            heading_face,
            canvas.INK,
        )
        y += heading_step
    y = float(top)
    if is_cut_before:
        canvas.write(draw, (left, y + 32), "…", body_face, canvas.MUTED)
        y += step
    _draw_body(image, draw, (left, y, right), body, rows, citations)
    if is_cut_after:
        canvas.write(draw, (left, total - _INSET - 44 - step + 32), "…", body_face, canvas.MUTED)
    return image


def _draw_body(
    image: Any,
    draw: Any,
    at: tuple[float, float, float],
    body: str,
    rows: Sequence[tuple[int, int]],
    citations: Sequence[Any],
) -> None:
    """Draw the lines, the cited words behind a marker, and beside the first their number."""
    left, y, right = at
    body_face, number_face = Face("serif", 30), Face("sans", 20, bold=True)
    numbers_drawn: set[int] = set()
    for a, b in rows:
        if a == b:
            y += 18
            continue
        line = body[a:b].rstrip()
        rtl = canvas.is_right_to_left(body[body.rfind("\n", 0, a) + 1 : b])  # as its paragraph runs
        x = right - canvas.text_width(line, body_face) if rtl else left
        for n, (start, end) in citations:
            s, t = max(start, a), min(end, a + len(line))
            if s >= t:
                continue
            x0, x1 = (
                (x, right)
                if rtl
                else (
                    x + canvas.text_width(body[a:s], body_face),
                    x + canvas.text_width(body[a:t], body_face),
                )
            )
            canvas.draw_rounded_box(image, (x0 - 4, y + 3, x1 + 4, y + 46), 7, fill=canvas.MARKER)
            if n not in numbers_drawn:
                numbers_drawn.add(n)
                badge_x = left - 46 if not rtl else right + 14
                canvas.draw_rounded_box(
                    image, (badge_x, y + 8, badge_x + 32, y + 40), 16, fill=canvas.ACCENT
                )
                canvas.write(
                    draw,
                    (badge_x + 16 - canvas.text_width(str(n), number_face) / 2, y + 31),
                    str(n),
                    number_face,
                    canvas.PAPER,
                )
        canvas.write(draw, (x, y + 35), line, body_face, canvas.INK, rtl)
        y += 50


def _split_heading(context: str, body: str) -> tuple[tuple[str, str], str]:
    """((heading, what it stands under), body without its repetition)."""
    breadcrumbs = [t.strip() for t in context.split(" > ") if t.strip()]
    first, _, rest = body.partition("\n\n")
    if (
        rest
        and "\n" not in first
        and len(first) < 100
        and (not breadcrumbs or _has_same_words(first, breadcrumbs[-1]))
    ):
        body, breadcrumbs = rest, [*breadcrumbs[:-1], first]
    return (
        canvas.clean(breadcrumbs[-1])[:200] if breadcrumbs else "",
        canvas.clean(" › ".join(breadcrumbs[:-1])),
    ), body


def _has_same_words(a: str, b: str) -> bool:
    return "".join(re.findall(r"\w+", a.lower())) == "".join(re.findall(r"\w+", b.lower()))


def _find_citation(body: str, e: Evidence) -> tuple[int, int] | None:
    """Where the body says the evidence's words, whatever the white space.

    None where that is all of the body, or nowhere.
    """
    quote = (
        rejoin_paragraphs(str(e.part.data))
        if e.part.modality == "text" and isinstance(e.part.data, str)
        else ""
    )
    tokens = quote.split()[:400]
    if not tokens:
        return None
    m = re.search(r"\s*".join(re.escape(t) for t in tokens), body)
    return (m.start(), m.end()) if m and m.end() - m.start() < _WHOLE_BODY * len(body) else None


def _crop_body(
    body: str, citations: list[tuple[int, tuple[int, int]]]
) -> tuple[str, list[tuple[int, tuple[int, int]]]]:
    """So much of a long body that a card is full."""
    first_citation = citations[0][1][0] if citations else 0
    start = max(0, min(first_citation - _MAX_CARD_CHARS // 2, len(body) - _MAX_CARD_CHARS))
    start = body.find(" ", start, start + 80) + 1 or start if start else 0
    return body[start : start + _MAX_CARD_CHARS], [
        (n, (a - start, b - start))
        for n, (a, b) in citations
        if b > start and a < start + _MAX_CARD_CHARS
    ]


def _visible_lines(
    rows: list[tuple[int, int]], citations: Sequence[tuple[int, tuple[int, int]]]
) -> tuple[list[tuple[int, int]], bool, bool]:
    """As many lines as a card holds, with the first cited words among them.

    Then whether something is left out before, and after.
    """
    first_cited = next(
        (i for i, (_, b) in enumerate(rows) if citations and b > citations[0][1][0]), 0
    )
    start = max(0, min(first_cited - _LINES_BEFORE, len(rows) - _MAX_LINES))
    while start and rows[start][0] == rows[start][1]:
        start += 1
    window = rows[start : start + _MAX_LINES]
    while len(window) > 1 and window[-1][0] == window[-1][1]:
        window.pop()
    return window, start > 0, start + len(window) < len(rows) and rows[-1] not in window
