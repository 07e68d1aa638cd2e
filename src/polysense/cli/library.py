"""Commands about what a library holds."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from polysense.cli.common import PARTIAL, SUCCESS, Command, library, print_result
from polysense.results import Failure

FAILURES = 10
"""Failures that `index` prints, with a hint once for all that have it; `failures` has them all."""

SKIP_REASONS = 5
"""Reasons for skipping that are printed, the most frequent first; `--json` has them all."""


def declare_index(command: Command) -> None:
    """The command that everybody starts with."""
    c = command(
        _index,
        "index",
        "sync files and folders into the library: new, changed, deleted; goes on where it stopped",
    )
    c.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")


def declare(command: Command) -> None:
    """The rest of them."""
    command(_list, "list", "what the library holds")
    c = command(_show, "show", "an asset's or a chunk's content and places")
    c.add_argument("what", metavar="ID", help="a path, an asset id or a chunk id")
    c = command(_remove, "remove", "forget files, folders or ids; the files themselves stay")
    c.add_argument("what", nargs="+", metavar="PATH_OR_ID", help="what to forget")
    command(_status, "status", "how much there is, and how far vectors are")
    command(_failures, "failures", "files that could not be read, and why")
    command(_optimize, "optimize", "compact the library (index does so by itself)")
    c = command(_reindex, "reindex", "encode everything again with the models configured now")
    c.add_argument(
        "--space",
        action="append",
        default=[],
        metavar="NAME",
        help="only this space (may be repeated)",
    )
    c = command(_copy, "copy", "copy a library into another store, without encoding anything again")
    c.add_argument("source", metavar="SOURCE", help="a library: a folder or an address")
    c.add_argument("target", metavar="TARGET", help="an empty place, such as faiss://FOLDER")


def _index(args: argparse.Namespace) -> int:
    from polysense.render import report_json

    with library(args) as kb:
        report = kb.index(*args.paths)
    modalities = ", ".join(f"{n} {m}" for m, n in report.chunks.items())
    lines = [
        f"{report.indexed} indexed, {report.unchanged} unchanged, {report.removed} removed, "
        f"{len(report.skipped)} skipped, {len(report.failed)} failed in {report.seconds:.1f} s"
    ]
    lines += [f"chunks: {modalities}"] if modalities else []
    reasons = Counter(s.reason for s in report.skipped)
    lines += [f"  {n} skipped: {reason}" for reason, n in reasons.most_common(SKIP_REASONS)]
    lines += _failure_lines(report.failed)
    print_result(args, report_json(report), lines)
    return PARTIAL if report.failed else SUCCESS


def _failure_lines(failures: Sequence[Failure]) -> Iterator[str]:
    """The first failures with why, those that the same thing helps together with it."""
    from polysense.render import display_path

    by_hint: dict[str, list[Failure]] = {}
    for failure in failures[:FAILURES]:
        by_hint.setdefault(failure.hint, []).append(failure)
    for hint, own in by_hint.items():
        yield from (f"  {display_path(f.uri)}: {f.error}" for f in own)
        yield from [f"    {hint}"] if hint else []
    if len(failures) > FAILURES:
        yield f"  … {len(failures) - FAILURES} more: polysense failures"


def _list(args: argparse.Namespace) -> None:
    from polysense.render import asset_json, display_path

    with library(args) as kb:
        assets = kb.assets()
    print_result(
        args,
        {"assets": [asset_json(a) for a in assets]},
        (f"{a.modality:<6} {a.size:>10}  {display_path(a.uri)}" for a in assets),
    )


def _show(args: argparse.Namespace) -> None:
    from polysense.render import chunk_json, shorten

    with library(args) as kb:
        chunks = kb.chunks(args.what)
    lines = (
        line
        for c in chunks
        for line in (f"{c.id}  {c.span}  [{c.modality}]", f"    {shorten(c.words, 200)}")
    )
    print_result(args, {"chunks": [chunk_json(c) for c in chunks]}, lines)


def _remove(args: argparse.Namespace) -> None:
    with library(args) as kb:
        removed = kb.remove(*args.what)
    print_result(args, {"removed": removed}, [f"{removed} removed"])


def _status(args: argparse.Namespace) -> None:
    with library(args) as kb:
        status = kb.status()
    print_result(
        args, status, (f"{key:<10} {_format_value(value)}" for key, value in status.items())
    )


def _format_value(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    items = (
        f"{k} {v['done']}/{v['of']}" if isinstance(v, dict) else f"{v} {k}"
        for k, v in value.items()
    )
    return ", ".join(items) or "none"


def _failures(args: argparse.Namespace) -> None:
    from polysense.render import display_path

    with library(args) as kb:
        failures = kb.failures()
    raw = [{"uri": f.uri, "error": f.error, "hint": f.hint} for f in failures]
    lines = (
        line for f in failures for line in (f"{display_path(f.uri)}: {f.error}", f"    {f.hint}")
    )
    print_result(args, {"failures": raw}, lines if failures else ["No failures."])


def _optimize(args: argparse.Namespace) -> None:
    with library(args) as kb:
        kb.optimize()
    print_result(args, {"optimized": True}, ["done"])


def _reindex(args: argparse.Namespace) -> None:
    with library(args) as kb:
        kb.reindex(*args.space)
    print_result(args, {"reindexed": True}, ["done"])


def _copy(args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from polysense.ingest.copy import copy_library
    from polysense.ingest.progress import ProgressLine

    report = copy_library(args.source, args.target, ProgressLine())
    earlier = f" ({report.present} were there)" if report.present else ""
    vectors = ", ".join(f"{n} {space}" for space, n in report.vectors.items() if n)
    lines = [
        f"{report.chunks} chunks copied{earlier} in {report.seconds:.1f} s",
        *([f"vectors: {vectors}"] if vectors else []),
        *(f"note: {note}" for note in report.notes),
    ]
    print_result(args, asdict(report), lines)
