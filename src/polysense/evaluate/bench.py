"""Run the benchmarks of a checkout and write one table.

They are files bench_*.py, each with `run(data: Path, work: Path) -> Iterable[Row]`; what they share
lies beside them.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from polysense.errors import NotFound

REPORT = Path("docs/benchmarks.md")
"""In the checkout: beside the benchmarks' folder."""
RESULTS = "results.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, its value, its target ("": only reported), a note."""

    what: str
    value: str
    target: str = ""
    reached: bool | None = None
    note: str = ""


def run(folder: Path, names: Sequence[str], data: str, as_json: bool) -> int:
    """Run the named benchmarks (all by default), keep results, write docs/benchmarks.md.

    Gives 1 if a figure falls short, else 0. Raises NotFound.
    """
    available = _available(folder, names, data)
    path = folder / RESULTS
    previous: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    # what a benchmark measured that is gone says nothing any more
    results = {name: previous[name] for name in available if name in previous}
    falls_short = False
    for name, script in available.items():
        if names and name not in names:
            continue
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=f"polysense-{name}-") as work:
            rows = list(_module(script).run(Path(data), Path(work)))
        falls_short = falls_short or any(r.reached is False for r in rows)
        results[name] = {
            "rows": [asdict(r) for r in rows],
            "seconds": round(time.monotonic() - start, 1),
        }
        path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        for r in rows:
            verdict = {None: "", True: "reached", False: f"SHORT OF {r.target}"}[r.reached]
            sys.stderr.write(f"{name}: {r.what}: {r.value} {verdict}\n")
    report_path = folder.parent / REPORT
    report_path.parent.mkdir(exist_ok=True)
    report_path.write_text(report(results), "utf-8")
    if as_json:
        sys.stdout.write(json.dumps(results, ensure_ascii=False) + "\n")
    return 1 if falls_short else 0


def _available(folder: Path, names: Sequence[str], data: str) -> dict[str, Path]:
    """Name -> script of every benchmark. Raises NotFound where a run could not begin."""
    scripts = sorted(folder.glob("bench_*.py"))
    if not scripts:
        raise NotFound(
            f"there are no benchmarks in {folder}",
            "Run this in a checkout of polysense, or give --folder.",
        )
    if not data or not Path(data).is_dir():
        raise NotFound(
            "there is no data to measure on", "Set POLYSENSE_DATA, or give --data FOLDER."
        )
    available = {s.stem.removeprefix("bench_"): s for s in scripts}
    if unknown := set(names) - set(available):
        raise NotFound(
            f"there is no benchmark called {', '.join(sorted(unknown))}",
            f"Benchmarks: {', '.join(available)}.",
        )
    return available


def _module(script: Path) -> Any:
    spec = importlib.util.spec_from_file_location(script.stem, script)
    if spec is None or spec.loader is None:
        raise NotFound(f"{script} cannot be loaded")
    if str(script.parent) not in sys.path:
        sys.path.insert(0, str(script.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[script.stem] = module
    spec.loader.exec_module(module)
    return module


def report(results: dict[str, Any]) -> str:
    """The table, as Markdown."""
    lines = ["# Benchmarks", "", "Written by `polysense bench`; the numbers are its output.", ""]
    lines += [f"Python {platform.python_version()} on {sys.platform} {platform.machine()}.", ""]
    lines += ["| what | measured | wanted | reached | note |", "|---|---|---|---|---|"]
    for name in results:
        for r in (Row(**raw) for raw in results[name]["rows"]):
            reached = "" if r.reached is None else "yes" if r.reached else "**no**"
            cells = (
                cell.replace("|", "\\|")
                for cell in (r.what, r.value, r.target or "reported", reached, r.note)
            )
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "Time each part took, in seconds: "
        + ", ".join(f"{n} {results[n]['seconds']}" for n in results)
        + ".",
        "",
    ]
    return "\n".join(lines)


def mean(values: Iterable[float]) -> float:
    """0.0 for nothing."""
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else 0.0
