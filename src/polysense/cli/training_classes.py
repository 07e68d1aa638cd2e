"""`polysense train classes`: words for things of known kinds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polysense.cli.common import FAILURE, SUCCESS, Command, print_result
from polysense.cli.training_arguments import (
    FOLDER,
    add_kinds_argument,
    add_output_arguments,
    show_left_out,
    side,
)
from polysense.cli.training_outcome import outcome, unwritten_line, written_lines

if TYPE_CHECKING:
    from polysense.train.classes.words import Words


def declare_classes(command: Command, recipes: Any) -> None:
    """Classes."""
    c = command(
        _classes, "classes", "words for sounds, models and the like, by folders of kinds", recipes
    )
    add_kinds_argument(c)
    c.add_argument(
        "--from", dest="source", required=True, metavar="ENCODER", help="such as sound, shape"
    )
    c.add_argument("--to", default="minilm", metavar="ENCODER", help="of words (default minilm)")
    add_output_arguments(c, f"{FOLDER}/NAME of the folder")


def _classes(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.classes.words import teach_words
    from polysense.train.data.labelled import labelled_files

    progress = ProgressLine()
    source = side(args.source)
    modality = sorted(source.encoder.accepts)[0]
    pairs, left_out = labelled_files(args.labelled, modality)
    show_left_out(left_out, progress)
    folder = args.output or FOLDER / args.labelled.resolve().name
    result = teach_words(
        pairs,
        modality,
        source,
        side(args.to),
        folder,
        seed=args.seed,
        anyway=args.anyway,
        progress=progress,
    )
    spec = f"aligned:model={folder}"
    values = {
        **outcome(result.card, folder, spec, is_written=result.is_written),
        "kinds": list(result.kinds),
    }
    print_result(args, values, _lines(result, folder, spec))
    return SUCCESS if result.is_written else FAILURE


def _lines(result: Words, folder: Path, spec: str) -> Iterator[str]:
    figures = result.card.metrics
    yield f"{len(result.kinds)} kinds: {', '.join(result.kinds)}"
    yield f"words -> things, over chance: {result.gain}"
    yield (
        f"mAP {figures['mAP of the kinds']:.3f} (by chance {figures['mAP by chance']:.3f}), told "
        f"right {figures['told right']:.3f}"
    )
    if result.is_written:
        yield from written_lines(folder, spec)
    else:
        yield unwritten_line(folder / "training", "it is no better than chance beyond noise")
