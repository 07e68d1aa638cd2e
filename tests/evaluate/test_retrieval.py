"""Rankings against judged queries."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from polysense.evaluate.figures import measure
from polysense.evaluate.question_file import JudgedPlace, JudgedQuery
from polysense.evaluate.retrieval import FIGURES, judge, page, result, search_all
from polysense.library import Library
from polysense.registry import Kit
from polysense.span import Span
from polysense.types import Asset, Chunk, Hit


def hit(name: str, page_number: int) -> Hit:
    asset = Asset(name, f"/files/{name}", "application/pdf", "text", 1)
    return Hit(Chunk(asset, Span(page=page_number), "text", text="x"), 1.0)


def query(*relevant: JudgedPlace) -> JudgedQuery:
    return JudgedQuery("q", "what?", relevant)


def test_places_are_told_apart() -> None:
    """The right file at a wrong page is no hit; the second page found is at its rank."""
    judged = query(JudgedPlace("a.pdf", Span(page=2)), JudgedPlace("b.pdf", Span(page=7)))
    outcome = judge(judged, [hit("a.pdf", 1), hit("a.pdf", 2), hit("b.pdf", 7)])
    assert dict(outcome.ranks) == {"a.pdf, p. 2": 2, "b.pdf, p. 7": 3}
    assert (outcome.recall_1, outcome.recall_5, outcome.mrr) == (0.0, 1.0, 0.5)
    assert outcome.fault == "the first relevant one is at rank 2"


def test_a_place_counts_once() -> None:
    """Three hits on the page that is looked for are one page for the reader, and push down nothing
    else.
    """
    both = query(JudgedPlace("a.pdf"), JudgedPlace("b.pdf"))
    outcome = judge(both, [hit("a.pdf", 1), hit("a.pdf", 2), hit("a.pdf", 3), hit("b.pdf", 1)])
    assert dict(outcome.ranks) == {"a.pdf": 1, "b.pdf": 2}
    assert (outcome.ndcg, outcome.recall_1, outcome.recall_10) == (1.0, 0.5, 1.0)
    assert outcome.fault == ""


def test_grades_decide_what_should_be_first() -> None:
    """By the definition of nDCG with linear gains."""
    graded = query(JudgedPlace("a.pdf"), JudgedPlace("b.pdf", grade=3.0))
    outcome = judge(graded, [hit("a.pdf", 1), hit("b.pdf", 1)])
    ideal = 3 + 1 / math.log2(3)
    assert outcome.ndcg == pytest.approx((1 + 3 / math.log2(3)) / ideal)


def test_a_name_is_no_end_of_another_name() -> None:
    """ "a.pdf" is not data.pdf; a folder may be named to tell two files apart."""
    outcome = judge(query(JudgedPlace("a.pdf")), [hit("data.pdf", 1)])
    assert outcome.mrr == 0.0
    assert outcome.fault == "not among the first 10: a.pdf"
    assert judge(query(JudgedPlace("files/a.pdf")), [hit("a.pdf", 1)]).mrr == 1.0


def test_a_real_library(tmp_path: Path, notes: Path, bare: Kit) -> None:
    """By pair of modalities and language; what is not in the library is said, since no retriever
    can find it; a query that fails is told and stops nothing.
    """
    queries = [
        JudgedQuery("moon", "high water and moon", (JudgedPlace("moon.txt"),), lang="en"),
        JudgedQuery("line", "paddles of the wheel", (JudgedPlace("mill.txt", Span(lines=(1, 1))),)),
        JudgedQuery("gone", "the bell", (JudgedPlace("bronze.txt"),), lang="en"),
        JudgedQuery("bad", "the bell", (JudgedPlace("deep/bell.txt"),), where="nonsense = 1"),
        JudgedQuery("file", "", (JudgedPlace("bell.txt"),), (notes / "moon.txt",)),
    ]
    with Library(tmp_path / "kb", kit=bare) as kb:
        kb.index(notes)
        outcomes = search_all(kb, queries)
    moon, line, absent, bad, own = outcomes
    assert (moon.ndcg, moon.pair, moon.fault) == (1.0, "text -> text", "")
    assert (line.mrr, line.recall_1) == (1.0, 1.0)
    assert absent.fault == "not in the library: bronze.txt"
    assert bad.fault.startswith("failed: ")
    assert not any("moon.txt" in h for h in own.hits)  # a query's own file is no hit
    assert measure(FIGURES, outcomes)["ndcg"].n == 5
    raw = result(outcomes)
    assert raw["kind"] == "retrieval"
    assert raw["figures"]["lang en"]["mrr"]["value"] == 0.5
    text = page(outcomes)
    assert "**the bell** not in the library: bronze.txt." in text
    assert "high water" not in text
