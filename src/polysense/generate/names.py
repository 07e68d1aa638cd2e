"""Names in passages: what a hop leads to, and whether a passage is about a thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from polysense.read.language.analysis import terms
from polysense.read.language.folding import simplify_han

_WORD = r"[^\W\d_a-zà-þ][\w'’&-]*(?:\.(?=\s+[^\W\d_a-zà-þ]))?"
_NAME = re.compile(
    rf"(?:{_WORD}|\d+[\w-]*)(?:\s+"
    rf"(?:(?:of|the|de|da|do|del|della|der|den|van|von|du|la|le|af|av)\s+){{0,2}}{_WORD})*"
)
_SENTENCE_HEAD = re.compile(r"(?:^|[.!?\n]\s*)\W*$")
_IDEOGRAPHS = re.compile("[\u3400-\u9fff]+")
_HAN_FUNCTION = re.compile(
    "[的了是在和与與由被于於为為有这這那其个個也都就等及或把给給对對从從到第]|一[个個位座艘家]|所"
)
_HAN_NAME_LENGTH = (2, 8)
"""Ideographs of a name; judged."""

RELATED_LENGTH, STEM_LENGTH = 3, 4
"""Letters that two words must begin with alike to be of one family: where one is the other and an
ending (cast, caster), and where each has an ending (leitet, Leitung). Judged.
"""


def matching_terms(needed: Sequence[str], own: AbstractSet[str]) -> list[str]:
    """Those of the terms needed that a text has, or a word of their family: of "caster" the text
    may say "cast".

    >>> matching_terms(["caster", "bell"], {"bell", "cast"})
    ['caster', 'bell']
    """
    return [t for t in needed if t in own or any(_is_family(t, o) for o in own)]


def _is_family(a: str, b: str) -> bool:
    if any(a in family and b in family for family in _FAMILIES):
        return True
    shorter, longer = sorted((a, b), key=len)
    if len(shorter) >= RELATED_LENGTH and longer.startswith(shorter):
        return longer[len(shorter) :] in _AGENT_ENDINGS
    size = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(shorter))
    return any(
        a[n:] in _WORD_ENDINGS and b[n:] in _WORD_ENDINGS for n in range(STEM_LENGTH, size + 1)
    )


_AGENT_ENDINGS = frozenset(("er", "or", "r", "ner", "ter", "ant", "ist", "ian", "or's"))
_WORD_ENDING_TEXT = (
    "e en er et t te ete ung erin rin or ant ist ian ance ence ion ment eur rice ador"
)
_WORD_ENDINGS = frozenset(("", *_WORD_ENDING_TEXT.split()))
"""What a verb and the nouns of who does it and of what is done may end in: leitet, Leitung."""
_FAMILY_TEXT = (
    "lead led leader; make maker build builder cast caster buy supply supplier produce "
    "producer manufacture manufacturer deliver; maintain maintenance; write writer "
    "author; paint painter; found founder establish start; own owner belong; run manage manager"
)
_FAMILIES = tuple(
    frozenset(t for w in words.split() for t in (w, *terms(w))) for words in _FAMILY_TEXT.split(";")
)
"""Words that may say the same of a thing and who it is from: a bell is bought from its maker."""


def is_named(thing: str, text: str) -> bool:
    """Whether a text names a thing: says all of its words, those with spaces near each other.

    >>> is_named("Birch Mill", "Birch Mill grinds oats."), is_named("Dune Mill", "The mill.")
    (True, False)
    """
    if _IDEOGRAPHS.search(thing):
        return simplify_han(thing) in simplify_han(text)
    wanted_terms, own = terms(thing), terms(text)
    return bool(wanted_terms) and _has_run(wanted_terms, own)


def _has_run(needed: Sequence[str], own: Sequence[str]) -> bool:
    """Whether all terms stand in a text in their order, next to each other."""
    n = len(needed)
    return any(own[i : i + n] == list(needed) for i in range(len(own) - n + 1))


def candidate_names(text: str, question: str) -> list[str]:
    """Names in a passage that the question does not have, the nearest to what it has first.

    In letters that have capitals, what is written in them; in ideographs, what is left where the
    question's words and function words are cut out.

    >>> candidate_names("The bell was cast by Mirel Tovan.", "the caster of the bell")
    ['Mirel Tovan']
    >>> candidate_names("水钟是由陆青山发明的，高三米。", "发明水钟的人")
    ['陆青山', '高三米']
    """
    if _IDEOGRAPHS.search(question):
        return _ideographic_names(text, question)
    question_terms = set(terms(question))
    names: dict[str, None] = {}
    for m in _NAME.finditer(text):
        name = _without_head(m.group().rstrip(".,;"), text[: m.start()])
        if name and not set(terms(name)) <= question_terms:
            names[name] = None
    return list(names)


def _without_head(name: str, before: str) -> str:
    """A name at the head of a sentence, without the article or preposition there."""
    if not _SENTENCE_HEAD.search(before):
        return name
    words = name.split()
    while words and words[0].lower() in _HEAD_WORDS:
        words = words[1:]
    return " ".join(words)


_HEAD_WORD_TEXT = (
    "the a an it its he she they his her their this that these those in on at from by for with of "
    "since after before when where who and but so then as there here no not all some most each one "
    "der die das den dem ein eine er sie es im am le la les un une il elle el los las una"
)
_HEAD_WORDS = frozenset(_HEAD_WORD_TEXT.split())


def _ideographic_names(text: str, question: str) -> list[str]:
    folded_question, folded = simplify_han(question), simplify_han(text)
    is_cut = [False] * len(text)
    for start, end in _common_runs(folded, folded_question):
        is_cut[start:end] = [True] * (end - start)
    for m in _HAN_FUNCTION.finditer(folded):
        is_cut[m.start() : m.end()] = [True] * (m.end() - m.start())
    rest = "".join("\n" if cut else c for c, cut in zip(text, is_cut, strict=True))
    low, high = _HAN_NAME_LENGTH
    runs = [m for m in _IDEOGRAPHS.finditer(rest) if low <= len(m.group()) <= high]
    cuts = [i for i, cut in enumerate(is_cut) if cut]
    runs.sort(key=lambda m: _gap(m.start(), m.end(), cuts))
    return list(dict.fromkeys(m.group() for m in runs))


def _gap(start: int, end: int, cuts: Iterable[int]) -> int:
    return min((min(abs(start - 1 - c), abs(end - c)) for c in cuts), default=0)


def _common_runs(text: str, question: str) -> list[tuple[int, int]]:
    """(start, end) of what a text has in common with a question: two characters and more."""
    runs, i = [], 0
    while i < len(text):
        j = i
        while j < len(text) and text[i : j + 1] in question and _IDEOGRAPHS.match(text[j]):
            j += 1
        if j - i >= 2:
            runs.append((i, j))
            i = j
        else:
            i += 1
    single = set(question) - set("".join(text[a:b] for a, b in runs))
    runs += [(i, i + 1) for i, c in enumerate(text) if c in single]
    return runs
