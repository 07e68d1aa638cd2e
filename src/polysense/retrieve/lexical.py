"""What full text finds for a question: by its own words, those read in its files, and those that
rewriters add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polysense.protocols import Match, Store
from polysense.question import Question
from polysense.read.language.questions import content_words, keywords
from polysense.retrieve.filters import all_of, among
from polysense.retrieve.fusion import rank_fusion

EXPANSION_WEIGHT = 0.2
"""What words that a rewriter adds count for, for one of the question's own. With ten words of
`rewriters.expansion`: BM25's nDCG@10 on Cranfield .363 -> .383 (.4: .381), all arms' .431 -> .434
(.4: .432); R@1 of 300 English questions of XQuAD, BM25 .957 -> .947 (.4: .927), all arms .967 ->
.957 (.4: .947). So nothing adds words unless settings say so.
"""


FOREIGN_SHARE = 0.2
"""What words count for that a passage in another language shares with a question: they are names,
numbers, and accidents. Of 204 questions of XQuAD each, with USE, R@1 of English paragraphs for
Chinese questions was .686, of Chinese ones for English questions .750 (with .3 the same, with 1
.608 and .701); with `best_sentence` it is .755 and .804.
"""


@dataclass(frozen=True, slots=True)
class LexicalMatches:
    """Matches, best first, and what the best would score were it in the question's language."""

    matches: Sequence[Match] = ()
    best: float = 0.0


def lexical_matches(store: Store, question: Question, k: int, where: str = "") -> LexicalMatches:
    """At most k, best first, of what a compiled condition leaves. Each list is scaled by its own
    best and weighed, for a page attached to a question has hundreds of words for its few.
    """
    matches = _matches(store, question, k, where)
    best = max((m.score for m in matches), default=0.0)
    foreign = _in_other_languages(matches, store, question)
    if foreign:
        matches = [
            m._replace(score=FOREIGN_SHARE * m.score) if m.id in foreign else m for m in matches
        ]
        matches = sorted(matches, key=lambda m: -m.score)
    return LexicalMatches(matches, best)


def _in_other_languages(
    matches: Sequence[Match], store: Store, question: Question
) -> frozenset[str]:
    """Ids of those in a language that is known and not the question's, where that is known."""
    if not question.language or not matches:
        return frozenset()
    other = f"lang NOT IN ('', '{question.language}')"
    if not store.count(other):
        return frozenset()
    condition = all_of(other, among("id", [m.id for m in matches]))
    return frozenset(str(row["id"]) for row in store.scan(condition, ["id"]))


def _matches(store: Store, question: Question, k: int, where: str) -> Sequence[Match]:
    expansion = " ".join(t for rewrite in question.rewrites for t in rewrite.terms)
    own_weight = 1.0 if question.read_words.strip() else question.typed_share
    weighted_words = (
        (question.typed_share, keywords(question.typed_words)),
        (1.0 - question.typed_share, keywords(question.read_words)),
        (EXPANSION_WEIGHT, expansion),
        *((t.weight * own_weight, t.words.replace('"', " ")) for t in question.search_texts),
    )
    lists = [
        (weight, store.lexical(words, k, where))
        for weight, words in weighted_words
        if words.strip() and _holds_content_of(words, store, where)
    ]
    if len(lists) < 2:
        return lists[0][1] if lists else ()
    modalities = {m.id: m.modality for _, matches in lists for m in matches}
    scores = rank_fusion(lists, score_scales=[0.0] * len(lists))[:k]
    return [Match(id, score, modalities[id]) for score, id in scores]


def _holds_content_of(words: str, store: Store, where: str) -> bool:
    """Whether full text has a word of them that is more than an article or "of": passages that
    share no other are no matches, though the best of them would count as one.
    """
    content = content_words(words)
    return content in ("", words) or bool(store.lexical(content, 1, where))
