"""Which tags of HTML end a paragraph."""

from __future__ import annotations

import re

_BLOCK_TAGS = re.compile(
    "address|article|aside|audio|blockquote|body|button|caption|center|d[dlt]|details|dialog|dir"
    "|div|fieldset|figcaption|figure|footer|form|h[1-6r]|head|header|hgroup|html|iframe|label"
    "|legend|li|main|math|menu|nav|noscript|object|ol|optgroup|option|p|picture|pre|search|section"
    "|select|summary|svg|table|tbody|t[dhr]|template|textarea|tfoot|thead|title|ul|video"
)


def is_block(tag: str) -> bool:
    """Whether an element stands apart from the words before and behind it.

    >>> is_block("div"), is_block("b")
    (True, False)
    """
    return bool(_BLOCK_TAGS.fullmatch(tag))
