"""Whether the words of a question speak of the file that is given beside them."""

from __future__ import annotations

import re

_DEMONSTRATIVES = (
    "this these it that them turn convert transform redraw summarise summarize translate "
    "dies diese dieser dieses diesen diesem das daraus damit "
    "ceci cela ce cet cette ces celui este esta esto estos estas eso questo questa questi queste"
)
_REFERENCE = re.compile(rf"\b(?:{'|'.join(_DEMONSTRATIVES.split())})\b|这|這|此|把|转|轉|它", re.I)


def refers_to_file(words: str) -> bool:
    """Whether they point at something: "how do I fix this?", "turn it into code".

    >>> refers_to_file("How do I fix this?"), refers_to_file("Where is the knife?")
    (True, False)
    """
    return _REFERENCE.search(words) is not None
