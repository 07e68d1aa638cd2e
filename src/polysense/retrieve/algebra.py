"""Retrievers are values; operators compose them; the repr is the identity.

    a + b      fuse ranks: weighted reciprocal rank fusion (Cormack, Clarke & Buettcher, SIGIR 2009)
    w * a      weigh
    a % k      cut to k
    a >> s     then stage s
    blend(a + b)  fuse scores instead, each as a share of a sure match's (CombSUM: Lee, SIGIR 1997)

    >>> bm25 % 200 + 2 * dense("clip") % 200 >> by_asset() % 10
    bm25 % 200 + 2 * clip % 200 >> by_asset % 10
    >>> parse("bm25 % 200 + 2 * clip % 200 >> by_asset % 10") == bm25 % 200 + 2 * dense("clip") % 200 >> by_asset() % 10
    True

Python's own precedence makes this free of parentheses: * and % bind alike, from the left, then +,
then >>.
"""

from __future__ import annotations

import ast
import keyword
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Protocol

from polysense.errors import BadQuery
from polysense.protocols import Match
from polysense.types import Modality, Why

RRF = 60
"""The constant of reciprocal rank fusion, as in its paper."""
DEPTH = 200
LONGEST = 2_000
"""Characters that the text of a retriever may have; longer ones only exhaust the parser."""


class Found(NamedTuple):
    """A chunk id with its score so far, what the evidence is, and the ranks that made the score. A
    tuple: a query makes hundreds.
    """

    id: str
    score: float
    modality: Modality = ""
    why: tuple[Why, ...] = ()


Candidates = tuple[Found, ...]


class Ask(Protocol):
    """A query with the library that it is put to: what retrievers and stages see."""

    @property
    def parallel(self) -> bool:
        """Whether searching takes longer than handing over to threads."""
        ...

    def lexical(self, k: int) -> Candidates:
        """The best by BM25."""
        ...

    def nearest(self, space: str, k: int) -> Candidates:
        """The nearest in a space."""
        ...

    def feedback(self, space: str, k: int) -> Candidates:
        """The nearest in a space to the query moved towards its first results."""
        ...

    def trust(self, space: str, modality: Modality) -> float:
        """The measured weight of a space's opinion on chunks of a modality, for this query."""
        ...

    def sure(self, space: str) -> float:
        """The similarity in a space that makes a sure match; 0 where scores have no scale, as
        BM25's.
        """
        ...

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        """A named stage: by_asset, verbatim, or a reranker."""
        ...


class Retriever:
    """From a query to candidates, best first."""

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        """At most k, best first."""
        raise NotImplementedError

    def __add__(self, other: Retriever) -> Fuse:
        return Fuse(_arms(self) + _arms(other))

    def __rmul__(self, weight: float) -> Fuse:
        if not 0 <= weight < math.inf:
            raise BadQuery(f"cannot weigh by {weight}", "Give a number from 0 up.")
        return Fuse(tuple((weight * w, r) for w, r in _arms(self)))

    def __mod__(self, k: int) -> Retriever:
        if isinstance(self, Fuse) and len(self.arms) == 1 and self.by == "rank":
            return Fuse(((self.arms[0][0], self.arms[0][1] % k),))
        return Cut(self, k)

    def __rshift__(self, stage: Stage) -> Then:
        return Then(self, stage)

    @property
    def spaces(self) -> tuple[str, ...]:
        """Every space that it asks."""
        return ()


def _arms(r: Retriever) -> tuple[tuple[float, Retriever], ...]:
    return r.arms if isinstance(r, Fuse) and r.by == "rank" else ((1.0, r),)


@dataclass(frozen=True, repr=False)
class Lexical(Retriever):
    """BM25 over the words of chunks."""

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        return ask.lexical(k)

    def __repr__(self) -> str:
        return "bm25"

    @property
    def spaces(self) -> tuple[str, ...]:
        return ("bm25",)


@dataclass(frozen=True, repr=False)
class Dense(Retriever):
    """The nearest vectors of one space."""

    space: str

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        return ask.nearest(self.space, k)

    def __repr__(self) -> str:
        return self.space if _plain(self.space) else f"dense({self.space!r})"

    @property
    def spaces(self) -> tuple[str, ...]:
        return (self.space,)


@dataclass(frozen=True, repr=False)
class Feedback(Retriever):
    """The nearest vectors of one space, after one round of pseudo relevance feedback.

    The query's vector is moved towards the first results of BM25 and the space together (Li et al.,
    "Pseudo relevance feedback with deep language models and dense retrievers", TOIS 2023).
    """

    space: str

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        return ask.feedback(self.space, k)

    def __repr__(self) -> str:
        return f"feedback({self.space!r})"

    @property
    def spaces(self) -> tuple[str, ...]:
        return (self.space,)


@dataclass(frozen=True, repr=False)
class Cut(Retriever):
    """The first k."""

    first: Retriever
    k: int

    def __post_init__(self) -> None:
        if self.k < 0:
            raise BadQuery(f"cannot cut to {self.k} results", "Give a number from 0 up.")

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        return self.first(ask, min(k, self.k))[: self.k]

    def __mod__(self, k: int) -> Retriever:
        return Cut(self.first, min(self.k, k))

    def __repr__(self) -> str:
        return f"{_inner(self.first)} % {self.k}"

    @property
    def spaces(self) -> tuple[str, ...]:
        return self.first.spaces


@dataclass(frozen=True, repr=False)
class Fuse(Retriever):
    """Weighted fusion of lists, by rank or by relative score: raw scores of different spaces are
    never compared.

    Arms run in parallel where the library is large.
    """

    arms: tuple[tuple[float, Retriever], ...]
    by: Literal["rank", "score"] = "rank"

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        retrievers = [r for _, r in self.arms]
        if len(retrievers) == 1 or not ask.parallel:
            lists = [r(ask, max(k, DEPTH)) for r in retrievers]
        else:
            with ThreadPoolExecutor(len(retrievers)) as pool:
                lists = list(pool.map(lambda r: r(ask, max(k, DEPTH)), retrievers))
        named = [r.spaces[0] if len(r.spaces) == 1 else "" for r in retrievers]
        weighed = [(w, found) for (w, _), found in zip(self.arms, lists, strict=True)]
        scales = [ask.sure(name) if name else 0.0 for name in named] if self.by == "score" else None
        return fuse(
            weighed,
            lambda i, modality: ask.trust(named[i], modality) if named[i] else 1.0,
            scales,
            k,
        )

    def __repr__(self) -> str:
        said = " + ".join(
            _inner(r) if w == 1 and len(self.arms) > 1 else _weighed(w, r) for w, r in self.arms
        )
        return said if self.by == "rank" else f"blend({said})"

    @property
    def spaces(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s for _, r in self.arms for s in r.spaces))


def fuse(
    lists: Sequence[tuple[float, Candidates]],
    trust: Callable[[int, Modality], float] | None = None,
    scales: Sequence[float] | None = None,
    k: int | None = None,
) -> Candidates:
    """Weighted lists as one, by rank; by score where scales say what a sure match scores in each
    list (or its best, if that is more).

    trust(i, modality) weighs list i's opinion on candidates of a modality further. k: how many are
    made, all if None.
    """
    held = [{c.id: c for c in candidates} for _, candidates in lists]
    made = []
    for score, id in order(lists, trust, scales)[:k]:
        same = [each[id] for each in held if id in each]
        made.append(Found(id, score, same[0].modality, tuple(w for c in same for w in c.why)))
    return tuple(made)


def order(
    lists: Sequence[tuple[float, Sequence[Found | Match]]],
    trust: Callable[[int, Modality], float] | None = None,
    scales: Sequence[float] | None = None,
) -> list[tuple[float, str]]:
    """(score, id), best first, as `fuse` has them; equal ones by id."""
    scores: dict[str, float] = {}
    for i, (weight, candidates) in enumerate(lists):
        weights = {
            m: weight * (trust(i, m) if trust else 1.0) for m in {c.modality for c in candidates}
        }
        best = max((c.score for c in candidates), default=0.0)
        scale = max(best, scales[i], 1e-9) if scales else 0.0
        for rank, c in enumerate(candidates, 1):
            worth = max(c.score, 0.0) / scale if scales else 1.0 / (RRF + rank)
            scores[c.id] = scores.get(c.id, 0.0) + weights[c.modality] * worth
    return [
        (-negative, id) for negative, id in sorted((-score, id) for id, score in scores.items())
    ]


@dataclass(frozen=True, repr=False)
class Stage:
    """A named step from candidates to candidates; steps chain."""

    names: tuple[str, ...]
    cut: int | None = None

    def __mod__(self, k: int) -> Stage:
        return replace(self, cut=k if self.cut is None else min(k, self.cut))

    def __call__(self, ask: Ask, candidates: Candidates) -> Candidates:
        for name in self.names:
            candidates = ask.stage(name)(candidates)
        return candidates if self.cut is None else candidates[: self.cut]

    def __repr__(self) -> str:
        said = " >> ".join(n if _plain(n) else f"stage({n!r})" for n in self.names)
        return said if self.cut is None else f"{said} % {self.cut}"


@dataclass(frozen=True, repr=False)
class Then(Retriever):
    """A retriever, then a stage over all that it found."""

    first: Retriever
    stage: Stage

    def __call__(self, ask: Ask, k: int = DEPTH) -> Candidates:
        return self.stage(ask, self.first(ask, max(k, DEPTH)))[:k]

    def __repr__(self) -> str:
        return f"{self.first!r} >> {self.stage!r}"

    @property
    def spaces(self) -> tuple[str, ...]:
        return self.first.spaces


def _inner(r: Retriever) -> str:
    return (
        f"({r!r})"
        if isinstance(r, Then) or (isinstance(r, Fuse) and r.by == "rank" and len(r.arms) > 1)
        else repr(r)
    )


def _weighed(weight: float, r: Retriever) -> str:
    said = f"{weight:g}" if float(f"{weight:g}") == weight else repr(weight)
    # 2 * (a + b) % 5 would weigh before it cuts
    cut_sum = isinstance(r, Cut) and isinstance(r.first, Fuse) and r.first.by == "rank"
    return f"{said} * ({r!r})" if cut_sum else f"{said} * {_inner(r)}"


def _plain(name: str) -> bool:
    """Whether a name can stand for itself in the text of a retriever."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and name != "bm25"


bm25 = Lexical()


def dense(space: str) -> Dense:
    """The retriever of a space."""
    return Dense(space)


def feedback(space: str) -> Feedback:
    """The retriever of a space, with feedback."""
    return Feedback(space)


def blend(fused: Retriever) -> Fuse:
    """The same arms, fused by relative score."""
    return Fuse(_arms(fused), "score")


def by_asset() -> Stage:
    """Keep each asset's best chunk."""
    return Stage(("by_asset",))


def verbatim() -> Stage:
    """Of the first results, those that say the question word for word come first."""
    return Stage(("verbatim",))


def rerank(name: str) -> Stage:
    """Sort by an installed reranker."""
    return Stage((name,))


def parse(text: str) -> Retriever:
    """The retriever that a repr describes. Names are spaces; after >> they are stages. Raises
    BadQuery.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(len(text))
        return _retriever(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as e:
        shown = repr(text if len(text) <= 100 else text[:97] + "...")
        raise BadQuery(
            f"{shown} is no retriever",
            'Write it like "bm25 % 200 + 2 * minilm % 200 >> by_asset % 10".',
        ) from e


_MAKERS: Mapping[str, Callable[[str], Retriever]] = {"dense": dense, "feedback": feedback}


def _retriever(node: ast.expr) -> Retriever:
    match node:
        case ast.Name(id="bm25"):
            return bm25
        case ast.Name(id=name):
            return Dense(name)
        case ast.Call(
            func=ast.Name(id=name), args=[ast.Constant(value=str() as given)], keywords=[]
        ) if name in _MAKERS:
            return _MAKERS[name](given)
        case ast.Call(func=ast.Name(id="blend"), args=[inner], keywords=[]):
            return blend(_retriever(inner))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _retriever(left) + _retriever(right)
        case ast.BinOp(
            left=ast.Constant(value=int() | float() as weight), op=ast.Mult(), right=right
        ) if not isinstance(weight, bool):
            return weight * _retriever(right)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _retriever(left) % _whole(right)
        case ast.BinOp(left=left, op=ast.RShift(), right=right):
            return _retriever(left) >> _stage(right)
    raise ValueError(type(node).__name__)


def _stage(node: ast.expr) -> Stage:
    match node:
        case ast.Name(id=name):
            return Stage((name,))
        case ast.Call(
            func=ast.Name(id="stage" | "rerank"),
            args=[ast.Constant(value=str() as given)],
            keywords=[],
        ):
            return Stage((given,))
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            return _stage(left) % _whole(right)
    raise ValueError(type(node).__name__)


def _whole(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return number
    raise ValueError(type(node).__name__)


def top(matches: Sequence[tuple[str, float, Modality]], space: str) -> Candidates:
    """A space's own ranking as candidates."""
    return tuple(
        Found(i, s, m, (Why(space, rank, s),)) for rank, (i, s, m) in enumerate(matches, 1)
    )
