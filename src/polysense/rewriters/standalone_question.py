"""A question that leans on those before it, made whole by the language model.

After Elgohary et al., "Can you unpack that? Learning to rewrite questions-in-context" (EMNLP 2019).
What the model writes is held against the conversation: a name, a number or a code that stands
nowhere in it is refused, and the question stays as the rules (`history`) have made it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.errors import ModelFailed
from polysense.messages import Message
from polysense.model_reply import fenced, read_prompt, reply
from polysense.protocols import LanguageModel, Rewriter, Store
from polysense.question import Exchange, Question, Rewrite
from polysense.read.language.folding import fold
from polysense.rewriters.model_request import (
    HINT_PROMPT,
    MAX_QUESTION_TOKENS,
    one_question,
    words_alone,
)
from polysense.rewriters.new_facts import new_facts

MAX_EXCHANGES, MAX_ANSWER_CHARACTERS = 6, 600
"""Questions before that the model reads, the latest, and characters of each answer; judged."""

_CITATION = re.compile(r"\s*\[\d+\]")


class StandaloneQuestion(Rewriter):
    """Makes a follow-up whole from the conversation before it, by the language model.

    prompt is a file with other instructions than the package's own.
    """

    def __init__(self, *, language_model: LanguageModel, prompt: str = "") -> None:
        self.language_model, self.prompt = language_model, prompt

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        current = words_alone(question)
        if not history or not current:
            return None
        words = question.original_text or current
        conversation = "\n".join(map(_turn, history[-MAX_EXCHANGES:]))
        instructions = read_prompt("polysense.rewriters", "standalone_question", self.prompt)
        answer = reply(
            self.language_model,
            [
                Message.of("system", instructions),
                Message.of("user", fenced("conversation", conversation), f"Question: {words}"),
            ],
            MAX_QUESTION_TOKENS,
        )
        whole = one_question(answer, self.language_model, question.language)
        if fold(whole) in (fold(words), fold(current)):
            return None
        if facts := new_facts(whole, f"{words}\n{current}\n{conversation}", question.language):
            raise ModelFailed(
                f"{self.language_model.name} brought in what nobody has said: {', '.join(facts)}",
                HINT_PROMPT,
            )
        return Rewrite("read with what was asked before as", whole, usage=answer.usage)


def _turn(exchange: Exchange) -> str:
    answer = _CITATION.sub("", exchange.answer)[:MAX_ANSWER_CHARACTERS]
    return f"Question: {exchange.question}\nAnswer: {answer}"
