"""Weights and depths of the retriever, found on judged queries by cross-validation.

Queries that get the same retriever are tuned together. Each candidate is asked every query once;
what is chosen on some of the queries is judged on the others, so that a gain is one that chance
does not explain; where there is none, the default stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import add

import numpy as np

from polysense.errors import BadQuery
from polysense.evaluate.question_file import JudgedQuery
from polysense.evaluate.retrieval import search_all
from polysense.evaluate.statistics import Estimate, average, difference
from polysense.ingest.progress import Progress
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.retrieve.algebra import Cut, Fuse, Retriever, Then, blend
from polysense.retrieve.parse import parse
from polysense.types import Part

FACTORS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""What the weight of each arm is tried at, times what it is now; 0 leaves it out."""

DEPTHS = (0.25, 1.0)
"""What depths are tried at, times what they are now."""

FOLDS = 5
MIN_QUERIES = 20
"""Fewer of a kind are left as they are: the interval of their gain spans everything. Judged."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was found for queries that get `default`: the best of the candidates over all of them,
    and what choosing so gains on queries that it was not chosen on (nDCG@10).
    """

    default: str
    best: str
    queries: int
    candidates: int
    before: Estimate
    after: Estimate
    change: Estimate

    @property
    def is_better(self) -> bool:
        """Whether the interval of the change excludes no gain."""
        return self.best != self.default and self.change.low > 0


def tune(
    library: Library,
    queries: Sequence[JudgedQuery],
    *,
    most: int = 24,
    seed: int = 0,
    progress: Progress,
) -> list[Tuning]:
    """Try at most `most` retrievers for each kind of query, the default among them; the kind with
    most queries first. Raises BadQuery where no kind has MIN_QUERIES.
    """
    kinds: dict[str, list[JudgedQuery]] = {}
    for query in queries:
        kinds.setdefault(library.explain(*_parts(query)), []).append(query)
    large = {k: own for k, own in kinds.items() if len(own) >= MIN_QUERIES}
    if not large:
        raise BadQuery(
            f"of {len(queries)} judged queries no {MIN_QUERIES} get the same retriever",
            "Write more of one kind, such as questions in words.",
        )
    tunings = [
        _tune_kind(library, default, own, most, seed, progress) for default, own in large.items()
    ]
    return sorted(tunings, key=lambda t: -t.queries)


def _parts(query: JudgedQuery) -> list[str | Part]:
    return [*([query.text] if query.text else []), *(part(f) for f in query.files)]


def _tune_kind(
    library: Library,
    default: str,
    queries: Sequence[JudgedQuery],
    most: int,
    seed: int,
    progress: Progress,
) -> Tuning:
    texts = candidates(default, most, seed)
    rows: list[list[float]] = []
    for i, text in enumerate(texts, 1):
        rows.append([o.ndcg for o in search_all(library, queries, text)])
        progress.step("tuning", i, len(texts), text)
    scores = np.array(rows)
    selection = _chosen_by_others(scores, seed)
    before, after = scores[0].tolist(), scores[selection, np.arange(len(queries))].tolist()
    best = texts[int(scores.mean(axis=1).argmax())]
    estimates = [average(before), average(after), difference(before, after)]
    own = [e for e in estimates if e is not None]  # there are MIN_QUERIES of them
    return Tuning(default, best, len(queries), len(texts), *own)


def _chosen_by_others(scores: np.ndarray, seed: int) -> np.ndarray:
    """(n,): for each query the candidate that is best on the folds that it is not in; the default
    where none is better.
    """
    count = scores.shape[1]
    fold = np.random.default_rng(seed).permutation(count) % FOLDS
    selection = np.zeros(count, np.int64)
    for f in range(FOLDS):
        selection[fold == f] = int(scores[:, fold != f].mean(axis=1).argmax())
    return selection


def candidates(default: str, most: int, seed: int = 0) -> list[str]:
    """Retrievers like a default one, which comes first: other weights for its arms, other depths;
    those that change one thing, then others by chance (Bergstra & Bengio, JMLR 13, 2012).

    >>> candidates("bm25 % 200 >> verbatim", 3)
    ['bm25 % 200 >> verbatim', 'bm25 % 50 >> verbatim']
    """
    retriever = parse(default)
    fuse = _fusion_of(retriever)
    arms = len(fuse.arms) if fuse is not None and len(fuse.arms) > 1 else 1
    choices = [FACTORS] * (arms - 1) + [DEPTHS]
    plain = tuple(1.0 for _ in choices)
    combinations = sorted(
        itertools.product(*choices),
        key=lambda c: sum(a != b for a, b in zip(c, plain, strict=True)),
    )
    singles = 1 + sum(len(c) - 1 for c in choices)
    rest = combinations[singles:]
    order = np.random.default_rng(seed).permutation(len(rest))
    changes = [*combinations[:singles], *(rest[i] for i in order)]
    texts = [repr(_changed(retriever, (1.0, *c[:-1]), c[-1])) for c in changes]
    return list(dict.fromkeys([default, *texts]))[:most]


def _fusion_of(retriever: Retriever) -> Fuse | None:
    """The fusion within a retriever; None where it asks one thing."""
    while isinstance(retriever, Then | Cut):
        retriever = retriever.retriever
    return retriever if isinstance(retriever, Fuse) else None


def _changed(retriever: Retriever, factors: Sequence[float], depth: float) -> Retriever:
    """The retriever with the weights of its arms and its depths times these."""
    if isinstance(retriever, Then):
        return Then(_changed(retriever.retriever, factors, depth), retriever.stage)
    if isinstance(retriever, Cut):
        return Cut(_changed(retriever.retriever, factors, depth), round(retriever.k * depth))
    if isinstance(retriever, Fuse) and len(retriever.arms) > 1:
        arms = [
            w * f * _changed(r, (), depth)
            for (w, r), f in zip(retriever.arms, factors, strict=True)
            if f
        ]
        if len(arms) == 1:
            return arms[0]
        fused = reduce(add, arms)
        return blend(fused) if retriever.by == "score" else fused
    return retriever


def tuning_lines(tunings: Sequence[Tuning]) -> list[str]:
    """What was found, for people."""
    lines: list[str] = []
    for t in tunings:
        lines += [
            f"{t.queries} queries get {t.default}",
            f"  nDCG@10 {t.before.value:.3f}; chosen on other queries, of {t.candidates} "
            f"candidates: {t.after.value:.3f} ({t.change.value:+.3f}, 95 % {t.change.low:+.3f} to "
            f"{t.change.high:+.3f})",
            f"  use: --using {t.best!r}"
            if t.is_better
            else "  The default is not beaten: keep it.",
        ]
    return lines


def tuning_json(tunings: Sequence[Tuning]) -> list[Mapping[str, object]]:
    """What was found, for programs."""
    return [
        {
            "default": t.default,
            "best": t.best,
            "better": t.is_better,
            "queries": t.queries,
            "candidates": t.candidates,
            "ndcg": {n: asdict(e) for n, e in _estimates(t)},
        }
        for t in tunings
    ]


def _estimates(t: Tuning) -> list[tuple[str, Estimate]]:
    return [("before", t.before), ("after", t.after), ("change", t.change)]
