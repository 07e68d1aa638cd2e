"""`polysense train modality`: a new modality in a space that is there already."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polysense.cli.common import FAILURE, SUCCESS, Command, print_result
from polysense.cli.training_arguments import (
    FOLDER,
    add_fit_arguments,
    add_output_arguments,
    pairs_of,
    side,
)
from polysense.cli.training_outcome import outcome, recall_lines, unwritten_line, written_lines

if TYPE_CHECKING:
    from polysense.train.modality.projector import Projection


def declare_modality(command: Command, recipes: Any) -> None:
    """Modality."""
    c = command(_modality, "modality", "teach a space a new modality, and nothing else", recipes)
    c.add_argument(
        "pairs",
        type=Path,
        nargs="+",
        metavar="PAIRS",
        help="tables or folders of pairs of the new modality with one that the space has: with "
        "words, with pictures",
    )
    c.add_argument(
        "--from", dest="source", required=True, metavar="ENCODER", help="of the new modality"
    )
    there = c.add_mutually_exclusive_group()
    there.add_argument(
        "--into", type=Path, metavar="FOLDER", help="a trained space, which gets one more tower"
    )
    there.add_argument(
        "--to", default="minilm", metavar="ENCODER", help="whose space stays (default minilm)"
    )
    c.add_argument("--columns", default="", metavar="A,B", help="the two columns of the tables")
    c.add_argument("--head", default="ridge", metavar="KIND", help="ridge, linear, low_rank or mlp")
    c.add_argument("--inner", type=int, default=256, metavar="N", help="width within a head")
    c.add_argument("--loss", default="multi_positive", metavar="NAME", help="see docs/training.md")
    add_fit_arguments(c, 1000, 128, 1e-3)
    add_output_arguments(c, f"that of --into, else {FOLDER}/NAME of the pairs")


def _modality(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.modality.projector import PROJECTOR, add_modality
    from polysense.train.run.fit import FitSettings

    progress = ProgressLine()
    fit = FitSettings(steps=args.steps, batch=args.batch, learning_rate=args.rate, seed=args.seed)
    folder = args.output or args.into or FOLDER / args.pairs[0].stem
    result = add_modality(
        [pairs_of(path, args.columns, progress) for path in args.pairs],
        side(args.source),
        side(f"aligned:model={args.into}" if args.into else args.to),
        folder,
        existing=args.into,
        settings=replace(PROJECTOR, head=args.head, inner=args.inner, loss=args.loss, fit=fit),
        anyway=args.anyway,
        progress=progress,
    )
    spec = f"aligned:model={folder}"
    values = {
        **outcome(result.card, folder, spec, is_written=result.is_written),
        "modality": result.modality,
        "card": str(result.card_folder),
    }
    print_result(args, values, _lines(result, folder, spec))
    return SUCCESS if result.is_written else FAILURE


def _lines(result: Projection, folder: Path, spec: str) -> Iterator[str]:
    figures = result.card.metrics
    yield f"{result.modality}, over {figures['over what']}: {result.gain}"
    yield from recall_lines(figures, 32)
    if result.is_written:
        yield from written_lines(folder, spec)
    else:
        yield unwritten_line(result.card_folder)
