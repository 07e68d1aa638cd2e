"""The loop: it goes on after being killed as if it had not been, and stops when nothing is gained."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import SILENT

from polysense.errors import ModelMismatch
from polysense.train.run.fit import FitSettings, History, fit

torch = pytest.importorskip("torch")

SETTINGS = FitSettings(steps=40, batch=8, every=5, learning_rate=1e-2, patience=100)


def run(state: Path, settings: FitSettings = SETTINGS, die_at: int = 0) -> tuple[History, object]:
    """A line through noisy points, with dropout so that chance has a part in it."""
    torch.manual_seed(0)
    x = torch.linspace(-1, 1, 64)[:, None]
    y = 3 * x + 1
    module = torch.nn.Sequential(
        torch.nn.Linear(1, 16), torch.nn.Dropout(0.1), torch.nn.Linear(16, 1)
    )
    steps = 0

    def loss_of(batch: np.ndarray) -> object:
        nonlocal steps
        steps += 1
        if die_at and steps == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return torch.nn.functional.mse_loss(module(x[batch]), y[batch])

    def score() -> float:
        return -float(torch.nn.functional.mse_loss(module(x), y))

    history = fit(module, loss_of, score, 64, settings, state, SILENT, identity="line")
    return history, module


def test_a_killed_run_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """kill -9 in the middle, then the same command: the same losses and scores to the last digit."""
    whole, module = run(tmp_path / "whole.pt")
    state = tmp_path / "state.pt"
    code = (
        "from pathlib import Path; from tests.train.run.test_fit import run;"
        f"run(Path({str(state)!r}), die_at=23)"
    )
    root = Path(__file__).parents[3]
    dead = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert dead.returncode == -signal.SIGKILL
    assert state.is_file()
    resumed, again = run(state)
    assert resumed.scores == whole.scores
    assert resumed.losses == whole.losses
    for a, b in zip(module.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


def test_it_stops_when_nothing_is_gained(tmp_path: Path) -> None:
    """Patience ends it before its steps do, and the best weights are kept."""
    history, _ = run(
        tmp_path / "s.pt", FitSettings(steps=2000, batch=8, every=5, patience=3, learning_rate=0.2)
    )
    assert history.ended < 2000
    assert history.best_score == max(s for _, s in history.scores)


def test_a_state_of_something_else_is_refused(tmp_path: Path) -> None:
    """Weights of other data would be taken for ours."""
    run(tmp_path / "s.pt")
    saved = torch.load(tmp_path / "s.pt", weights_only=True)
    torch.save({**saved, "identity": "other"}, tmp_path / "s.pt")
    with pytest.raises(ModelMismatch, match="unfinished training"):
        run(tmp_path / "s.pt")
