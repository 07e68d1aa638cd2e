"""Drawings: parsed without entities from outside, drawn without files from outside."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
from functools import cache
from typing import Any

from polysense.errors import TooLarge, Unreadable
from polysense.read.image import typefaces

MAX_BYTES = 32 << 20
"""A drawing larger than this is refused, unpacked where it is gzipped."""

DEFAULT_SIDE = 1024
"""Pixels along the longer side, where nothing else is asked: lines and letters have no size of
their own.
"""

_ROOT_TAG = re.compile(rb"<(?:\w+:)?svg[\s>]")
_INNER_PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp)[^,]*;base64,", re.I)
_INNER_PIXELS = 16_000_000
_SERIF, _SANS, _MONO = "DejaVu Serif", "DejaVu Sans", "DejaVu Sans Mono"
"""What the generic families are: typefaces that come with packages. resvg's own are those of one
operating system, and where they are missing it draws no letter; a family that is missing
(Helvetica, Arial) is drawn as serif.
"""

_SLOW = frozenset({"feTurbulence", "feMorphology", "feConvolveMatrix"})
"""Filters whose work grows with a number in the drawing, without end."""


def is_drawing(head: bytes) -> bool:
    """Whether a file that begins so may be a drawing.

    >>> is_drawing(b'<?xml version="1.0"?><svg width="3"/>'), is_drawing(b"<html>")
    (True, False)
    """
    if head.startswith(b"\x1f\x8b"):
        try:
            head = gzip.GzipFile(fileobj=io.BytesIO(head)).read1(4096)
        except (OSError, EOFError):
            return False
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and bool(
        _ROOT_TAG.search(head)
    )


def tree(raw: bytes, name: str = "a drawing") -> Any:
    """The root element (lxml). Raises TooLarge, Unreadable."""
    from lxml import etree

    try:
        if raw.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as f:
                raw = f.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge(f"{name} is a drawing of more than {MAX_BYTES >> 20} MiB")
        parser = etree.XMLParser(
            resolve_entities="internal", no_network=True, load_dtd=False, remove_pis=True
        )
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, OSError, EOFError, ValueError) as e:
        raise Unreadable(f"{name} is no readable SVG: {e}") from e
    if etree.QName(root).localname != "svg":
        raise Unreadable(f"{name} is XML, but no SVG")
    return root


def render(raw: bytes, longest: int | None = None, name: str = "a drawing") -> bytes:
    """The drawing on white as a PNG, its longer side `longest` pixels.

    Raises TooLarge, Unreadable.
    """
    import resvg_py
    from lxml import etree

    root = tree(raw, name)
    for element in root.iter(etree.Element):
        tag = etree.QName(element)
        if tag.localname in _SLOW:
            element.tag = etree.QName(tag.namespace, "feOffset")  # hands on what it is given
        for key, value in element.attrib.items():
            if etree.QName(key).localname in ("href", "base") and not (
                value.strip().startswith("#") or _harmless(value.strip())
            ):
                del element.attrib[key]
    side = longest or DEFAULT_SIDE
    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=etree.tostring(root, encoding="unicode"),
                background="white",
                width=side,
                height=side,
                font_files=_typeface_files(),
                font_family=_SERIF,
                serif_family=_SERIF,
                sans_serif_family=_SANS,
                monospace_family=_MONO,
                cursive_family=_SANS,
                fantasy_family=_SANS,
            )
        )
    except (ValueError, RuntimeError, OverflowError) as e:
        raise Unreadable(f"{name} cannot be drawn: {e}") from e


@cache
def _typeface_files() -> list[str]:
    """Those that come with packages: with them alone, letters are drawn on any machine."""
    names = (
        *(typefaces.DEJAVU, typefaces.BOLD, typefaces.MONO),
        *(typefaces.DEJAVU_SERIF, typefaces.DEJAVU_SERIF_BOLD),
        *(typefaces.NOTO, typefaces.SERIF),
    )
    return [str(path) for path in map(typefaces.file, names) if path]


def title_and_text(raw: bytes, name: str = "a drawing") -> tuple[str, str]:
    """What it is called (its title and descriptions, in at most sixty words), and the letters drawn
    in it. Raises TooLarge, Unreadable.

    >>> drawing = b"<title>Plan</title><text>Start <tspan>here</tspan></text>"
    >>> title_and_text(b'<svg xmlns="http://www.w3.org/2000/svg">%s</svg>' % drawing)
    ('Plan', 'Start here')
    """
    titles: dict[str, None] = {}
    texts: dict[Any, str] = {}
    for element in tree(raw, name).iter("{*}title", "{*}desc", "{*}text", "{*}foreignObject"):
        is_title = element.tag.rsplit("}", 1)[-1] in ("title", "desc")
        if not is_title and any(above in texts for above in element.iterancestors()):
            continue
        if text := " ".join(" ".join(element.itertext()).split()):
            if is_title:
                titles[text] = None
            else:
                texts[element] = text
    return " ".join(". ".join(titles).split()[:60]), "\n".join(texts.values())


def _harmless(href: str) -> bool:
    """Whether it is a small picture inside the drawing itself."""
    from PIL import Image, UnidentifiedImageError

    prefix = _INNER_PICTURE.match(href)
    if not prefix:
        return False
    try:
        with Image.open(
            io.BytesIO(base64.b64decode(href[prefix.end() :])),
            formats=("PNG", "JPEG", "GIF", "WEBP"),
        ) as image:
            return image.width * image.height <= _INNER_PIXELS
    except (
        binascii.Error,
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ):
        return False
