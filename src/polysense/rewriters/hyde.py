"""A passage that might answer the question, searched for beside it: HyDE, by the language model.

Gao et al., "Precise zero-shot dense retrieval without relevance labels" (ACL 2023): a passage is
nearer to those that answer than the question is, though what it says be wrong. It is never told as
evidence. Its words go to full text too, as in Wang et al., "Query2doc" (EMNLP 2023).
"""

from __future__ import annotations

from collections.abc import Sequence

from polysense.protocols import LanguageModel, Rewriter, Store
from polysense.question import Exchange, Question, Rewrite, SearchText
from polysense.rewriters.model_request import ask_model, words_alone

WEIGHT = 0.5
"""What the passage counts for beside 1 of the question. The papers give a vector 1 and words .2;
between them, judged, not measured: no model to measure with is a part of this package.
"""

MAX_TOKENS, MAX_CHARACTERS = 200, 1_000
"""Tokens that the model may write, and characters of the passage that are searched for; judged."""


class Hyde(Rewriter):
    """Searches also for a passage that the language model makes up as an answer.

    weight is what it counts for beside 1 of the question; prompt a file with other instructions
    than the package's own.
    """

    is_addition = True

    def __init__(
        self, *, language_model: LanguageModel, prompt: str = "", weight: float = WEIGHT
    ) -> None:
        self.language_model, self.prompt, self.weight = language_model, prompt, weight

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        words = words_alone(question)
        if not words:
            return None
        answer = ask_model(self.language_model, "hyde", self.prompt, words, MAX_TOKENS)
        passage = " ".join(answer.text.split())[:MAX_CHARACTERS]
        return Rewrite(
            "searches also for a passage that might answer",
            search_texts=(SearchText(passage, "document", weight=self.weight),),
            usage=answer.usage,
        )
