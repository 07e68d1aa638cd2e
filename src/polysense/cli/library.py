"""Commands about what a library holds."""

from __future__ import annotations

import argparse
from typing import Any

from polysense.cli.common import DONE, PARTLY, Command, library, out


def first(command: Command) -> None:
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


def _index(args: argparse.Namespace) -> int:
    from polysense.render import report_json, shown

    with library(args) as kb:
        report = kb.index(*args.paths)
    kinds = ", ".join(f"{n} {m}" for m, n in report.chunks.items())
    lines = [f"{report.indexed} indexed, {report.unchanged} unchanged, {report.removed} removed, {len(report.skipped)} skipped, "
             f"{len(report.failed)} failed in {report.seconds:.1f} s"]  # fmt: skip
    lines += [f"chunks: {kinds}"] if kinds else []
    lines += [f"  {shown(f.uri)}: {f.error}" for f in report.failed[:10]]
    lines += (
        [f"  … {len(report.failed) - 10} more: polysense failures"]
        if len(report.failed) > 10
        else []
    )
    out(args, report_json(report), lines)
    return PARTLY if report.failed else DONE


def _list(args: argparse.Namespace) -> None:
    from polysense.render import asset_json, shown

    with library(args) as kb:
        assets = kb.assets()
    out(
        args,
        {"assets": [asset_json(a) for a in assets]},
        (f"{a.modality:<6} {a.size:>10}  {shown(a.uri)}" for a in assets),
    )


def _show(args: argparse.Namespace) -> None:
    from polysense.render import chunk_json, short

    with library(args) as kb:
        chunks = kb.chunks(args.what)
    lines = (
        line
        for c in chunks
        for line in (f"{c.id}  {c.span}  [{c.modality}]", f"    {short(c.words, 200)}")
    )
    out(args, {"chunks": [chunk_json(c) for c in chunks]}, lines)


def _remove(args: argparse.Namespace) -> None:
    with library(args) as kb:
        removed = kb.remove(*args.what)
    out(args, {"removed": removed}, [f"{removed} removed"])


def _status(args: argparse.Namespace) -> None:
    with library(args) as kb:
        status = kb.status()
    out(args, status, (f"{key:<10} {_flat(value)}" for key, value in status.items()))


def _flat(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    said = (
        f"{k} {v['done']}/{v['of']}" if isinstance(v, dict) else f"{v} {k}"
        for k, v in value.items()
    )
    return ", ".join(said) or "none"


def _failures(args: argparse.Namespace) -> None:
    from polysense.render import shown

    with library(args) as kb:
        failures = kb.failures()
    raw = [{"uri": f.uri, "error": f.error, "hint": f.hint} for f in failures]
    lines = (line for f in failures for line in (f"{shown(f.uri)}: {f.error}", f"    {f.hint}"))
    out(args, {"failures": raw}, lines if failures else ["No failures."])


def _optimize(args: argparse.Namespace) -> None:
    with library(args) as kb:
        kb.optimize()
    out(args, {"optimized": True}, ["done"])


def _reindex(args: argparse.Namespace) -> None:
    with library(args) as kb:
        kb.reindex(*args.space)
    out(args, {"reindexed": True}, ["done"])
