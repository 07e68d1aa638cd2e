"""Tuning gains where the default is wrong, and says so where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import SILENT

from polysense import Library, kit
from polysense.errors import BadQuery
from polysense.evaluate.question_file import JudgedPlace, JudgedQuery
from polysense.retrieve.parse import parse
from polysense.train.tune import candidates, tune, tuning_lines

NO_ENCODERS = ["-minilm", "-photo", "-conse", "-sound", "-speaker", "-shape", "-use"]


def test_candidates_are_retrievers_and_the_default_is_first() -> None:
    """Each parses to what it says; arms may go, depths may shrink; none stands twice."""
    default = "blend(bm25 % 200 + 1.2 * feedback('minilm') % 200 + conse % 200) >> verbatim"
    texts = candidates(default, 30, seed=1)
    assert texts[0] == default
    assert len(texts) == len(set(texts)) == 30
    assert all(repr(parse(t)) == t for t in texts)
    assert any("conse" not in t for t in texts)
    assert any("% 50" in t for t in texts)


def test_the_default_stays_where_it_is_not_beaten(tmp_path: Path) -> None:
    """One arm, by which everything is found: no gain, and words that say so."""
    folder = tmp_path / "files"
    folder.mkdir()
    names = [f"place{i}" for i in range(24)]
    for name in names:
        (folder / f"{name}.txt").write_text(f"The ferry stops at {name} on Sundays.")
    queries = [
        JudgedQuery(
            str(i), f"When does the ferry stop at {n}?", relevant=(JudgedPlace(f"{n}.txt"),)
        )
        for i, n in enumerate(names)
    ]
    with Library(tmp_path / "kb", kit=kit(encoders=NO_ENCODERS)) as kb:
        kb.index(folder)
        (tuning,) = tune(kb, queries, most=4, progress=SILENT)
        with pytest.raises(BadQuery, match="no 20 get the same retriever"):
            tune(kb, queries[:5], progress=SILENT)
    assert not tuning.is_better
    assert tuning.before.value == pytest.approx(1.0)
    assert "not beaten" in tuning_lines([tuning])[-1]


def test_a_choice_is_judged_on_other_queries() -> None:
    """A candidate that is best by chance alone gains nothing; one that is better everywhere does."""
    from polysense.train.tune import _chosen_by_others

    draw = np.random.default_rng(0)
    noise = draw.random((20, 60))
    selection = _chosen_by_others(noise, 0)
    assert abs(noise[selection, np.arange(60)].mean() - 0.5) < 0.12
    better = np.vstack([noise[0], noise[0] + 0.2])
    assert (_chosen_by_others(better, 0) == 1).all()
