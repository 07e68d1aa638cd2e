"""References of documents to other files: where they lead, and the words that go with them."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import unquote

from polysense.read.file import text as texts
from polysense.types import unique

LINK_WORDS = 60
"""Words a link may carry; judged, not measured."""

TRAIL_WORDS = 24
"""Words that each heading of a trail may have; judged, not measured."""

MAX_NAME_CHARS = 300
"""Characters of a reference that are looked at for its ending."""

# How far up a site's pictures are looked for, and among how many entries of each folder.
_MAX_FOLDERS_UP = 3
_MAX_FOLDER_ENTRIES = 200

_PAGE_ENDINGS = frozenset(
    {".html", ".htm", ".xhtml", ".php", ".asp", ".aspx", ".jsp", ".css", ".js"}
)
_NON_SPACE = re.compile(r"\S+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_QUERY_OR_FRAGMENT = re.compile(r"[?#].*", re.S)
_TEMPLATE = re.compile(r"\{\{.{0,200}?\}\}|\{%.{0,200}?%\}", re.S)
FILE_ENDINGS = (
    "png|jpe?g|gif|webp|tiff?|bmp|svg|heic|avif|"
    "mp3|wav|ogg|flac|m4a|opus|mp4|webm|mov|mkv|avi|glb|gltf|obj|stl|ply|off|"
    "pdf|docx|pptx|xlsx|ods|epub|csv|tsv|parquet"
)
"""How the names of media and document files end, as a pattern."""

FILE_NAME = re.compile(
    r"(?<![\w/:.@\\~-])(?:\.{0,2}/)?(?:[\w.-]{1,80}/){0,12}"
    rf"[\w-][\w.-]{{0,80}}\.(?:{FILE_ENDINGS})(?![\w/-])",
    re.I,
)
"""The name of a media or document file in running words."""

FILE_STEM = re.compile(
    r"(?<![\w/:.@\\~#-])[A-Za-z]{1,8}[_-]?\d{3,8}(?:[_-]\d{1,6})?(?![\w/-]|\.\w)", re.ASCII
)
"""What may be the name of a picture or a recording without its ending: IMG_0014, DSC00123."""

# What each of the two cannot be without: found in a quarter of the time.
_FILE_ENDING = re.compile(rf"\.(?:{FILE_ENDINGS})(?![\w/-])", re.I)
_NUMBER_OF_STEM = re.compile(r"[A-Za-z_-]\d{3}", re.ASCII)


def file_names(text: str) -> Iterator[re.Match[str]]:
    """The names of media and document files in running words.

    >>> [m[0] for m in file_names("As in img/cat.png and cat.py")]
    ['img/cat.png']
    """
    return FILE_NAME.finditer(text) if _FILE_ENDING.search(text) else iter(())


def names_file(text: str) -> bool:
    """Whether words name a media or document file, with its ending or without.

    >>> names_file("IMG_0014 shows the mill"), names_file("The mill of 1840")
    (True, False)
    """
    return next(file_names(text), None) is not None or (
        _NUMBER_OF_STEM.search(text) is not None and FILE_STEM.search(text) is not None
    )


def resolve_reference(uri: str, ref: str) -> str:
    """The path that `ref` names in the document at `uri`; empty for what is no local file.

    >>> resolve_reference("/site/a/page.html", "../img/my%20cat.png?v=2#x")
    '/site/img/my cat.png'
    >>> resolve_reference("/site/a/page.html", "https://example.org/cat.png")
    ''
    """
    ref = _TEMPLATE.sub("", ref).strip()
    if ref.lower().startswith("file://"):
        ref = "/" + ref[7:].lstrip("/")
    ref_path = unquote(_QUERY_OR_FRAGMENT.sub("", ref)).replace("\\", "/")
    if (
        not ref_path
        or "\0" in ref_path
        or len(ref_path) > 1000
        or ref.startswith(("//", "\\\\"))
        or _SCHEME.match(ref)
    ):
        return ""
    folder = os.path.dirname(uri)
    path = os.path.normpath(os.path.join(folder, ref_path))
    archive, inside, _ = uri.rpartition("!/")
    if inside:
        return path if path.startswith(f"{archive}!/") else ""
    if os.path.exists(path):
        return path
    is_rooted = ref_path.startswith("/")
    # a bare name may be anything elsewhere
    site_path = _find_in_site(folder, ref_path) if is_rooted or "/" in ref_path.strip("./") else ""
    return site_path or ("" if is_rooted else path)


def _find_in_site(folder: str, ref_path: str) -> str:
    """The file that a site generator would put at `ref_path`.

    In the nearest folder above, or in one beside it: static/, episodes/.
    """
    for _ in range(_MAX_FOLDERS_UP):
        try:
            with os.scandir(folder) as entries:
                subfolders = sorted(
                    entry.path
                    for entry in islice(entries, _MAX_FOLDER_ENTRIES)
                    if entry.is_dir() and not entry.name.startswith(".")
                )
        except OSError:
            return ""
        for root in (folder, *subfolders):
            if os.path.isfile(path := os.path.normpath(f"{root}/{ref_path}")):
                return path
        folder = os.path.dirname(folder)
    return ""


def is_file(href: str) -> bool:
    """Whether a link leads to a file that is no page or script."""
    suffix = PurePosixPath(href.split("#")[0].split("?")[0][-MAX_NAME_CHARS:]).suffix.lower()
    return bool(suffix) and suffix not in _PAGE_ENDINGS


def link_words(*descriptions: str, limit: int = LINK_WORDS) -> str:
    """The descriptions of a file, each once, one a line, at most `limit` words.

    >>> link_words("A cat", "", "a  cat", "Our animals")
    'A cat\\nOur animals'
    """
    lines: list[str] = []
    for description in descriptions:
        line = " ".join(description.split())
        if line and line.lower() not in " ".join(lines).lower():
            lines.append(line)
    return first_words("\n".join(lines), limit)


def first_words(text: str, limit: int) -> str:
    """The first `limit` words."""
    end = 0
    for m in _NON_SPACE.finditer(text):
        room, limit = limit, limit - texts.count_words(m[0])
        if limit < 0:  # a run of Chinese is one token of many words
            return text[: m.start() + room].rstrip() if texts.count_words(m[0]) > 1 else text[:end]
        end = m.end()
    return text


def last_words(text: str, limit: int) -> str:
    """The last `limit` words."""
    return first_words(text[::-1], limit)[::-1]


def heading_trail(*headings: str, limit: int = TRAIL_WORDS) -> str:
    """The headings above a place, as "Title > Heading", each at most `limit` words.

    >>> heading_trail("Biology", "Cells", "", "Cells", "The nucleus")
    'Biology > Cells > The nucleus'
    """
    return " > ".join(
        unique(
            first_words(heading, limit)
            for raw_heading in headings
            if (heading := " ".join(raw_heading.split()))
        )
    )
