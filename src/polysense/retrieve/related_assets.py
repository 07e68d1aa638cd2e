"""Assets that belong together: a sound and the object that makes it, a photo and its description.

What was never trained together is joined by how people keep it: in one folder under one name, or
mentioned by one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from polysense.ingest.catalogue import Catalogue
from polysense.protocols import Store
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.retrieve.filters import all_of, modality_condition
from polysense.retrieve.pinpoint import pinpoint
from polysense.retrieve.search import search
from polysense.types import Asset, Calibration, Chunk, Hit, Modality, Ranking, ScoreExplanation

SAME_NAME, MENTION, NAME_VARIANT, FOLDER_NOTE = 0.9, 0.85, 0.75, 0.7
"""How surely two assets belong together: by one name in one folder, by a mention, as boat.glb and
boat-small.png, as a note on the one thing that a folder holds. Judged, not measured.
"""

MAX_HITS = 6
"""Hits of the modality wanted, and hits whose sidecars are looked for; judged."""

WEAK_LIKENESS = 0.4
"""What a likeness that is no sure match is worth where a file alone is given: something is always
nearest, however far. Judged, not measured.
"""

MAX_CHUNKS = 200
"""Chunks of a sidecar among which the best is looked for: a bound on time, judged."""

_NOTE_NAMES = frozenset(
    [
        "about",
        "caption",
        "description",
        "index",
        "info",
        "labels",
        "meta",
        "metadata",
        "note",
        "notes",
        "readme",
        "report",
        "text",
        "transcript",
    ]
)
"""Names of files that are about the others in their folder."""


def sidecar_assets(catalogue: Catalogue, asset: Asset, modality: Modality) -> dict[str, float]:
    """Ids of the assets of a modality that belong with one, and how surely (0..1), best first."""
    confidences: dict[str, float] = {}
    siblings = [a for a in catalogue.siblings(asset.uri) if a.id != asset.id]
    for a in siblings:
        if a.modality == modality and _shares_stem(a.uri, asset.uri):
            confidences[a.id] = SAME_NAME if _stem(a.uri) == _stem(asset.uri) else NAME_VARIANT
    for id in catalogue.linked_assets(asset.id):
        other = catalogue.asset(id)
        if other is not None and other.modality == modality:
            confidences.setdefault(id, MENTION)
    stems = sorted({_stem(a.uri) for a in (asset, *siblings) if not _is_note(a)}, key=len)
    if stems and all(_shares_stem(stems[0], t) for t in stems):
        for a in siblings:
            if a.modality == modality and (_is_note(a) or _is_note(asset)):
                confidences.setdefault(a.id, FOLDER_NOTE)
    return dict(sorted(confidences.items(), key=lambda f: -f[1]))


def _is_note(asset: Asset) -> bool:
    """Whether a file is by its name about the others in its folder."""
    return asset.name.split(".", 1)[0].lower() in _NOTE_NAMES


def _shares_stem(one: str, other: str) -> bool:
    """Whether two names are one, or one is the other with something added: boat and boat-small, but
    not boat and boats.
    """
    short, long = sorted((_stem(one), _stem(other)), key=len)
    return short == long or (long.startswith(short) and long[len(short)] in "-_ ")


def _stem(uri: str) -> str:
    folder, _, name = uri.rpartition("/")
    return f"{folder}/{name.split('.', 1)[0].lower()}"


def sidecar_hits(
    catalogue: Catalogue, store: Store, hits: Iterable[Hit], modality: Modality, words: str
) -> list[Hit]:
    """The sidecars of a modality for the assets of hits (scored 0..1), as hits scored by both."""
    best_hits: dict[str, Hit] = {}
    for hit in hits:
        for id, confidence in sidecar_assets(catalogue, hit.chunk.asset, modality).items():
            chunk = _best_chunk(store, id, modality, words)
            score = hit.score * confidence
            if chunk is not None and score > (best_hits[id].score if id in best_hits else 0.0):
                best_hits[id] = Hit(
                    chunk,
                    score,
                    (ScoreExplanation(f"with {hit.chunk.asset.name}", 1, confidence),),
                    pinpoint(chunk, words),
                )
    return sorted(best_hits.values(), key=lambda h: -h.score)


def _best_chunk(store: Store, asset: str, modality: Modality, words: str) -> Chunk | None:
    rows = list(store.scan(f"asset = '{asset}'", ["id", "modality"]))
    ids = [r["id"] for r in rows if r["modality"] == modality][:MAX_CHUNKS]
    chunks = list(store.get(ids).values())
    query_words = set(words.lower().split())
    return max(
        chunks,
        key=lambda c: (
            len(query_words & set(c.words.lower().split())),
            c.part is not None,
            -_position(c),
        ),
        default=None,
    )


def _position(chunk: Chunk) -> float:
    return chunk.span.seconds[0] if chunk.span.seconds else float(chunk.span.page or 0)


def related_hits(
    context: Search,
    catalogue: Catalogue,
    ranking: Ranking,
    own_chunks: Sequence[Chunk],
    modality: Modality,
    likeness_only: bool,
) -> list[Hit]:
    """What a library has of one modality for a question, scored 0..1.

    That is the best that are found there, and the sidecars of what `ranking` found. own_chunks are
    of the question's own files, where the library holds them. With `likeness_only`, words count for
    nothing: what a recogniser heard in a bell, or "what is this?", is said in many places.
    """
    narrow = Search(
        context.store,
        context.kit,
        context.question,
        all_of(context.where, modality_condition([modality])),
    )
    narrow_ranking = search(
        narrow, MAX_HITS, None, frozenset(c.asset.id for c in own_chunks), exclude_own=True
    )
    near = normalise_scores(ranking, ranking.hits[:MAX_HITS], context.kit, likeness_only)
    sidecars = sidecar_hits(
        catalogue,
        context.store,
        [*(Hit(c, 1.0) for c in own_chunks), *near],
        modality,
        context.question.words,
    )
    return [*normalise_scores(ranking, narrow_ranking.hits, context.kit, likeness_only), *sidecars]


def normalise_scores(
    ranking: Ranking, hits: Sequence[Hit], kit: Kit, likeness_only: bool = False
) -> list[Hit]:
    """Hits of a narrower search scored 0..1, where the best of the wide `ranking` is 1.

    Lists of different searches can't be compared by their fused scores, each being a share of its
    own best. So each score is taken as a share of the wide search's best in its space, or of a sure
    match, if that is more; and squared, for half a match is worth less than half. With
    `likeness_only`, spaces of words say nothing, and what is no sure match is worth little.
    """
    spaces = {
        e.space.name: kit.calibration(e)
        for e in kit.encoders.values()
        if not likeness_only or e.signal == "perceptual"
    }
    limits = spaces | ({} if likeness_only else {"bm25": Calibration(0.0, 1e-9)})
    best = {
        name: max((w.score for h in ranking for w in h.why if w.space == name), default=0.0)
        for name in limits
    }
    return [
        replace(
            h, score=max((_relevance(w, best, limits, likeness_only) for w in h.why), default=0.0)
        )
        for h in hits
    ]


def _relevance(
    why: ScoreExplanation,
    best: Mapping[str, float],
    limits: Mapping[str, Calibration],
    likeness_only: bool,
) -> float:
    if why.space not in limits:
        return 0.0
    limit = limits[why.space]
    best_score = max(limit.confident_score, best[why.space])
    nearness = Calibration(max(limit.min_score, 0.0), best_score).nearness(why.score)
    share = min(max(nearness, 0.0), 1.0)
    is_weak = likeness_only and why.score < limit.confident_score
    return share**2 * (WEAK_LIKENESS if is_weak else 1.0)
