"""kill -9 at random moments of an index run, then the same command again: the library must be what
one clean run makes.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import lancedb
import numpy as np

import polysense.demo
from common import COMMAND, ENVIRONMENT, command
from polysense import Library
from polysense.evaluate.bench import Row

KILLS = 20
LEFT_OUT = ("*.mp4", "*.obj", "*.stl", "lighthouse*", "mill-*", "keepers-chair*", "__pycache__")
"""Of the demo's files: what is slow and of a kind that is there anyway."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Twenty libraries of the same files, each killed once."""
    files = work / "files"
    shutil.copytree(polysense.demo.FILES, files, ignore=shutil.ignore_patterns(*LEFT_OUT))
    whole = command("index", files, library=work / "clean")
    clean_tables, _ = content(work / "clean")
    chance = random.Random(2)
    different, double, loss_count, moments = [], 0, 0, []
    for n in range(KILLS):
        library = work / f"killed{n}"
        moment = chance.uniform(0.1, whole.seconds)
        asset_ids = index_and_kill(files, library, moment)
        loss_count += len(incomplete_assets(library, asset_ids, clean_tables))
        after = command("index", files, library=library)
        # read again, although it was done
        loss_count += max(0, after.output["indexed"] + len(asset_ids) - whole.output["indexed"])
        tables, repeated = content(library)
        double += repeated
        if not same(tables, clean_tables):
            different.append(n)
        moments.append(len(asset_ids))
    note = (
        f"{whole.output['indexed']} files, {whole.seconds:.1f} s; when killed {min(moments)} to "
        f"{max(moments)} were done"
    )
    yield Row(
        "kill -9 and again: libraries that differ from a clean run's",
        f"{len(different)} of {KILLS}",
        "0",
        not different,
        note,
    )
    yield Row("kill -9 and again: rows that are there twice", str(double), "0", not double)
    yield Row(
        "kill -9: files reported done and lost, or done again", str(loss_count), "0", not loss_count
    )


def index_and_kill(files: Path, library: Path, moment: float) -> list[str]:
    """Index, kill after so many seconds, and say which assets the library lists then."""
    arguments = [*COMMAND, "-l", library.name, "index", str(files)]
    process = subprocess.Popen(
        arguments,
        cwd=library.parent,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Library(library) as kb:
        return [asset.id for asset in kb.assets()]


def content(library: Path) -> tuple[dict[str, dict[str, Any]], int]:
    """Every table's rows by id, as LanceDB itself reads them, and how many ids come twice."""
    if not (library / "store").is_dir():
        return {}, 0
    database = lancedb.connect(library / "store")
    tables, repeated = {}, 0
    for name in database.list_tables().tables:
        rows = database.open_table(name).to_arrow().to_pylist()
        tables[name] = {row["id"]: row for row in rows}
        repeated += len(rows) - len(tables[name])
    return tables, repeated


def incomplete_assets(
    library: Path, assets: list[str], clean_tables: Mapping[str, Mapping[str, Any]]
) -> set[str]:
    """Assets of which a clean run holds chunks that are not here."""
    chunks = content(library)[0].get("chunks", {})
    return {
        row["asset"]
        for id, row in clean_tables["chunks"].items()
        if row["asset"] in set(assets) and id not in chunks
    }


def same(
    tables: Mapping[str, Mapping[str, Any]], clean_tables: Mapping[str, Mapping[str, Any]]
) -> bool:
    """The same rows; vectors may differ in their last digits, as they come from other batches."""
    if {t: set(rows) for t, rows in tables.items() if rows} != {
        t: set(rows) for t, rows in clean_tables.items() if rows
    }:
        return False
    pairs = [(rows[id], clean_tables[table][id]) for table, rows in tables.items() for id in rows]
    return all(
        _words(a) == _words(b) and np.allclose(a.get("vector", 0), b.get("vector", 0), atol=1e-3)
        for a, b in pairs
    )


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != "vector"}
