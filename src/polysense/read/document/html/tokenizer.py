"""The standard library's HTML tokenizer, with work that grows with the page and not its square."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import unescape
from html.parser import HTMLParser

_SPARE_LOOKAHEAD = 1 << 20
"""Characters that may be looked at in vain, beside each twice: small pages of tag soup cost little,
and are read as the standard library reads them. Judged, not measured.
"""

_FIELD = "textarea"
_FIELD_END = re.compile(rf"</{_FIELD}\b", re.I)


class BoundedTokenizer(HTMLParser):
    """Calls handle_starttag, handle_endtag and handle_data, with `line` telling where it is.

    What never ends costs a look at all that follows. After too many of these, "<" is a character
    like any other.
    """

    def __init__(self, markup: str, first_line: int) -> None:
        """first_line: the number of the markup's first line in its source."""
        super().__init__(convert_charrefs=True)
        self._markup = markup
        self._line_offset = first_line - 1
        self._has_field_ends = True
        self._lookahead_budget = 2 * len(markup) + _SPARE_LOOKAHEAD

    @property
    def line(self) -> int:
        """The line in the source that is being read."""
        return self.getpos()[0] + self._line_offset

    def read_all(self) -> None:
        """Tokenize the markup, to its end."""
        # no tag ends after it, and each "<" there would be looked at to the end
        end = self._markup.rfind(">") + 1
        self.feed(self._markup[:end])
        self.close()
        self.handle_data(unescape(self._markup[end:]))

    def unknown_decl(self, data: str) -> None:
        """CDATA is words in XHTML."""
        if data.startswith("CDATA["):
            self.handle_data(data[6:])

    def parse_starttag(self, i: int) -> int:
        """As the base class; in a field of text "<" is a character (HTML 13.2.5.2)."""
        end = self._parse_within_budget(super().parse_starttag, i)
        tag = self.rawdata[i:end].lower()
        if not tag.startswith(f"<{_FIELD}") or tag.endswith("/>") or self.lasttag != _FIELD:
            return end
        return self._read_field(i, end)

    def _read_field(self, i: int, start: int) -> int:
        """Take what is in the field that begins with the tag at `i`; where it ends."""
        m = _FIELD_END.search(self.rawdata, start) if self._has_field_ends else None
        if m is None:  # a field that never ends is none
            self._has_field_ends = False
            return start
        place = self.lineno, self.offset
        self.updatepos(i, start)
        self.handle_data(unescape(self.rawdata[start : m.start()]))
        self.lineno, self.offset = place  # the base class counts lines up to what is returned
        return m.start()

    def parse_comment(self, i: int, report: bool = True) -> int:
        """As the base class."""
        return self._parse_within_budget(partial(super().parse_comment, report=report), i)

    def parse_html_declaration(self, i: int) -> int:
        """As browsers do, take any other <![...> for a comment; the base class gives up there."""
        if self.rawdata.startswith("<![", i) and not self.rawdata.startswith("<![CDATA[", i):
            return self.parse_bogus_comment(i)
        return self._parse_within_budget(super().parse_html_declaration, i)

    def _parse_within_budget(self, parse: Callable[[int], int], i: int) -> int:
        """The end of what begins at `i`, or -1; the base class asks again when there is more."""
        if self._lookahead_budget < 0:
            self.handle_data("<")
            return i + 1
        end = parse(i)
        self._lookahead_budget -= len(self.rawdata) - i if end < 0 else 0
        return end
