"""An answer about pictures by a language model that sees none: their captions are its context, and
it is shown examples of how to answer by them (Yang et al., "An empirical study of GPT-3 for
few-shot knowledge-based VQA", AAAI 2022, arXiv:2109.05014, PICa).

There a caption is made of the one picture that is asked about; here those of the pictures that were
retrieved are taken, beside the passages. As there the examples nearest to the question are shown;
not as there by CLIP but by their words, and the answer is that of one prompt, not the likeliest of
several, for a chat tells no likelihoods.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from polysense.errors import BadConfig
from polysense.make.question_text import question_text
from polysense.messages import Message
from polysense.model_reply import fenced, read_prompt, reply
from polysense.protocols import Generator, LanguageModel
from polysense.read.language.questions import content_terms
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_CONTEXTS, MAX_CONTEXT_CHARACTERS = 8, 600
"""Captions and passages that a model is given, and characters of each: a caption has some hundred.
Judged: some 1,500 tokens.
"""

EXAMPLES = 4
"""Examples that it is shown; PICa gains most from the first four of sixteen. Judged."""

MAX_TOKENS = 120
"""Tokens that a model may write; a sentence has thirty."""

_PREFIXES = ("Context:", "Q:", "A:")


class Pica(Generator):
    """The language model's answer by the captions of the pictures that were retrieved, after
    examples of such answers.

    examples is how many it is shown, those nearest to the question. prompt is a file with other
    instructions, and other examples behind them, than the package's own: blocks with lines that
    begin with Context:, Q: and A:, a blank line between two. Pictures have captions by the
    converters `caption` and `blip`, and what documents say of them. Raises BadConfig for a prompt
    that cannot be read.
    """

    accepts: frozenset[Modality] = frozenset({"text", "image", "audio", "video"})
    emits: Modality = "text"
    cost = 0.9
    origin: Origin = "generated"
    is_writer = True

    def __init__(
        self, *, language_model: LanguageModel, examples: int = EXAMPLES, prompt: str = ""
    ) -> None:
        self.language_model, self.examples, self.prompt = language_model, examples, str(prompt)

    @property
    def name(self) -> str:
        """Who writes."""
        return self.language_model.name

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One part; nothing where nothing was asked in words, or no evidence has any. Raises
        ModelFailed, BadConfig.
        """
        question = question_text(query).strip()
        contexts = {
            e.n: " ".join(e.hit.chunk.words.split())[:MAX_CONTEXT_CHARACTERS]
            for e in evidence
            if e.hit.chunk.words.strip()
        }
        captions = dict(list(contexts.items())[:MAX_CONTEXTS])
        if not question or not captions:
            return
        answer = reply(self.language_model, self._messages(_Case(captions, question)), MAX_TOKENS)
        meta = {
            "model": self.name,
            "usage": [answer.usage.input_tokens, answer.usage.output_tokens],
            "evidence": list(captions),
        }
        yield Part("text", answer.text.removeprefix("A:").strip(), meta=meta)

    def _messages(self, case: _Case) -> list[Message]:
        """The instructions, each example as a turn, the nearest last, then what is asked."""
        text = read_prompt("polysense.make.text", "pica", self.prompt)
        instructions, examples = read_examples(text, self.prompt or "pica.txt")
        nearest = sorted(examples, key=case.likeness)[max(len(examples) - self.examples, 0) :]
        turns = [
            m
            for e in nearest
            for m in (Message.of("user", e.request), Message.of("assistant", e.answer))
        ]
        return [Message.of("system", instructions), *turns, Message.of("user", case.request)]


@dataclass(frozen=True, slots=True)
class _Case:
    """Contexts by their numbers, what is asked of them, and of an example the answer."""

    contexts: dict[int, str]
    question: str
    answer: str = ""

    @property
    def request(self) -> str:
        lines = "\n".join(f"[{n}] {text}" for n, text in self.contexts.items())
        return f"{fenced('contexts', lines)}\nQ: {self.question}\nA:"

    def likeness(self, other: _Case) -> float:
        """How many words two have in common, of all that they have: 0..1."""
        own, others = self._terms, other._terms
        return len(own & others) / max(len(own | others), 1)

    @property
    def _terms(self) -> set[str]:
        return set(content_terms("\n".join((self.question, *self.contexts.values()))))


def read_examples(text: str, name: str) -> tuple[str, list[_Case]]:
    """The instructions of a prompt file, and the examples behind them. Raises BadConfig where one
    is not whole.

    >>> text = "Be short.\\n\\nContext: a red boat\\nQ: What colour?\\nA: Red [1]."
    >>> read_examples(text, "my.txt")
    ('Be short.', [_Case(contexts={1: 'a red boat'}, question='What colour?', answer='Red [1].')])
    """
    blocks = [b.strip() for b in re.split(r"\n\s*\n", text.strip())]
    first = next((i for i, b in enumerate(blocks) if b.startswith("Context:")), len(blocks))
    return "\n\n".join(blocks[:first]), [_example(b, name) for b in blocks[first:]]


def _example(block: str, name: str) -> _Case:
    lines: dict[str, list[str]] = {prefix: [] for prefix in _PREFIXES}
    for line in block.split("\n"):
        prefix = next((p for p in _PREFIXES if line.startswith(p)), "")
        lines.setdefault(prefix, []).append(line.removeprefix(prefix).strip())
    contexts, questions, answers = (lines[p] for p in _PREFIXES)
    if "" in lines or not contexts or len(questions) != 1 or len(answers) != 1:
        raise BadConfig(
            f"{name}: an example is not whole: {block[:60]!r}",
            "Give each lines that begin with Context:, one with Q: and one with A:, and a blank "
            "line between two examples.",
        )
    return _Case(dict(enumerate(contexts, 1)), questions[0], answers[0])
