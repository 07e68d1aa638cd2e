"""Whether a passage is about what the question names: its codes, numbers, years and names.

A code or a number must stand in the passage, its headings or its row; a year and a name may stand
in the title of the document as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from polysense.augment.passages import Excerpt
from polysense.augment.surroundings import Surroundings
from polysense.question import Constraint
from polysense.read.language.edits import edits
from polysense.read.language.folding import fold
from polysense.read.language.numbers import SMALL_NUMBERS

_YEAR = re.compile(r"(?<!\d)(?:1[1-9]|20|21)\d\d(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d)[,'’ \u202f](?=\d{3}(?!\d))")
_DASH = re.compile("[\u2010-\u2015\u2212]")
_JOINT = re.compile(r"[\s_/-]+")
_WORD = re.compile(r"[^\W_]+")
_DIGIT, _DIGITS = re.compile(r"\d"), re.compile(r"\d+")
_LETTER = r"(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])\w)"
_CODE_SHAPE = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")

_NAME_OF_NUMBER = {str(n): w for n, w in enumerate(SMALL_NUMBERS)}
_ORDINAL_TEXT = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_NAME_OF_ORDINAL = {str(n): w for n, w in enumerate(_ORDINAL_TEXT.split(), 1)}
_ORDINAL_ENDING = {"1": "st", "2": "nd", "3": "rd"}

PRECEDING_CHARACTERS = 400
"""How far before a passage its code or year may stand: a few sentences. Judged, not measured."""

MIN_STEM, MAX_ENDING = 4, 2
"""Letters that forms of a name share at least, and of the shorter what may be its ending: Ireland,
Irish is too far, Africa, Africans is one. Judged on questions of SQuAD 2.0.
"""

MAX_ALTERNATIVES = 6
"""What is named in the place of what is missing, at most; judged."""

_NAME_JOINT_TEXT = "of de la le van von der den the und and et y du del"
_NAME_JOINTS = frozenset(_NAME_JOINT_TEXT.split())


def unmet(
    constraints: Sequence[Constraint], excerpt: Excerpt, around: Surroundings
) -> tuple[Constraint, ...]:
    """The constraints that a passage does not meet."""
    chunk = excerpt.hit.chunk
    own = _plain(excerpt.text)
    headings = _plain(f"{chunk.context}\n{chunk.asset.name}")
    # of a table the rows between are about others, its head is about all
    is_table = chunk.modality == "table"
    before = chunk.text.split("\n")[0] if is_table else excerpt.preceding[-PRECEDING_CHARACTERS:]
    before = _plain(before) if excerpt.start else ""

    def is_met(c: Constraint) -> bool:
        text = _plain(c.text)
        if c.kind == "name":
            words = f"{chunk.words}\n{chunk.asset.name}"
            return _is_named(text, words) or _is_named(
                text, f"{words}\n{around.opening(chunk.asset.id)}"
            )
        if c.kind == "quote":
            return " ".join(_WORD.findall(text)) in " ".join(_WORD.findall(_plain(chunk.words)))
        forms = _forms(c)
        if any(_stands_in(f, own) for f in forms):
            return True
        if _has_another(c, own):
            return False
        places = [headings, before]
        if c.kind == "year":
            places.append(_plain(around.opening(chunk.asset.id)))
        return any(_stands_in(f, p) for f in forms for p in places)

    return tuple(c for c in constraints if not is_met(c))


def stands_in(c: Constraint, text: str) -> bool:
    """Whether a code, a number or a year stands in a text, however it is written there."""
    own = _plain(text)
    return c.kind in ("code", "number", "year") and any(_stands_in(f, own) for f in _forms(c))


def _has_another(c: Constraint, own: str) -> bool:
    """Whether a passage has a code or a year of its own, in the place of the one asked for."""
    if c.kind == "year":
        return _YEAR.search(own) is not None
    shape = _shape(_plain(c.text), exact=True)
    return any(_shape(w, exact=True) == shape for w in _CODE_SHAPE.findall(own))


def _is_named(name: str, text: str) -> bool:
    """Whether every word of a name stands in a text, in any form: China, Chinese."""
    words = {w for w in _WORD.findall(_plain(name)) if len(w) > 1 and w not in _NAME_JOINTS}
    others = set(_WORD.findall(_plain(text)))
    return all(w in others or any(_same_name(w, o) for o in others) for w in words)


def _same_name(a: str, b: str) -> bool:
    """Whether two words are forms or spellings of one name: they begin alike, as far as MIN_STEM or
    more, or differ by one letter.
    """
    size = max(MIN_STEM, min(len(a), len(b)) - MAX_ENDING)
    if len(a) >= MIN_STEM <= len(b) and a[:size] == b[:size]:
        return True
    return min(len(a), len(b)) > MIN_STEM and edits(a, b, 1) <= 1


def _plain(text: str) -> str:
    return _DASH.sub("-", _THOUSANDS.sub("", fold(text)))


def _forms(c: Constraint) -> list[str]:
    """A code or a number in the ways in which it is written: E-15, E15, e 15; 3, three, 3rd, third;
    1880s.
    """
    text = _plain(c.text)
    plain = _JOINT.sub("", text)
    others = [_NAME_OF_NUMBER.get(text), f"{text}s" if c.kind == "year" else None]
    if c.kind == "number" and text.isdigit() and len(text) <= 2:
        is_teen = text[:-1] == "1"
        others += (
            _NAME_OF_ORDINAL.get(text),
            text + ("th" if is_teen else _ORDINAL_ENDING.get(text[-1], "th")),
        )
    return list(dict.fromkeys([text, plain, *filter(None, others)]))


def _stands_in(text: str, other: str) -> bool:
    """Whether a code or a number stands in a text by itself, not inside a longer one."""
    pattern = r"[\s_/-]?".join(map(re.escape, _split(text)))
    # ideographs are written beside codes without spaces
    if re.search(rf"(?<!{_LETTER})(?<![.])(?<!\d,){pattern}(?!{_LETTER}|[.,]\d)", other):
        return True
    beside_ideograph = rf"(?<!\d)(?<!\d\.){text}(?=[\u3400-\u9fff])"
    return text.isdigit() and re.search(beside_ideograph, other) is not None


def _split(text: str) -> list[str]:
    """Runs of letters and of digits."""
    return re.findall(r"[^\W\d_]+|\d+(?:[.,:]\d+)*|[^\w\s]+", _JOINT.sub(" ", text)) or [text]


def alternatives_nearby(constraint: Constraint, own: str, others: Iterable[str]) -> list[str]:
    """What there is in the place of what stands nowhere: all that the nearest place tells; where
    that is one thing alone, also what others tell, and nothing where that is too much to be told.

    >>> alternatives_nearby(Constraint("code", "E15"), "E12", ["E14", "E16"])
    ['E12', 'E14', 'E16']
    >>> alternatives_nearby(Constraint("code", "E99"), "E12", [f"E{n}" for n in range(50)])
    []
    """
    nearest = alternatives(constraint, own)
    if len(nearest) != 1:
        return nearest
    all_of_them = alternatives(constraint, "\n".join((own, *others)), MAX_ALTERNATIVES + 1)
    return all_of_them if len(all_of_them) <= MAX_ALTERNATIVES else []


def alternatives(constraint: Constraint, text: str, limit: int = MAX_ALTERNATIVES) -> list[str]:
    """What of the same kind stands in a text in its place: other codes of that shape, other years.

    >>> alternatives(Constraint("code", "E15"), "E12 pump blocked, E14 tank empty, filter 3")
    ['E12', 'E14']
    """
    if constraint.kind == "year":
        values = _YEAR.findall(text)
    elif constraint.kind in ("code", "number"):
        is_number = constraint.kind == "number"  # 14 kg are no room beside room 241
        shape = _shape(constraint.text, exact=is_number)
        values = [w for w in _CODE_SHAPE.findall(text) if _shape(w, exact=is_number) == shape]
    else:
        return []
    return list(dict.fromkeys(v for v in values if fold(v) != fold(constraint.text)))[:limit]


def _shape(word: str, exact: bool = False) -> str:
    """A code with its digits made equal: E15 as e0; `exact`: as many as there are, e00."""
    return (_DIGIT if exact else _DIGITS).sub("0", fold(word))
