"""What commands that teach have in common: where trainings lie, encoders by their specs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polysense.train.align.settings import Side

FOLDER = Path("polysense-train")
"""Where trainings lie unless -o names a folder."""


def side(spec: str) -> Side:
    """The encoder of a spec. Raises BadConfig."""
    from polysense import registry
    from polysense.train.align.settings import Side

    return Side(spec, registry.load("encoders", spec))
