"""A written document as values: what readers of all formats make, and `chunking` makes chunks of.

Heading      a title at a level; sections end there
TextBlock    lines of text, each with the lines of the source that it comes from
Mention      a file is shown or linked here, with what is said of it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias


class SourceLine(NamedTuple):
    """One line of words as read, and the source lines (first, last) that it stands on."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the highest. One on line 0 stands elsewhere: it is context only."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Text of one kind: a paragraph, code, a table, or an aside from the text around it.

    The first line of a table is its header.
    """

    lines: Sequence[SourceLine]
    kind: Literal["prose", "code", "table", "aside"] = "prose"
    language: str = ""
    caption: str = ""

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Mention:
    """A file is shown or linked here.

    offset: characters after the beginning of the text that follows; size: characters from there
    that are about the file alone. descriptions: alt text, caption, title.
    """

    ref: str
    descriptions: tuple[str, ...]
    lines: tuple[int, int]
    offset: int = 0
    size: int = 0


Block: TypeAlias = Heading | TextBlock | Mention


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of a file. meta goes into every chunk."""

    blocks: Iterable[Block]
    title: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)


def numbered_lines(text: str, first: int = 1) -> list[SourceLine]:
    """The lines of a text as they are.

    >>> numbered_lines("a\\nb")
    [SourceLine(text='a', first=1, last=1), SourceLine(text='b', first=2, last=2)]
    """
    return [SourceLine(line, n, n) for n, line in enumerate(text.split("\n"), first)]
