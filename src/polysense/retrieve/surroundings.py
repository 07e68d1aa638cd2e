"""What a library knows of what stands around a passage: the head of its file, its vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from polysense.protocols import Store
from polysense.read.language.folding import fold
from polysense.retrieve.filters import all_of
from polysense.types import Chunk

OPENING_CHARACTERS = 400
"""How much of a file's head is its title, and what it is of; judged."""

_UNSPACED_MATCHES = 8
"""Chunks that are looked into for a word that full text only has in single characters; judged."""

FEW = 0.1
"""Share of the chunks of a library's language below which those of another are few, such as a
description of a table. Judged.
"""

_LANGUAGE_TEXT = "en zh de fr es it pt nl ru ja ko ar pl sv tr uk vi"
_LANGUAGES = tuple(_LANGUAGE_TEXT.split())
"""Languages that a library's own is looked for among: those of which most is written."""

MAX_SIMULTANEOUS = 8
"""Chunks of a file whose words go with a moment of it; judged: sound, words shown, subtitles."""

_PLACE = ("page", "begins", "line")

NEIGHBOURS = 2
"""Chunks before a chunk, and after it, that stand around it; judged."""


FindShown = Callable[[Chunk, str], Sequence[Chunk]]
"""A chunk and a passage of it -> the files that it shows."""


def nothing_shown(chunk: Chunk, passage: str) -> Sequence[Chunk]:  # noqa: ARG001
    """A FindShown that knows of none."""
    return ()


class StoredSurroundings:
    """`augment.surroundings.Surroundings`, from a store; each question asked once. `attachments`
    tells what a passage shows, which only a catalogue knows.
    """

    def __init__(self, store: Store, attachments: FindShown = nothing_shown) -> None:
        self._store, self._attachments = store, attachments
        self._openings: dict[str, str] = {}
        self._words: dict[str, bool] = {}

    def opening(self, asset: str) -> str:
        """The first words of an asset; "" where it has none."""
        if asset not in self._openings:
            rows = list(self._store.scan(f"asset = '{asset}'", ["id", *_PLACE]))
            first = min(rows, key=lambda r: tuple(r[c] or 0 for c in _PLACE), default=None)
            chunks = self._store.get([first["id"]]) if first else {}
            words = next(iter(chunks.values())).words if chunks else ""
            self._openings[asset] = words[:OPENING_CHARACTERS]
        return self._openings[asset]

    def occurs(self, word: str) -> bool:
        """Whether full text finds a word; True where the store has none."""
        if "bm25" not in self._store.capabilities:
            return True
        if word not in self._words:
            matches = self._store.lexical(word, 1 if word.isascii() else _UNSPACED_MATCHES)
            self._words[word] = bool(matches) and (
                word.isascii()
                or any(
                    fold(word) in fold(c.words)
                    for c in self._store.get([m.id for m in matches]).values()
                )
            )
        return self._words[word]

    def language_besides(self, language: str) -> str:
        """The language that most chunks are in, where hardly any is in this one; else ""."""
        own = self._store.count(f"lang = '{language}'")
        counts = {c: self._store.count(f"lang = '{c}'") for c in _LANGUAGES if c != language}
        best = max(counts, key=lambda c: counts[c])
        return best if own < FEW * counts[best] else ""

    def shown_by(self, chunk: Chunk, passage: str) -> Sequence[Chunk]:
        """The files that a passage of a chunk shows, the nearest first."""
        return self._attachments(chunk, passage)

    def simultaneous(self, chunk: Chunk) -> str:
        """The words of a chunk's file in its seconds, the others' before its own."""
        if chunk.span.seconds is None:
            return ""
        start, end = chunk.span.seconds
        condition = f"asset = '{chunk.asset.id}'"
        rows = [
            r
            for r in self._store.scan(condition, ["id", "begins", "ends"])
            if r["begins"] is not None and r["begins"] < end and start < (r["ends"] or 0.0)
        ]
        first = sorted(rows, key=lambda r: (r["begins"], r["id"]))[:MAX_SIMULTANEOUS]
        chunks = self._store.get([r["id"] for r in first if r["id"] != chunk.id])
        texts = (_words_within(c, start, end) for c in chunks.values())
        return "\n".join(dict.fromkeys(t for t in texts if t))


def _words_within(chunk: Chunk, start: float, end: float) -> str:
    """Those of its passages that lie in these seconds; all where none has a time of its own."""
    marks = [m for m in chunk.marks if m.span.seconds]
    if not marks:
        return chunk.text.strip()
    inside = (m for m in marks if m.span.seconds and m.span.seconds[0] < end)
    return " ".join(
        chunk.text[m.start : m.end].strip()
        for m in inside
        if m.span.seconds and start < m.span.seconds[1]
    )


def neighbours(store: Store, chunk: Chunk, where: str = "") -> list[Chunk]:
    """The chunks that stand just before and after one in its file, in order, among those where a
    condition holds.
    """
    condition = all_of(where, f"asset = '{chunk.asset.id}'")
    rows = store.scan(condition, ["id", *_PLACE])
    ordered = sorted(rows, key=lambda r: (*(r[c] or 0 for c in _PLACE), r["id"]))
    ids = [r["id"] for r in ordered]
    if chunk.id not in ids:
        return []
    at = ids.index(chunk.id)
    nearest = [*ids[max(0, at - NEIGHBOURS) : at], *ids[at + 1 : at + 1 + NEIGHBOURS]]
    chunks = store.get(nearest)
    return [chunks[id] for id in nearest if id in chunks]
