"""What the benchmarks share: the command line in a process of its own, files under names that say
nothing, a file as evidence, and scores.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense import Library, part
from polysense.evaluate.bench import mean
from polysense.evaluate.metrics import average_precision
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Span

COMMAND = (sys.executable, "-P", "-m", "polysense.cli")
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("POLYSENSE_")}

_METER = """
import json, os, sys, time
began = time.perf_counter()
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
result = [os.waitstatus_to_exitcode(status), time.perf_counter() - began, used.ru_maxrss / 1024]
sys.stderr.write("\\n" + json.dumps(result))
# a small process in between: a child's peak memory counts what its parent held when it was started
"""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """A finished command: exit code, what it printed as JSON, wall seconds, peak memory in
    megabytes.
    """

    code: int
    output: Any
    seconds: float
    megabytes: float


def command(*args: str | Path, library: Path) -> CommandResult:
    """Run `polysense ARGS --json` as a user would, in the library's parent folder."""
    arguments = [*COMMAND, "--json", "-l", library.name, *map(str, args)]
    process = subprocess.run(
        [sys.executable, "-S", "-c", _METER, *arguments],
        cwd=library.parent,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    code, seconds, megabytes = json.loads(process.stderr.rpartition("\n")[2])
    return CommandResult(code, json.loads(process.stdout or "null"), seconds, megabytes)


def fingerprint(path: Path) -> str:
    """The asset id of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]


def renamed(files: Iterable[Path], folder: Path) -> dict[Path, Path]:
    """Copies that are called by number, each with where it came from."""
    folder.mkdir(parents=True)
    copies = {folder / f"{n:04}{source.suffix.lower()}": source for n, source in enumerate(files)}
    for copy, source in copies.items():
        shutil.copyfile(source, copy)
    return copies


def ranked(kb: Library, *query: Any, **how: Any) -> list[str]:
    """Asset ids, best first."""
    return [hit.chunk.asset.id for hit in kb.search(*query, by="asset", **how)]


def likeness(kb: Library, labels: Mapping[Path, str], using: str = "") -> tuple[float, float]:
    """(R@1, mean average precision) of finding, for each file, the others with its label."""
    label_of = {fingerprint(path): label for path, label in labels.items()}
    first, precision = [], []
    for path, label in labels.items():
        own = fingerprint(path)
        ranking = ranked(kb, part(path), using=using, k=len(label_of), exclude_self=True)
        first.append(float(bool(ranking) and label_of[ranking[0]] == label))
        precision.append(
            average_precision(
                ranking, {i for i, other in label_of.items() if other == label and i != own}
            )
        )
    return mean(first), mean(precision)


def f1(right: float, answer_count: int, truth_count: int) -> float:
    """0.0 where nothing is right."""
    return 2 * right / (answer_count + truth_count) if answer_count + truth_count else 0.0


def evidence(
    n: int, path: Path, mime: str, modality: Modality, words: str = "", **more: Any
) -> Evidence:
    """A whole file as evidence, and words that bear on the question."""
    asset = Asset(path.name, str(path), mime, modality, path.stat().st_size, path=path)
    chunk = Chunk(
        asset,
        more.pop("span", Span()),
        modality,
        Part(modality, path, mime, path.name),
        words or "x",
    )
    own = Part("text", words) if words else chunk.part
    assert own is not None
    return Evidence(n, Hit(chunk, 1.0), own, chunk.span, **more)
