"""Commands that show what the program can do, and how well."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from polysense.cli.common import FAILURE, PARTIAL, SUCCESS, Command, print_json, print_result


def declare(command: Command) -> None:
    """Doctor, demo, bench, eval."""
    command(_doctor, "doctor", "what is installed, and what it can do")
    c = command(_demo, "demo", "index a small mixed collection and ask it questions")
    c.add_argument(
        "folder",
        nargs="?",
        default="polysense-demo",
        help="where to put it (default: polysense-demo here)",
    )
    c = command(
        _bench, "bench", "measure: runs the benchmarks of a checkout and writes docs/benchmarks.md"
    )
    c.add_argument("names", nargs="*", metavar="NAME", help="only these")
    c.add_argument("--folder", default="benchmarks", help="where they are")
    c.add_argument(
        "--data",
        default=os.environ.get("POLYSENSE_DATA", ""),
        help="real files (default: $POLYSENSE_DATA)",
    )
    c = command(
        _eval,
        "eval",
        "measure: every kind of question by every kind of answer, on a library's own files",
    )
    c.add_argument("what", choices=("grid",), help="grid: inputs x outputs")
    c.add_argument(
        "--each",
        type=int,
        default=3,
        metavar="N",
        help="questions for every kind of input (default 3)",
    )
    c.add_argument(
        "--to", default="", metavar="M", help="only these modalities of answers: text,image"
    )
    c.add_argument(
        "-o", "--output", metavar="FILE", help="write the page there, such as docs/grid.md"
    )
    c.add_argument(
        "--data",
        default=os.environ.get("POLYSENSE_DATA", ""),
        help="real files, where no library is given (default: $POLYSENSE_DATA, else the demo's)",
    )


def _doctor(args: argparse.Namespace) -> int:
    from polysense import config
    from polysense.doctor import examine, report_lines

    settings = config.read()
    report = examine(settings.profile, settings.plugins)
    print_result(args, report, report_lines(report))
    return SUCCESS if report["ok"] else FAILURE


def _demo(args: argparse.Namespace) -> None:
    from polysense.demo.run import run

    if getattr(args, "json", False):
        run(Path(args.folder), lambda line: print(line, file=sys.stderr))
        print_json({"folder": args.folder})
    else:
        run(Path(args.folder))


def _bench(args: argparse.Namespace) -> int:
    from polysense.evaluate.bench import run

    return run(Path(args.folder), args.names, args.data, getattr(args, "json", False))


def _eval(args: argparse.Namespace) -> int:
    from polysense import config
    from polysense.demo import FILES
    from polysense.evaluate import collection
    from polysense.evaluate.cases import cases
    from polysense.evaluate.grid import Trial, measure, outputs, report, summary
    from polysense.evaluate.grid_drawing import svg
    from polysense.ingest.progress import ProgressLine
    from polysense.library import Library

    def print_trial(t: Trial) -> None:
        good = "ok" if t.valid and t.grounded else t.why
        print(
            f"{t.case.input} -> {t.output}: {good} ({t.faithful:.2f} carried, {t.seconds:.1f} s)",
            file=sys.stderr,
        )

    settings = config.read()
    folder = Path(
        getattr(args, "library", "") or collection.gather(Path("polysense-eval"), args.data, FILES)
    )
    with Library(folder, kit=settings.kit(), limits=settings.limits, progress=ProgressLine()) as kb:
        if not getattr(args, "library", ""):
            kb.index(folder.parent / "files")
        trials_to_run = cases(kb, args.each)
        cells = measure(
            kb, kb.kit, trials_to_run, args.to.split(",") if args.to else outputs(), print_trial
        )
        page = report(
            cells,
            f"{args.each} questions for each kind of input, to a library of "
            f"{len(kb.assets())} files, on {os.cpu_count()} cores.",
        )
    if args.output:
        Path(args.output).write_text(page, "utf-8")
        Path(args.output).with_suffix(".svg").write_text(svg(cells), "utf-8")
    print_result(args, {**summary(cells), "each": args.each}, page.splitlines())
    return SUCCESS if all(c.lit for c in cells) else PARTIAL
