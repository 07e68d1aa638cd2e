"""What a paragraph of Markdown says: not what is struck out, raised characters as they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from polysense.read.file.raised import raised_text

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAG = re.compile(r"<(/?)(del|s|strike|sup|rt|rp)\b[^>]*>", re.IGNORECASE)


def visible_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens of a paragraph that are to be read. Line ends stay, also those in what is struck
    out, so that lines are counted right.
    """
    strike_depth, raised, before = 0, False, ""
    for token in tokens:
        tag = _TAG.fullmatch(token.content) if token.type == "html_inline" else None
        if token.type in ("s_open", "s_close"):
            strike_depth += 1 if token.type == "s_open" else -1
        elif tag is not None and tag[2].lower() == "sup":
            raised = not tag[1]
        elif tag is not None:
            strike_depth = max(0, strike_depth + (-1 if tag[1] else 1))
        elif token.type.endswith("break"):
            yield token
        elif raised and token.type == "text" and not strike_depth:
            yield replace(token, content=raised_text(before, token.content))
        elif not strike_depth:
            before = token.content if token.type == "text" else ""
            yield token
