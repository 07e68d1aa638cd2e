"""Files that the words of a document name, with what it says of them: "IMG_0014 shows the mill"."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Iterator

from polysense.read.file.references import FILE_NAME, FILE_STEM, link_words, resolve_reference
from polysense.types import Chunk, Link

MAX_NAMES = 2000
"""Names picked out of the words of one document: a bound for lists of files."""

_DOCUMENTS = frozenset({"text", "table"})


def names_files(chunk: Chunk) -> bool:
    """Whether the words of a document's chunk name a file."""
    is_document = chunk.modality in _DOCUMENTS and chunk.part is None and not chunk.span.seconds
    return is_document and any(p.search(chunk.text) for p in (FILE_NAME, FILE_STEM))


def links_by_name(chunks: Iterable[Chunk], uris: Iterable[str]) -> Iterator[Link]:
    """A link for each line of words, in documents, that names a media or document file.

    uris are where the document's own links lead: of those files it has said more already.
    """
    names = {os.path.basename(uri) for uri in uris}
    names |= {os.path.splitext(name)[0] for name in names}
    for chunk in filter(names_files, chunks):
        for line, name, place in _named_lines(chunk):
            if len(names) >= MAX_NAMES:
                return
            if os.path.basename(name) in names:
                continue
            names.add(os.path.basename(name))
            if uri := resolve_reference(chunk.asset.uri, name):
                heading = chunk.context.split("\n")[0]
                yield Link(uri, link_words(heading, line), chunk.place(*place))


def _named_lines(chunk: Chunk) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """(line, name in it, its start and end in the chunk's text)."""
    start = 0
    for line in chunk.text.split("\n"):
        for pattern in (FILE_NAME, FILE_STEM):
            for m in pattern.finditer(line):
                yield line, m[0], (start + m.start(), start + m.end())
        start += len(line) + 1
