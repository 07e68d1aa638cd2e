"""What recognisers of speech say of the words that they give: that they were heard, and which of
them are not certain.
"""

from __future__ import annotations

from typing import Any

MIN_CERTAIN = 0.7
"""The confidence from which words that were heard are quoted, or asked with. Of 79 recordings
(people reading, and a synthetic voice) with `whisper_tiny`: .8 and more -> 2 % of the words wrong,
.7 to .8 -> 11 %, .45 to .7 -> 19 %, and in hardly one of these every word right.
"""


def line_meta(confidence: float | None = None) -> dict[str, Any]:
    """The meta of a line of recognised words; a recogniser that tells no confidence, as large ones
    do, is believed.

    >>> line_meta(0.5)
    {'manner': 'heard', 'confidence': 0.5, 'uncertain': True}
    """
    meta: dict[str, Any] = {"manner": "heard"}
    if confidence is not None:
        meta["confidence"] = round(confidence, 3)
        if confidence < MIN_CERTAIN:
            meta["uncertain"] = True
    return meta
