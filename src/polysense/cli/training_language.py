"""`polysense train language`: questions of another language for a space of words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polysense.cli.common import FAILURE, SUCCESS, Command, print_result
from polysense.cli.training_arguments import FOLDER, add_output_arguments, pairs_of, side
from polysense.cli.training_outcome import outcome, recall_lines, unwritten_line, written_lines

if TYPE_CHECKING:
    from polysense.train.language.bridge import Bridge


def declare_language(command: Command, recipes: Any) -> None:
    """Language."""
    c = command(
        _language, "language", "bring questions of a language to passages of another one", recipes
    )
    c.add_argument(
        "pairs",
        type=Path,
        metavar="PAIRS",
        help="a csv, tsv or JSON-lines file: a question, and the passage that answers it or the "
        "same question in a language of the encoder's",
    )
    c.add_argument(
        "--from",
        dest="source",
        default="minilm",
        metavar="ENCODER",
        help="over whose questions (default minilm)",
    )
    c.add_argument(
        "--language", default="", metavar="CODE", help="of the questions (default: as they read)"
    )
    c.add_argument("--columns", default="", metavar="A,B", help="the two columns of the table")
    add_output_arguments(c, f"{FOLDER}/NAME of the pairs; a space that is there gets one more head")


def _language(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.language.bridge import bridge_language

    progress = ProgressLine()
    folder = args.output or FOLDER / args.pairs.stem
    result = bridge_language(
        pairs_of(args.pairs, args.columns, progress),
        side(args.source),
        folder,
        language=args.language,
        seed=args.seed,
        anyway=args.anyway,
        progress=progress,
    )
    spec = f"aligned:model={folder}"
    values = {
        **outcome(result.card, folder, spec, is_written=result.is_written),
        "language": result.language,
        "card": str(result.card_folder),
    }
    print_result(args, values, _lines(result, folder, spec))
    return SUCCESS if result.is_written else FAILURE


def _lines(result: Bridge, folder: Path, spec: str) -> Iterator[str]:
    figures = result.card.metrics
    yield f"{result.language}, over {figures['over what']}: {result.gain}"
    yield from recall_lines(figures, 8)
    if result.is_written:
        yield from written_lines(folder, spec)
    else:
        yield unwritten_line(result.card_folder)
