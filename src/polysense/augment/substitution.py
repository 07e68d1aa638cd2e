"""Near misses of things: another one stands in the place of the one asked for ("the fig tree" for
"the cherry tree"), or the one asked for stands nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from polysense.augment.surroundings import Surroundings
from polysense.read.language.analysis import terms
from polysense.read.language.folding import fold
from polysense.read.language.function_words import FUNCTION_WORDS, REQUEST_WORDS

_HAN = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile(r"[^\W_]+")
_CODE_END = re.compile(r"[-/_]?\d")

_HAN_JOINTS = "的了是在和与及或从到把被由向对个座"
"""Characters before a noun that are no part of it."""

_HAN_HEADS = frozenset("店站楼桥馆山河路街厂队岛村镇市县校院室塔湖园港")
"""Ideographs that are a head by themselves."""

_HAN_NO_MODIFIERS = frozenset(_HAN_JOINTS + "年月日号哪几多什么谁何每各这那")

MIN_HEAD, MAX_MODIFIER = 2, 2
"""Ideographs of the head of a compound, at least, and of what tells it from others, at most: 北 of
北门站. Judged, not measured.
"""


MIN_LETTERS = 4
"""Letters of a thing that is looked for in the library, at least; shorter words are seldom one."""

MIN_COMPOUND_HEAD = 5
"""Letters of a word that longer ones end in because they are of its kind: a Motor is no Tor.
Judged, not measured.
"""


class Substitution(NamedTuple):
    """A thing of the question (cherry tree), and what tells it from the other one (cherry)."""

    thing: str
    modifier: str


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
        and before.group() != "I"  # an article in Italian alone
        and a.group().isalpha()
        and b.group().isalpha()
        and not _CODE_END.match(question, b.end())  # "fix E-17" is no pair
        and not _is_function_word(a.group(), language)
        and not _is_function_word(b.group(), language)
    )


def substituted(
    question_pairs: Sequence[tuple[str, str]],
    text: str,
    around: AbstractSet[str],
    language: str = "",
) -> Substitution | None:
    """The thing of the question in whose place a passage has another one; None where it has none.

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
            return Substitution(f"{first} {second}", first)
    return None


def substituted_compound(
    question: str, text: str, around: str, headings: str = ""
) -> Substitution | None:
    """The same in a script without spaces: 北门站 where the passage has 东门站, or where a heading
    begins with it.
    """
    own, around = fold(text), fold(around)
    subject = m.group() if (m := _HAN.match(fold(question))) else ""
    for line in fold(headings).split("\n") if subject else ():
        for size in range(1, MAX_MODIFIER + 1):
            modifier, head = subject[:size], subject[size : size + MIN_HEAD]
            is_other = len(head) == MIN_HEAD and line[size:].startswith(head)
            if is_other and not line.startswith(modifier) and modifier not in around:
                return Substitution(modifier + head, modifier)
    runs: list[str] = _HAN.findall(fold(question))
    for run in runs:
        for size in range(1, MAX_MODIFIER + 1):
            modifier = run[:size]
            is_short = size == MAX_MODIFIER and run[size : size + 1] in _HAN_HEADS
            head = run[size : size + (1 if is_short else MIN_HEAD)]
            if (not is_short and len(head) < MIN_HEAD) or head[:1] in _HAN_JOINTS:
                continue
            if head not in own or modifier in around or set(modifier) & _HAN_NO_MODIFIERS:
                continue
            places = [m.start() for m in re.finditer(re.escape(head), own)]
            if all(p and _HAN.match(own[p - 1]) and own[p - 1] not in _HAN_JOINTS for p in places):
                return Substitution(modifier + head, modifier)
    return None


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
        and len(word) >= MIN_LETTERS
        and word.isalpha()
        and (word[0].isupper() if language == "de" else word.islower())
        and word.lower() not in _GENERIC
        and not _is_function_word(word, language)
        # of "the lighthouse tower" the tower: which one is seen by `substituted`
        and (not behind.islower() or _is_function_word(behind, language))
        and not around.occurs(word)
    )


def heads_compound(word: str, text: str) -> bool:
    """Whether a text has a German compound that ends in a word, and so is one: an Innenwinkelsumme
    is a Winkelsumme.

    >>> heads_compound("Winkelsumme", "Die Innenwinkelsumme."), heads_compound("Tor", "Motor")
    (True, False)
    """
    return len(word) >= MIN_COMPOUND_HEAD and word.lower() in {
        m.lower()[-len(word) :] for m in _WORD.findall(text) if len(m) > len(word)
    }


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
    "story tale film movie video clip slideshow animation photo photograph image drawing sketch "
    "recording chart diagram graph listing geschichte bild foto zeichnung aufnahme diagramm "
    "histoire dessin historia imagen dibujo "
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
