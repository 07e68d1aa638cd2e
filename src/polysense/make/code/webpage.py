"""The answer as a web page of its own: quotes with their sources, tables as tables, pictures
inside; no scripts, nothing fetched.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from polysense.errors import PolysenseError
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.image import decode
from polysense.read.solid import decode as mesh_decode
from polysense.read.table.frame import Frame, frame
from polysense.read.table.pick import pick
from polysense.types import Evidence, Modality, Origin, Part, Query

# What follows is judged, not measured: a page that is read in a few minutes and mailed as one file.
MAX_EVIDENCE = 12
"""Pieces of evidence on a page."""

MAX_ROWS, MAX_COLUMNS = 40, 12
"""Of a table on it."""

MAX_PICTURE_SIDE = 720
"""Pixels along the longer side of a picture on it."""

MAX_PNG_BYTES = 60_000
"""A picture that is larger as PNG, which photos are, is sent as JPEG."""

MAX_QUOTE_CHARS = 1200
"""Characters of one quotation; of code four times as many."""

CHINESE_SHARE = 0.2
"""Share of Chinese characters from which on a title is Chinese: they hold more than letters."""

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = (
    ":root{color-scheme:light dark;--ink:#1d2733;--paper:#fdfcfa;--soft:#5b6875;"
    "--line:#d9d5cc;--mark:#0b5c8a;--tint:#f3f0e9}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--paper:#14191f;"
    "--soft:#9aa7b4;--line:#323b45;--mark:#7cc4ee;--tint:#1c232b}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:46rem;"
    "padding:3rem 1.25rem 4rem;background:var(--paper);color:var(--ink);\n"
    'font:1.0625rem/1.6 Georgia,"Times New Roman","Noto Serif CJK SC","Songti SC",serif;'
    "overflow-wrap:anywhere}\n"
    "h1{font-size:1.9rem;line-height:1.25;margin:0 0 2rem}"
    "h2{font:600 1.1rem/1.3 system-ui,sans-serif;margin:3rem 0 .75rem}\n"
    "article{margin:0 0 2.25rem}blockquote{margin:0;padding:.1rem 0 .1rem 1.1rem;"
    "border-inline-start:3px solid var(--mark)}\n"
    "blockquote p{margin:.4rem 0;white-space:pre-line}figure{margin:0}\n"
    "img{display:block;max-width:100%;height:auto;border:1px solid var(--line);"
    "border-radius:4px}\n"
    "figcaption,.source{font:.875rem/1.5 system-ui,sans-serif;color:var(--soft);"
    "margin:.6rem 0 0}a{color:var(--mark)}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;"
    "font:.9375rem/1.45 system-ui,sans-serif}\n"
    "caption{text-align:start;color:var(--soft);padding:0 0 .4rem}\n"
    "th,td{padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);"
    "text-align:start;vertical-align:top}th{font-weight:600}\n"
    "td.n{text-align:end;font-variant-numeric:tabular-nums}pre{overflow-x:auto;"
    "background:var(--tint);padding:1rem;border-radius:4px;margin:0}\n"
    "code{font:.875rem/1.5 ui-monospace,Menlo,Consolas,monospace}"
    "ol{padding-inline-start:1.6rem}li{margin:.35rem 0}"
)


_PAGE_REQUEST = re.compile(
    r"^\W*(?:please\s+|bitte\s+)?(?:make|create|build|write|generate|give|show|mach\w*|erstelle?|baue?"
    r"|fai[ts]\w*|crée[rz]?|haz|crea)\s+(?:(?:me|us|mir|uns)\s+)?(?:(?:an?|the|eine?|une?|una)\s+)?"
    r"(?:\w+\s+)?(?:web\s?-?(?:page|site|seite)|html(?:[\s-](?:page|seite))?|page(?:\s+web)?|página(?:\s+web)?|site)"
    r"\s+(?:of|about|for|with|on|from|über|zu|von|mit|sur|de|avec|sobre|con)\s+"
    r"(?:(?:the|an?|der|die|das|den|dem|le|la|les|el|los)\s+)?",
    re.I,
)
"""An order to make a page, up to what it is to be about."""


class WebPage(Generator):
    """Evidence of any kind -> one HTML file: what each piece says or shows, numbered, with a list
    of sources. Opens anywhere.
    """

    accepts: frozenset[Modality] = frozenset(
        {"text", "image", "audio", "video", "table", "code", "3d", "graph"}
    )
    emits: Modality = "code"
    endings = (".html", ".htm")
    cost = 0.5
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One page. Nothing where no piece of evidence says or shows anything."""
        question = " ".join(question_text(query).split())
        pieces = _each_attachment_once(evidence[:MAX_EVIDENCE])
        entries = [(e, body) for e in pieces if (body := _evidence_body(e, question))]
        if not entries:
            return
        title = _subject(question)[:160] or "Answer"
        articles = "".join(
            f'<article id="evidence-{e.n}">\n{body}\n{_source_line(e)}\n</article>\n'
            for e, body in entries
        )
        source_items = "".join(_source_item(e) for e, _ in entries)
        page = (
            f'<!doctype html>\n<html lang="{_language(title)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            f"<title>{_escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
            "<body>\n<main>\n"
            f'<h1 dir="auto">{_escape(title)}</h1>\n{articles}</main>\n'
            f"<footer>\n<h2>Sources</h2>\n<ol>\n{source_items}</ol>\n</footer>\n</body>\n</html>\n"
        )
        meta = {"language": "html", "evidence": [e.n for e, _ in entries]}
        yield Part("code", page, mime="text/html", name="answer.html", meta=meta)


def _escape(value: str) -> str:
    """Escaped, without the control characters that HTML may not hold."""
    forbidden = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
    return escape(re.sub(forbidden, "", value))


def _subject(question: str) -> str:
    """What a page is to be about, without the order to make one.

    >>> _subject("Make a web page of the apple tart recipe"), _subject("How old is the mill?")
    ('Apple tart recipe', 'How old is the mill?')
    """
    subject = _PAGE_REQUEST.sub("", question)
    return subject[:1].upper() + subject[1:] if subject else question


def _language(value: str) -> str:
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in value)
    return "zh" if chinese > CHINESE_SHARE * max(1, len(value)) else "en"


def _source_item(e: Evidence) -> str:
    """A source in the list at the end."""
    name, place = e.hit.chunk.asset.name, str(e.span or e.hit.chunk.span)
    return (
        f'<li value="{e.n}" id="source-{e.n}"><bdi>{_escape(name)}</bdi>, {_escape(place)}'
        f' <a href="#evidence-{e.n}" aria-label="Back to {e.n}">↑</a></li>\n'
    )


def _source_line(e: Evidence) -> str:
    """The source below a piece of evidence."""
    name, place = e.hit.chunk.asset.name, str(e.span or e.hit.chunk.span)
    return (
        f'<p class="source"><a href="#source-{e.n}">[{e.n}]</a> '
        f"<cite>{_escape(name)}</cite>, {_escape(place)}</p>"
    )


def _evidence_body(e: Evidence, question: str) -> str:
    """What a piece of evidence says or shows."""
    chunk = e.hit.chunk
    words = str(e.part.data) if e.part.modality == "text" else chunk.text or chunk.context
    try:
        if chunk.modality == "table" and (table := frame(chunk)) is not None:
            return _table(pick(table, question) if question else table, table)
        if chunk.modality == "code":
            code = _escape(chunk.text[: 4 * MAX_QUOTE_CHARS])
            return f'<pre><code dir="ltr">{code}</code></pre>' if chunk.text.strip() else ""
        if chunk.modality in ("image", "video", "3d"):
            return _figure(e, words)
    except PolysenseError:
        pass  # what cannot be shown may still be quoted
    return _quote(words) + "".join(map(_attachment, e.attachments))


def _each_attachment_once(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, each picture beside the first piece that it stands with, unless it is evidence
    itself.
    """
    ids = {_identity(e.hit.chunk.part) for e in evidence if e.hit.chunk.part}
    pieces = []
    for e in evidence:
        parts = tuple(p for p in e.attachments[:1] if _identity(p) not in ids)
        ids |= {_identity(p) for p in parts}
        pieces.append(replace(e, attachments=parts))
    return pieces


def _identity(part: Part) -> str:
    """A file by its path, which may be gone; what is no file by its content."""
    return str(part.data) if isinstance(part.data, Path) else part.id


def _attachment(part: Part) -> str:
    """A picture that stands with the words of a piece of evidence; "" for what is none."""
    try:
        pixels = decode.pixels(part, MAX_PICTURE_SIDE) if part.modality == "image" else None
    except PolysenseError:
        pixels = None
    if pixels is None:
        return ""
    height, width = pixels.shape[:2]
    alt = _escape(part.name or "")
    return (
        f'\n<figure><img src="{_data_uri(pixels)}" width="{width}" height="{height}" alt="{alt}">'
        f'<figcaption dir="auto">{alt}</figcaption></figure>'
    )


def _quote(words: str) -> str:
    words = words.strip()
    if len(words) > MAX_QUOTE_CHARS:
        words = words[:MAX_QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
    paragraphs = "".join(
        f'<p dir="auto">{_escape(p.strip())}</p>' for p in re.split(r"\n\s*\n", words) if p.strip()
    )
    return f"<blockquote>{paragraphs}</blockquote>" if paragraphs else ""


def _table(selection: Frame, whole: Frame) -> str:
    selection = selection if selection.rows else whole
    numeric = [
        selection.kind(c) in ("integer", "number")
        for c in range(min(MAX_COLUMNS, len(selection.columns)))
    ]
    head = "".join(
        f'<th scope="col" dir="auto">{_escape(c)}</th>' for c in selection.columns[:MAX_COLUMNS]
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td{" class=n" if n else ""} dir="auto">{_escape(c)}</td>'
            for c, n in zip(row, numeric, strict=False)
        )
        + "</tr>\n"
        for row in selection.rows[:MAX_ROWS]
    )
    row_count = min(MAX_ROWS, len(selection.rows))
    row_note = f" ({row_count} of {len(whole.rows)} rows)" if row_count < len(whole.rows) else ""
    name = selection.title + row_note
    caption = f"<caption>{_escape(name.strip())}</caption>" if name.strip() else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>{caption}\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )


def _figure(e: Evidence, words: str) -> str:
    chunk = e.hit.chunk
    pixels = _pixels(e)
    if pixels is None or min(pixels.shape[:2]) < 2:
        return _quote(words)
    alt_text = " ".join((chunk.context or chunk.text or chunk.asset.name).split())[:200]
    caption = _escape(" ".join(words.split())[:300])
    height, width = pixels.shape[:2]
    return (
        f'<figure><img src="{_data_uri(pixels)}" width="{width}" height="{height}" '
        f'alt="{_escape(alt_text)}">'
        + (f'<figcaption dir="auto">{caption}</figcaption>' if words.strip() else "")
        + "</figure>"
    )


def _pixels(e: Evidence) -> decode.Pixels | None:
    """A picture, a model seen from its side, or the frame where a piece of film begins."""
    chunk = e.hit.chunk
    content = e.part if e.part.modality == chunk.modality else chunk.part
    if content is None:
        return None
    if chunk.modality == "3d":
        return mesh_decode.render(mesh_decode.load(content), 35.0, size=480)
    if chunk.modality == "video":
        second = (e.span.seconds or chunk.span.seconds or (0.0, 0.0))[0]
        path = chunk.asset.path or content.data
        if not isinstance(path, Path):
            return None
        content = replace(content, data=path, span=replace(content.span, seconds=(second, second)))
    return decode.pixels(content, MAX_PICTURE_SIDE)


def _data_uri(pixels: decode.Pixels) -> str:
    """A picture inside the page: as PNG where that is small (drawings), else as JPEG."""
    from PIL import Image

    data, image_format = decode.png(pixels), "png"
    if len(data) > MAX_PNG_BYTES:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=82, optimize=True)
        data, image_format = out.getvalue(), "jpeg"
    return f"data:image/{image_format};base64,{base64.b64encode(data).decode()}"
