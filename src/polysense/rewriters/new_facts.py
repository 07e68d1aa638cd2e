"""What a language model brought into a question: numbers, codes and names that nobody has said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.read.language.analysis import terms
from polysense.read.language.folding import fold
from polysense.read.language.questions import content_terms
from polysense.read.language.values import names_in

MIN_SHARE_KNOWN = 0.5
"""The share of a text's content words that its sources must have; judged: the rest are words of
asking, and other forms of the same.
"""

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])\w+\b")


def new_facts(text: str, source: str, language: str = "") -> tuple[str, ...]:
    """The numbers, codes and names of a text that its source does not have; of a text most of whose
    words are not there, all of it.

    >>> new_facts("How tall is the mill of Alder in 1926?", "How tall is it? The mill of Alder.")
    ('1926',)
    """
    return tuple(dict.fromkeys(_new_facts(text, source, language)))


def new_numbers(text: str, source: str) -> tuple[str, ...]:
    """The numbers of a text that its source does not have, in whatever language either is.

    >>> new_numbers("Wie hoch sind 2 Türme von 1926?", "How tall are the towers of 1926?")
    ('2',)
    """
    own_numbers = set(_NUMBER.findall(source))
    return tuple(n for n in dict.fromkeys(_NUMBER.findall(text)) if n not in own_numbers)


def _new_facts(text: str, source: str, language: str) -> Iterator[str]:
    yield from new_numbers(text, source)
    folded, stems = fold(source), set(terms(source, language))
    for code in _CODE.findall(text):
        if fold(code) not in folded:
            yield code
    for name in names_in(text):
        if fold(name) not in folded and not set(terms(name, language)) <= stems:
            yield name
    own = {t for t in content_terms(text, language) if not t.isdigit()}
    if own and len(own & stems) < MIN_SHARE_KNOWN * len(own):
        yield text
