"""What is written, as one sees it: the page of a PDF, a card with the paragraph, a listing of the
code; the cited words marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from polysense.errors import PolysenseError
from polysense.make.image import canvas as ink
from polysense.make.image import code_listing as listing
from polysense.make.image.canvas import Face
from polysense.protocols import Generator
from polysense.read.document.pdf import decode
from polysense.read.file import text
from polysense.types import Box, Evidence, Modality, Origin, Part, Query

LONGEST = 1600
"""Pixels along the longer side of a page."""

_WIDTH, _INSET, _PAD = 1240, 28, 72
_LINES, _BEFORE = 26, 8  # lines of a card, and of them before the cited words
_NEAR = 6_000  # characters that more than fill a card
_MOST = 20_000  # characters of a file of words that are looked at
_DRAWN = 0.9  # share of letters that must have a typeface
_LIST = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s")
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"


class PageImage(Generator):
    """The page of a PDF with the cited place marked; for other words and rows a typeset card, for
    code its numbered lines in colours.
    """

    accepts: frozenset[Modality] = frozenset({"text", "code", "table"})
    emits: Modality = "image"
    cost = 0.25
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        e = evidence[0]
        same = [o for o in ink.beside(evidence) if _together(o, e)]
        made = _sheet(e, same) or _card(e, same)
        if made is None:
            return
        picture, meta = made
        name = ink.filename(e.hit.chunk.asset.name.rsplit(".", 1)[0], ".png")
        yield Part(
            "image",
            ink.png(picture),
            "image/png",
            name,
            meta={"evidence": [o.n for o in same], **meta},
        )


def _together(a: Evidence, b: Evidence) -> bool:
    """Whether both can be shown on one page."""
    one, other = a.hit.chunk, b.hit.chunk
    return one.id == other.id or (
        one.asset.id == other.asset.id
        and one.asset.mime == "application/pdf"
        and a.span.page == b.span.page
    )


def _sheet(e: Evidence, same: Sequence[Evidence]) -> tuple[Any, dict[str, Any]] | None:
    """The page of a PDF; None where there is none, or it cannot be drawn: its words can be shown
    still.
    """
    asset = e.hit.chunk.asset
    if asset.mime != "application/pdf" or asset.path is None or not asset.path.is_file():
        return None
    from PIL import Image

    number = e.span.page or e.hit.chunk.span.page or 1
    try:
        picture = Image.fromarray(decode.render(asset.path, number, None, LONGEST))
    except PolysenseError:
        return None
    cited: list[Box] = [
        b for o in same if (b := o.span.box) and 0 < (b[2] - b[0]) * (b[3] - b[1]) < 0.9
    ]
    boxes = ink.joined(cited)
    return ink.marked(picture, boxes) if boxes else picture, {
        "page": number,
        "boxes": [list(b) for b in boxes],
    }


def _card(e: Evidence, same: Sequence[Evidence]) -> tuple[Any, dict[str, Any]] | None:
    said = _words(e)
    if not ink.clean(said).strip() or ink.drawable(said) < _DRAWN:
        return None
    if e.hit.modality == "code":
        return listing.drawn(e, said, same), {}
    return _typeset(e, said, same), {}


def _words(e: Evidence) -> str:
    """The words around the evidence; of the question's own file, its beginning."""
    chunk = e.hit.chunk
    if chunk.text.strip():
        return chunk.text
    own = chunk.part.data if chunk.part else None
    if isinstance(own, Path) and own.is_file() and chunk.asset.mime.startswith("text/"):
        return text.read(own)[:_MOST]
    if isinstance(own, bytes) and chunk.asset.mime.startswith("text/"):
        return own[:_MOST].decode("utf-8", "replace")
    return (
        own[:_MOST]
        if isinstance(own, str)
        else chunk.context or str(e.part.data if e.part.modality == "text" else "")
    )


def paragraphs(said: str) -> str:
    """Words with the lines of a paragraph joined where they were only broken to fit; lists and
    verse keep theirs.

    >>> paragraphs("- a\\n- b\\n\\nOne.")
    '- a\\n- b\\n\\nOne.'
    """
    found = []
    for block in re.split(r"\n\s*\n", ink.clean(said).strip()):
        rows = [row.strip() for row in block.split("\n")]
        longest = max(map(len, rows))
        out = rows[0]
        for before, row in pairwise(rows):
            full = (
                longest >= (24 if re.search(_WIDE, before) else 50) and len(before) >= 0.7 * longest
            )
            out += (
                row
                if full and _touch(before, row)
                else f" {row}"
                if full and not _LIST.match(row)
                else f"\n{row}"
            )
        found.append(re.sub(r" {2,}", " ", out))
    return "\n\n".join(found)


def _touch(before: str, row: str) -> bool:
    """Whether no space belongs between two lines: both are ideographs there."""
    return bool(re.search(rf"{_WIDE}$", before) and re.match(_WIDE, row))


def _typeset(e: Evidence, said: str, same: Sequence[Evidence]) -> Any:
    from PIL import ImageDraw

    chunk = e.hit.chunk
    heading, body = _headed(chunk.context.split("\n")[0], paragraphs(said))
    cited = [(o.n, at) for o in same if (at := _find(body, o))]
    body, cited = _near(body, cited)
    letters, title = Face("serif", 30), Face("serif", 42, bold=True)
    inner = _WIDTH - 2 * (_INSET + _PAD)
    rows = ink.lines(body, letters, inner)
    rows, first, last = _window(rows, cited)
    over, trail = heading
    heads = [over[a:b] for a, b in ink.lines(over, title, inner)][:3] if over else []
    high, step = 52, 50
    top = _INSET + 48 + 58 + (62 if trail else 30) + len(heads) * high + (22 if heads else 4)
    gaps = sum(18 for a, b in rows if a == b)
    total = top + sum(step for a, b in rows if a < b) + gaps + (first + last) * step + 44 + _INSET
    image = ink.card((_WIDTH, total), _INSET)
    left, right = _INSET + _PAD, _WIDTH - _INSET - _PAD
    y = ink.head(
        image,
        (left, _INSET + 36, right),
        chunk.asset.name,
        "" if str(e.span) == "whole" else str(e.span),
    )
    draw = ImageDraw.Draw(image)
    if trail:
        small = Face("sans", 21)
        ink.write(draw, (left, y + 44), ink.cut(trail, small, inner), small, ink.MUTED)
    y += 62 if trail else 30
    for line in heads:
        said = ink.cut(line, title, inner)
        ink.write(
            draw,
            (right - ink.width(said, title) if ink.leftwards(over) else left, y + high - 8),
            said,
            title,
            ink.INK,
        )
        y += high
    y = float(top)
    if first:
        ink.write(draw, (left, y + 32), "…", letters, ink.MUTED)
        y += step
    _body(image, draw, (left, y, right), body, rows, cited)
    if last:
        ink.write(draw, (left, total - _INSET - 44 - step + 32), "…", letters, ink.MUTED)
    return image


def _body(
    image: Any,
    draw: Any,
    at: tuple[float, float, float],
    body: str,
    rows: Sequence[tuple[int, int]],
    cited: Sequence[Any],
) -> None:
    """The lines, the cited words behind a marker, and the number of their citation beside the first
    of them.
    """
    left, y, right = at
    letters, number = Face("serif", 30), Face("sans", 20, bold=True)
    told: set[int] = set()
    for a, b in rows:
        if a == b:
            y += 18
            continue
        line = body[a:b].rstrip()
        rtl = ink.leftwards(body[body.rfind("\n", 0, a) + 1 : b])  # as its paragraph runs
        x = right - ink.width(line, letters) if rtl else left
        for n, (start, end) in cited:
            s, t = max(start, a), min(end, a + len(line))
            if s >= t:
                continue
            x0, x1 = (
                (x, right)
                if rtl
                else (x + ink.width(body[a:s], letters), x + ink.width(body[a:t], letters))
            )
            ink.rounded(image, (x0 - 4, y + 3, x1 + 4, y + 46), 7, fill=ink.MARKER)
            if n not in told:
                told.add(n)
                spot = left - 46 if not rtl else right + 14
                ink.rounded(image, (spot, y + 8, spot + 32, y + 40), 16, fill=ink.ACCENT)
                ink.write(
                    draw,
                    (spot + 16 - ink.width(str(n), number) / 2, y + 31),
                    str(n),
                    number,
                    ink.PAPER,
                )
        ink.write(draw, (x, y + 35), line, letters, ink.INK, rtl)
        y += 50


def _headed(context: str, body: str) -> tuple[tuple[str, str], str]:
    """((heading, what it stands under), body without its repetition)."""
    trail = [t.strip() for t in context.split(" > ") if t.strip()]
    first, _, rest = body.partition("\n\n")
    if rest and "\n" not in first and len(first) < 100 and (not trail or _like(first, trail[-1])):
        body, trail = rest, [*trail[:-1], first]
    return (ink.clean(trail[-1])[:200] if trail else "", ink.clean(" › ".join(trail[:-1]))), body


def _like(a: str, b: str) -> bool:
    return "".join(re.findall(r"\w+", a.lower())) == "".join(re.findall(r"\w+", b.lower()))


def _find(body: str, e: Evidence) -> tuple[int, int] | None:
    """Where the body says the evidence's words, whatever the white space; None where it is all of
    the body, or nowhere.
    """
    said = (
        paragraphs(str(e.part.data))
        if e.part.modality == "text" and isinstance(e.part.data, str)
        else ""
    )
    tokens = said.split()[:400]
    if not tokens:
        return None
    m = re.search(r"\s*".join(re.escape(t) for t in tokens), body)
    return (m.start(), m.end()) if m and m.end() - m.start() < 0.95 * len(body) else None


def _near(
    body: str, cited: list[tuple[int, tuple[int, int]]]
) -> tuple[str, list[tuple[int, tuple[int, int]]]]:
    """So much of a long body that a card is full."""
    at = cited[0][1][0] if cited else 0
    start = max(0, min(at - _NEAR // 2, len(body) - _NEAR))
    start = body.find(" ", start, start + 80) + 1 or start if start else 0
    return body[start : start + _NEAR], [
        (n, (a - start, b - start)) for n, (a, b) in cited if b > start and a < start + _NEAR
    ]


def _window(
    rows: list[tuple[int, int]], cited: Sequence[tuple[int, tuple[int, int]]]
) -> tuple[list[tuple[int, int]], bool, bool]:
    """As many lines as a card holds, with the first cited words among them; whether something is
    left out before and after.
    """
    at = next((i for i, (_, b) in enumerate(rows) if cited and b > cited[0][1][0]), 0)
    start = max(0, min(at - _BEFORE, len(rows) - _LINES))
    while start and rows[start][0] == rows[start][1]:
        start += 1
    kept = rows[start : start + _LINES]
    while len(kept) > 1 and kept[-1][0] == kept[-1][1]:
        kept.pop()
    return kept, start > 0, start + len(kept) < len(rows) and rows[-1] not in kept
