"""Commands that show what the program can do, and how well."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from polysense.cli.common import FAILURE, SUCCESS, Command, print_json, print_result
from polysense.cli.evaluation import declare_eval
from polysense.cli.training import declare_train


def declare(command: Command) -> None:
    """Doctor, demo, bench, eval, train."""
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
    declare_eval(command)
    declare_train(command)


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
