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
from polysense.protocols import Generator
from polysense.read.image import decode
from polysense.read.solid import decode as mesh
from polysense.read.table.frame import Frame, frame, pick
from polysense.types import Evidence, Modality, Origin, Part, Query

MOST = 12
"""Pieces of evidence on a page."""

ROWS, COLUMNS = 40, 12
"""Of a table on it."""

LONGEST = 720
"""Pixels along the longer side of a picture on it."""

WORDY = 1200
"""Characters of one quotation."""

_STYLE = """:root{color-scheme:light dark;--ink:#1d2733;--paper:#fdfcfa;--soft:#5b6875;--line:#d9d5cc;--mark:#0b5c8a;--tint:#f3f0e9}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--paper:#14191f;--soft:#9aa7b4;--line:#323b45;--mark:#7cc4ee;--tint:#1c232b}}
*{box-sizing:border-box}body{margin:0 auto;max-width:46rem;padding:3rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
font:1.0625rem/1.6 Georgia,"Times New Roman","Noto Serif CJK SC","Songti SC",serif;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.25;margin:0 0 2rem}h2{font:600 1.1rem/1.3 system-ui,sans-serif;margin:3rem 0 .75rem}
article{margin:0 0 2.25rem}blockquote{margin:0;padding:.1rem 0 .1rem 1.1rem;border-inline-start:3px solid var(--mark)}
blockquote p{margin:.4rem 0;white-space:pre-line}figure{margin:0}
img{display:block;max-width:100%;height:auto;border:1px solid var(--line);border-radius:4px}
figcaption,.source{font:.875rem/1.5 system-ui,sans-serif;color:var(--soft);margin:.6rem 0 0}a{color:var(--mark)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font:.9375rem/1.45 system-ui,sans-serif}
caption{text-align:start;color:var(--soft);padding:0 0 .4rem}
th,td{padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);text-align:start;vertical-align:top}th{font-weight:600}
td.n{text-align:end;font-variant-numeric:tabular-nums}pre{overflow-x:auto;background:var(--tint);padding:1rem;border-radius:4px;margin:0}
code{font:.875rem/1.5 ui-monospace,Menlo,Consolas,monospace}ol{padding-inline-start:1.6rem}li{margin:.35rem 0}"""


class WebPage(Generator):
    """Evidence of any kind -> one HTML file: what each piece says or shows, numbered, with a list
    of sources. Opens anywhere.
    """

    accepts: frozenset[Modality] = frozenset(
        {"text", "image", "audio", "video", "table", "code", "3d", "graph"}
    )
    emits: Modality = "code"
    cost = 0.5
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One page. Nothing where no piece of evidence says or shows anything."""
        words = " ".join(" ".join(str(p.data).split()) for p in query if p.modality == "text")
        shown = [(e, body) for e in evidence[:MOST] if (body := _body(e, words))]
        if not shown:
            return
        title = words[:160] or "Answer"
        articles = "".join(
            f'<article id="evidence-{e.n}">\n{body}\n{_source(e)}\n</article>\n'
            for e, body in shown
        )
        listed = "".join(
            f'<li value="{e.n}" id="source-{e.n}"><bdi>{_plain(e.hit.chunk.asset.name)}</bdi>, {_plain(str(e.span or e.hit.chunk.span))}'
            f' <a href="#evidence-{e.n}" aria-label="Back to {e.n}">↑</a></li>\n'
            for e, _ in shown
        )
        page = (
            f'<!doctype html>\n<html lang="{_language(title)}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
            f"<title>{_plain(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n"
            f'<h1 dir="auto">{_plain(title)}</h1>\n{articles}</main>\n'
            f"<footer>\n<h2>Sources</h2>\n<ol>\n{listed}</ol>\n</footer>\n</body>\n</html>\n"
        )
        numbers = [e.n for e, _ in shown]
        yield Part(
            "code",
            page,
            mime="text/html",
            name="answer.html",
            meta={"language": "html", "evidence": numbers},
        )


def _plain(said: str) -> str:
    """Escaped, without the control characters that HTML may not hold."""
    return escape(
        re.sub(
            r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]", "", said
        )
    )


def _language(said: str) -> str:
    return "zh" if sum("\u4e00" <= c <= "\u9fff" for c in said) > 0.2 * max(1, len(said)) else "en"


def _source(e: Evidence) -> str:
    place = str(e.span or e.hit.chunk.span)
    return f'<p class="source"><a href="#source-{e.n}">[{e.n}]</a> <cite>{_plain(e.hit.chunk.asset.name)}</cite>, {_plain(place)}</p>'


def _body(e: Evidence, words: str) -> str:
    """What a piece of evidence says or shows."""
    chunk = e.hit.chunk
    said = str(e.part.data) if e.part.modality == "text" else chunk.text or chunk.context
    try:
        if chunk.modality == "table" and (found := frame(chunk)) is not None:
            return _table(pick(found, words) if words else found, found)
        if chunk.modality == "code":
            return (
                f'<pre><code dir="ltr">{_plain(chunk.text[: 4 * WORDY])}</code></pre>'
                if chunk.text.strip()
                else ""
            )
        if chunk.modality in ("image", "video", "3d"):
            return _figure(e, said)
    except PolysenseError:
        pass  # what cannot be shown may still be quoted
    return _quote(said)


def _quote(said: str) -> str:
    said = said.strip()
    if len(said) > WORDY:
        said = said[:WORDY].rsplit(" ", 1)[0] + " …"
    paragraphs = "".join(
        f'<p dir="auto">{_plain(p.strip())}</p>' for p in re.split(r"\n\s*\n", said) if p.strip()
    )
    return f"<blockquote>{paragraphs}</blockquote>" if paragraphs else ""


def _table(found: Frame, whole: Frame) -> str:
    found = found if found.rows else whole
    numeric = [
        found.kind(c) in ("integer", "number") for c in range(min(COLUMNS, len(found.columns)))
    ]
    head = "".join(f'<th scope="col" dir="auto">{_plain(c)}</th>' for c in found.columns[:COLUMNS])
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td{" class=n" if n else ""} dir="auto">{_plain(c)}</td>'
            for c, n in zip(row, numeric, strict=False)
        )
        + "</tr>\n"
        for row in found.rows[:ROWS]
    )
    left = len(whole.rows) - min(ROWS, len(found.rows))
    name = found.title + (
        f" ({min(ROWS, len(found.rows))} of {len(whole.rows)} rows)" if left else ""
    )
    caption = f"<caption>{_plain(name.strip())}</caption>" if name.strip() else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>{caption}\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
    )


def _figure(e: Evidence, said: str) -> str:
    chunk = e.hit.chunk
    content = e.part if e.part.modality == chunk.modality else chunk.part
    if content is None:
        return _quote(said)
    if chunk.modality == "3d":
        shown = mesh.render(mesh.load(content), 35.0, size=480)
    elif chunk.modality == "video":
        at = (e.span.seconds or chunk.span.seconds or (0.0, 0.0))[0]
        path = chunk.asset.path or content.data
        if not isinstance(path, Path):
            return _quote(said)
        shown = decode.pixels(
            replace(content, data=path, span=replace(content.span, seconds=(at, at))), LONGEST
        )
    else:
        shown = decode.pixels(content, LONGEST)
    if min(shown.shape[:2]) < 2:
        return _quote(said)
    called = " ".join((chunk.context or chunk.text or chunk.asset.name).split())[:200]
    caption = (
        f'<figcaption dir="auto">{_plain(" ".join(said.split())[:300])}</figcaption>'
        if said.strip()
        else ""
    )
    high, wide = shown.shape[:2]
    return f'<figure><img src="{_uri(shown)}" width="{wide}" height="{high}" alt="{_plain(called)}">{caption}</figure>'


def _uri(shown: decode.Pixels) -> str:
    """A picture inside the page: as PNG where that is small (drawings), else as JPEG."""
    from PIL import Image

    data, kind = decode.png(shown), "png"
    if len(data) > 60_000:
        out = io.BytesIO()
        Image.fromarray(shown).save(out, "JPEG", quality=82, optimize=True)
        data, kind = out.getvalue(), "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
