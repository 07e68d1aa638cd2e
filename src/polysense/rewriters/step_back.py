"""A more general question, searched for beside the one that is asked: a step back, by the language
model.

Zheng et al., "Take a step back: evoking reasoning via abstraction in large language models" (ICLR
2024).
"""

from __future__ import annotations

from collections.abc import Sequence

from polysense.errors import ModelFailed
from polysense.protocols import LanguageModel, Rewriter, Store
from polysense.question import Exchange, Question, Rewrite, SearchText
from polysense.read.language.folding import fold
from polysense.rewriters.model_request import (
    HINT_PROMPT,
    MAX_QUESTION_TOKENS,
    ask_model,
    one_question,
    words_alone,
)
from polysense.rewriters.new_facts import new_numbers

WEIGHT = 0.5
"""What the general question counts for beside 1 of the one that is asked; judged, not measured: no
model to measure with is a part of this package.
"""


class StepBack(Rewriter):
    """Searches also for a more general question, which the language model writes.

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
        answer = ask_model(
            self.language_model, "step_back", self.prompt, words, MAX_QUESTION_TOKENS
        )
        general = one_question(answer, self.language_model, question.language)
        if fold(general) == fold(words):
            return None
        if numbers := new_numbers(general, words):
            raise ModelFailed(
                f"{self.language_model.name} brought in what nobody has said: {', '.join(numbers)}",
                HINT_PROMPT,
            )
        return Rewrite(
            "searches also for what is behind it",
            search_texts=(SearchText(general, weight=self.weight),),
            usage=answer.usage,
        )
