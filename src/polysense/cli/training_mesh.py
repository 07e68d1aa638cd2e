"""`polysense train mesh`: a network over 3D models of one's own."""

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
    add_kinds_argument,
    add_output_arguments,
    show_left_out,
)
from polysense.cli.training_outcome import outcome, unwritten_line, written_lines

if TYPE_CHECKING:
    from polysense.train.mesh.network import MeshTraining


def declare_mesh(command: Command, recipes: Any) -> None:
    """Mesh."""
    c = command(_mesh, "mesh", "a network over 3D models, by models of known kinds", recipes)
    add_kinds_argument(c)
    c.add_argument(
        "--network",
        default="pointnet",
        choices=("pointnet", "graph_convolution"),
        help="over points of the surface, or vertices and edges (default pointnet)",
    )
    c.add_argument("--dim", type=int, default=128, metavar="N", help="numbers a vector")
    c.add_argument(
        "--any-way-up", action="store_true", help="models may lie in any direction, not only stand"
    )
    add_fit_arguments(c, 300, 24, 1e-3, "models")
    add_output_arguments(c, f"{FOLDER}/NAME of the folder")


def _mesh(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.data.labelled import labelled_files
    from polysense.train.mesh.network import SMALL, MeshSettings, train_mesh
    from polysense.train.run.fit import FitSettings

    progress = ProgressLine()
    pairs, left_out = labelled_files(args.labelled, "3d")
    show_left_out(left_out, progress)
    folder = args.output or FOLDER / args.labelled.resolve().name
    fit = FitSettings(
        steps=args.steps,
        batch=args.batch,
        learning_rate=args.rate,
        seed=args.seed,
        every=25,
        patience=4,
    )
    config = replace(SMALL[args.network], dim=args.dim)
    settings = MeshSettings(config, upright=not args.any_way_up, fit=fit)
    result = train_mesh(pairs, folder, settings=settings, anyway=args.anyway, progress=progress)
    spec = f"mesh:model={folder}"
    values = outcome(result.card, folder, spec, is_written=result.is_written)
    print_result(args, values, _lines(result, folder, spec))
    return SUCCESS if result.is_written else FAILURE


def _lines(result: MeshTraining, folder: Path, spec: str) -> Iterator[str]:
    figures = result.card.metrics
    yield f"kind by the first found, over shape: {result.gain}"
    for name in ("shape", "network"):
        own = figures[f"kind by {name}"]
        yield (
            f"  by {name:<10} recall@1 {own['recall@1']:.3f}, recall@10 "
            f"{own['recall@10']['value']:.3f}, mAP {own['mAP']:.3f}"
        )
    if result.is_written:
        yield from written_lines(folder, spec)
    else:
        yield unwritten_line(
            folder / "training", "the plain descriptor finds as much, within noise"
        )
