"""Which release added dark mode? Where the sentence does not say it, its heading does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from polysense.augment.compress import Passage
from polysense.read.language.analysis import terms
from polysense.types import Evidence

MAX_HEADING = 60
"""Characters of a heading that names one of a kind; judged."""

_TRAIL = " > "
"""What stands between the headings above a mention of a file."""

_ASKS = re.compile(
    r"\b(?:which|what|welche[rsmn]?|quel(?:le)?s?|qué|cuál(?:es)?)\s+(?P<noun>[^\W\d_]{3,})"
    r"|哪一?[个個]?(?P<han>版本|版|章节|章|节|部分|步骤)",
    re.I,
)
_PART_TEXT = (
    "version release section chapter part step stage phase edition issue volume module lesson unit "
    "kapitel abschnitt teil schritt ausgabe fassung chapitre partie étape édition capítulo sección "
    "parte paso versión edición 版本 章节 章 节 部分 步骤"
)
_PARTS = frozenset(t for w in _PART_TEXT.split() for t in (w, *terms(w)))
"""Nouns of what a heading begins, whether or not it says so: "4.1" is a release."""


def with_heading(evidence: Sequence[Evidence], words: str) -> tuple[Evidence, ...]:
    """The evidence, told with the heading it stands under where the question asks which of what the
    headings name, and the passage does not say it.
    """
    m = _ASKS.search(words)
    kind = set(terms(m["noun"] or m["han"])) if m else set()
    return tuple(_with_heading(e, kind, words) if kind else e for e in evidence)


def _with_heading(e: Evidence, kind: set[str], words: str) -> Evidence:
    chunk = e.hit.chunk
    above, _, heading = chunk.context.split("\n")[0].rpartition(" > ")
    if chunk.modality != "text" or e.part.modality != "text" or e.about:
        return e
    own, text = set(terms(heading)), str(e.part.data)
    names_one = bool(own) and not own & (set(terms(words)) - kind) and len(heading) <= MAX_HEADING
    is_of_kind = kind <= _PARTS or kind <= {*own, *terms(above), *terms(chunk.asset.name)}
    is_told = own <= set(terms(text)) or kind <= set(terms(text))
    return replace(e, about=heading) if names_one and is_of_kind and not is_told else e


def statement(p: Passage) -> str:
    """A passage as it is said: what is told of a file without words, without the trail of headings
    under which it is mentioned.
    """
    if p.hit.chunk.text:
        return p.text
    lines = (line.strip() for line in p.text.split("\n"))
    return ": ".join(dict.fromkeys(line for line in lines if line and _TRAIL not in line)) or p.text
