"""`polysense train joint`: both sides of an encoder at once."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
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
from polysense.cli.training_outcome import outcome, unwritten_line, written_lines

if TYPE_CHECKING:
    from polysense.train.joint.tuning import Tuning

_COPIES = {"text": "minilm", "image": "photo"}
"""By which near copies of what is found are known: they need no weights of the user's."""


def declare_joint(command: Command, recipes: Any) -> None:
    """Joint."""
    c = command(
        _joint, "joint", "tune both sides of text:model= or clip:model= on your pairs", recipes
    )
    c.add_argument(
        "pairs",
        type=Path,
        metavar="PAIRS",
        help="a csv, tsv or JSON-lines file with two columns: question,passage or image,text",
    )
    c.add_argument(
        "--model",
        required=True,
        metavar="ENCODER",
        help="what is tuned: text:model=FOLDER, clip:model=FOLDER",
    )
    c.add_argument("--columns", default="", metavar="A,B", help="the two columns of the table")
    c.add_argument("--way", default="lora", metavar="HOW", help="lora or full (default lora)")
    c.add_argument("--rank", type=int, default=16, metavar="N", help="of LoRA (default 16)")
    c.add_argument(
        "--mini", type=int, default=16, metavar="N", help="pairs at once in memory (default 16)"
    )
    # no rate: 2e-4 for LoRA, 2e-5 for all
    add_fit_arguments(c, 300, 64, None)
    add_output_arguments(c, f"{FOLDER}/NAME of the pairs")


def _joint(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.data.pairs import modalities_of
    from polysense.train.joint.model import roles_of
    from polysense.train.joint.tuning import JointSettings, tune
    from polysense.train.run.fit import FitSettings

    progress = ProgressLine()
    pairs = pairs_of(args.pairs, args.columns, progress)
    modalities = modalities_of(pairs)
    copies = _COPIES.get(modalities[roles_of(modalities)[1]])
    rate = args.rate or (2e-5 if args.way == "full" else 2e-4)
    fit = FitSettings(
        steps=args.steps,
        batch=args.batch,
        learning_rate=rate,
        weight_decay=0.0,
        every=25,
        patience=4,
        seed=args.seed,
    )
    folder = args.output or FOLDER / args.pairs.stem
    result = tune(
        pairs,
        side(args.model),
        folder,
        copies=side(copies) if copies else None,
        settings=JointSettings(args.way, args.rank, args.mini, fit),
        anyway=args.anyway,
        progress=progress,
    )
    spec = f"{args.model.partition(':')[0]}:model={folder}"
    values = outcome(result.card, folder, spec, is_written=result.is_written)
    print_result(args, values, _lines(result, folder, spec))
    return SUCCESS if result.is_written else FAILURE


def _lines(result: Tuning, folder: Path, spec: str) -> Iterator[str]:
    yield f"over {result.card.metrics['over what']}: {result.gain}"
    if result.is_written:
        yield from written_lines(folder, spec)
    else:
        yield unwritten_line(folder / "training")
