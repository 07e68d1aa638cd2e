"""The grid's figures are means of what was measured, and its page shows them."""

from __future__ import annotations

from pathlib import Path

from polysense import Library, kit
from polysense.evaluate.cases import Case, cases
from polysense.evaluate.grid import Cell, Trial, measure, report, summary
from polysense.types import Asset, Part

ASSET = Asset("1", "/kb/log.txt", "text/plain", "text", 1)
CASE = Case("text", (Part("text", "how high?"),), ASSET, frozenset({"1"}))


def trial(good: bool, seconds: float = 1.0, why: str = "") -> Trial:
    return Trial(CASE, "image", good, good, 0.5, "composed", False, "bm25 → page", seconds, why)


def test_a_cell_is_lit_by_four_of_five() -> None:
    """Sound and grounded in the same cases; what failed says why."""
    lit = Cell(
        "text",
        "image",
        (*[trial(True, s) for s in (1.0, 9.0, 2.0, 3.0)], trial(False, 5.0, "it is blank")),
    )
    assert (lit.lit, lit.valid, lit.seconds, lit.why) == (True, 0.8, 3.0, "")
    dark = Cell("text", "image", (trial(True), trial(False, why="it is blank")))
    assert (dark.lit, dark.grounded, dark.why) == (False, 0.5, "it is blank")
    assert not Cell("text", "image", ()).lit
    assert summary([lit, dark]) == {
        "cells": 2,
        "lit": 1,
        "valid": 0.65,
        "grounded": 0.65,
        "faithful": 0.5,
    }


def test_the_page_shows_every_cell() -> None:
    """A row for each input, a column for each output, and how each was reached."""
    page = report([Cell("text", "image", (trial(True),)), Cell("text", "video", ())], "Two cells.")
    assert "| **text** | 1.00 · 0.50 · 1.0 s | ✗ 0.00 · 0.00 · 0.0 s |" in page
    assert (
        "| text | image | bm25 → page | bridged | composed | 1.00 | 1.00 | 0.50 | 1.0 |  |" in page
    )
    assert (
        "| text | video |  |  |  | 0.00 | 0.00 | 0.00 | 0.0 | there is no file to ask with |"
        in page
    )


def test_a_library_is_measured(tmp_path: Path) -> None:
    """Words are answered with the right file's words; a modality that nothing makes is no crash,
    but a reason.
    """
    (tmp_path / "log.txt").write_text(
        "The keeper of the lighthouse wrote every evening how high the water stood at the quay and which ships passed."
    )
    (tmp_path / "mill.txt").write_text(
        "The miller opened the sluice when the pond was full, and ground until the wheel slowed and the stones ran dry again."
    )
    plain = kit(encoders=["-minilm", "-conse", "-photo", "-shape", "-sound", "-speaker"])
    trials: list[Trial] = []
    with Library(tmp_path / "kb", kit=plain) as kb:
        kb.index(tmp_path)
        cells = measure(kb, plain, cases(kb, 2), ["text", "smell"], trials.append)
    assert [(c.input, c.output, c.lit) for c in cells] == [
        ("text", "text", True),
        ("text", "smell", False),
    ]
    assert cells[0].faithful == 1.0
    assert cells[1].why == "nothing here answers in smell"
    assert len(trials) == 4
