"""Things that belong together: a sound and the object that makes it, a photo and its description, a
page and the figure that it shows.

What was never trained together is joined by how people keep it: in one folder under one name, or
mentioned by one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from polysense.ingest.catalogue import Catalogue
from polysense.protocols import Store
from polysense.registry import Kit
from polysense.retrieve.filters import both, of_kinds
from polysense.retrieve.pinpoint import pinpoint
from polysense.retrieve.search import Search, search
from polysense.types import Asset, Chunk, Hit, Modality, Ranking, Why

NAMED, MENTIONED, VARIANT, KEPT = 0.9, 0.85, 0.75, 0.7
"""How surely two things belong together: by one name in one folder, by a mention, as boat.glb and
boat-small.png, as a note on the one thing that a folder holds.
"""

MOST = 6
"""Hits of the modality wanted, and hits whose partners are looked for."""

WEAK = 0.4
"""What a likeness that is no sure match is worth where a file alone is given: something is always
nearest, however far.
"""

_NOTES = frozenset(["about", "caption", "description", "index", "info", "labels", "meta", "metadata", "note", "notes", "readme", "report",
                    "text", "transcript"])  # fmt: skip
"""Names of files that are about the others in their folder."""


def partners(catalogue: Catalogue, asset: Asset, wanted: Modality) -> dict[str, float]:
    """Ids of the assets of a modality that belong with one, each with how surely (0..1), surest
    first.
    """
    found: dict[str, float] = {}
    beside = [a for a in catalogue.beside(asset.uri) if a.id != asset.id]
    for a in beside:
        if a.modality == wanted and _same(a.uri, asset.uri):
            found[a.id] = NAMED if _stem(a.uri) == _stem(asset.uri) else VARIANT
    for id in catalogue.linked(asset.id):
        other = catalogue.asset(id)
        if other is not None and other.modality == wanted:
            found.setdefault(id, MENTIONED)
    things = sorted({_stem(a.uri) for a in (asset, *beside) if not _tells(a)}, key=len)
    if things and all(_same(things[0], t) for t in things):
        for a in beside:
            if a.modality == wanted and (_tells(a) or _tells(asset)):
                found.setdefault(a.id, KEPT)
    return dict(sorted(found.items(), key=lambda f: -f[1]))


def _tells(asset: Asset) -> bool:
    """Whether a file is by its name about the others in its folder."""
    return asset.name.split(".", 1)[0].lower() in _NOTES


def _same(one: str, other: str) -> bool:
    """Whether two names are one, or one is the other with something added: boat and boat-small, but
    not boat and boats.
    """
    short, long = sorted((_stem(one), _stem(other)), key=len)
    return short == long or (long.startswith(short) and long[len(short)] in "-_ ")


def _stem(uri: str) -> str:
    folder, _, name = uri.rpartition("/")
    return f"{folder}/{name.split('.', 1)[0].lower()}"


def counterparts(
    catalogue: Catalogue, store: Store, hits: Iterable[Hit], wanted: Modality, words: str
) -> list[Hit]:
    """For the assets of hits (scored 0..1), their partners of a modality, as hits scored by both."""
    found: dict[str, Hit] = {}
    for hit in hits:
        for id, sure in partners(catalogue, hit.chunk.asset, wanted).items():
            best = _best(store, id, wanted, words)
            score = hit.score * sure
            if best is not None and score > (found[id].score if id in found else 0.0):
                found[id] = Hit(
                    best,
                    score,
                    (Why(f"with {hit.chunk.asset.name}", 1, sure),),
                    pinpoint(best, words),
                )
    return sorted(found.values(), key=lambda h: -h.score)


def _best(store: Store, asset: str, wanted: Modality, words: str) -> Chunk | None:
    rows = list(store.scan(f"asset = '{asset}'", ["id", "modality"]))
    chunks = list(store.get([r["id"] for r in rows if r["modality"] == wanted][:200]).values())
    asked = set(words.lower().split())
    return max(
        chunks,
        key=lambda c: (len(asked & set(c.words.lower().split())), c.part is not None, -_extent(c)),
        default=None,
    )


def _extent(chunk: Chunk) -> float:
    return chunk.span.seconds[0] if chunk.span.seconds else float(chunk.span.page or 0)


def beside(
    ask: Search,
    catalogue: Catalogue,
    ranking: Ranking,
    own: Sequence[Chunk],
    wanted: Modality,
    alike: bool,
) -> list[Hit]:
    """What a library has of one modality for a question, scored 0..1: the best that are found
    there, and the partners of what was found.

    own are chunks of the question's own files, where the library holds them. Where the evidence is
    `alike`, words count for nothing: what a recogniser heard in a bell, or "what is this?", is said
    in many places.
    """
    narrow = Search(ask.store, ask.kit, ask.question, both(ask.where, of_kinds([wanted])))
    found = search(narrow, MOST, None, frozenset(c.asset.id for c in own), exclude_own=True)
    near = strengths(ranking, ranking.hits[:MOST], ask.kit, alike)
    partnered = counterparts(
        catalogue, ask.store, [*(Hit(c, 1.0) for c in own), *near], wanted, ask.question.words
    )
    return [*strengths(ranking, found.hits, ask.kit, alike), *partnered]


def strengths(ranking: Ranking, among: Sequence[Hit], kit: Kit, alike: bool = False) -> list[Hit]:
    """Hits of a narrower search scored 0..1: how strong a match each is, where the best of the wide
    `ranking` is 1.

    Lists of different searches can't be compared by their fused scores, each being a share of its
    own best. So each score is taken as a share of the wide search's best in its space, or of a sure
    match, if that is more; and squared, for half a match is worth less than half. Where likeness
    alone counts (`alike`), spaces of words say nothing, and what is no sure match is worth little.
    """
    spaces = {
        e.space.name: (max(e.floor, 0.0), e.sure)
        for e in kit.encoders.values()
        if not alike or e.accepts != {"text"}
    }
    limits = spaces | ({} if alike else {"bm25": (0.0, 1e-9)})
    best = {
        name: max((w.score for h in ranking for w in h.why if w.space == name), default=0.0)
        for name in limits
    }
    return [
        replace(h, score=max((_worth(w, best, limits, alike) for w in h.why), default=0.0))
        for h in among
    ]


def _worth(
    why: Why, best: Mapping[str, float], limits: Mapping[str, tuple[float, float]], alike: bool
) -> float:
    if why.space not in limits:
        return 0.0
    floor, sure = limits[why.space]
    share = min(max((why.score - floor) / max(max(sure, best[why.space]) - floor, 1e-9), 0.0), 1.0)
    return share**2 * (WEAK if alike and why.score < sure else 1.0)
