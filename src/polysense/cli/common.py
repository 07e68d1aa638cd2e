"""What every command needs: the library, the question, and how results are printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from polysense.generate.agent.budget import Budget
    from polysense.library import Library
    from polysense.types import Part

SUCCESS, FAILURE, WRONG_USE, PARTIAL = 0, 1, 2, 3
"""Exit codes."""


class Command(Protocol):
    """Declares a command: what runs it (None where it is a list of others), its name, a line of
    help; `within` is the list that it stands in, where that is not the program's own.
    """

    def __call__(
        self,
        run: Callable[[argparse.Namespace], int | None] | None,
        name: str,
        help: str,
        within: Any = None,
    ) -> argparse.ArgumentParser:
        """The command's parser."""
        ...


def library(args: argparse.Namespace) -> Library:
    """The one named with -l, else by the settings; its work shows a line of progress."""
    from polysense import config
    from polysense.ingest.progress import ProgressLine
    from polysense.library import Library

    settings = config.read()
    return Library(
        getattr(args, "library", settings.library),
        kit=settings.kit(),
        limits=settings.limits,
        progress=ProgressLine(),
    )


def question(args: argparse.Namespace) -> list[Part | str]:
    """Words, if any, then files."""
    from polysense.read.file.parts import part

    return [*([args.text] if args.text.strip() else []), *(part(f) for f in args.files)]


def add_rounds_argument(c: argparse.ArgumentParser) -> None:
    """How often a language model may search again."""
    c.add_argument(
        "--rounds",
        type=int,
        metavar="N",
        help="let the language model search, look and compute by itself, in N steps at most",
    )


def rounds_budget(args: argparse.Namespace) -> Budget | None:
    """The budget that --rounds asks for. Raises BadQuery for none at all."""
    from polysense.generate.agent.budget import Budget

    return None if args.rounds is None else Budget(rounds=args.rounds)


def query_parts(items: Iterable[Part | str]) -> tuple[Part, ...]:
    """A question with its words as parts."""
    from polysense.read.file.parts import Text

    return tuple(Text(a) if isinstance(a, str) else a for a in items)


def print_json(value: Any) -> None:
    """One object on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def print_result(args: argparse.Namespace, value: Any, lines: Iterable[str]) -> None:
    """The result: as JSON where that was asked for, else as lines for people."""
    if getattr(args, "json", False):
        print_json(value)
    else:
        for line in lines:
            print(line)
