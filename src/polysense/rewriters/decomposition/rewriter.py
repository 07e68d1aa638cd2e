"""A question taken apart: into one for each thing that it compares, or into hops, where what it
asks about is named by something else that must be found first.

After Press et al., "Measuring and narrowing the compositionality gap in language models" (EMNLP
2023: self-ask), by rule. What is taken apart is only a proposal: who asks the parts keeps the whole
question where they find nothing (`generate.rounds`).
"""

from __future__ import annotations

from collections.abc import Sequence

from polysense.protocols import Rewriter, Store
from polysense.question import Exchange, Question, Rewrite
from polysense.rewriters.decomposition.comparisons import compare
from polysense.rewriters.decomposition.comparisons_de_fr_es import compare_de_fr_es
from polysense.rewriters.decomposition.coordination import coordinate
from polysense.rewriters.decomposition.hops import hops
from polysense.rewriters.decomposition.scenes import scenes
from polysense.rewriters.decomposition.value_order import value_order


class Decomposition(Rewriter):
    """A comparison -> a question for each thing; what asks of "the yard that built the Heron" ->
    that yard, then what is asked of it; a story of several -> each of them. Comparisons and stories
    in five languages, hops in English and Chinese.

    >>> from polysense.stores.memory import Memory
    >>> from polysense.types import Part
    >>> words = Part("text", "Which is heavier, the Heron or the Plover?")
    >>> rewrite = Decomposition().rewrite(Question((words,), ((words,),)), (), Memory())
    >>> [q.words for q in rewrite.sub_questions]
    ['How heavy is the Heron?', 'How heavy is the Plover?']
    """

    languages: frozenset[str] | None = frozenset({"en", "zh", "de", "fr", "es"})
    is_addition = True

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        if any(p.modality != "text" or not isinstance(p.data, str) for p in question.query):
            return None
        words = question.query_text
        if things := compare(words) or compare_de_fr_es(words):
            return Rewrite("compares", sub_questions=things, order=value_order(words))
        if things := scenes(words):
            return Rewrite("tells of several", sub_questions=things)
        if things := coordinate(words):
            return Rewrite("asks of several", sub_questions=things)
        if chain := hops(words):
            return Rewrite("may take two steps", sub_questions=chain)
        return None
