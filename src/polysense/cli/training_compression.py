"""The command that says vectors with fewer numbers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from polysense.cli.common import SUCCESS, Command, library, print_result
from polysense.cli.training_arguments import FOLDER, side


def declare_compress(command: Command, recipes: Any) -> None:
    """Train compress."""
    c = command(
        _compress,
        "compress",
        "a space with fewer numbers a vector, fitted on a library; shows what is lost",
        recipes,
    )
    c.add_argument("encoder", metavar="ENCODER", help="whose space, such as minilm or photo")
    c.add_argument("--to", dest="dim", type=int, default=128, metavar="N", help="numbers a vector")
    c.add_argument(
        "--method",
        default="pca",
        metavar="HOW",
        help="pca, autoencoder or matryoshka (default pca)",
    )
    c.add_argument("--seed", type=int, default=0, metavar="N")
    c.add_argument("-o", "--output", type=Path, metavar="FOLDER", help=f"default: in {FOLDER}")


def _compress(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.compress.compression import compress
    from polysense.train.compress.curve import curve_lines

    source = side(args.encoder)
    folder = args.output or FOLDER / f"{source.encoder.space.name}-{args.dim}"
    with library(args) as kb:
        result = compress(
            kb,
            source,
            args.dim,
            folder,
            method=args.method,
            seed=args.seed,
            progress=ProgressLine(),
        )
    spec = f"aligned:model={folder}"
    name = args.encoder.partition(":")[0]
    lines = [
        f"{source.encoder.space.name}: what is left of the first 10 of each ranking",
        *curve_lines(result.points),
        f"{args.method} to {args.dim} keeps {result.point.recall.value:.3f}; drawn in "
        f"{folder}/curve.svg.",
        "Nothing was replaced. To use it, in polysense.toml (vectors are made of those that are "
        "there):",
        f'  encoders = ["{spec}"]',
        f'then, where that is enough, without the other: encoders = ["-{name}", "{spec}"]',
    ]
    values = {"folder": str(folder), "encoder": spec, "metrics": result.card.metrics}
    print_result(args, values, lines)
    return SUCCESS
