"""Whether a sentence denies what its evidence denies, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.negation import (
    clauses,
    denied_words,
    implicit_denials,
    is_negative,
    opposite_in,
    without_negation,
)
from polysense.read.language.questions import content_terms
from polysense.read.language.values import has_unspaced_script

MIN_SAME = 0.6
"""The share of words in common, of the shorter, from which on two clauses speak of the same thing,
so that one may not deny what the other says. From .4 to .8 benchmarks/bench_citations.py counts the
same over XQuAD, whose claims are near their evidence; judged on paraphrases.
"""

NEAREST_LENGTH = 8
"""Words added to each text's length where the nearest is looked for: of two that have as many
words in common the shorter, but not a single word before a sentence. Judged.
"""


def wrong_denials(sentence: str, evidence: str, language: str = "") -> Iterator[str]:
    """A denial of what the evidence says, or the other way round, in clauses about the same.

    >>> list(wrong_denials("It opens on Mondays.", "It is old. It does not open on Mondays."))
    ['the evidence denies it']
    >>> list(wrong_denials("It is not open on Mondays.", "It is closed on Mondays."))
    []
    """
    texts = [evidence[a:b] for a, b in sentences(evidence)]
    closest = nearest(sentence, texts)
    if not closest:
        return
    own, others = clauses(sentence), [c for text in texts for c in clauses(text)]
    for clause in own:
        if is_negative(clause) and not _is_denied(clause, sentence, closest, others, language):
            yield "the evidence does not deny it"
    for denial in filter(is_negative, others):
        clause = nearest(denial, own)
        if clause and _leaves_out(clause, denial, others, language):
            yield "the evidence denies it"
    for clause in own:
        if pair := _opposite(clause, others, language):
            yield f"the evidence says {pair[1]!r}, not {pair[0]!r}"


def _opposite(clause: str, others: Sequence[str], language: str) -> tuple[str, str] | None:
    """A word of a clause, and what the evidence says of the same in its place, by their stems."""
    own = set(terms(clause))
    for other in others:
        words = set(terms(other))
        pair = opposite_in(own, words)
        if pair is None or is_negative(clause) != is_negative(other):
            continue
        rest = set(_content(clause, language)) - {pair[0]}
        is_same = len(rest & set(terms(other, language))) >= MIN_SAME * len(rest)
        is_said = any(pair[0] in terms(o) and rest & set(terms(o, language)) for o in others)
        if rest and is_same and not is_said:
            return pair
    return None


def nearest(text: str, others: Iterable[str]) -> str:
    """Of other texts the one with most of a text's words; "" where none has any.

    >>> nearest("the old mill", ["The tower is old.", "An old mill stands by the brook."])
    'An old mill stands by the brook.'
    """
    words = set(terms(text))
    shares = [(len(words & set(terms(o))) / (len(terms(o)) + NEAREST_LENGTH), o) for o in others]
    share, best = max(shares, default=(0.0, ""), key=lambda s: s[0])
    return best if share else ""


def _is_denied(
    clause: str, sentence: str, closest: str, others: Sequence[str], language: str
) -> bool:
    """Whether the evidence denies what a clause does, in a clause about the same, or else in the
    sentence that is nearest.
    """
    place = nearest(clause, others)
    if place and (is_negative(place) or _denies_by_word(place, sentence)):
        return True
    if any(_denies_same(clause, o, language) for o in others):
        return True
    heads = {t for w in denied_words(clause) for t in content_terms(w, language)[:1]}
    if (
        place
        and heads & set(terms(place, language))
        and _share(clause, place, language) >= MIN_SAME
    ):
        return False
    return is_negative(closest) or _denies_by_word(closest, sentence)


def _leaves_out(clause: str, denial: str, others: Sequence[str], language: str) -> bool:
    """Whether a clause says what a clause of the evidence denies, and no other clause says it."""
    if is_negative(clause) or _denies_by_word(clause, denial):
        return False
    own = set(_content(clause, language))
    affirmed = own & {t for w in denied_words(denial) for t in terms(w, language)}
    is_same = _share(clause, denial, language) >= MIN_SAME or any(
        1 < len(words) == len(set(words) & own)
        for words in (_content(w, language) for w in denied_words(denial))
    )
    if not affirmed or not is_same:
        return False
    coverage = _coverage(clause, denial, language)
    return not any(
        affirmed & set(terms(o, language)) and _coverage(clause, o, language) >= coverage
        for o in others
        if not is_negative(o)
    )


def _denies_same(clause: str, other: str, language: str) -> bool:
    """Whether a clause of the evidence denies the word that a clause denies, of the same thing; or
    has that word beside one that denies in itself.
    """
    heads = [content_terms(w, language)[: 1 + has_unspaced_script(w)] for w in denied_words(clause)]
    if is_negative(other) and _share(clause, other, language) >= MIN_SAME:
        others = [content_terms(w, language) for w in denied_words(other)]
        if any(head == words[: len(head)] for head in heads for words in others):
            return True
    words = set(terms(other, language))
    return _denies_by_word(other, clause) and any(set(head) <= words for head in heads)


def _denies_by_word(text: str, other: str) -> bool:
    """Whether a text denies by a word ("closed") that another does not have."""
    return bool(implicit_denials(text) - implicit_denials(other))


def _content(text: str, language: str) -> list[str]:
    return content_terms(without_negation(text), language)


def _share(a: str, b: str, language: str) -> float:
    own, others = set(_content(a, language)), set(_content(b, language))
    return len(own & others) / max(min(len(own), len(others)), 1)


def _coverage(a: str, b: str, language: str) -> float:
    own = set(_content(a, language))
    return len(own & set(_content(b, language))) / max(len(own), 1)
