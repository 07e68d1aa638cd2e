"""Headings of a PDF, by bookmarks or by font, and the paragraphs under each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from polysense.read.document.layout import CAPTION, Line
from polysense.read.document.line_ends import join_lines
from polysense.read.file.text import count_words

_UNFINISHED_END = re.compile(r"[,;.。]$")

MAX_TITLE_CHARS = 120
"""Characters of a heading that are kept for the contexts of what stands under it."""

# The numbers below are judged, not measured.

_MAX_HEADING_LINES = 3
_MAX_HEADING_WORDS = 20
_MAX_BOLD_HEADING_WORDS = 12
"""Longer paragraphs are no headings; bold alone is weaker evidence than size."""

_MIN_HEADING_LETTERS = 3

_LARGER, _LARGER_POINTS = 1.12, 0.4
"""A heading's font is this many times the body's, and so many points, larger: sizes are rounded."""

_NOT_SMALLER = 0.95
"""A bold heading's font is at least this many times the body's: bold notes are none."""

_MOSTLY_BOLD = 0.5
"""Where more of a page's paragraphs begin in bold, bold tells nothing."""


@dataclass(slots=True)
class Section:
    """Paragraphs under one heading; the heading's own words come first.

    path is the headings above, its own included.
    """

    path: tuple[str, ...]
    paragraphs: list[list[Line]]
    has_only_headings: bool = False


class SectionSplitter:
    """The headings that are open while the pages of a document are read in order."""

    def __init__(
        self,
        outline: Iterable[tuple[int, str, int]],
        title: str,
        body_size: float,
        body_is_bold: bool,
    ) -> None:
        """outline: depth, title and page of each bookmark; body: the font of most characters."""
        self._title, self._body_size, self._body_is_bold = title, body_size, body_is_bold
        self._bookmarks: dict[int, list[tuple[int, str]]] = {}
        for level, title, page in outline:
            self._bookmarks.setdefault(page, []).append((level, title))
        # bookmarks outrank headings that only look so; a larger font outranks a smaller one
        self._headings: list[tuple[tuple[int, float], str]] = []

    def heading_path(self) -> tuple[str, ...]:
        """The headings that are open, the highest first."""
        return tuple(title for _, title in self._headings)

    def split(self, paragraphs: Sequence[list[Line]], page_number: int) -> list[Section]:
        """The sections of one page, the first under the headings that are still open."""
        bold_starts = sum(p[0].bold for p in paragraphs)
        is_bold_usual = self._body_is_bold or bold_starts > _MOSTLY_BOLD * len(paragraphs)
        texts = [
            letters_only(join_lines(p)[0]) if len(p) <= _MAX_HEADING_LINES else ""
            for p in paragraphs
        ]
        bookmarks = self._enter_absent(list(self._bookmarks.get(page_number, ())), texts)
        sections = [Section(self.heading_path(), [])]
        for paragraph, text in zip(paragraphs, texts, strict=True):
            bookmark = next((b for b in bookmarks if text.endswith(letters_only(b[1]))), None)
            if bookmark:
                bookmarks.remove(bookmark)
                self._enter((0, bookmark[0]), bookmark[1])
            elif self._is_heading(paragraph, is_bold_usual):
                self._enter((1, -round(paragraph[0].size)), join_lines(paragraph)[0])
            else:
                sections[-1].paragraphs.append(paragraph)
                sections[-1].has_only_headings = False
                continue
            # headings without words of their own go with the next
            headings = sections[-1].paragraphs if sections[-1].has_only_headings else []
            sections[len(sections) - bool(headings) :] = [
                Section(self.heading_path(), [*headings, paragraph], has_only_headings=True)
            ]
        return [s for s in sections if s.paragraphs]

    def _enter_absent(
        self, bookmarks: list[tuple[int, str]], texts: list[str]
    ) -> list[tuple[int, str]]:
        """Enter the bookmarks whose words are not on the page: they hold from its top.

        Returns the others.
        """
        for level, title in list(bookmarks):
            if not any(text.endswith(letters_only(title)) for text in texts):
                self._enter((0, level), title)
                bookmarks.remove((level, title))
        return bookmarks

    def _enter(self, rank: tuple[int, float], title: str) -> None:
        title_start = title[:MAX_TITLE_CHARS]
        if self._headings and letters_only(self._headings[-1][1]) == letters_only(title_start):
            return  # a running head, and then the heading itself
        while self._headings and self._headings[-1][0] >= rank:
            self._headings.pop()
        if title != self._title:
            self._headings.append((rank, title_start))

    def _is_heading(self, paragraph: list[Line], is_bold_usual: bool) -> bool:
        words = join_lines(paragraph)[0]
        if (
            len(paragraph) > _MAX_HEADING_LINES
            or not 1 <= count_words(words) <= _MAX_HEADING_WORDS
            or CAPTION.match(words)
            or sum(map(str.isalpha, words)) < _MIN_HEADING_LETTERS
        ):
            return False
        if paragraph[0].size >= _LARGER * self._body_size + _LARGER_POINTS:
            return True
        is_heavy = (
            all(line.bold for line in paragraph)
            and not is_bold_usual
            and paragraph[0].size >= _NOT_SMALLER * self._body_size
        )
        return (
            is_heavy
            and count_words(words) <= _MAX_BOLD_HEADING_WORDS
            and not _UNFINISHED_END.search(words)
        )


def heading_trail(title: str, path: Iterable[str]) -> str:
    """The way to a place: "Title > Heading > Subheading"."""
    return " > ".join([title, *path])


def letters_only(text: str) -> str:
    """Letters and digits only, to compare a bookmark with a heading.

    >>> letters_only("2.1 Owls, again")
    '21owlsagain'
    """
    return "".join(c for c in text.casefold() if c.isalnum())
