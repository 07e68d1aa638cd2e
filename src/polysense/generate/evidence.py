"""From hits to evidence: compress, judge the support, number what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polysense.augment.compress import Piece, compress
from polysense.augment.guard import commands
from polysense.augment.support import THRESHOLD, support
from polysense.protocols import Encoder
from polysense.query.understand import Question, as_asset
from polysense.read.language.analysis import content, terms
from polysense.registry import Kit
from polysense.types import Chunk, Evidence, Hit, Part, Span

MOST_SENTENCES = 4
WORTH, SECOND, LATER = 0.68, 0.75, 0.8
"""Shares of the best sentence's score: what one needs that says a word of the question which none
before it says, and what the second and any later one need that does not. Of XQuAD's questions (half
of the articles; 133 in English, 116 in Chinese), an answer of four sentences holds what is asked as
often as with WORTH alone (0.947, 0.922), and is 2.6 sentences long in place of 3.4 (3.0 of 3.8).
"""

NEARLY = 0.8
"""A further look-alike must be this near, for one of the nearest."""

# words that are no accident when they come in one order; new words that may be an answer
_A_QUESTION, _SAYS_MORE = 5, 4


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence kept, how sure it is that it answers (0..1), and what was left out."""

    evidence: tuple[Evidence, ...]
    sureness: float
    warnings: tuple[str, ...]

    @property
    def answers(self) -> bool:
        """Whether the evidence is enough for an answer."""
        return bool(self.evidence) and self.sureness >= THRESHOLD


def gather(question: Question, hits: Sequence[Hit], kit: Kit, encoder: Encoder | None) -> Support:
    """The evidence for an answer: pieces that say it, or whole hits that look or sound just like
    what was given.

    Likeness comes first, but for typed words about a file that has words itself: a screenshot is
    asked by what it says. Where the one supports nothing, the other is taken.
    """
    seen = [h for h in hits if not commands(h.chunk.words)]
    bad = [h for h in hits if h not in seen]
    warnings = tuple(
        f"{h.chunk.asset.name}, {h.chunk.span}: gives orders to its reader; they were ignored"
        for h in bad
    )
    near = _nearest([h for h in seen if alike(h, kit)], kit)[:MOST_SENTENCES]
    likeness = Support(
        tuple(whole(h, n) for n, h in enumerate(near, 1)), 1.0 if near else 0.0, warnings
    )
    typed = any(p.modality == "text" for p in question.asked)
    if near and not (typed and question.read):
        return likeness
    pieces = compress(question, hits, encoder) if question.words.strip() else []
    fair = [p for p in pieces if not commands(p.text) and not _echo(p.text, question.words)]
    said = Support(_numbered(_chosen(fair, question.words)), support(fair[:5]), warnings)
    if said.answers or not (near or seen):
        return said
    if near:
        return likeness
    return said if question.words.strip() else Support((whole(seen[0], 1),), 0.0, warnings)


def _nearest(hits: Sequence[Hit], kit: Kit) -> list[Hit]:
    """Those that are about as near as the nearest: beside the very thing, what is only like it is
    no evidence.
    """
    spaces = {e.space.name: e.sure for e in kit.encoders.values() if e.accepts != {"text"}}
    near = [
        max((w.score / spaces[w.space] for w in h.why if w.space in spaces), default=0.0)
        for h in hits
    ]
    return [h for h, n in zip(hits, near, strict=True) if n >= NEARLY * max(near)]


def alike(hit: Hit, kit: Kit) -> bool:
    """Whether a hit looks or sounds so much like the query that it is a match by itself."""
    sure = {e.space.name: e.sure for e in kit.encoders.values() if e.accepts != {"text"}}
    return any(w.space in sure and w.score >= sure[w.space] for w in hit.why)


def whole(hit: Hit, n: int) -> Evidence:
    """A hit as evidence by what it is, not by what it says: its native content, or its words where
    it has none.
    """
    return Evidence(n, hit, hit.chunk.part or Part("text", hit.chunk.words), hit.place, hit.score)


def given(question: Question) -> list[Hit]:
    """The files of the question as evidence of themselves, with the words read in them: a sketch to
    be made a page is nowhere else.
    """
    files = [p for p in question.asked if isinstance(p.data, bytes) or hasattr(p.data, "open")]
    read = {
        m: "\n".join(str(p.data) for p in question.parts if p.meta.get("from") == m)
        for m in {p.modality for p in files}
    }
    return [Hit(Chunk(as_asset(p), Span(), p.modality, p, read[p.modality]), 1.0) for p in files]


def _chosen(pieces: Sequence[Piece], words: str) -> list[Piece]:
    """The best sentence, and those that add to it; a heading alone is no answer, unless nothing
    else is found.
    """
    pieces = [p for p in pieces if not _heading(p)] or pieces
    kept: list[Piece] = []
    said: set[str] = set()
    asked = set(content(words))
    for p in pieces[:40]:
        plain = " ".join(p.text.lower().split())
        if len(kept) >= MOST_SENTENCES or (kept and p.score < WORTH * kept[0].score):
            break
        if plain and any(s and (plain in s or s in plain) for s in said):
            continue
        adds = asked & set(terms(p.text))
        if kept and not adds and p.score < (SECOND if len(kept) == 1 else LATER) * kept[0].score:
            continue
        asked -= adds
        said.add(plain)
        kept.append(p)
    return kept


def _heading(piece: Piece) -> bool:
    """Whether a piece of a document is one of the headings that it stands under, and nothing more."""
    chunk = piece.hit.chunk
    above = (
        " ".join(h.lower().split())
        for line in chunk.context.split("\n")
        for h in (line, *line.split(" > "))
    )
    return (
        chunk.modality == "text"
        and bool(chunk.text)
        and " ".join(piece.text.lower().lstrip("# ").split()) in above
    )


def _echo(text: str, asked: str) -> bool:
    """Whether words only put the question again, as a list of questions or somebody's note of it
    does; its answer may follow, elsewhere.

    >>> _echo('print(kb.ask("How tall is the tower of the lighthouse?"))', "How tall is the tower of the lighthouse?")
    True
    >>> _echo("How tall is the tower of the lighthouse? It measures twenty-three metres.", "How tall is the tower of the lighthouse?")
    False
    """
    question = terms(asked)
    own = terms(text)
    at = next(
        (i for i in range(len(own) - len(question) + 1) if own[i : i + len(question)] == question),
        None,
    )
    if at is None or len(question) < _A_QUESTION:
        return False
    return len(set(own[:at] + own[at + len(question) :]) - set(question)) < _SAYS_MORE


def _numbered(pieces: Sequence[Piece]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(n, p.hit, Part("text", p.text), p.span, p.score) for n, p in enumerate(pieces, 1)
    )
