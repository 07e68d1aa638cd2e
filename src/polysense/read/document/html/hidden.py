"""What a page does not say: hidden elements, what is struck out, reading aids over words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from polysense.read.document.html.tags import is_block

_VOID_TEXT = "area base br col embed hr img input link meta source track wbr"
_VOID = frozenset(_VOID_TEXT.split())
_HIDDEN_TAGS = frozenset({"template", "del", "s", "strike", "rt", "rp"})
"""Of ruby the words stay, and not how they are read: they would cut what they stand over."""

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    r"|text-decoration(?:-line)?\s*:[^;]*line-through",
    re.IGNORECASE,
)
_NO_HEIGHT = re.compile(r"(?:max-)?height\s*:\s*0(?:px|pt|em)?\s*(?:;|!|$)", re.IGNORECASE)
_OVERFLOW = re.compile(r"overflow\s*:\s*hidden", re.IGNORECASE)
"""Together these hide. A size or an opacity of 0 alone may not: pages fade in, and mails set it on
what lies around their words.
"""

_LIST, _ROW, _TABLE = frozenset({"ul", "ol", "menu"}), frozenset({"tr"}), frozenset({"table"})
_SIBLINGS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _LIST),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (frozenset({"tr", "td", "th"}), _TABLE),
    "td": (frozenset({"td", "th"}), _ROW | _TABLE),
    "th": (frozenset({"td", "th"}), _ROW | _TABLE),
    "option": (frozenset({"option"}), frozenset({"select", "datalist"})),
    "rt": (frozenset({"rt", "rp"}), frozenset({"ruby"})),
    "rp": (frozenset({"rt", "rp"}), frozenset({"ruby"})),
}
"""What a tag ends that has no end tag of its own, and within what it looks for that."""

_WITHOUT_BLOCKS = frozenset({"p", "s", "strike", "rt", "rp"})
"""These hold no blocks: one that is never closed ends where a block begins or ends."""

_MAX_OPEN = 128
"""Elements that are followed within each other: a bound for hostile pages."""


class Hider:
    """Follows the tags of a page, and tells whether what comes now is hidden."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._hidden_from: int | None = None

    def __bool__(self) -> bool:
        return self._hidden_from is not None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag begins."""
        if is_block(tag):
            self._end_paragraph()
        if tag in _SIBLINGS:
            siblings, around = _SIBLINGS[tag]
            self._close_last(siblings, around)
        if tag in _VOID or len(self._open) >= _MAX_OPEN:
            return
        if self._hidden_from is None and _is_hidden(tag, attributes):
            self._hidden_from = len(self._open)
        self._open.append(tag)

    def end(self, tag: str) -> None:
        """A tag ends, and all that is open in it."""
        if is_block(tag):
            self._end_paragraph(but=tag)
        self._close_last(frozenset({tag}), frozenset())

    def _end_paragraph(self, but: str = "") -> None:
        for n in range(len(self._open) - 1, -1, -1):
            if self._open[n] in _WITHOUT_BLOCKS and self._open[n] != but:
                self._close(n)
            elif is_block(self._open[n]):
                return

    def _close_last(self, tags: frozenset[str], around: frozenset[str]) -> None:
        """Close the last of these that is open, if it is within what lies around."""
        first: int | None = None
        for n in range(len(self._open) - 1, -1, -1):
            if self._open[n] in tags:
                first = n
                if len(tags) == 1:
                    break
            elif self._open[n] in around:
                break
        if first is not None:
            self._close(first)

    def _close(self, n: int) -> None:
        del self._open[n:]
        if self._hidden_from is not None and self._hidden_from >= n:
            self._hidden_from = None


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    style = attributes.get("style", "")
    return (
        tag in _HIDDEN_TAGS
        or ("hidden" in attributes and attributes["hidden"].lower() != "until-found")
        or bool(_HIDDEN_STYLE.search(style))
        or bool(_NO_HEIGHT.search(style) and _OVERFLOW.search(style))
    )
