"""Rankings against judged queries: nDCG, recall and MRR by pair of modalities and language."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polysense.errors import PolysenseError
from polysense.evaluate.figures import (
    Figure,
    escape,
    estimates_json,
    figure_table,
    lines_of,
    measure,
    slices,
    values_json,
)
from polysense.evaluate.metrics import ndcg, recall, reciprocal_rank
from polysense.evaluate.places import overlaps
from polysense.evaluate.question_file import JudgedQuery
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.types import Hit, Modality, Part

DEPTH = 10
"""Ranks that count."""

HITS_PER_PLACE = 3
"""Hits searched for each rank where places are judged: several may lie at one place. Judged."""

_PAGE_HITS = 5
"""Hits of a query on the page."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one query. pair is "text -> image"; ranks are those of what is relevant, from 1,
    None where it was not found; hits name the first places.
    """

    id: str
    text: str
    group: str
    lang: str
    pair: str
    ndcg: float
    recall_1: float
    recall_5: float
    recall_10: float
    mrr: float
    ranks: tuple[tuple[str, int | None], ...]
    hits: tuple[str, ...]
    seconds: float
    absent: tuple[str, ...] = ()
    error: str = ""

    @property
    def fault(self) -> str:
        """What is wrong with it, "" where the first rank is right and all else found."""
        if self.error:
            return f"failed: {self.error}"
        if self.absent:
            return f"not in the library: {', '.join(self.absent)}"
        missing = [name for name, rank in self.ranks if rank is None]
        if missing:
            return f"not among the first {DEPTH}: {', '.join(missing)}"
        return "" if self.mrr == 1.0 else f"the first relevant one is at rank {round(1 / self.mrr)}"


FIGURES: Mapping[str, Figure[Outcome]] = {
    "ndcg": Figure("nDCG@10", False, True, lambda o: o.ndcg),
    "recall1": Figure("recall@1", False, True, lambda o: o.recall_1),
    "recall5": Figure("recall@5", False, True, lambda o: o.recall_5),
    "recall10": Figure("recall@10", False, True, lambda o: o.recall_10),
    "mrr": Figure("MRR@10", False, True, lambda o: o.mrr),
    "seconds": Figure("seconds", False, False, lambda o: o.seconds),
}
"""What is measured, by the name that --at-least, --at-most and the JSON use: means over queries."""


def ignore_outcome(outcome: Outcome) -> None:
    """A listener that does nothing."""


def search_all(
    kb: Library,
    queries: Iterable[JudgedQuery],
    using: str = "",
    notify: Callable[[Outcome], object] = ignore_outcome,
) -> list[Outcome]:
    """Search for every query and judge what comes; `notify` hears each outcome. A query that fails
    is an outcome with its error.
    """
    modalities = {a.uri.replace("\\", "/"): a.modality for a in kb.assets()}
    outcomes = []
    for query in queries:
        outcome = _search(kb, query, using, modalities)
        notify(outcome)
        outcomes.append(outcome)
    return outcomes


def _search(
    kb: Library, query: JudgedQuery, using: str, modalities: Mapping[str, Modality]
) -> Outcome:
    start, hits, error = time.perf_counter(), list[Hit](), ""
    has_places = any(r.place for r in query.relevant)
    parts: list[str | Part] = [query.text] if query.text else []
    query_modalities = ["text"] if query.text else []
    try:
        for path in query.files:
            file = part(path)
            parts.append(file)
            query_modalities.append(file.modality)
        hits += kb.search(
            *parts,
            modality=query.modality or (),
            where=query.where,
            k=max(query.k, DEPTH) * (HITS_PER_PLACE if has_places else 1),
            by="chunk" if has_places else "asset",
            using=using,
            exclude_self=True,
        )
    except PolysenseError as e:
        error = f"{e} ({e.hint})"
    seconds = time.perf_counter() - start
    target = query.modality or _modality_of(query, modalities)
    pair = f"{'+'.join(dict.fromkeys(query_modalities))} -> {target}"
    absent = [r.file for r in query.relevant if not _paths_of(r.file, modalities)]
    return judge(query, hits, pair, seconds, absent, error)


def judge(
    query: JudgedQuery,
    hits: Sequence[Hit],
    pair: str = "",
    seconds: float = 0.0,
    absent: Sequence[str] = (),
    error: str = "",
) -> Outcome:
    """Hold hits, best first, against what is relevant: further hits at a place that one before was
    at are passed over, as they are nothing new to the reader.
    """
    grades = {str(i): r.grade for i, r in enumerate(query.relevant)}
    ranking: list[str] = []
    for n, hit in enumerate(hits):
        matches = [
            str(i)
            for i, r in enumerate(query.relevant)
            if r.is_file_of(hit) and overlaps(r.place, hit.place)
        ]
        new = [i for i in matches if i not in ranking]
        if new:
            ranking.append(max(new, key=grades.__getitem__))
        elif not matches:
            ranking.append(f"hit {n}")
    ranks = tuple(
        (f"{r.file}, {r.place}" if r.place else r.file, _rank(ranking, str(i)))
        for i, r in enumerate(query.relevant)
    )
    return Outcome(
        query.id,
        query.text or query.id,
        query.group,
        query.lang,
        pair,
        ndcg(ranking, grades, DEPTH),
        recall(ranking, grades, 1),
        recall(ranking, grades, 5),
        recall(ranking, grades, DEPTH),
        reciprocal_rank(ranking, grades, DEPTH),
        ranks,
        tuple(f"{h.chunk.asset.name}, {h.place}" for h in hits[:_PAGE_HITS]),
        seconds,
        tuple(absent),
        error,
    )


def _rank(ranking: Sequence[str], item: str) -> int | None:
    return ranking.index(item) + 1 if item in ranking[:DEPTH] else None


def _paths_of(file: str, modalities: Mapping[str, Modality]) -> list[str]:
    return [uri for uri in modalities if f"/{uri}".endswith(f"/{file}")]


def _modality_of(query: JudgedQuery, modalities: Mapping[str, Modality]) -> str:
    """What the relevant files are, as the library knows them."""
    return "+".join(
        dict.fromkeys(modalities[p] for r in query.relevant for p in _paths_of(r.file, modalities))
    )


def outcome_json(o: Outcome) -> dict[str, Any]:
    """An outcome for other programs and later comparisons."""
    raw = {name: getattr(o, name) for name in Outcome.__slots__}
    raw["ranks"] = dict(o.ranks)
    return raw | {"fault": o.fault, "figures": values_json(FIGURES, o)}


def result(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All of a run as JSON: figures by slice, and every query."""
    return {
        "kind": "retrieval",
        "figures": {
            label: estimates_json(measure(FIGURES, part))
            for label, part in slices(outcomes, "pair", "lang", "group").items()
        },
        "questions": [outcome_json(o) for o in outcomes],
    }


def page(outcomes: Sequence[Outcome], comparison: Iterable[str] = ()) -> str:
    """A run for its reader, as Markdown: the figures, the comparison, what was not found first."""
    by_slice = {
        label: measure(FIGURES, part)
        for label, part in slices(outcomes, "pair", "lang", "group").items()
    }
    lines = [
        "# Retrieval",
        "",
        f"{len(outcomes)} queries. In brackets 95 % intervals.",
        "",
        *figure_table(FIGURES, by_slice),
        *lines_of("Against the earlier run", comparison),
        *lines_of(
            "What was not found, or not first",
            (line for o in outcomes if o.fault for line in _fault_lines(o)),
        ),
    ]
    return "\n".join(lines) + "\n"


def _fault_lines(o: Outcome) -> Iterable[str]:
    yield f"- **{escape(o.text)}** {escape(o.fault)}."
    if o.hits:
        yield f"  - came: {escape('; '.join(o.hits))}"
