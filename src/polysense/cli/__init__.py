"""The command line: parse, call Library, render. No logic.

library  what it holds        questions  search, ask, recommend; chat: one after another
serving  for others           measuring  what works, and how well (evaluation: on one's own files)
common   what they all need
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import Any, NoReturn

from polysense.cli import chat, library, measuring, questions, serving
from polysense.cli.common import FAILURE, SUCCESS, WRONG_USE, print_json
from polysense.errors import BadConfig, PolysenseError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 failed, 2 wrong use, 3 partly done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files need not be letters
    args = argparse.Namespace(json="--json" in (sys.argv[1:] if argv is None else argv))
    try:
        args = _parser().parse_args(argv)
        code = int(args.run(args) or SUCCESS)
        sys.stdout.flush()
        return code
    except PolysenseError as e:
        return _fail(args, str(e), e.hint, WRONG_USE if e.status == 400 else FAILURE)
    except KeyboardInterrupt:
        return _fail(
            args, "stopped", "Run the same command again: it goes on where it stopped.", FAILURE
        )
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return SUCCESS
    except OSError as e:
        message = f"{e.filename}: {e.strerror}" if e.filename else str(e)
        return _fail(
            args, message, "Check the path, and that you may read or write there.", FAILURE
        )


def _fail(args: argparse.Namespace, error: str, hint: str, code: int) -> int:
    if getattr(args, "json", False):
        print_json({"error": error, "hint": hint})
    print(f"polysense: {error}\n  {hint}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadConfig(f"{message}\n{self.format_usage().rstrip()}", f"See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument(
        "-l",
        "--library",
        metavar="PATH_OR_URI",
        help="the library (default: $POLYSENSE_LIBRARY, else .polysense here)",
    )
    shared.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser = _Parser(
        prog="polysense",
        parents=[shared],
        description="Index any file, ask with any modality, get a cited answer.",
        epilog="Start with: polysense demo",
    )
    from importlib.metadata import version

    parser.add_argument("--version", action="version", version=f"polysense {version('polysense')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(
        run: Callable[[argparse.Namespace], int | None] | None,
        name: str,
        help: str,
        within: Any = None,
    ) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = (within or commands).add_parser(
            name, help=help, description=help, parents=[shared]
        )
        if run:
            sub.set_defaults(run=run)
        return sub

    library.declare_index(command)
    for group in (questions, chat, library, serving, measuring):
        group.declare(command)
    return parser
