"""What commands that teach have in common: where trainings lie, arguments, pairs, encoders by
their specs.
"""

from __future__ import annotations

import argparse
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


def add_kinds_argument(c: argparse.ArgumentParser) -> None:
    """The folder of things of known kinds."""
    c.add_argument(
        "labelled",
        type=Path,
        metavar="FOLDER",
        help='a folder for each kind ("rain/1.wav"), or files named after theirs ("chair_01.glb")',
    )


def add_fit_arguments(
    c: argparse.ArgumentParser, steps: int, batch: int, rate: float | None, things: str = "pairs"
) -> None:
    """How long and how fast, with these defaults; no rate is the recipe's own."""
    c.add_argument(
        "--steps", type=int, default=steps, metavar="N", help=f"at most (default {steps})"
    )
    c.add_argument("--batch", type=int, default=batch, metavar="N", help=f"{things} a step")
    words = "" if rate else " (default: as the recipe wants it)"
    c.add_argument("--rate", type=float, default=rate, metavar="R", help=f"learning rate{words}")


def add_output_arguments(c: argparse.ArgumentParser, default: str) -> None:
    """The seed, whether what gains nothing is written, and where."""
    c.add_argument("--seed", type=int, default=0, metavar="N", help="of split, batches and weights")
    c.add_argument("--anyway", action="store_true", help="write it even where nothing is gained")
    c.add_argument("-o", "--output", type=Path, metavar="FOLDER", help=f"default: {default}")


def side(spec: str) -> Side:
    """The encoder of a spec. Raises BadConfig."""
    from polysense import registry
    from polysense.train.align.settings import Side

    return Side(spec, registry.load("encoders", spec))
