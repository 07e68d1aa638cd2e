"""Code and plain text by lines, with highlighting, the cited lines marked."""

from __future__ import annotations

from functools import lru_cache

from nicegui import ui

from polysense.make.file import provenance
from polysense.read.file import text
from polysense.serve.page.places.place import Place

CONTEXT_LINES = 400
"""Lines shown before and after the place; judged, not measured."""

MOST_BYTES = 8 << 20
"""Of a file that is read whole to show some lines of it; judged, not measured."""

_PROSE_TYPES = {"text/html", "text/markdown", "application/epub+zip", "message/rfc822"}


def fits(place: Place) -> bool:
    """What is read line by line."""
    is_text = place.mime.startswith("text/") or place.mime in (
        "application/json",
        "application/xml",
        "application/x-ipynb+json",
    )
    has_lines = place.span.lines is not None or place.asset is None
    return (
        is_text and has_lines and place.path is not None and place.path.stat().st_size <= MOST_BYTES
    )


def show(place: Place) -> None:
    """The file around its place."""
    assert place.path is not None
    source_lines = text.read_text(place.path).split("\n")
    first, last = place.span.lines or (0, -1)
    start = max(0, first - 1 - CONTEXT_LINES)
    end = min(len(source_lines), max(last, 1) + CONTEXT_LINES)
    if place.asset is None and f"{provenance.KEY} {{" in source_lines[0]:
        start = 1  # where it came from stands under it in words
    markup = _highlight(place.name, place.mime, "\n".join(source_lines[start:end]))
    markup_lines = markup.split("\n")
    spans = [
        f'<span class="line{" on" if first <= n <= last else ""}" data-n="{n}">{row or " "}</span>'
        for n, row in zip(range(start + 1, end + 1), markup_lines, strict=False)
    ]
    wraps = " wrap" if place.mime in ("text/plain", *_PROSE_TYPES) else ""
    ui.html("".join(spans), sanitize=False, tag="pre").classes(f"lines{wraps}")


def _highlight(name: str, mime: str, code: str) -> str:
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
    markup: str = highlight(code, lexer, Plain(nowrap=True, classprefix="p-"))
    return markup.removesuffix("\n")


@lru_cache(maxsize=1)
def highlight_styles() -> str:
    """The colours of code, light and dark."""
    from pygments.formatters import HtmlFormatter

    light = HtmlFormatter(style="friendly", classprefix="p-").get_style_defs(".lines")
    dark = HtmlFormatter(style="nord", classprefix="p-").get_style_defs(
        ':root[data-theme="dark"] .lines'
    )
    rules = [r for r in f"{light}\n{dark}".split("\n") if ".p-" in r and "background" not in r]
    return "\n".join(rules)
