"""Questions that nearly have an answer: made of questions that have one, by one change each.

A year, another number or a name in a question is put in place of another of its kind, so that no
text of the corpus speaks of both. Deterministic: the same corpus and seed give the same questions.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms

SHARED_TERMS = 0.5
"""A text speaks of what a question asks where it has this share of its other terms."""

_YEAR = re.compile(r"(?<![\d.,$])(?:1[0-9]|20)\d\d(?![\d.,]*\d)")
_NUMBER = re.compile(r"(?<![\d.,$A-Za-z-])\d+(?:[.,]\d+)*(?![\d.,]*\d|[A-Za-z-])")
_NAME = re.compile(
    r"(?P<before>\b[a-z]+) (?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+){0,2})\b(?!['’-]| [A-Z0-9])"
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)\w*"
_UNCHANGED = re.compile(rf"(?:\b{_MONTH}|\b(?:than|least|most|under|over)) $|[:<>]$")
"""Before a number in place of which another may leave the question its answer, a bound or a time,
or which has few others: a day of a month.
"""
_DATE = re.compile(rf" {_MONTH}\b")
"""After the day of a month."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A value in a question: its kind, where it stands, and what may be put there: values of one
    frame ("in ..." of one word) are of one sort, a place or a person.
    """

    kind: str
    start: int
    end: int
    value: str
    frame: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A question that the corpus does not answer, and the one that it was made of, by its index."""

    original: int
    question: str
    kind: str
    change: str


def slots(question: str, common_words: frozenset[str] = frozenset()) -> Iterator[Slot]:
    """The values of a question that can be changed; a name has no word that is also a common one.

    >>> [(s.kind, s.value) for s in slots("Who won in Warsaw by 24 points in 1998?")]
    [('year', '1998'), ('number', '24'), ('name', 'Warsaw')]
    """
    years = [m.span() for m in _YEAR.finditer(question)]
    for start, end in years:
        yield Slot("year", start, end, question[start:end], "year")
    for m in _NUMBER.finditer(question):
        if m.span() not in years and not (
            _UNCHANGED.search(question[: m.start()]) or _DATE.match(question[m.end() :])
        ):
            yield Slot("number", *m.span(), m[0], f"number of {len(m[0])}")
    for m in _NAME.finditer(question):
        if common_words.intersection(m["name"].lower().split()):
            continue
        frame = f"{m['before']} + {m['name'].count(' ') + 1}"
        yield Slot("name", *m.span("name"), m["name"], frame)


def near_misses(
    questions: Sequence[str], corpus: Iterable[str], count: int, seed: int = 7
) -> list[NearMiss]:
    """So many near misses, each of another question, kinds in turn as far as there are any."""
    corpus = list(corpus)
    texts = [frozenset(terms(text)) for text in corpus]
    common_words = frozenset(w for text in corpus for w in re.findall(r"\b[a-z]+\b", text))
    values: dict[str, set[str]] = defaultdict(set)
    by_kind: dict[str, list[tuple[int, Slot]]] = defaultdict(list)
    for text in corpus:
        values["year"].update(_YEAR.findall(text))
    for i, question in enumerate(questions):
        for slot in slots(question, common_words):
            values[slot.frame].add(slot.value)
            by_kind[slot.kind].append((i, slot))
    chance = random.Random(seed)
    for candidates in by_kind.values():
        chance.shuffle(candidates)
    result: list[NearMiss] = []
    used: set[int] = set()
    while len(result) < count and any(by_kind.values()):
        for kind in sorted(by_kind):
            while by_kind[kind] and len(result) < count:
                i, slot = by_kind[kind].pop()
                value = "" if i in used else _other_value(questions[i], slot, values, texts, chance)
                if value:
                    changed = questions[i][: slot.start] + value + questions[i][slot.end :]
                    result.append(NearMiss(i, changed, kind, f"{slot.value} -> {value}"))
                    used.add(i)
                    break
    return result


def _other_value(
    question: str,
    slot: Slot,
    values: dict[str, set[str]],
    texts: Sequence[frozenset[str]],
    chance: random.Random,
) -> str:
    """A value of the slot's frame that no text has together with what is asked; "" if none."""
    others = set(content_terms(question[: slot.start] + " " + question[slot.end :]))
    if not others:
        return ""
    subject = [text for text in texts if len(others & text) >= SHARED_TERMS * len(others)]
    candidates = sorted(values[slot.frame] - {slot.value})
    chance.shuffle(candidates)
    if slot.kind == "year":  # the nearest: the likeliest to be meant, and the hardest to tell apart
        candidates.sort(key=lambda year: abs(int(year) - int(slot.value)))
    for value in candidates:
        words = set(terms(value))
        if not words & set(terms(slot.value)) and not any(words & text for text in subject):
            return value
    return ""
