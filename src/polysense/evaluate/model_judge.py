"""A language model says whether answers are right, given what is right; and how far it agrees with
the comparison of values.

Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena" (NeurIPS 2023): such a judge
prefers what it has written itself, so another model than the one that answers is the better one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polysense.errors import ModelFailed
from polysense.evaluate.question_file import JudgedQuestion
from polysense.evaluate.values import CITATION
from polysense.messages import Message, Usage
from polysense.model_reply import fenced, json_reply, object_schema, read_prompt
from polysense.protocols import LanguageModel

MAX_TOKENS, MAX_ANSWER_CHARACTERS = 200, 4_000
"""Tokens of a verdict, and characters of an answer that is judged; judged."""

_SCHEMA = object_schema(
    {"reason": {"type": "string"}, "verdict": {"type": "string", "enum": ["right", "wrong"]}}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one answer, and why; is_right is None where it failed."""

    is_right: bool | None
    reason: str = ""
    usage: Usage = Usage()


NO_ANSWER = Verdict(False, "no answer came")
"""The verdict where nothing was said, and something is right: no model needs to be asked."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a judge and the comparison of values say the same of count answers; kappa is what
    is more than chance of it (Cohen 1960), 1 for all, None where one of them always says the same.
    """

    count: int
    share: float
    kappa: float | None


class ModelJudge:
    """Judges answers by a language model; prompt is a file with other instructions."""

    def __init__(self, model: LanguageModel, prompt: str = "") -> None:
        self.model, self.prompt = model, prompt

    def judge(self, question: JudgedQuestion, answer: str) -> Verdict:
        """The verdict on an answer in words to an answerable question."""
        right = " or ".join(" and ".join(values) for values in question.answers)
        text = CITATION.sub("", answer)[:MAX_ANSWER_CHARACTERS]
        words = f"Question: {question.text or '(a file)'}\nRight: {right}"
        try:
            reply = json_reply(
                self.model,
                [
                    Message.of("system", read_prompt("polysense.evaluate", "judge", self.prompt)),
                    Message.of("user", words, fenced("answer", text)),
                ],
                _SCHEMA,
                MAX_TOKENS,
            )
        except ModelFailed as e:
            return Verdict(None, f"{e}. {e.hint}")
        reason = " ".join(reply.value["reason"].split())
        return Verdict(reply.value["verdict"] == "right", reason, reply.usage)


def agreement(pairs: Sequence[tuple[bool, bool]]) -> Agreement | None:
    """How far two ways of judging agree, over (one, other) of each answer; None without any.

    >>> agreement([(True, True), (False, False), (True, True), (False, True)])
    Agreement(count=4, share=0.75, kappa=0.5)
    """
    if not pairs:
        return None
    count = len(pairs)
    observed = sum(a == b for a, b in pairs) / count
    a, b = (sum(column) / count for column in zip(*pairs, strict=True))
    by_chance = a * b + (1 - a) * (1 - b)
    kappa = round((observed - by_chance) / (1 - by_chance), 4) if by_chance < 1 else None
    return Agreement(count, round(observed, 4), kappa)
