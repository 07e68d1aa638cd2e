"""What commands that teach have in common: where trainings lie, pairs, encoders by their
specs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polysense.ingest.progress import Progress
    from polysense.train.align.settings import Side
    from polysense.train.data.pairs import Pair

FOLDER = Path("polysense-train")
"""Where trainings lie unless -o names a folder."""


_MOST_NOTES = 5


def pairs_of(path: Path, columns: str, progress: Progress) -> Sequence[Pair]:
    """The pairs of a table, or of a folder of files with words beside them; what is left out is
    told. Raises NotFound, BadQuery.
    """
    from polysense.train.data.pairs import read_pairs
    from polysense.train.data.sidecars import pairs_of_folder

    names = [n.strip() for n in columns.split(",") if n.strip()]
    pairs, left_out = pairs_of_folder(path) if path.is_dir() else read_pairs(path, names)
    show_left_out(left_out, progress)
    return pairs


def show_left_out(lines: Sequence[str], progress: Progress) -> None:
    """The first few of what could not be used, and how many more there are."""
    for line in lines[:_MOST_NOTES]:
        progress.note(line)
    if len(lines) > _MOST_NOTES:
        progress.note(f"... and {len(lines) - _MOST_NOTES} more are left out")


def side(spec: str) -> Side:
    """The encoder of a spec. Raises BadConfig."""
    from polysense import registry
    from polysense.train.align.settings import Side

    return Side(spec, registry.load("encoders", spec))
