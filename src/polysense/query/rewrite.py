"""A question through the rewriters that are configured, before it is searched for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from polysense.errors import ModelFailed
from polysense.protocols import Store
from polysense.query.understand import understand
from polysense.question import Exchange, Question
from polysense.registry import Kit
from polysense.results import Turn
from polysense.types import Part, Query


def rewrite(question: Question, history: Sequence[Turn] | None, kit: Kit, store: Store) -> Question:
    """The question as every rewriter in turn has left it, `rewrites` telling what each did.

    Those that only add run after those that may change its words. Other words than those typed are
    told of in `warnings`, as is a language model that failed. history is the conversation before,
    oldest first; None where the question is to stay as it is. What its "system" wishes goes with
    the question as `instructions`.
    """
    wishes = [t.text for t in history or () if t.role == "system"]
    if wishes:
        question = replace(question, instructions="\n".join(wishes))
    if history is None or not question.typed_words.strip():
        return question
    exchanges = to_exchanges(history)
    in_order = sorted(kit.rewriters.items(), key=lambda r: getattr(r[1], "is_addition", False))
    for name, rewriter in in_order:
        languages = rewriter.languages
        if languages is not None and question.language and question.language not in languages:
            continue
        try:
            change = rewriter.rewrite(question, exchanges, store)
        except ModelFailed as e:
            warning = f"{name} left the question as it is: {e}. {e.hint}"
            question = replace(question, warnings=(*question.warnings, warning))
            continue
        if change is None:
            continue
        rewrites = (*question.rewrites, replace(change, rewriter=name))
        if change.words and change.words != question.query_text:
            question = _with_words(question, change.words, change.why, kit)
        question = replace(question, rewrites=rewrites)
    return question


def to_exchanges(history: Iterable[Turn]) -> tuple[Exchange, ...]:
    """Turns as pairs of a question and its answer, in words.

    >>> to_exchanges([Turn("user", (Part("text", "How tall is it?"),))])
    (Exchange(question='How tall is it?', answer=''),)
    """
    exchanges: list[Exchange] = []
    for turn in history:
        if turn.role == "user":
            exchanges.append(Exchange(turn.text))
        elif turn.answer is not None and not turn.answer.answered:
            continue  # that nothing was found names nothing
        elif turn.role == "assistant" and exchanges:
            last = exchanges[-1]
            exchanges[-1] = replace(last, answer=f"{last.answer}\n{turn.text}".strip())
    return tuple(exchanges)


def _with_words(question: Question, words: str, why: str, kit: Kit) -> Question:
    """The question understood anew, with other typed words."""
    new = understand(_replace_words(question.query, words), kit)
    warnings = dict.fromkeys((*question.warnings, f"{why}: {words}", *new.warnings))
    return replace(
        new,
        warnings=tuple(warnings),
        original_text=question.original_text or question.query_text,
        instructions=question.instructions,
    )


def _replace_words(query: Query, words: str) -> list[Part]:
    """The first words of a query exchanged, the other words left out, the files as they are."""
    parts: list[Part] = []
    is_open = True
    for part in query:
        if part.modality != "text" or not isinstance(part.data, str):
            parts.append(part)
        elif is_open:
            parts.append(replace(part, data=words))
            is_open = False
    return parts
