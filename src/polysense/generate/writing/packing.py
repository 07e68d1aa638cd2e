"""What a language model is given of the evidence: whole passages within a budget, fenced as data,
each with the picture, sound or clip that it is where the model accepts that.

Interleaved, each original behind its own words (Yasunaga et al., "Retrieval-augmented multimodal
language modeling", ICML 2023), the most useful first and last, where models read best (Liu et al.,
"Lost in the middle", TACL 2024).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from polysense.augment.surroundings import NoSurroundings, Surroundings
from polysense.generate.writing.instructions import instruction_block
from polysense.generate.writing.originals import (
    MAX_ORIGINALS,
    label,
    lesser_original,
    original,
    originals,
    tokens,
)
from polysense.messages import Message
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.types import Chunk, Evidence, Hit, Modality, Part

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


@dataclass(frozen=True, slots=True)
class Bounds:
    """Pieces that are packed at most, and tokens of words in them, however much a model reads."""

    pieces: int = MAX_PIECES
    words: int = MAX_EVIDENCE_TOKENS


def pack(
    evidence: Sequence[Evidence],
    hits: Sequence[Hit],
    context: int,
    accepts: frozenset[Modality] = frozenset(),
    around: Surroundings | None = None,
    bounds: Bounds = Bounds(),
) -> list[Evidence]:
    """Whole passages for a model that reads so many tokens: those of the evidence, then of further
    hits, each once, numbered from 1 in the order of their use. What was worked out, a form in words
    of its evidence, comes first and stands in the place of that evidence's words.

    What the model accepts of the first as it is lies in their forms, as far as there is room; of a
    clip without words, those that are said or shown in the same seconds are its context. The first
    piece is packed however large it is.
    """
    results = [e for e in evidence if e.form("text")]
    pieces = {f"{e.hit.chunk.id} {evidence_text(e)}": e for e in results}
    first_hits = [*(e.hit for e in evidence if e not in results), *hits[:MAX_ORIGINALS]]
    may_be_shown = {h.chunk.id for h in first_hits}
    room = _Room(EVIDENCE_SHARE * context, bounds.words)
    for hit in (*first_hits, *hits[MAX_ORIGINALS:]):
        if hit.chunk.id in pieces or len(pieces) >= bounds.pieces:
            continue
        sight = accepts if hit.chunk.id in may_be_shown and room.originals else frozenset()
        options = [_piece(hit, view, around) for view in _views(hit.chunk, sight)]
        options = [e for e in options if originals(e) or e.hit.chunk.words.strip()]
        piece = next(filter(room.fits, options), None)
        if piece is None and options and not pieces:
            piece = next((e for e in reversed(options) if originals(e)), options[-1])
        if piece is not None:
            room.take(piece)
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


@dataclass(slots=True)
class _Room:
    """What there is left: tokens of everything, tokens of words, originals."""

    tokens: float
    words: float
    originals: int = MAX_ORIGINALS

    def fits(self, e: Evidence) -> bool:
        words, views = _size(e)
        return words <= self.words and words + views <= self.tokens

    def take(self, e: Evidence) -> None:
        words, views = _size(e)
        self.words, self.tokens = self.words - words, self.tokens - words - views
        self.originals -= len(originals(e))


def _size(e: Evidence) -> tuple[int, int]:
    """Tokens of a piece's words, and of what goes with them as it is."""
    return token_count(evidence_text(e)), sum(map(tokens, originals(e)))


def _views(chunk: Chunk, accepts: frozenset[Modality]) -> list[Part | None]:
    """What a model may be shown of a chunk, the most first; its words alone last."""
    view = original(chunk, accepts)
    lesser = None if view is None else lesser_original(chunk, view, accepts)
    return [*filter(None, (view, lesser)), None]


def _piece(hit: Hit, view: Part | None, around: Surroundings | None) -> Evidence:
    if view is not None:
        hit = _with_simultaneous(hit, around or NoSurroundings())
    text = Part("text", hit.chunk.text or hit.chunk.context)
    span = hit.chunk.span if hit.chunk.text.strip() else hit.place
    return Evidence(0, hit, text, span, hit.score, (view,) if view else ())


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
    head = f"number={e.n} from={e.hit.chunk.asset.label!r} place={str(e.span)!r}"
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
