"""Commands that teach: align, tune, compare, and those of the files beside this one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from polysense.cli.common import FAILURE, SUCCESS, Command, library, print_result
from polysense.cli.training_arguments import (
    FOLDER,
    add_fit_arguments,
    add_output_arguments,
    pairs_of,
    side,
)
from polysense.cli.training_classes import declare_classes
from polysense.cli.training_compression import declare_compress
from polysense.cli.training_generator import declare_generator
from polysense.cli.training_joint import declare_joint
from polysense.cli.training_language import declare_language
from polysense.cli.training_mesh import declare_mesh
from polysense.cli.training_modality import declare_modality
from polysense.cli.training_outcome import outcome, recall_lines, unwritten_line, written_lines

if TYPE_CHECKING:
    from polysense.train.align.alignment import Alignment
    from polysense.train.data.pairs import Pair


def declare_train(command: Command) -> None:
    """Train, and what it trains (training_compression: with fewer numbers)."""
    c = command(None, "train", "teach spaces, and models that answer; compare what came of it")
    recipes = c.add_subparsers(
        dest="recipe",
        metavar="WHAT",
        required=True,
        help="align, modality, classes, language, joint, mesh, compress, generator, tune, compare",
    )
    c = command(
        _align, "align", "bring one encoder's vectors into the space of another one", recipes
    )
    c.add_argument(
        "pairs",
        nargs="?",
        type=Path,
        metavar="PAIRS",
        help="a csv, tsv or JSON-lines file with two columns, such as image,text; or a folder of "
        "files with words beside them",
    )
    c.add_argument(
        "--mine",
        default="",
        metavar="MODALITY",
        help="in place of PAIRS: things of the library (-l) with the words it has about them",
    )
    c.add_argument("--from", dest="source", required=True, metavar="ENCODER", help="such as photo")
    c.add_argument(
        "--to", default="minilm", metavar="ENCODER", help="whose space stays (default minilm)"
    )
    c.add_argument(
        "--before",
        default="conse",
        metavar="ENCODER",
        help="an encoder of both, over which the gain is measured; - is none (default conse)",
    )
    c.add_argument(
        "--also", type=Path, action="append", default=[], metavar="PAIRS", help="try them here too"
    )
    c.add_argument("--columns", default="", metavar="A,B", help="the two columns of the table")
    c.add_argument(
        "--head", default="linear", metavar="KIND", help="ridge, linear, low_rank or mlp"
    )
    c.add_argument("--inner", type=int, default=256, metavar="N", help="width within a head")
    c.add_argument("--loss", default="info_nce", metavar="NAME", help="see docs/training.md")
    c.add_argument(
        "--negatives", type=int, default=0, metavar="N", help="hard negatives for each pair"
    )
    c.add_argument(
        "--copies", type=int, default=0, metavar="N", help="varied copies of each pair to train on"
    )
    c.add_argument(
        "--closing", default="auto", metavar="HOW", help="of the gap: none, centre, whiten, auto"
    )
    c.add_argument(
        "--both", action="store_true", help="index the words too, so that either finds either"
    )
    add_fit_arguments(c, 2000, 256, 1e-3)
    add_output_arguments(c, f"{FOLDER}/NAME of the pairs")
    declare_modality(command, recipes)
    declare_classes(command, recipes)
    declare_language(command, recipes)
    declare_joint(command, recipes)
    declare_mesh(command, recipes)
    declare_compress(command, recipes)
    declare_generator(command, recipes)
    c = command(_tune, "tune", "find fusion weights and depths on judged queries", recipes)
    c.add_argument(
        "queries",
        metavar="FILE",
        type=Path,
        help='as for `eval retrieval`: {"query": "...", "relevant": [{"file": "..."}]}',
    )
    c.add_argument(
        "--most", type=int, default=24, metavar="N", help="retrievers to try (default 24)"
    )
    c.add_argument("--seed", type=int, default=0, metavar="N")
    c = command(_compare, "compare", "set two trainings side by side", recipes)
    c.add_argument("earlier", type=Path, metavar="FOLDER")
    c.add_argument("later", type=Path, metavar="FOLDER")


def _align(args: argparse.Namespace) -> int:
    from polysense.errors import BadQuery
    from polysense.ingest.progress import ProgressLine
    from polysense.train.align.alignment import align
    from polysense.train.align.settings import AlignSettings
    from polysense.train.data.mine.library import mine_pairs
    from polysense.train.run.fit import FitSettings

    progress = ProgressLine()
    if bool(args.pairs) == bool(args.mine):
        raise BadQuery("name a table of pairs, or --mine", "polysense train align pairs.csv ...")
    if args.mine:
        with library(args) as kb:
            pairs: Sequence[Pair] = mine_pairs(kb, args.mine)
    else:
        pairs = pairs_of(args.pairs, args.columns, progress)
    settings = AlignSettings(
        head=args.head,
        inner=args.inner,
        loss=args.loss,
        negatives=args.negatives,
        closing=args.closing,
        both=args.both,
        copies=args.copies,
        fit=FitSettings(
            steps=args.steps, batch=args.batch, learning_rate=args.rate, seed=args.seed
        ),
    )
    folder = args.output or FOLDER / (args.mine or args.pairs.stem)
    result = align(
        pairs,
        side(args.source),
        side(args.to),
        folder,
        before=None if args.before == "-" else side(args.before),
        also={p.stem: pairs_of(p, args.columns, progress) for p in args.also},
        settings=settings,
        anyway=args.anyway,
        progress=progress,
    )
    spec = f"aligned:model={folder}"
    values = outcome(result.card, folder, spec, is_written=result.is_written)
    print_result(args, values, _lines(result, folder, spec))
    return SUCCESS if result.is_written else FAILURE


def _lines(result: Alignment, folder: Path, spec: str) -> Iterator[str]:
    figures = result.card.metrics
    yield f"over {figures['over what']}: {result.gain}"
    yield from recall_lines(figures, 24)
    gap = figures["gap"]
    for name in ("before", "after"):
        pool = gap[name]["mixed pool"]["recall@10"]["value"]
        distance = gap[name]["distance of means"]
        yield f"  gap {name:<20} {distance:.3f}, mixed pool recall@10 {pool:.3f}"
    if result.is_written:
        yield from written_lines(folder, spec)
    else:
        yield unwritten_line(folder / "training")


def _tune(args: argparse.Namespace) -> int:
    from polysense.evaluate.question_file import read_queries
    from polysense.ingest.progress import ProgressLine
    from polysense.train.tune import tune, tuning_json, tuning_lines

    queries = read_queries(args.queries)
    with library(args) as kb:
        tunings = tune(kb, queries, most=args.most, seed=args.seed, progress=ProgressLine())
    print_result(args, {"tunings": tuning_json(tunings)}, tuning_lines(tunings))
    return SUCCESS


def _compare(args: argparse.Namespace) -> int:
    from polysense.train.run.card import read_card
    from polysense.train.run.compare import compare_cards, comparison_lines

    result = compare_cards(read_card(args.earlier), read_card(args.later))
    print_result(args, result, comparison_lines(result))
    return SUCCESS
