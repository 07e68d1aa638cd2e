"""What a language model is given of the evidence: whole passages within a budget, fenced as data,
each with the picture, sound or clip that it is where the model accepts that.

Interleaved, each original behind its own words (Yasunaga et al., "Retrieval-augmented multimodal
language modeling", ICML 2023), the most useful first and last, where models read best (Liu et al.,
"Lost in the middle", TACL 2024).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import files

from polysense.augment.surroundings import NoSurroundings, Surroundings
from polysense.generate.writing.instructions import instruction_block
from polysense.generate.writing.originals import (
    MAX_ORIGINALS,
    ORIGINAL_TOKENS,
    label,
    original,
    originals,
)
from polysense.messages import Message
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.types import Evidence, Hit, Modality, Part

MAX_PIECES = 8
"""Pieces of evidence that a model is given: more help little and cost more. Judged."""

EVIDENCE_SHARE = 0.5
"""Of a model's context, what evidence may fill; the rest is for instructions and the answer."""

MAX_EVIDENCE_TOKENS = 3000
"""Tokens of evidence at most, however much a model reads: a bound on cost and time. Judged."""

CHARACTERS_PER_TOKEN = 3.5
"""Of Latin script, on the short side, so that a budget is not overrun; an ideograph is a token."""

PROMPT = files("polysense.generate") / "prompts" / "answer.txt"
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def pack(
    evidence: Sequence[Evidence],
    hits: Sequence[Hit],
    context: int,
    accepts: frozenset[Modality] = frozenset(),
    around: Surroundings | None = None,
) -> list[Evidence]:
    """Whole passages for a model that reads so many tokens: those of the evidence, then of further
    hits, each once, numbered from 1 in the order of their use. What was worked out, a form in words
    of its evidence, comes first and stands in the place of that evidence's words.

    What the model accepts of them as it is lies in their forms; of a clip without words, those that
    are said or shown in the same seconds are its context.
    """
    share = EVIDENCE_SHARE * context
    left, is_first = min(MAX_EVIDENCE_TOKENS, share), True
    results = [e for e in evidence if e.form("text")]
    pieces = {f"{e.hit.chunk.id} {evidence_text(e)}": e for e in results}
    first_hits = [*(e.hit for e in evidence if e not in results), *hits[:MAX_ORIGINALS]]
    views = _originals(first_hits, accepts, share)
    for hit in (*first_hits, *hits[MAX_ORIGINALS:]):
        view = views.get(hit.chunk.id)
        is_empty = view is None and not hit.chunk.words.strip()
        if hit.chunk.id in pieces or is_empty or len(pieces) >= MAX_PIECES:
            continue
        if view is not None:
            hit = _with_simultaneous(hit, around or NoSurroundings())
        text = Part("text", hit.chunk.text or hit.chunk.context)
        span = hit.chunk.span if hit.chunk.words.strip() else hit.place
        piece = Evidence(0, hit, text, span, hit.score, (view,) if view else ())
        tokens = token_count(evidence_text(piece))
        if (pieces or not is_first) and tokens > left:
            continue
        left, is_first = left - tokens, False
        pieces[hit.chunk.id] = piece
    return [replace(e, n=n) for n, e in enumerate(pieces.values(), 1)]


def pack_for(
    model: LanguageModel,
    evidence: Sequence[Evidence],
    hits: Sequence[Hit],
    around: Surroundings | None = None,
) -> list[Evidence]:
    """As `pack`, for what a model reads and accepts."""
    return pack(evidence, hits, model.context, model.accepts, around)


def _originals(hits: Iterable[Hit], accepts: frozenset[Modality], share: float) -> dict[str, Part]:
    """What a model takes of the first hits as it is, by chunk, as far as there is room."""
    room = max(1, min(MAX_ORIGINALS, int(share // ORIGINAL_TOKENS)))
    views: dict[str, Part] = {}
    for hit in hits:
        if len(views) < room and (view := original(hit.chunk, accepts)) is not None:
            views.setdefault(hit.chunk.id, view)
    return views


def _with_simultaneous(hit: Hit, around: Surroundings) -> Hit:
    """A clip or sound without words, with those of its file in the same seconds."""
    chunk = hit.chunk
    if chunk.text.strip() or chunk.span.seconds is None:
        return hit
    words = "\n".join(filter(None, (chunk.context, around.simultaneous(chunk))))
    return replace(hit, chunk=chunk.with_(context=words))


def messages(
    question: Question,
    pieces: Sequence[Evidence],
    accepts: frozenset[Modality] = frozenset(),
    fence: str = "",
) -> list[Message]:
    """What a model is told: the rules, the wishes of whoever asks, the evidence within fences that
    no evidence can know, the question, with those of its files that the model accepts. fence is
    for training alone, where the same example is to give the same tokens.
    """
    fence = fence or f"evidence-{secrets.token_hex(4)}"
    wish = instruction_block(question.instructions, f"wish-{secrets.token_hex(4)}")
    own_files = [p for p in question.query if p.modality != "text" and p.modality in accepts]
    return [
        Message.of("system", "\n\n".join(filter(None, (PROMPT.read_text("utf-8"), wish)))),
        Message.of("user", *_interleaved(pieces, fence), *own_files, f"Question: {question.words}"),
    ]


def _interleaved(pieces: Sequence[Evidence], fence: str) -> list[Part | str]:
    """Each piece in its fence with its originals behind it; words that meet are one text."""
    parts: list[Part | str] = []
    texts: list[str] = []
    for e in best_at_both_ends(pieces):
        texts.append(fenced(e, fence))
        if views := originals(e):
            parts += ["\n\n".join(texts), *views]
            texts = []
    return [*parts, "\n\n".join(texts)] if texts or not parts else parts


def fenced(e: Evidence, fence: str) -> str:
    """A piece of evidence within a fence, with its number and its place."""
    head = f"number={e.n} from={e.hit.chunk.asset.name!r} place={str(e.span)!r}"
    return f"<{fence} {head}>\n{evidence_text(e)}{label(e)}\n</{fence}>"


def best_at_both_ends(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The most useful first, the next last, the least in the middle.

    >>> best_at_both_ends("abcde")
    ['a', 'c', 'e', 'd', 'b']
    """
    return [*pieces[::2], *reversed(pieces[1::2])]


def evidence_text(e: Evidence) -> str:
    """All that a piece says: its headings and its words, or what was worked out there."""
    chunk, result = e.hit.chunk, e.form("text")
    return "\n".join(filter(None, (chunk.context, str(result.data) if result else chunk.text)))


def token_count(text: str) -> int:
    """About how many tokens a text has.

    >>> token_count("七个字在这里。"), token_count("a" * 35)
    (6, 10)
    """
    ideographs = len(_IDEOGRAPH.findall(text))
    return ideographs + round((len(text) - ideographs) / CHARACTERS_PER_TOKEN)
