"""The card of a training: what it was made of, how it went, and what came of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.train.run.plot import draw_history

FILE, PLOT = "card.json", "losses.svg"

NOTHING_GAINED = "not written: nothing was gained beyond noise"
"""The note of a training whose product is no better than what was there before."""

_PACKAGES = ("polysense", "numpy", "torch", "transformers", "sentence-transformers", "peft")


@dataclass(frozen=True, slots=True)
class Card:
    """kind is what was trained ("align"); data tells of what (a hash, counts, the split); settings
    how; losses and scores are (step, value); metrics what was measured on what was held out;
    seconds, hardware and versions what it took; notes what a reader has to know besides.
    """

    kind: str
    name: str
    data: Mapping[str, Any]
    settings: Mapping[str, Any]
    metrics: Mapping[str, Any]
    seconds: float
    losses: Sequence[tuple[int, float]] = ()
    scores: Sequence[tuple[int, float]] = ()
    best_step: int = 0
    notes: Sequence[str] = ()
    hardware: Mapping[str, Any] = field(default_factory=lambda: hardware())
    versions: Mapping[str, str] = field(default_factory=lambda: versions())

    def write(self, folder: Path) -> None:
        """As card.json, whole or not at all; where there are losses they are drawn beside it."""
        if self.losses:
            draw_history(folder / PLOT, self.name, self.losses, self.scores, self.best_step)
        scratch = folder / f"{FILE}.{os.getpid()}"
        scratch.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), "utf-8")
        scratch.replace(folder / FILE)


def read_card(folder: Path) -> Card:
    """The card in a folder of a training. Raises NotFound, BadQuery."""
    try:
        values = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError as e:
        hint = "Name a folder that `polysense train` has written."
        raise NotFound(f"{folder} holds no finished training: there is no {FILE}", hint) from e
    except (OSError, ValueError) as e:
        raise BadQuery(f"{folder / FILE} cannot be read: {e}", "Train it again.") from e
    try:
        return Card(**values)
    except TypeError as e:
        raise BadQuery(f"{folder / FILE} is no card: {e}", "Train it again.") from e


def hardware() -> dict[str, Any]:
    """What it runs on: the machine, its cores, the device of torch where it is loaded."""
    import sys

    torch = sys.modules.get("torch")
    device = "cpu"
    if torch is not None and torch.cuda.is_available():
        device = str(torch.cuda.get_device_name(0))
    return {"machine": platform.machine(), "cores": os.cpu_count(), "device": device}


def versions() -> dict[str, str]:
    """Of the packages that decide what comes out, those that are installed."""
    names_to_versions: dict[str, str] = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            names_to_versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return names_to_versions
