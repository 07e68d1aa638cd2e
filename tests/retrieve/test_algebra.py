"""The retrieval algebra: its laws, its text, and what each operator does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadQuery
from polysense.retrieve.algebra import (
    DEPTH,
    Dense,
    Fuse,
    Retriever,
    Stage,
    blend,
    bm25,
    by_asset,
    dense,
    feedback,
    rerank,
)
from polysense.retrieve.fusion import RRF, Candidate, Candidates, from_matches
from polysense.retrieve.parse import parse

LISTS = {
    "bm25": [("a", 9.0), ("b", 8.0), ("c", 1.0)],
    "clip": [("c", 0.9), ("d", 0.8), ("a", 0.7), ("e", 0.1)],
    "clap": [("e", 0.5), ("b", 0.4)],
    "empty": [],
}


@dataclass
class FixedLists:
    """A library that answers from fixed lists."""

    weights: dict[tuple[str, str], float] = field(default_factory=dict)
    parallel: bool = True

    def lexical(self, k: int) -> Candidates:
        return self.nearest("bm25", k)

    def nearest(self, space: str, k: int) -> Candidates:
        return from_matches(
            [(i, s, "text" if i < "c" else "image") for i, s in LISTS[space]][:k], space
        )

    def feedback(self, space: str, k: int) -> Candidates:
        return self.nearest(space, k)

    def fusion_weight(self, space: str, modality: str) -> float:
        return self.weights.get((space, modality), 1.0)

    def confident_score(self, space: str) -> float:
        return {"clap": 1.0}.get(space, 0.0)

    def shares(self, space: str, candidates: Candidates) -> Candidates:
        return candidates

    def stage(self, name: str) -> Callable[[Candidates], Candidates]:
        return {
            "backwards": lambda candidates: candidates[::-1],
            "by_asset": lambda candidates: candidates[:2],
            "same": lambda candidates: candidates,
        }[name]


CONTEXT = FixedLists()


def ranked(r: Retriever) -> list[str]:
    return [c.id for c in r(CONTEXT)]


def ranks(r: Retriever) -> list[tuple[str, float]]:
    return [(c.id, pytest.approx(c.score)) for c in r(CONTEXT)]


leaves = st.sampled_from([bm25, dense("clip"), dense("clap"), dense("empty"), feedback("clip")])
weights = st.sampled_from([0.5, 1.0, 1.2, 2.0, 3.0])
cuts = st.integers(0, 300)
stages = st.sampled_from([by_asset(), rerank("backwards"), Stage(("same",), 3)])


def grow(inner: st.SearchStrategy[Retriever]) -> st.SearchStrategy[Retriever]:
    return st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda w, a: w * a, weights, inner),
        st.builds(lambda a, k: a % k, inner, cuts),
        st.builds(lambda a, s: a >> s, inner, stages),
        st.builds(blend, inner),
    )


retrievers = st.recursive(leaves, grow, max_leaves=5)


@given(retrievers)
def test_the_repr_is_the_retriever(a: Retriever) -> None:
    """A pipeline's text reads back as the same pipeline: it is its identity in experiments and on
    the command line.
    """
    again = parse(repr(a))
    assert again == a
    assert repr(again) == repr(a)


@given(retrievers, cuts, cuts)
def test_cuts_compose(a: Retriever, j: int, k: int) -> None:
    """a % j % k is a % min(j, k), as a value too."""
    assert a % j % k == a % min(j, k)
    assert ranked(a % j % k) == ranked(a % min(j, k))
    assert len(ranked(a % k)) <= k


@given(retrievers, retrievers)
def test_fusion_commutes(a: Retriever, b: Retriever) -> None:
    """a + b ranks as b + a."""
    assert sorted(ranks(a + b)) == sorted(ranks(b + a))


@given(leaves, leaves, leaves)
def test_fusion_is_associative(a: Retriever, b: Retriever, c: Retriever) -> None:
    """(a + b) + c is a + (b + c)."""
    assert (a + b) + c == a + (b + c)


@given(leaves, leaves, weights)
def test_weights_scale(a: Retriever, b: Retriever, w: float) -> None:
    """w * (a + b) is w * a + w * b, and weighing everything alike changes scores, not ranks."""
    assert w * (a + b) == w * a + w * b
    assert [c.score for c in (w * (a + b))(CONTEXT)] == pytest.approx(
        [w * c.score for c in (a + b)(CONTEXT)]
    )
    assert ranked(w * (a + b)) == ranked(a + b)
    assert w * (2 * a) == (w * 2) * a


def test_reciprocal_rank_fusion() -> None:
    """Each list gives 1 / (60 + rank), times its weight; what several say adds up."""
    [first, *_] = (bm25 + dense("clip"))(CONTEXT)
    assert first.id == "a"
    assert first.score == pytest.approx(1 / (RRF + 1) + 1 / (RRF + 3))
    assert [(w.space, w.rank) for w in first.why] == [("bm25", 1), ("clip", 3)]
    assert ranked(bm25 + 9 * dense("clip"))[:2] == ["c", "a"]


def test_blending_keeps_how_sure_a_list_is() -> None:
    """Scores count as shares of a sure match's in their space, or of their list's best; negative
    ones as none.
    """
    scores = {c.id: c.score for c in blend(bm25 + dense("clap"))(CONTEXT)}
    assert scores == pytest.approx({"a": 1.0, "b": 8 / 9 + 0.4, "c": 1 / 9, "e": 0.5})
    assert ranked(blend(dense("empty"))) == []


def test_a_blend_is_one_list_in_a_fusion() -> None:
    """blend(a + b) + c does not fall apart into its arms."""
    fused = blend(bm25 + dense("clip")) + dense("clap")
    assert isinstance(fused, Fuse)
    assert len(fused.arms) == 2
    assert repr(fused) == "blend(bm25 + clip) + clap"


def test_trust_weighs_by_what_the_evidence_is() -> None:
    """A space that is not trusted on images does not lift them."""
    assert ranked(dense("clap") + dense("clip"))[0] == "e"
    wary = FixedLists({("clap", "image"): 0.0, ("clip", "image"): 0.0})
    assert [c.id for c in (dense("clap") + dense("clip"))(wary)][:2] == ["b", "a"]


def test_stages_run_in_order_and_cut() -> None:
    """a >> s % k cuts what s gives, not what it gets."""
    assert ranked(bm25 >> rerank("backwards")) == ["c", "b", "a"]
    assert ranked(bm25 >> rerank("backwards") % 1) == ["c"]
    assert ranked(bm25 % 1 >> rerank("backwards")) == ["a"]
    assert ranked(bm25 >> rerank("backwards") >> by_asset()) == ["c", "b"]
    assert repr(bm25 >> rerank("my-model") % 5) == "bm25 >> stage('my-model') % 5"


def test_a_stage_sees_as_many_as_are_wanted() -> None:
    """The cut comes after the stage, and leaves what was asked for."""
    depths: list[int] = []

    class Deep(Retriever):
        def __call__(self, context: object, k: int = 0) -> Candidates:
            depths.append(k)
            return tuple(Candidate(f"{n:03}", 1.0) for n in range(k))

    assert len((Deep() >> rerank("same"))(CONTEXT, 300)) == 300
    assert len((Deep() >> rerank("same"))(CONTEXT, 5)) == 5
    assert depths == [300, DEPTH]


def test_spaces_are_known() -> None:
    """Each retriever tells which spaces it asks, once each, in order."""
    assert (2 * dense("clip") % 9 + bm25 + feedback("clip") >> by_asset()).spaces == (
        "clip",
        "bm25",
    )
    assert Retriever().spaces == ()


def test_names_that_are_no_identifiers() -> None:
    """A space called all-MiniLM-L6 is quoted."""
    assert repr(dense("all-MiniLM-L6")) == "dense('all-MiniLM-L6')"
    assert parse("dense('all-MiniLM-L6') % 3") == dense("all-MiniLM-L6") % 3
    assert parse("clip") == Dense("clip")


@pytest.mark.parametrize(
    "text",
    [
        "", "bm25 +", "1", "bm25 % clip", "bm25 - clip", "bm25 % -1", "2 * 3", "bm25 >> 3", "clip.encode", "__import__('os')", "open('/etc/passwd')",
        "[bm25]", "bm25 % 2.5", "lambda: 1", "blend()", "by_asset >> bm25 +", "bm25 if 1 else clip", "(" * 500 + "bm25" + ")" * 500, "bm25\0",
        "rerank('x')", "'bm25'", "bm25 % True", "True * bm25", "bm25 >> s % True", "bm25 >> open('x')", "bm25 >> dense('x')", "dense('x', y=2)",
        "blend(bm25, k=3)", "-" * 100_000 + "1", "bm25 + " * 50_000 + "bm25", "-" * 1_900 + "1",
    ],
)  # fmt: skip
def test_what_is_no_retriever_is_refused(text: str) -> None:
    """Text from a command line is parsed, never run, and whatever is wrong is said as BadQuery."""
    with pytest.raises(BadQuery) as e:
        parse(text)
    assert "by_asset" in e.value.hint
    assert len(str(e.value)) < 200


def test_a_retriever_must_say_how() -> None:
    """The base class finds nothing."""
    with pytest.raises(NotImplementedError):
        Retriever()(CONTEXT)
