"""What documents say of other files: where a reference leads, and the words that stand around it."""

from __future__ import annotations

import os.path
import re
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import unquote

from polysense.read.file import text as texts
from polysense.types import unique

LINK_WORDS = 60
"""Words a link may carry."""

NAME = 300
"""Characters of a reference that are looked at for its ending."""

_PAGES = frozenset({".html", ".htm", ".xhtml", ".php", ".asp", ".aspx", ".jsp", ".css", ".js"})
_TOKEN = re.compile(r"\S+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_TAIL = re.compile(r"[?#].*", re.S)
_TEMPLATE = re.compile(r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}", re.S)
FILES = (
    "png|jpe?g|gif|webp|tiff?|bmp|svg|heic|avif|mp3|wav|ogg|flac|m4a|opus|mp4|webm|mov|mkv|avi|glb|gltf|obj|stl|ply|off|"
    "pdf|docx|pptx|xlsx|ods|epub|csv|tsv|parquet"
)
"""How the names of media and document files end, as a pattern."""

FILE = re.compile(
    rf"(?<![\w/:.@\\~-])(?:\.{{0,2}}/)?(?:[\w.-]{{1,80}}/){{0,12}}[\w-][\w.-]{{0,80}}\.(?:{FILES})(?![\w/-])",
    re.I,
)
"""The name of a media or document file in running words."""


def target(uri: str, ref: str) -> str:
    """The absolute path of the file that `ref` names in the document at `uri`; empty for what is no
    local file.

    >>> target("/site/a/page.html", "../img/my%20cat.png?v=2#x"), target("/site/a/page.html", "https://example.org/cat.png")
    ('/site/img/my cat.png', '')
    """
    ref = _TEMPLATE.sub("", ref).strip()
    if ref.lower().startswith("file://"):
        ref = "/" + ref[7:].lstrip("/")
    named = unquote(_TAIL.sub("", ref)).replace("\\", "/")
    if (
        not named
        or "\0" in named
        or len(named) > 1000
        or ref.startswith(("//", "\\\\"))
        or _SCHEME.match(ref)
    ):
        return ""
    folder = os.path.dirname(uri)
    path = os.path.normpath(os.path.join(folder, named))
    archive, inside, _ = uri.rpartition("!/")
    if inside:
        return path if path.startswith(f"{archive}!/") else ""
    if os.path.exists(path):
        return path
    rooted = named.startswith("/")
    # a bare name may be anything elsewhere
    found = _in_site(folder, named) if rooted or "/" in named.strip("./") else ""
    return found or ("" if rooted else path)


def _in_site(folder: str, named: str) -> str:
    """The file that a site generator would put at `named`, in the nearest folder above or in one
    beside it: static/, episodes/.
    """
    for _ in range(3):
        try:
            with os.scandir(folder) as entries:
                beside = sorted(
                    entry.path
                    for entry in islice(entries, 200)
                    if entry.is_dir() and not entry.name.startswith(".")
                )
        except OSError:
            return ""
        for root in (folder, *beside):
            if os.path.isfile(path := os.path.normpath(f"{root}/{named}")):
                return path
        folder = os.path.dirname(folder)
    return ""


def is_file(href: str) -> bool:
    """Whether a link leads to a file that is no page or script."""
    suffix = PurePosixPath(href.split("#")[0].split("?")[0][-NAME:]).suffix.lower()
    return bool(suffix) and suffix not in _PAGES


def link_words(*said: str, limit: int = LINK_WORDS) -> str:
    """What is said of a file, each thing once, one a line, at most `limit` words.

    >>> link_words("A cat", "", "a  cat", "Our animals")
    'A cat\\nOur animals'
    """
    kept: list[str] = []
    for piece in said:
        piece = " ".join(piece.split())
        if piece and piece.lower() not in " ".join(kept).lower():
            kept.append(piece)
    return cut("\n".join(kept), limit)


def cut(text: str, limit: int) -> str:
    """The first `limit` words."""
    at = 0
    for m in _TOKEN.finditer(text):
        room, limit = limit, limit - texts.count(m[0])
        if limit < 0:  # a run of Chinese is one token of many words
            return text[: m.start() + room].rstrip() if texts.count(m[0]) > 1 else text[:at]
        at = m.end()
    return text


def cut_front(text: str, limit: int) -> str:
    """The last `limit` words."""
    return cut(text[::-1], limit)[::-1]


def trail(*headings: str, limit: int = 24) -> str:
    """The way to a place in a document: "Title > Heading > Subheading", each at most `limit` words.

    >>> trail("Biology", "Cells", "", "Cells", "The nucleus")
    'Biology > Cells > The nucleus'
    """
    return " > ".join(unique(cut(said, limit) for h in headings if (said := " ".join(h.split()))))
