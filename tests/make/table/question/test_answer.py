"""From a question and evidence to a table with its query."""

from __future__ import annotations

from pathlib import Path

from tests.make.table.test_table_rows import evidence

from polysense.make.table.question.answer import (
    can_query,
    choose_source,
    plan_question,
    run_plan,
)
from polysense.types import Part


def answer(folder: Path, text: str, words: str) -> Part | None:
    """The answer to a question on a table of this text."""
    (folder / "t.csv").write_text(text)
    source = choose_source([evidence(folder / "t.csv")], words)
    assert source is not None
    planned = plan_question(source, words)
    result = run_plan(source, *planned) if planned else None
    return result.part() if result else None


def test_what_can_be_queried(tmp_path: Path) -> None:
    """Words, and a table that is all there."""
    assert choose_source([], "total revenue") is None
    (tmp_path / "a.csv").write_text("Name,Sum\nAnn,1\n")
    (tmp_path / "b.csv").write_text("Name,Sum\n" + "Ann,1\n" * 10_001)
    small, cut = (choose_source([evidence(tmp_path / f"{n}.csv")], "sum") for n in "ab")
    assert small is not None
    assert cut is not None
    assert can_query(small, "sum")
    assert not can_query(small, " ")
    assert not can_query(cut, "sum")


def test_cells_without_a_number_are_told(tmp_path: Path) -> None:
    """The sum is of the others, and says so."""
    part = answer(tmp_path, "Name,Goals\nAnn,1\nBob,-\nCid,2\n", "total goals")
    assert part is not None
    assert part.meta["answer"] == ["3"]
    assert part.meta["note"] == "1 of 3 cells of Goals hold no number and were left out."
    assert part.meta["how"] == "sum"


def test_many_who_share_the_first_place_are_no_answer(tmp_path: Path) -> None:
    """Two are."""
    question = "which player has the most goals"
    tied = "Player,Goals\n" + "".join(f"P{chr(65 + n)}x,9\n" for n in range(7)) + "Zed,1\n"
    assert answer(tmp_path, tied, question) is None
    two = answer(tmp_path, "Player,Goals\nAnn,9\nBob,9\nCid,1\n", question)
    assert two is not None
    assert two.meta["answer"] == ["Ann", "Bob"]
