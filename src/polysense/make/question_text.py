"""What a question says in words."""

from __future__ import annotations

from polysense.types import Query


def question_text(query: Query) -> str:
    """The typed words of a question; "" for one that is a file alone.

    >>> from polysense.types import Part
    >>> question_text((Part("text", "Draw the"), Part("image", b"..."), Part("text", "tides")))
    'Draw the tides'
    """
    return " ".join(p.data for p in query if p.modality == "text" and isinstance(p.data, str))
