"""What a language model is shown of an example, and what it is to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from polysense.generate.writing.packing import messages
from polysense.generate.writing.writer import NO_ANSWER
from polysense.messages import Chat, Message
from polysense.question import Question
from polysense.train.generator.examples.example import Context, Example
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Span


@dataclass(frozen=True, slots=True)
class Lesson:
    """A chat, and the words that are the right reply."""

    chat: Chat
    target: str


Prompt = Callable[[Example, AbstractSet[Modality]], Lesson]


def as_asked(example: Example, accepts: AbstractSet[Modality]) -> Lesson:
    """As `polysense ask` puts it: its rules, the contexts as numbered evidence, the question; the
    answer cites the right ones. What is learned so is of use there.
    """
    request = tuple(p for p in example.images if p.modality in accepts)
    query = (Part("text", example.question), *request)
    question = Question(query, tuple((p,) for p in query))
    pieces = [_evidence(n, c, accepts) for n, c in enumerate(example.contexts, 1)]
    key = sha256("\0".join([example.question, *(c.part.id for c in example.contexts)]).encode())
    chat = messages(question, pieces, frozenset(accepts), fence=f"evidence-{key.hexdigest()[:8]}")
    right = [n for n, c in enumerate(example.contexts, 1) if c.is_right]
    is_refusal = example.answer == NO_ANSWER or not right
    return Lesson(chat, example.answer if is_refusal else f"{example.answer} {right}")


def plainly(example: Example, accepts: AbstractSet[Modality]) -> Lesson:
    """Contexts, question, nothing else: "Background: ..." and "Q: ...", as RA-DIT puts it
    (arXiv:2310.01352, table 1).
    """
    parts: list[Part | str] = [p for p in example.images if p.modality in accepts]
    for context in example.contexts:
        if context.words:
            parts.append(f"Background: {context.words}\n\n")
        elif context.part.modality in accepts:
            parts.append(context.part)
    return Lesson([Message.of("user", *parts, f"Q: {example.question}")], example.answer)


PROMPTS: Mapping[str, Prompt] = {"ask": as_asked, "plain": plainly}
"""Prompts by name."""


def _evidence(n: int, context: Context, accepts: AbstractSet[Modality]) -> Evidence:
    modality, name = context.part.modality, context.name or f"context {n}"
    asset = Asset(context.part.id, f"/{name}", context.part.mime, modality, 0)
    native = None if context.words else context.part
    chunk = Chunk(asset, Span(), modality, native, text=context.words)
    forms = (context.part,) if native is not None and modality in accepts else ()
    words = Part("text", context.words)
    return Evidence(n, Hit(chunk, context.score), words, Span(), context.score, forms)
