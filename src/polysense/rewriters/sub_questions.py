"""A question taken apart by the language model, where the rules (`decomposition`) find nothing.

Self-ask (Press et al., EMNLP 2023), planned at once: what is taken apart is only a proposal, and
who asks the parts keeps the whole question where they find nothing (`generate.rounds`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polysense.errors import ModelFailed
from polysense.messages import Message
from polysense.model_reply import json_reply, object_schema, read_prompt
from polysense.protocols import LanguageModel, Rewriter, Store
from polysense.question import LINK, Exchange, Question, Rewrite, SubQuestion
from polysense.read.language.folding import fold
from polysense.rewriters.model_request import (
    HINT_PROMPT,
    MAX_QUESTION_CHARACTERS,
    MAX_QUESTION_TOKENS,
    words_alone,
)
from polysense.rewriters.new_facts import new_facts

MAX_QUESTIONS = 4
"""Questions that one is taken apart into; judged: each costs a search."""

MIN_WORDS, MIN_IDEOGRAPHS = 5, 8
"""Words, or characters where words have no spaces, of a question that may have parts; judged, so
that the model is not asked about every short one.
"""

_TEXT = {"type": "string"}
_SCHEMA = object_schema(
    {
        "kind": {"type": "string", "enum": ["one", "several", "chain"]},
        "questions": {
            "type": "array",
            "items": object_schema({"words": _TEXT, "thing": _TEXT, "answer_kind": _TEXT}),
        },
    }
)


class SubQuestions(Rewriter):
    """Takes a question apart by the language model: one for each thing that is asked about, or hops
    of which each needs the answer before.

    prompt is a file with other instructions than the package's own.
    """

    is_addition = True

    def __init__(self, *, language_model: LanguageModel, prompt: str = "") -> None:
        self.language_model, self.prompt = language_model, prompt

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        words = words_alone(question)
        if not _may_have_parts(words) or any(r.sub_questions for r in question.rewrites):
            return None
        answer = json_reply(
            self.language_model,
            [
                Message.of(
                    "system", read_prompt("polysense.rewriters", "sub_questions", self.prompt)
                ),
                Message.of("user", f"Question: {words}"),
            ],
            _SCHEMA,
            MAX_QUESTION_TOKENS * MAX_QUESTIONS,
        )
        kind, questions = answer.value["kind"], tuple(map(_sub_question, answer.value["questions"]))
        if kind == "one" or not questions:
            return None
        if fault := _fault(questions, kind == "chain", words, question.language):
            raise ModelFailed(
                f"{self.language_model.name} took it apart wrongly: {fault}", HINT_PROMPT
            )
        why = "takes several steps" if kind == "chain" else "asks of several"
        return Rewrite(why, sub_questions=questions, usage=answer.usage)


def _sub_question(item: Mapping[str, Any]) -> SubQuestion:
    return SubQuestion(
        *(" ".join(item[name].split()) for name in ("words", "thing", "answer_kind"))
    )


def _may_have_parts(words: str) -> bool:
    return len(words.split()) >= MIN_WORDS or (not words.isascii() and len(words) >= MIN_IDEOGRAPHS)


def _fault(questions: Sequence[SubQuestion], is_chain: bool, words: str, language: str) -> str:
    """What keeps questions from being the parts of another; "" where nothing does."""
    if not 2 <= len(questions) <= MAX_QUESTIONS:
        return f"into {len(questions)} questions"
    for n, q in enumerate(questions):
        if not q.words or len(q.words) > MAX_QUESTION_CHARACTERS:
            return "one is empty or too long"
        if q.words.count(LINK) != (1 if is_chain and n else 0):
            return f"{LINK} stands where it should not, or not where it should"
        if facts := new_facts(q.words.replace(LINK, " "), words, language):
            return f"nobody has said {', '.join(facts)}"
        if not is_chain and (not q.thing or fold(q.thing) not in fold(words)):
            return "a thing is not named in the question"
    return ""
