"""Whether a passage is about what the question names: its codes, numbers, years, names and things.

A code or a number must stand in the passage, its headings or its row; a year and a name may stand
in the title of the document as well. Where another one of the kind stands in its place ("the fig
tree" for "the cherry tree"), the passage is a near miss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Protocol

from polysense.augment.passages import Excerpt
from polysense.question import Constraint
from polysense.read.language.analysis import terms
from polysense.read.language.folding import fold
from polysense.read.language.function_words import FUNCTION_WORDS, REQUEST_WORDS

_YEAR = re.compile(r"(?<!\d)(?:1[1-9]|20|21)\d\d(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d)[,'’ \u202f](?=\d{3}(?!\d))")
_DASH = re.compile("[\u2010-\u2015\u2212]")
_JOINT = re.compile(r"[\s_/-]+")
_HAN = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W_]+")
_DIGIT, _DIGITS = re.compile(r"\d"), re.compile(r"\d+")
_CODE_SHAPE = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")

_NUMBER_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_NAME_OF_NUMBER = {str(n): w for n, w in enumerate(_NUMBER_NAMES.split())}

_HAN_JOINTS = "的了是在和与及或从到把被由向对个座"
"""Characters before a noun that are no part of it."""

PRECEDING_CHARACTERS = 400
"""How far before a passage its code or year may stand: a few sentences. Judged, not measured."""

_HAN_HEADS = frozenset("店站楼桥馆山河路街厂队岛村镇市县校院室塔湖园港")
"""Ideographs that are a head by themselves."""

_HAN_NO_MODIFIERS = frozenset(_HAN_JOINTS + "年月日号哪几多什么谁何每各这那")

MIN_HEAD, MAX_MODIFIER = 2, 2
"""Ideographs of the head of a compound, at least, and of what tells it from others, at most: 北 of
北门站. Judged, not measured.
"""


MIN_STEM, MAX_ENDING = 4, 2
"""Letters that forms of a name share at least, and of the shorter what may be its ending: Ireland,
Irish is too far, Africa, Africans is one. Judged on questions of SQuAD 2.0.
"""

_NAME_JOINTS = frozenset(
    (
        "of",
        "de",
        "la",
        "le",
        "van",
        "von",
        "der",
        "den",
        "the",
        "und",
        "and",
        "et",
        "y",
        "du",
        "del",
    )
)


class Surroundings(Protocol):
    """What a library knows of what stands around a passage."""

    def opening(self, asset: str) -> str:
        """The first words of an asset: its title, and what it is of."""
        ...

    def occurs(self, word: str) -> bool:
        """Whether a word stands anywhere in the library."""
        ...

    def language_besides(self, language: str) -> str:
        """The language that most of the library is in, where nothing is in this one; else ""."""
        ...


class NoSurroundings:
    """Knows of nothing but the passage; every word may stand somewhere."""

    def opening(self, asset: str) -> str:
        """Nothing."""
        return ""

    def occurs(self, word: str) -> bool:
        """Always."""
        return True

    def language_besides(self, language: str) -> str:
        """None."""
        return ""


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
    return min(len(a), len(b)) > MIN_STEM and _differ_by_one(a, b)


def _differ_by_one(a: str, b: str) -> bool:
    """Whether one letter put in, left out or changed makes one word of the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    head = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if head is None:
        return True
    return a[head + 1 :] == b[head + 1 :] or a[head + 1 :] == b[head:] or a[head:] == b[head + 1 :]


def _plain(text: str) -> str:
    return _DASH.sub("-", _THOUSANDS.sub("", fold(text)))


def _forms(c: Constraint) -> list[str]:
    """A code or a number in the ways in which it is written: E-15, E15, e 15; 3, three; 1880s."""
    text = _plain(c.text)
    plain = _JOINT.sub("", text)
    others = [_NAME_OF_NUMBER.get(text), f"{text}s" if c.kind == "year" else None]
    return list(dict.fromkeys([text, plain, *filter(None, others)]))


def _stands_in(text: str, other: str) -> bool:
    """Whether a code or a number stands in a text by itself, not inside a longer one."""
    pattern = r"[\s_/-]?".join(map(re.escape, _split(text)))
    if re.search(rf"(?<![\w.])(?<!\d,){pattern}(?!\w|[.,]\d)", other):
        return True
    beside_ideograph = rf"(?<!\d)(?<!\d\.){text}(?=[\u3400-\u9fff])"
    return text.isdigit() and re.search(beside_ideograph, other) is not None


def _split(text: str) -> list[str]:
    """Runs of letters and of digits."""
    return re.findall(r"[^\W\d_]+|\d+(?:[.,:]\d+)*|[^\w\s]+", _JOINT.sub(" ", text)) or [text]


def pairs(question: str, language: str) -> tuple[tuple[str, str], ...]:
    """Words side by side in a question that both carry meaning, behind an article or the like: the
    second may be what a thing is, the first which of them.
    """
    words = list(_WORD.finditer(question))
    return tuple(
        (a.group(), b.group())
        for before, (a, b) in zip(words, pairwise(words[1:]), strict=False)
        if before.group().lower() in _DETERMINERS
        and question[a.end() : b.start()].strip() == ""
        and a.group().isalpha()
        and b.group().isalpha()
        and not _is_function_word(a.group(), language)
        and not _is_function_word(b.group(), language)
    )


def substituted(
    question_pairs: Sequence[tuple[str, str]],
    text: str,
    around: AbstractSet[str],
    language: str = "",
) -> str:
    """The thing of the question in whose place a passage has another one; "" where it has none.

    Of a pair of the question's words the passage has the second, each time behind another word, and
    what stands around it (terms of its chunk and file) has nowhere the first.
    """
    for first, second in question_pairs:
        a, b = (next(iter(terms(w, language)), "") for w in (first, second))
        if a in around or b not in around:
            continue
        words = [m.group() for m in _WORD.finditer(text)]
        before = [
            words[i - 1] if i else ""
            for i, w in enumerate(words)
            if next(iter(terms(w, language)), "") == b
        ]
        if before and all(w.isalpha() and not _is_function_word(w, language) for w in before):
            return f"{first} {second}"
    return ""


def substituted_compound(question: str, text: str, around: str, headings: str = "") -> str:
    """The same in a script without spaces: 北门站 where the passage has 东门站, or where a heading
    begins with it.
    """
    own = _plain(text)
    subject = m.group() if (m := _HAN.match(_plain(question))) else ""
    for line in _plain(headings).split("\n") if subject else ():
        for size in range(1, MAX_MODIFIER + 1):
            modifier, head = subject[:size], subject[size : size + MIN_HEAD]
            is_other = len(head) == MIN_HEAD and line[size:].startswith(head)
            if is_other and not line.startswith(modifier) and modifier not in around:
                return modifier + head
    runs: list[str] = _HAN.findall(_plain(question))
    for run in runs:
        for size in range(1, MAX_MODIFIER + 1):
            modifier = run[:size]
            is_short = size == MAX_MODIFIER and run[size : size + 1] in _HAN_HEADS
            head = run[size : size + (1 if is_short else MIN_HEAD)]
            if not is_short and len(head) < MIN_HEAD:
                continue
            if head not in own or modifier in around or set(modifier) & _HAN_NO_MODIFIERS:
                continue
            places = [m.start() for m in re.finditer(re.escape(head), own)]
            if all(p and _HAN.match(own[p - 1]) and own[p - 1] not in _HAN_JOINTS for p in places):
                return run[: size + len(head)]
    return ""


_DETERMINER_TEXT = (
    "the a an this that these those his her its our their my your of in on at for from der die das "
    "den dem des ein eine einen einem einer im am zum zur vom auf an für mit von bei le la les l "
    "un une des du de d au aux en dans sur el los las una del al il lo i"
)
_DETERMINERS = frozenset(_DETERMINER_TEXT.split())
"""What stands before a thing."""

_PREPOSITION_TEXT = (
    "against between within without across behind beyond during toward towards near over under up "
    "down off out along around since per via upon onto into inside outside above below beside "
    "besides except than more most less least very too also only just"
)
_PREPOSITIONS = frozenset(_PREPOSITION_TEXT.split())


def unknown_things(question: str, around: Surroundings, language: str) -> tuple[str, ...]:
    """Things of a question, told by an article or "for" and "of" before them, that stand nowhere in
    the library: what is said there is of others, unless it is said in other words.

    Of questions of XQuAD that the library answers, .03 to .05 have one, in German, Spanish and
    English.
    """
    words = [*_WORD.findall(question), ""]
    return tuple(
        word
        for before, word, behind in zip(words, words[1:], words[2:], strict=False)
        if before.lower() in _ARTICLES
        and len(word) >= MIN_STEM
        and word.isalpha()
        and (word[0].isupper() if language == "de" else word.islower())
        and word.lower() not in _GENERIC
        and not _is_function_word(word, language)
        # of "the lighthouse tower" the tower: which one is seen by `substituted`
        and (not behind.islower() or _is_function_word(behind, language))
        and not around.occurs(word)
    )


_ARTICLE_TEXT = (
    "the a an for of der die das den dem des ein eine einen einem einer le la les un une des du el "
    "los las del al una il lo gli"
)
_ARTICLES = frozenset(_ARTICLE_TEXT.split())
_GENERIC_TEXT = (
    "name number amount percentage percent share price cost total average kind type sort term word "
    "reason result purpose meaning place time date year people person first second third fourth "
    "last largest smallest highest lowest earliest latest oldest newest best worst main whole same "
    "passage section part chapter moment second seconds minute minutes sentence line "
    "difference question answer document file page picture table text minimum maximum anzahl preis "
    "grund zahl name begriff ausdruck unterschied prix nombre nom raison différence precio número "
    "nombre razón diferencia porcentaje"
)
_GENERIC = frozenset(_GENERIC_TEXT.split())
"""Nouns that say what kind of answer is wanted, not what it is about."""


def _is_function_word(word: str, language: str) -> bool:
    folded = word.lower()
    if folded in _PREPOSITIONS:
        return True
    return folded in FUNCTION_WORDS.get(language or "en", frozenset()) or folded in REQUEST_WORDS


def alternatives(constraint: Constraint, text: str, limit: int = 6) -> list[str]:
    """What of the same kind stands in a text in its place: other codes of that shape, other years.

    >>> alternatives(Constraint("code", "E15"), "E12 pump blocked, E14 tank empty, filter 3")
    ['E12', 'E14']
    """
    if constraint.kind == "year":
        values = _YEAR.findall(text)
    elif constraint.kind in ("code", "number"):
        shape = _shape(constraint.text)
        values = [w for w in _CODE_SHAPE.findall(text) if _shape(w) == shape]
    else:
        return []
    return list(dict.fromkeys(v for v in values if fold(v) != fold(constraint.text)))[:limit]


def _shape(word: str, exact: bool = False) -> str:
    """A code with its digits made equal: E15 as e0; `exact`: as many as there are, e00."""
    return (_DIGIT if exact else _DIGITS).sub("0", fold(word))
