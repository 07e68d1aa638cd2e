"""Read damaged files as indexing does, in worker processes with limits:

    python -m tests.fuzz.run --seconds 600 --seed 7 [--only pdf --only xls] [--keep FOLDER]

Prints a line for each finding and a table of what was read; 1 if something crashed, hung, or failed
without naming its file or by an error that no reader expected.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from polysense import registry
from polysense.ingest.jobs import ParseFile
from polysense.ingest.workers import JobResult, Limits, Workers
from polysense.read.file.mime import modality_of, sniff
from polysense.types import Asset

from .container_job import OpenContainer
from .mutations import mutate
from .samples import containers, samples

_RAW = re.compile(r" cannot be read: (\w+(?:Error|Exception|Warning)): ")
_LIBRARY_ERRORS = {"InvalidXmlError": "python-docx, of styles without their names"}
"""Errors of other libraries that say what is wrong with the file, and why they come through."""

LIMITS = Limits(seconds=30, memory_mb=3072, workers=2)


@dataclass(slots=True)
class Tally:
    """What became of damaged files, and what should not have: (sample, what was done, error)."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    findings: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, what: str, result: JobResult, subject: str) -> bool:
        """Whether it was a finding."""
        outcome, is_finding = judge(result, subject)
        self.outcomes[name, outcome] += 1
        if is_finding:
            self.findings.append((name, what, str(result.error)))
        return is_finding


def judge(result: JobResult, subject: str) -> tuple[str, bool]:
    """What became of a file in a word, and whether that should not be."""
    if result.error is None:
        return "read", False
    message = str(result.error)
    if "crashed its reader" in message:
        return "crash", True
    if "took more than" in message or "took longer than" in message:
        return "hang", True
    if subject not in message or not result.error.hint:
        return "nameless", True
    if "needs too much memory" in message:
        return "memory", False
    # caught for the parser, by the worker
    m = _RAW.search(message)
    return ("raw", m[1] not in _LIBRARY_ERRORS) if m else ("refused", False)


def fuzz(
    seed: int,
    *,
    seconds: float = 0,
    rounds: int = 0,
    only: frozenset[str] = frozenset(),
    keep: Path | None = None,
) -> Tally:
    """Damage each sample again and again, for so many rounds or seconds, and read it."""
    tally, chance, end = Tally(), Random(seed), time.monotonic() + seconds
    kit = registry.kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders])
    workers = Workers(kit.specs, LIMITS)
    with tempfile.TemporaryDirectory(prefix="polysense-fuzz-") as temporary:
        folder = Path(temporary)
        originals = {"parsers": folder / "parsers", "containers": folder / "containers"}
        for place in originals.values():
            place.mkdir()
        files = samples(originals["parsers"])
        boxes = containers(originals["containers"])
        names = [n for n in (*files, *boxes) if not only or n in only]
        jobs = _jobs(names, files, boxes, folder, chance, (seconds and end, rounds))
        origins: dict[Path, tuple[str, str]] = {}
        try:
            for (job, path), result in _map(workers, jobs, origins):
                name, what = origins.pop(path)
                if tally.add(name, what, result, job.subject) and keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{len(tally.findings):03}-{path.name}").write_bytes(path.read_bytes())
                path.unlink(missing_ok=True)
        finally:
            workers.close()
    return tally


def _jobs(
    names: list[str],
    files: Mapping[str, Path],
    boxes: Mapping[str, Path],
    folder: Path,
    chance: Random,
    limits: tuple[float, int],
) -> Iterator[tuple[Any, Path, str, str]]:
    """(job, damaged file, sample, what was done), round after round."""
    end, rounds = limits
    raws = {n: (files.get(n) or boxes[n]).read_bytes() for n in names}
    mimes = {n: sniff(p) for n, p in files.items()}
    number = 0
    while (time.monotonic() < end) if end else (number < rounds * len(names)):
        name = names[number % len(names)]
        what, data = mutate(raws[name], chance)
        number += 1
        if not data:
            continue
        source = files.get(name) or boxes[name]
        path = folder / f"{number:06}-{source.name}"
        path.write_bytes(data)
        if name in boxes:
            yield OpenContainer(path), path, name, what
            continue
        mime = mimes[name]
        asset = Asset(f"{number:032x}", str(path), mime, modality_of(mime), len(data), path=path)
        yield ParseFile(asset), path, name, what


def _map(
    workers: Workers,
    jobs: Iterator[tuple[Any, Path, str, str]],
    origins: dict[Path, tuple[str, str]],
) -> Iterator[tuple[tuple[Any, Path], JobResult]]:
    def remember_origins() -> Iterator[Any]:
        for job, path, name, what in jobs:
            origins[path] = name, what
            yield job

    for job, result in workers.map(remember_origins()):
        path = job.path if isinstance(job, OpenContainer) else Path(job.asset.uri)
        yield (job, path), result


def main() -> int:
    """Run, and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where findings are kept")
    args = parser.parse_args()
    start = time.monotonic()
    tally = fuzz(args.seed, seconds=args.seconds, only=frozenset(args.only), keep=args.keep)
    kinds = sorted({outcome for _, outcome in tally.outcomes})
    sys.stdout.write(f"{'':16}" + "".join(f"{k:>10}" for k in kinds) + "\n")
    for name in dict.fromkeys(n for n, _ in tally.outcomes):
        row = "".join(f"{tally.outcomes[name, k]:>10}" for k in kinds)
        sys.stdout.write(f"{name[:16]:16}{row}\n")
    for finding in tally.findings:
        sys.stdout.write("\t".join(finding) + "\n")
    total = sum(tally.outcomes.values())
    sys.stdout.write(f"{total} files in {time.monotonic() - start:.0f} s\n")
    return 1 if tally.findings else 0


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")))
    )
    sys.exit(main())
