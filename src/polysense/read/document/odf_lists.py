"""The numbers that an OpenDocument text shows before the items of its lists (19.797 onwards), put
into their words.
"""

from __future__ import annotations

import re
from typing import Any

from polysense.read.document.list_numbers import numeral
from polysense.read.file.open_document import STYLE, WORDS, OpenDocument

_LEFT_OUT = frozenset({WORDS + "tracked-changes", WORDS + "table-of-content"})
_PARAGRAPHS = (WORDS + "p", WORDS + "h")
_ITEM, _LIST = WORDS + "list-item", WORDS + "list"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_NUMBER = re.compile(r"\d{1,6}")


def number_items(document: OpenDocument) -> None:
    """Put before the first words of each item the number that is shown there."""
    _Numbering(document).walk(document.body)


class _Numbering:
    """The numbers that lists have come to, by their ids and styles."""

    def __init__(self, document: OpenDocument) -> None:
        self._document = document
        self._ends_by_id = dict[str, int]()
        self._ends_by_style = dict[tuple[str, int], int]()

    def walk(self, element: Any) -> None:
        """Number the lists in an element."""
        for inner in element:
            if inner.tag == _LIST:
                self._list(inner, inner.get(WORDS + "style-name", ""), ())
            elif isinstance(inner.tag, str) and inner.tag not in _LEFT_OUT:
                self.walk(inner)

    def _list(self, element: Any, style: str, outer: tuple[int, ...]) -> None:
        depth = len(outer) + 1
        level = self._level(style, depth)
        number = _whole(level.get(WORDS + "start-value"), 1) - 1 if level is not None else 0
        before = element.get(WORDS + "continue-list", "")
        if before in self._ends_by_id:
            number = self._ends_by_id[before]
        elif element.get(WORDS + "continue-numbering") == "true":
            number = self._ends_by_style.get((style, depth), number)
        for item in element:
            if item.tag != _ITEM:
                self.walk(item)  # a head of the list
                continue
            number = _whole(item.get(WORDS + "start-value"), number + 1)
            if level is not None and (first := next(iter(item), None)) is not None:
                self._mark(first, level, style, (*outer, number))
            for inner in item:
                if inner.tag == _LIST:
                    own_style = inner.get(WORDS + "style-name", "") or style
                    self._list(inner, own_style, (*outer, number))
                elif isinstance(inner.tag, str):
                    self.walk(inner)
        self._ends_by_style[style, depth] = number
        if key := element.get(_XML_ID, ""):
            self._ends_by_id[key] = number

    def _level(self, style: str, depth: int) -> Any:
        """How a level is numbered; None where it has bullets."""
        levels = self._document.list_styles.get(style, ())
        numbers = (e for e in levels if e.tag == WORDS + "list-level-style-number")
        return next(
            (
                e
                for e in numbers
                if e.get(WORDS + "level") == str(depth) and e.get(STYLE + "num-format")
            ),
            None,
        )

    def _mark(self, p: Any, level: Any, style: str, numbers: tuple[int, ...]) -> None:
        if p.tag not in _PARAGRAPHS or not self._document.words(p).strip():
            return
        count = min(_whole(level.get(WORDS + "display-levels"), 1), len(numbers))
        parts: list[str] = []
        for depth in range(len(numbers) - count + 1, len(numbers) + 1):
            own_level = self._level(style, depth)
            if own_level is not None:
                parts.append(numeral(numbers[depth - 1], own_level.get(STYLE + "num-format", "1")))
        marker = level.get(STYLE + "num-prefix", "") + ".".join(parts)
        p.text = f"{marker}{level.get(STYLE + 'num-suffix', '')} {p.text or ''}"


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and _NUMBER.fullmatch(text) else otherwise
