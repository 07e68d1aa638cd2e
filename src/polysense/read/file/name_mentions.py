"""Files that the words of a document name, with what it says of them: "IMG_0014 shows the mill"."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from polysense.read.file.references import (
    FILE_NAME,
    FILE_STEM,
    link_words,
    names_file,
    resolve_reference,
)
from polysense.read.file.text import sentences
from polysense.types import Chunk, Link

MAX_NAMES = 2000
"""Names picked out of the words of one document: a bound for lists of files."""

MAX_STEMS = 100
"""Names without an ending from which on a document is a list of numbers (orders, parts), and none
of them is taken for a file's. Judged.
"""

_DOCUMENTS = frozenset({"text", "table"})
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name, what is said of it, where that stands in the chunk's text, and whether the name has
    an ending.
    """

    name: str
    words: str
    chunk: Chunk
    start: int
    end: int
    has_ending: bool

    @property
    def says_something(self) -> bool:
        """Whether there are words beside the name."""
        return _WORD.search(self.words.replace(self.name, " ")) is not None


def names_files(chunk: Chunk) -> bool:
    """Whether the words of a document's chunk name a file."""
    is_document = chunk.modality in _DOCUMENTS and chunk.part is None and not chunk.span.seconds
    return is_document and names_file(chunk.text)


def links_by_name(chunks: Iterable[Chunk], uris: Iterable[str]) -> Iterator[Link]:
    """A link for each media or document file that the words of documents name, with the first
    words that say something of it.

    uris are where the document's own links lead: of those files it has said more already.
    """
    own = {os.path.basename(uri) for uri in uris}
    own |= {os.path.splitext(name)[0] for name in own}
    mentions: dict[str, _Mention] = {}
    for chunk in filter(names_files, chunks):
        for mention in _mentions(chunk):
            name = os.path.basename(mention.name)
            earlier = mentions.get(name)
            if name in own or (earlier is None and len(mentions) >= MAX_NAMES):
                continue
            if earlier is None or (mention.says_something and not earlier.says_something):
                mentions[name] = mention
    has_too_many = sum(not m.has_ending for m in mentions.values()) > MAX_STEMS
    for m in mentions.values():
        if not m.has_ending and has_too_many:
            continue
        if uri := resolve_reference(m.chunk.asset.uri, m.name):
            heading = m.chunk.context.split("\n")[0]
            yield Link(uri, link_words(heading, m.words), m.chunk.place(m.start, m.end))


def _mentions(chunk: Chunk) -> Iterator[_Mention]:
    start = 0
    for line in chunk.text.split("\n"):
        for a, b in sentences(line):
            names = sorted(
                (m.start(), m.end(), pattern is FILE_NAME)
                for pattern in (FILE_NAME, FILE_STEM)
                for m in pattern.finditer(line, a, b)
            )
            for (s, e, has_ending), (c, d) in zip(
                names, _stretches(line, a, b, names), strict=True
            ):
                words = line[c:d].strip(" ,;")
                yield _Mention(line[s:e], words, chunk, start + s, start + e, has_ending)
        start += len(line) + 1


def _stretches(
    line: str, start: int, end: int, names: list[tuple[int, int, bool]]
) -> Iterator[tuple[int, int]]:
    """What of a sentence is about each of its names: of one all of it; of several what follows
    each, or what stands before each where nothing follows the last.
    """
    is_last = bool(names) and not _WORD.search(line, names[-1][1], end)
    for i in range(len(names)):
        if is_last:
            yield (names[i - 1][1] if i else start), names[i][1]
        else:
            yield (names[i][0] if i else start), (names[i + 1][0] if i + 1 < len(names) else end)
