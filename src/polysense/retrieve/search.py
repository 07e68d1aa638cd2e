"""Put a question to a library: ask every arm, fuse, rerank, fetch, narrow."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from polysense.errors import BadQuery
from polysense.retrieve.algebra import DEPTH, Retriever
from polysense.retrieve.context import Search
from polysense.retrieve.default_retriever import default_retriever
from polysense.retrieve.filters import excluding
from polysense.retrieve.fusion import Candidate, Candidates
from polysense.retrieve.locate import locate
from polysense.retrieve.named import with_named
from polysense.retrieve.pinpoint import pinpoint
from polysense.retrieve.place_passages import passages_of_place
from polysense.retrieve.stages import Cap
from polysense.types import Chunk, Hit, Ranking, Span

MAX_RESULTS = 1000
"""Results that one search gives at most; judged."""

CANDIDATES_PER_RESULT, MIN_CANDIDATES = 4, 50
"""Candidates fused for each result asked for, and at least: stages and missing chunks take some.
Judged, not measured.
"""

MAX_ROUNDS = 8
"""How often arms are asked again where a few assets fill all that they give; judged."""

_EXCLUDED_WORD = re.compile(r"(?<!\S)-[^\W\d_]{3,}(?!\S)")
"""-moon, but not -xz (a command's flag), well-known or -40."""


def search(
    context: Search,
    k: int,
    retriever: Retriever | None = None,
    own_assets: frozenset[str] = frozenset(),
    exclude_own: bool = False,
    cap: Cap | None = None,
) -> Ranking:
    """The best k. own_assets are ids of those that the question itself is: first, or left out.

    Without a retriever it is the default one, and every reranker that is configured. With a
    cap no file, or no section, has more of the k, and arms are asked until that many are found. A
    question for the contents of a place gets those, in reading order.
    """
    if not 0 < k <= MAX_RESULTS:
        raise BadQuery(f"k is {k}", f"Give a number of results from 1 to {MAX_RESULTS}.")
    start = time.perf_counter()
    scope = context.question.scope
    if cap is None and scope.aim == "which" and scope.granularity == "file":
        cap = Cap("asset", 1)
    place = passages_of_place(context, k) if scope.aim == "contents" and scope.file else ()
    candidates = place or _candidates(context, k, retriever, cap)
    if retriever is None and not place:
        for name in context.kit.rerankers:
            candidates = context.stage(name)(candidates)
        candidates = with_named(context, candidates, k)
    if cap is not None and not place:
        candidates = cap.apply(context, candidates)
    if own_assets:
        chunks = context.chunks(candidates)
        own_ids = {id for id, chunk in chunks.items() if chunk.asset.id in own_assets}
        others = [c for c in candidates if not (exclude_own and c.id in own_ids)]
        candidates = tuple(sorted(others, key=lambda c: c.id not in own_ids))
    chunks = context.chunks(candidates[:k])
    if len(chunks) < min(k, len(candidates)):  # some are gone: those after them move up
        chunks = context.chunks(candidates)
    existing = [c for c in candidates if c.id in chunks][:k]
    places = _places(context, existing, chunks)
    hits = tuple(Hit(chunks[c.id], c.score, c.why, places[c.id]) for c in existing)
    warnings = (
        *context.question.warnings,
        *_exclusion_warnings(context.question.typed_words),
        *_full_text_warnings(context),
        *context.warnings.values(),
    )
    rewrites = context.question.explanations
    timings = _timings(context, 1000 * (time.perf_counter() - start))
    return Ranking(hits, timings, warnings, rewrites)


def _places(
    context: Search, candidates: Sequence[Candidate], chunks: Mapping[str, Chunk]
) -> dict[str, Span]:
    """What the question is about in each chunk: by its words, else as encoders tell."""
    words = context.question.leading_words
    places = {c.id: pinpoint(chunks[c.id], words) for c in candidates}
    whole = [c for c in candidates if places[c.id] == chunks[c.id].span]
    return places | locate(context, whole, chunks)


def _candidates(
    context: Search, k: int, retriever: Retriever | None, cap: Cap | None
) -> Candidates:
    """What the arms give; again without the files or sections that have had their share, while
    those hide the others.
    """
    depth = max(k, DEPTH)
    arms = retriever or default_retriever(context.question, context.kit, depth)
    if cap is None:
        return arms(context, max(CANDIDATES_PER_RESULT * k, MIN_CANDIDATES))
    candidates = latest = arms(context, depth)
    rounds = 1
    while len(latest) >= depth and rounds < MAX_ROUNDS:
        chunks = context.chunks(candidates)
        counts = Counter(map(cap.group_of, chunks.values()))
        if sum(min(n, cap.limit) for n in counts.values()) >= k:
            break
        excess = [c for c in chunks.values() if counts[cap.group_of(c)] >= cap.limit]
        latest = arms(_without(context, excess, cap), depth)
        # a list's best is 1 in each round: later ones come after, and score no more
        seen_ids, limit = {c.id for c in candidates}, candidates[-1].score
        new = (c for c in latest if c.id not in seen_ids)
        candidates += tuple(c._replace(score=min(c.score, limit)) for c in new)
        rounds += 1
    return candidates


def _without(context: Search, chunks: Sequence[Chunk], cap: Cap) -> Search:
    """The same search without the files of some chunks, or without those chunks: what else their
    sections have is left out as it comes.
    """
    if cap.group == "asset":
        return context.narrow(excluding("asset", {c.asset.id for c in chunks}))
    return context.narrow(excluding("id", {c.id for c in chunks}))


def _timings(context: Search, total: float) -> dict[str, float]:
    """Milliseconds of a search, apart from those of encoding the question."""
    encode = context.timings.get("encode", 0.0)
    return {
        "encode": round(encode, 3),
        "search": round(max(total - encode, 0.0), 3),
        "total": round(total, 3),
    }


def _full_text_warnings(context: Search) -> list[str]:
    """What to tell where words were not searched."""
    is_skipped = context.question.words.strip() and "bm25" not in context.store.capabilities
    return (
        ["this store has no full-text search: words are found by meaning alone"]
        if is_skipped
        else []
    )


def _exclusion_warnings(words: str) -> list[str]:
    """What to tell who writes -word for "without the word". It may as well be a command's flag, so
    it is looked for like any other.
    """
    exclusions = _EXCLUDED_WORD.findall(words)
    return (
        [f"{exclusions[0]!r} leaves nothing out: a word with a minus is looked for like any other"]
        if exclusions
        else []
    )


def with_duplicate_locations(ranking: Ranking, locations: Mapping[str, Sequence[str]]) -> Ranking:
    """The ranking with every other place where the same content lies."""
    hits = (
        replace(h, also=tuple(u for u in locations.get(h.chunk.asset.id, ()) if u != h.uri))
        for h in ranking
    )
    return replace(ranking, hits=tuple(hits))
