"""A training loop that shows how far it is, stops early, and goes on where it was killed."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import ModelMismatch
from polysense.ingest.progress import Progress
from polysense.train.heads.network import require_torch


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How long and how fast. Steps are batches; the score on the validation pairs is taken every
    `every` of them, and `patience` times without a better one end it. Judged.
    """

    steps: int = 2000
    batch: int = 256
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    every: int = 50
    patience: int = 6
    seed: int = 0


@dataclass
class History:
    """What a fit was like: (step, loss) and (step, score), the best step of those, and the step at
    which it ended.
    """

    losses: list[tuple[int, float]] = field(default_factory=list)
    scores: list[tuple[int, float]] = field(default_factory=list)
    best_step: int = 0
    best_score: float = -np.inf
    ended: int = 0

    def add_score(self, step: int, score: float) -> bool:
        """Whether it is the best so far."""
        self.scores.append((step, score))
        if score <= self.best_score:
            return False
        self.best_step, self.best_score = step, score
        return True


def fit(
    module: Any,
    loss_of: Callable[[NDArray[np.int64]], Any],
    score: Callable[[], float],
    count: int,
    settings: FitSettings,
    state: Path,
    progress: Progress,
    extra: Sequence[Any] = (),
    identity: str = "",
) -> History:
    """Train a torch module, which is left with the weights of its best score.

    loss_of gives the loss of a batch of indices below `count`, score how good the module is now on
    what it is not trained on: more is better. extra are parameters that are learned with it. state
    is the file that a killed run goes on from; identity tells which data and settings it is of.
    Batches depend on seed and step alone, so that a run that was killed ends as one that was not.
    Raises ModelMismatch where the state is of another training.
    """
    torch = require_torch("training")
    parameters = [p for p in module.parameters() if p.requires_grad] + list(extra)
    optimiser = torch.optim.AdamW(
        parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    history, best, at = History(), copy.deepcopy(module.state_dict()), 0
    if saved := _read(torch, state, identity):
        module.load_state_dict(saved["module"])
        optimiser.load_state_dict(saved["optimiser"])
        with torch.no_grad():
            for parameter, value in zip(extra, saved["extra"], strict=True):
                parameter.copy_(value)
        history, best, at = History(**saved["history"]), saved["best"], saved["step"]
    while at < settings.steps and not _is_stale(history, settings):
        at += 1
        module.train()
        torch.manual_seed(settings.seed * 1_000_003 + at)  # dropout, as the batch, by the step
        for group in optimiser.param_groups:
            group["lr"] = settings.learning_rate * _rate(at, settings)
        loss = loss_of(_batch(count, at, settings))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        history.losses.append((at, float(loss.detach())))
        if at % settings.every == 0 or at == settings.steps:
            module.eval()
            with torch.no_grad():
                if history.add_score(at, score()):
                    best = copy.deepcopy(module.state_dict())
            history.ended = at
            values = {
                "identity": identity,
                "module": module.state_dict(),
                "optimiser": optimiser.state_dict(),
                "extra": [p.detach() for p in extra],
                "best": best,
                "step": at,
                "history": vars(history),
            }
            _write(torch, state, values)
            detail = f"loss {history.losses[-1][1]:.3f}, held out {history.scores[-1][1]:.3f}"
            progress.step("training", at, settings.steps, detail)
    module.load_state_dict(best)
    module.eval()
    return history


def _is_stale(history: History, settings: FitSettings) -> bool:
    if not history.scores:
        return False
    return history.scores[-1][0] - history.best_step >= settings.patience * settings.every


def _rate(step: int, settings: FitSettings) -> float:
    """The share of the learning rate: rising, then falling to nothing along a cosine."""
    warm = max(1, round(settings.steps * settings.warm_up))
    if step <= warm:
        return step / warm
    done = (step - warm) / max(settings.steps - warm, 1)
    return float(0.5 * (1 + np.cos(np.pi * done)))


def _batch(count: int, step: int, settings: FitSettings) -> NDArray[np.int64]:
    """The indices of a step: each pass over all is in an order of its own."""
    size = min(settings.batch, count)
    per_pass = max(1, count // size)
    turn, place = divmod(step - 1, per_pass)
    order = np.random.default_rng((settings.seed, turn)).permutation(count)
    return np.asarray(order[place * size : (place + 1) * size], np.int64)


def _read(torch: Any, path: Path, identity: str) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    saved: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    if saved["identity"] != identity:
        raise ModelMismatch(
            f"{path.parent} holds an unfinished training of other pairs or settings",
            "Give another folder with -o, or remove that one.",
        )
    return saved


def _write(torch: Any, path: Path, values: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    torch.save(dict(values), scratch)
    scratch.replace(path)
