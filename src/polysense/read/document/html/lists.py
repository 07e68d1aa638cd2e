"""The numbers before the items of a page's lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from polysense.read.document.list_numbers import numeral

_LISTS = frozenset({"ol", "ul", "menu", "dir"})
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone", re.I)
_UNNUMBERED_CLASS = re.compile(r"breadcrumb|unstyled|list-none|pagination|carousel|slide", re.I)
"""What pages call lists that go by <ol> for their order alone."""

_NUMBER = re.compile(r"-?\d{1,6}")


@dataclass(slots=True)
class _List:
    """An open list: the number that comes next, and by which it goes on; kind is "" of bullets."""

    kind: str
    number: int = 1
    step: int = 1


class Lists:
    """Follows the tags of a page, and knows what stands before the words that come next."""

    def __init__(self) -> None:
        self.marker = ""
        self._lists: list[_List] = []

    def start(self, tag: str, attributes: Mapping[str, str], is_shown: bool) -> None:
        """A tag; what is not shown is not counted."""
        if tag in _LISTS:
            self.marker = ""
            self._lists.append(_begin(tag, attributes))
        elif tag == "li" and is_shown and self._lists:
            self._item(self._lists[-1], attributes.get("value", "").strip())

    def end(self, tag: str) -> None:
        """An end tag."""
        if tag in _LISTS and self._lists:
            self._lists.pop()
        if tag in _LISTS or tag == "li":
            self.marker = ""

    def take(self) -> str:
        """The marker, which is said once."""
        marker, self.marker = self.marker, ""
        return marker

    def _item(self, parent: _List, value: str) -> None:
        self.marker = ""
        if not parent.kind:
            return
        if _NUMBER.fullmatch(value):
            parent.number = int(value)
        self.marker = f"{numeral(parent.number, parent.kind)}. "
        parent.number += parent.step


def _begin(tag: str, attributes: Mapping[str, str]) -> _List:
    style, names = attributes.get("style", ""), attributes.get("class", "")
    kind, start = attributes.get("type", "1").strip(), attributes.get("start", "").strip()
    if (
        tag != "ol"
        or ("reversed" in attributes and not _NUMBER.fullmatch(start))  # that of its last item
        or _UNNUMBERED.search(style)
        or _UNNUMBERED_CLASS.search(names)
    ):
        return _List("")
    return _List(
        kind if kind in ("a", "A", "i", "I") else "1",
        int(start) if _NUMBER.fullmatch(start) else 1,
        -1 if "reversed" in attributes else 1,
    )
