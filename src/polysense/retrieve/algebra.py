"""Retrievers are values; operators compose them; the repr is the identity.

    a + b      fuse ranks: weighted reciprocal rank fusion (Cormack, Clarke & Buettcher, SIGIR 2009)
    w * a      weigh
    a % k      cut to k
    a >> s     then stage s
    blend(a + b)  fuse scores instead, each as a share of a sure match's (CombSUM: Lee, SIGIR 1997)

    >>> bm25 % 200 + 2 * dense("clip") % 200 >> by_asset() % 10
    bm25 % 200 + 2 * clip % 200 >> by_asset % 10

`polysense.retrieve.parse` reads what repr writes.

Python's own precedence makes this free of parentheses: * and % bind alike, from the left, then +,
then >>.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from polysense.errors import BadQuery
from polysense.retrieve.fusion import Candidates, fuse
from polysense.types import Modality

DEPTH = 200
"""How many candidates an arm gives where nobody says; judged, not measured."""


class SearchContext(Protocol):
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

    def foreign(self, space: str, k: int, is_native: bool = False) -> Candidates:
        """The nearest in a space, in languages that its neighbours do not read."""
        ...

    def fusion_weight(self, space: str, modality: Modality) -> float:
        """The measured weight of a space's opinion on chunks of a modality, for this query."""
        ...

    def confident_score(self, space: str) -> float:
        """The similarity in a space that makes a sure match; 0 where scores have no scale, as
        BM25's.
        """
        ...

    def shares(self, space: str, candidates: Candidates) -> Candidates:
        """Candidates of a space with scores that compare with its confident score."""
        ...

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        """A named stage: one of `polysense.retrieve.stages`, or a reranker."""
        ...


class Retriever:
    """From a query to candidates, best first."""

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
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
    """A retriever as weighted arms of a fusion. One arm alone is itself, however it is fused; its
    weight stands before what is done to it afterwards, so that it weighs the same with a stage of
    its own and without.
    """
    if isinstance(r, Fuse) and (r.by == "rank" or len(r.arms) == 1):
        return r.arms
    if isinstance(r, Then) and len(arms := _arms(r.retriever)) == 1:
        return ((arms[0][0], Then(arms[0][1], r.stage)),)
    if isinstance(r, Cut) and len(arms := _arms(r.retriever)) == 1:
        return ((arms[0][0], Cut(arms[0][1], r.k)),)
    return ((1.0, r),)


def _space_of(r: Retriever) -> str:
    """The space whose scores a retriever gives; "" where they are of several. Stages keep them."""
    if isinstance(r, Cut | Then):
        return _space_of(r.retriever)
    return r.spaces[0] if isinstance(r, Lexical | Dense | Feedback | Foreign) else ""


@dataclass(frozen=True, repr=False)
class Lexical(Retriever):
    """BM25 over the words of chunks."""

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        return context.lexical(k)

    def __repr__(self) -> str:
        return "bm25"

    @property
    def spaces(self) -> tuple[str, ...]:
        return ("bm25",)


@dataclass(frozen=True, repr=False)
class Dense(Retriever):
    """The nearest vectors of one space."""

    space: str

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        return context.nearest(self.space, k)

    def __repr__(self) -> str:
        return self.space if _is_bare_name(self.space) else f"dense({self.space!r})"

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

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        return context.feedback(self.space, k)

    def __repr__(self) -> str:
        return f"feedback({self.space!r})"

    @property
    def spaces(self) -> tuple[str, ...]:
        return (self.space,)


@dataclass(frozen=True, repr=False)
class Foreign(Retriever):
    """The nearest vectors of one space, of passages in languages that no other encoder of meaning
    reads that reads the question, or else in others than the question's: a space of many languages
    beside a better one of a few, or beside full text. is_native: of all other passages.
    """

    space: str
    is_native: bool = False

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        return context.foreign(self.space, k, self.is_native)

    def __repr__(self) -> str:
        return f"{'native' if self.is_native else 'foreign'}({self.space!r})"

    @property
    def spaces(self) -> tuple[str, ...]:
        return (self.space,)


@dataclass(frozen=True, repr=False)
class Cut(Retriever):
    """The first k."""

    retriever: Retriever
    k: int

    def __post_init__(self) -> None:
        if self.k < 0:
            raise BadQuery(f"cannot cut to {self.k} results", "Give a number from 0 up.")

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        return self.retriever(context, min(k, self.k))[: self.k]

    def __mod__(self, k: int) -> Retriever:
        return Cut(self.retriever, min(self.k, k))

    def __repr__(self) -> str:
        return f"{_operand_text(self.retriever)} % {self.k}"

    @property
    def spaces(self) -> tuple[str, ...]:
        return self.retriever.spaces


@dataclass(frozen=True, repr=False)
class Fuse(Retriever):
    """Weighted fusion of lists, by rank or by relative score: raw scores of different spaces are
    never compared.

    By score, an arm of one space is scaled by what a sure match scores there, any other by its own
    best. Arms run in parallel where the library is large.
    """

    arms: tuple[tuple[float, Retriever], ...]
    by: Literal["rank", "score"] = "rank"

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        retrievers = [r for _, r in self.arms]
        if len(retrievers) == 1 or not context.parallel:
            lists = [r(context, max(k, DEPTH)) for r in retrievers]
        else:
            with ThreadPoolExecutor(len(retrievers)) as pool:
                lists = list(pool.map(lambda r: r(context, max(k, DEPTH)), retrievers))
        arm_spaces = [_space_of(r) for r in retrievers]
        if self.by == "score":
            lists = [context.shares(s, c) for s, c in zip(arm_spaces, lists, strict=True)]
        weighted_lists = [
            (w, candidates) for (w, _), candidates in zip(self.arms, lists, strict=True)
        ]
        score_scales = (
            [context.confident_score(name) if name else 0.0 for name in arm_spaces]
            if self.by == "score"
            else None
        )
        return fuse(
            weighted_lists,
            lambda i, modality: (
                context.fusion_weight(arm_spaces[i], modality) if arm_spaces[i] else 1.0
            ),
            score_scales,
            k,
        )

    def __repr__(self) -> str:
        text = " + ".join(
            _operand_text(r) if w == 1 and len(self.arms) > 1 else _weighted_text(w, r)
            for w, r in self.arms
        )
        return text if self.by == "rank" else f"blend({text})"

    @property
    def spaces(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s for _, r in self.arms for s in r.spaces))


@dataclass(frozen=True, repr=False)
class Stage:
    """A named step from candidates to candidates; steps chain."""

    names: tuple[str, ...]
    cut: int | None = None

    def __mod__(self, k: int) -> Stage:
        return replace(self, cut=k if self.cut is None else min(k, self.cut))

    def __call__(self, context: SearchContext, candidates: Candidates) -> Candidates:
        for name in self.names:
            candidates = context.stage(name)(candidates)
        return candidates if self.cut is None else candidates[: self.cut]

    def __repr__(self) -> str:
        text = " >> ".join(n if _is_bare_name(n) else f"stage({n!r})" for n in self.names)
        return text if self.cut is None else f"{text} % {self.cut}"


@dataclass(frozen=True, repr=False)
class Then(Retriever):
    """A retriever, then a stage over all that it found."""

    retriever: Retriever
    stage: Stage

    def __call__(self, context: SearchContext, k: int = DEPTH) -> Candidates:
        return self.stage(context, self.retriever(context, max(k, DEPTH)))[:k]

    def __repr__(self) -> str:
        return f"{self.retriever!r} >> {self.stage!r}"

    @property
    def spaces(self) -> tuple[str, ...]:
        return self.retriever.spaces


def _operand_text(r: Retriever) -> str:
    return (
        f"({r!r})"
        if isinstance(r, Then) or (isinstance(r, Fuse) and r.by == "rank" and len(r.arms) > 1)
        else repr(r)
    )


def _weighted_text(weight: float, r: Retriever) -> str:
    factor = f"{weight:g}" if float(f"{weight:g}") == weight else repr(weight)
    # 2 * (a + b) % 5 would weigh before it cuts
    cut_sum = isinstance(r, Cut) and isinstance(r.retriever, Fuse) and r.retriever.by == "rank"
    return f"{factor} * ({r!r})" if cut_sum else f"{factor} * {_operand_text(r)}"


def _is_bare_name(name: str) -> bool:
    """Whether a name can stand for itself in the text of a retriever."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and name != "bm25"


bm25 = Lexical()


def dense(space: str) -> Dense:
    """The retriever of a space."""
    return Dense(space)


def feedback(space: str) -> Feedback:
    """The retriever of a space, with feedback."""
    return Feedback(space)


def foreign(space: str) -> Foreign:
    """The retriever of what a space has in other languages."""
    return Foreign(space)


def native(space: str) -> Foreign:
    """The nearest in a space, of the passages that `foreign` leaves."""
    return Foreign(space, is_native=True)


def blend(fusion: Retriever) -> Fuse:
    """The same arms, fused by relative score."""
    return Fuse(_arms(fusion), "score")


def by_asset() -> Stage:
    """Keep each asset's best chunk."""
    return Stage(("by_asset",))


def by_section() -> Stage:
    """A passage rises by what else its section has that answers."""
    return Stage(("by_section",))


def verbatim() -> Stage:
    """Of the first results, those that say the question word for word come first."""
    return Stage(("verbatim",))


def composed() -> Stage:
    """What is like the file given comes first where the words beside it hold of it too."""
    return Stage(("composed",))


def primary() -> Stage:
    """Of the first results, those in files that only speak of others (tests, change notes) come
    after.
    """
    return Stage(("primary",))


def rerank(name: str) -> Stage:
    """Sort by an installed reranker."""
    return Stage((name,))
