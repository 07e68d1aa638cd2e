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
    r"|text-decoration(?:-line)?\s*:[^;]*line-through"
    r"|(?:font-size|opacity|max-height)\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIBLINGS = {
    "p": frozenset({"p", "div", "table", "ul", "ol", "dl", "pre", "section", "article", "form"}),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "option": frozenset({"option"}),
    "rt": frozenset({"rt", "rp", "rb"}),
    "rp": frozenset({"rt", "rp", "rb"}),
}
"""What ends an element without its end tag, by its own."""

_INLINE = frozenset({"s", "strike", "rt", "rp"})
"""These hold no blocks: one that is never closed ends with its paragraph."""


class Hider:
    """Follows the tags of a page, and tells whether what comes now is hidden."""

    def __init__(self) -> None:
        self._tag, self._depth = "", 0

    def __bool__(self) -> bool:
        return bool(self._tag)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag begins."""
        if self._tag and (
            tag in _SIBLINGS.get(self._tag, ()) or (self._tag in _INLINE and is_block(tag))
        ):
            self._tag = ""
        if self._tag:
            self._depth += tag == self._tag
        elif tag not in _VOID and _is_hidden(tag, attributes):
            self._tag, self._depth = tag, 1

    def end(self, tag: str) -> None:
        """A tag ends. What was hidden until now still is, but for an end that is another's."""
        if tag == self._tag:
            self._depth -= 1
            if not self._depth:
                self._tag = ""
        elif self._tag in _INLINE and (is_block(tag) or tag == "ruby"):
            self._tag = ""


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    return (
        tag in _HIDDEN_TAGS
        or ("hidden" in attributes and attributes["hidden"].lower() != "until-found")
        or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
    )
