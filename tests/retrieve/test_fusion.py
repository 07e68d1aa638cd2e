"""One list made of several: by rank, by score, and in one order."""

from __future__ import annotations

import pytest

from polysense.retrieve.fusion import RRF, Candidate, from_matches, fuse, rank_fusion


def test_matches_are_candidates_that_say_why() -> None:
    """Each with its space, its rank from 1, and its score there."""
    [first, second] = from_matches([("a", 0.9, "image"), ("b", 0.4, "text")], "clip")
    assert (first.id, first.score, first.modality) == ("a", 0.9, "image")
    assert [(w.space, w.rank, w.score) for w in second.why] == [("clip", 2, 0.4)]


def test_ranks_count_by_the_weight_of_their_list() -> None:
    """Reciprocal rank fusion: what several lists say adds up."""
    lists = [(2.0, (Candidate("a", 9.0), Candidate("b", 8.0))), (1.0, (Candidate("b", 0.1),))]
    assert [(c.id, pytest.approx(c.score)) for c in fuse(lists)] == [
        ("b", 2 / (RRF + 2) + 1 / (RRF + 1)),
        ("a", 2 / (RRF + 1)),
    ]


def test_scores_count_as_shares_of_a_sure_match() -> None:
    """Of what a sure match scores in the list, or of its best, if that is more; negative ones as
    none.
    """
    candidates = (Candidate("x", 2.0), Candidate("y", -1.0))
    by_best, by_scale = (fuse([(1.0, candidates)], score_scales=[s]) for s in (0.0, 4.0))
    assert [(c.id, c.score) for c in by_best] == [("x", 1.0), ("y", 0.0)]
    assert [(c.id, c.score) for c in by_scale] == [("x", 0.5), ("y", 0.0)]


def test_a_list_weighs_by_what_the_evidence_is() -> None:
    """fusion_weight is asked with the list's number and the candidate's modality."""
    lists = [(1.0, (Candidate("a", 1.0, "image"),)), (1.0, (Candidate("b", 1.0, "image"),))]
    fused = fuse(lists, lambda i, modality: 0.5 if (i, modality) == (0, "image") else 1.0)
    assert [c.id for c in fused] == ["b", "a"]


def test_the_first_of_all() -> None:
    """The first of all that are fused."""
    lists = [(1.0, (Candidate("b", 1.0), Candidate("a", 1.0))), (1.0, (Candidate("a", 1.0),))]
    assert fuse(lists, k=1) == fuse(lists)[:1]
    assert [(id, pytest.approx(score)) for score, id in rank_fusion(lists)] == [
        (c.id, c.score) for c in fuse(lists)
    ]


def test_equal_scores_keep_one_order() -> None:
    """The same question gives the same order: ties go by id."""
    tied = fuse([(1.0, (Candidate("b", 1.0),)), (1.0, (Candidate("a", 1.0),))])
    assert [c.id for c in tied] == ["a", "b"]
