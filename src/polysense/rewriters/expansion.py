"""Words that the first hits have and the question has not, looked for beside its own:
pseudo-relevance feedback, RM3 (Abdul-Jaleel et al., "UMass at TREC 2004: novelty and HARD").

It helps where the library says in other words what is asked, and drifts where the first hits are
about something else, so it is used where settings name it.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from polysense.protocols import Rewriter, Store
from polysense.question import Exchange, Question, Rewrite
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.questions import keywords
from polysense.read.language.stems import stem

_WORD = re.compile(r"[^\W\d_]{3,}")
_ALL_FUNCTION_WORDS = frozenset().union(*FUNCTION_WORDS.values())
_IDEOGRAPHIC = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Expansion(Rewriter):
    """Adds `terms` words of the first `hits` by BM25 to what full text is asked for: those that
    several of them have, and few others.

    >>> from polysense.stores.memory import Memory
    >>> from polysense.types import Asset, Chunk, Part, Span
    >>> store, asset = Memory(), Asset("0" * 32, "/a.txt", "text/plain", "text", 1)
    >>> texts = ("A wharf for ferries.", "The wharf where ferries moor.", "Oats and rye.")
    >>> store.add([Chunk(asset, Span(page=n), "text", text=t) for n, t in enumerate(texts, 1)])
    >>> words = Part("text", "ferries")
    >>> Expansion(terms=1).rewrite(Question((words,), ((words,),)), (), store).terms
    ('wharf',)
    """

    is_addition = True

    def __init__(self, *, hits: int = 10, terms: int = 10) -> None:
        self.hits, self.terms = hits, terms

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        words = question.query_text
        if "bm25" not in store.capabilities or _IDEOGRAPHIC.search(words):
            return None
        matches = store.lexical(keywords(words), self.hits)
        chunks = store.get([m.id for m in matches])
        total = sum(m.score for m in matches if m.id in chunks)
        if total <= 0:
            return None
        weights, spellings = defaultdict[str, float](float), dict[str, str]()
        documents = Counter[str]()
        own = {stem(w) for w in _WORD.findall(words.lower())}
        for match in matches:
            if match.id not in chunks:
                continue
            text = _WORD.findall(chunks[match.id].words.lower())
            counts = Counter(w for w in text if w not in _ALL_FUNCTION_WORDS)
            length = max(sum(counts.values()), 1)
            stems = set[str]()
            for word, count in counts.items():
                root = stem(word)
                weights[root] += match.score / total * count / length
                spellings.setdefault(root, word)
                stems.add(root)
            documents.update(stems)
        best = sorted(
            (r for r in weights if r not in own and documents[r] > 1),
            key=lambda r: (-weights[r] * math.log1p(documents[r]), r),
        )[: self.terms]
        if not best:
            return None
        return Rewrite("adds words of the first hits", terms=tuple(spellings[r] for r in best))
