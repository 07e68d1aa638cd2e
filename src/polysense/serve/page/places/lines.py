"""Code and plain words by lines, with highlighting, the lines that are meant marked."""

from __future__ import annotations

from functools import lru_cache

from nicegui import ui

from polysense.make.file import provenance
from polysense.read.file import text
from polysense.serve.page.places.place import Place

AROUND = 400
"""Lines shown before and after the place."""

MOST_BYTES = 8 << 20
_PROSE = {"text/html", "text/markdown", "application/epub+zip", "message/rfc822"}


def fits(place: Place) -> bool:
    """What is read line by line."""
    words = place.mime.startswith("text/") or place.mime in (
        "application/json",
        "application/xml",
        "application/x-ipynb+json",
    )
    lines = place.span.lines is not None or place.asset is None
    return words and lines and place.path is not None and place.path.stat().st_size <= MOST_BYTES


def show(place: Place) -> None:
    """The file around its place."""
    assert place.path is not None
    said = text.read(place.path).split("\n")
    first, last = place.span.lines or (0, -1)
    begin, end = max(0, first - 1 - AROUND), min(len(said), max(last, 1) + AROUND)
    if place.asset is None and f"{provenance.KEY} {{" in said[0]:
        begin = 1  # where it came from stands under it in words
    shown = _painted(place.name, place.mime, "\n".join(said[begin:end])).split("\n")
    rows = [
        f'<span class="line{" on" if first <= n <= last else ""}" data-n="{n}">{row or " "}</span>'
        for n, row in zip(range(begin + 1, end + 1), shown, strict=False)
    ]
    wraps = " wrap" if place.mime in ("text/plain", *_PROSE) else ""
    ui.html("".join(rows), sanitize=False, tag="pre").classes(f"lines{wraps}")


def _painted(name: str, mime: str, code: str) -> str:
    """Escaped markup, a line a line: every span ends on the line that it began on."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import TextLexer, get_lexer_for_filename, get_lexer_for_mimetype
    from pygments.util import ClassNotFound

    class Plain(HtmlFormatter):  # type: ignore[misc]
        def wrap(self, source: object) -> object:
            return source

    try:
        lexer = get_lexer_for_filename(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        try:
            lexer = get_lexer_for_mimetype(mime, stripnl=False, ensurenl=False)
        except ClassNotFound:
            lexer = TextLexer(stripnl=False, ensurenl=False)
    painted: str = highlight(code, lexer, Plain(nowrap=True, classprefix="p-"))
    return painted.removesuffix("\n")


@lru_cache(maxsize=1)
def colours() -> str:
    """The colours of code, light and dark."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="friendly", classprefix="p-").get_style_defs(".lines")
    dark = HtmlFormatter(style="nord", classprefix="p-").get_style_defs(
        ':root[data-theme="dark"] .lines'
    )
    keep = [r for r in f"{light}\n{dark}".split("\n") if ".p-" in r and "background" not in r]
    return "\n".join(keep)
