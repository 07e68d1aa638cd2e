"""Retrieval in rounds: what is looked for next, when it ends, and which draft stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from polysense.errors import Cancelled, ModelFailed
from polysense.generate.iterative_retrieval import Round, iterate, retrieve_iteratively
from polysense.messages import Usage
from polysense.protocols import Generator
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Origin, Part, Query, Span

ROUNDS = 3
VERSE = (Part("text", "Tell me not,"),)


def hit(n: int) -> Hit:
    asset = Asset(f"{n:032x}", f"/in/{n}.txt", "text/plain", "text", 1)
    return Hit(Chunk(asset, Span(chars=(0, 1)), "text", text=f"words {n}"), 1.0)


def draft(n: int, likeness: float, used: int = 1) -> Part:
    return Part("text", f"draft of {n}", meta={"likeness": likeness, "evidence": [used]})


def seek(drafted: Sequence[Part]) -> Query:
    return (Part("text", "question"), *drafted)


class FakeLibrary:
    """Gives one list of hits after the other, and keeps what was looked for."""

    def __init__(self, *lists: Sequence[int]) -> None:
        self.lists, self.queries = list(lists), list[str]()

    def __call__(self, query: Query) -> list[Hit]:
        self.queries.append(" + ".join(str(p.data) for p in query))
        return [hit(n) for n in self.lists[min(len(self.queries), len(self.lists)) - 1]]


def first(likeness: Callable[[int], float]) -> Callable[[Sequence[Hit]], list[Part]]:
    """Drafts of the first hit alone."""

    def make(hits: Sequence[Hit]) -> list[Part]:
        n = int(hits[0].chunk.text.split()[1])
        return [draft(n, likeness(n))]

    return make


def test_the_draft_is_looked_for_and_what_it_was_made_of_is_put_aside() -> None:
    """The second round asks with the first's draft, and sees other evidence than that; a better
    draft replaces a worse.
    """
    shelf = FakeLibrary([1, 2], [1, 3], [3, 4])
    best = iterate(seek, shelf, first({1: 0.3, 3: 0.5, 4: 0.4}.__getitem__), ROUNDS)
    assert shelf.queries == ["question", "question + draft of 1", "question + draft of 3"]
    assert (best.round, [h.chunk.text for h in best.hits], best.likeness) == (
        2,
        ["words 3"],
        0.5,
    )
    assert best.sources == (hit(3),)


def test_a_worse_draft_does_not_replace_a_better() -> None:
    """More rounds are never worse than one by the draft's own measure; of equals the first stands."""
    for later in (0.2, 0.6):
        best = iterate(
            seek,
            FakeLibrary([1, 2], [3], [4]),
            first({1: 0.6, 3: later, 4: 0.1}.__getitem__),
            ROUNDS,
        )
        assert (best.round, best.likeness) == (1, 0.6)


def test_it_ends_when_the_evidence_stays_the_same() -> None:
    """A round that finds nothing but what was seen is the last, and drafts nothing."""
    shelf = FakeLibrary([1, 2], [2, 1])
    assert iterate(seek, shelf, first(lambda n: 0.1 * n), ROUNDS).round == 1
    assert len(shelf.queries) == 2


def test_it_is_bounded() -> None:
    """A library without end is looked through as often as asked; once is plain retrieval."""
    for most, times in ((ROUNDS, ROUNDS), (1, 1), (0, 0)):
        shelf = FakeLibrary(*([n, 100 + n] for n in range(50)))
        assert iterate(seek, shelf, first(float), most).round == times
        assert len(shelf.queries) == times


def test_nothing_found_or_drafted() -> None:
    """No query, no results or no draft end it; what an earlier round made stands."""
    assert iterate(lambda _: (), FakeLibrary([1]), first(float), ROUNDS) == Round()
    assert iterate(seek, FakeLibrary([]), first(float), ROUNDS) == Round()
    assert iterate(seek, FakeLibrary([1]), lambda _: [], ROUNDS).draft == ()
    assert (
        iterate(
            seek,
            FakeLibrary([1], [2]),
            lambda hits: [draft(1, 0.5)] if hits[0] == hit(1) else [],
            ROUNDS,
        ).round
        == 1
    )


class Poet(Generator):
    """Finishes verses: any modality that can be drafted is served."""

    accepts: frozenset[Modality] = frozenset({"text"})
    emits: Modality = "text"
    cost = 0.1
    origin: Origin = "composed"
    rounds = ROUNDS
    reads_all = False

    def __init__(self, enough: float) -> None:
        self.enough = enough

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        return (*query, *drafted) if str(query[0].data).endswith(",") else ()

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        yield draft(1, 0.5, evidence[-1].n)

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        return (p for p in self.draft(query, evidence) if p.meta["likeness"] >= self.enough)


class Plain(Generator):
    """Knows of no rounds."""

    accepts: frozenset[Modality] = frozenset({"text"})
    emits: Modality = "text"
    cost = 0.1

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        yield Part("text", "said")


def test_only_a_question_for_such_a_generator_goes_in_rounds() -> None:
    """The generator says so itself; another modality wanted, another question, a generator without
    drafts: nothing is looked for.
    """
    kinds: list[Sequence[str]] = []

    def retrieve(query: Query, modalities: Sequence[Modality]) -> list[Hit]:
        kinds.append(modalities)
        return [hit(1), hit(2)]

    verse, question = (
        (Part("text", "Tell me not, in mournful numbers,"),),
        (Part("text", "Who wrote it?"),),
    )
    for able, query, targets in (
        ([Plain()], verse, ["text"]),
        ([Poet(0.1)], question, ["text"]),
        ([Poet(0.1)], verse, ["image"]),
    ):
        assert retrieve_iteratively(able, query, targets, retrieve).best is None
    assert kinds == []
    best = retrieve_iteratively([Plain(), Poet(0.1)], verse, ["image", "text"], retrieve).best
    assert best is not None
    assert (kinds[0], best.sources) == (["text"], (hit(2),))


def test_a_draft_that_is_not_good_enough_is_no_answer() -> None:
    """The rough draft serves to search; what the generator would not give is not given."""
    assert retrieve_iteratively([Poet(0.9)], VERSE, ["text"], lambda *_: [hit(1)]).best is None


class Muse(Poet):
    """A model that finishes verses: it is asked first, and counts."""

    origin: Origin = "generated"

    def __init__(self, *, error: Exception | None = None) -> None:
        super().__init__(0.1)
        self.error = error

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if self.error:
            raise self.error
        part = draft(1, 0.5, evidence[-1].n)
        yield replace(part, meta={**part.meta, "usage": [100, 10]})


def test_a_model_that_fails_is_told_and_the_rule_drafts() -> None:
    """Its error ends no question; being told to stop does."""
    failing = Muse(error=ModelFailed("the muse is silent", "Ask again."))
    drafting = retrieve_iteratively([Poet(0.1), failing], VERSE, ["text"], lambda *_: [hit(1)])
    assert drafting.best is not None
    assert drafting.warnings == ["the muse is silent. Ask again."]
    stopped = Muse(error=Cancelled("stopped"))
    with pytest.raises(Cancelled):
        retrieve_iteratively([stopped, Poet(0.1)], VERSE, ["text"], lambda *_: [hit(1)])


def test_what_every_draft_took_is_counted() -> None:
    """That of each round, and of what is given in the end."""
    finds = iter(([hit(1)], [hit(2)], [hit(3)]))
    drafting = retrieve_iteratively([Muse()], VERSE, ["text"], lambda *_: next(finds))
    assert drafting.usage == Usage(400, 40)
