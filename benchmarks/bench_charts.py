"""Charts of tables: what is plotted, against the cells that the chart names."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from common import evidence
from polysense.evaluate.bench import Row
from polysense.make.image.chart.generator import Chart
from polysense.types import Part


def run(data: Path, work: Path) -> Iterator[Row]:
    """What is plotted against the cells at the addresses that the chart tells, read by another
    reader.
    """
    tables = sorted((data / "tables-wikitable" / "csv").rglob("*.csv"))
    files = random.Random(3).sample(tables, 60)
    same = plotted = gaps = chart_count = 0
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            cells = list(csv.reader(file, escapechar="\\"))
        for part in Chart().generate(
            (Part("text", "Draw a chart."),), [evidence(1, path, "text/csv", "table")]
        ):
            chart_count += 1
            chart = part.meta["data"]
            for row, places in zip(chart["rows"], chart["cells"], strict=True):
                for value, at in zip(row[1:], places[1:], strict=True):
                    number = _number(_cell(cells, at))
                    plotted, same = (
                        plotted + (value is not None),
                        same + (value is not None and value == number),
                    )
                    gaps += value is None and number is not None
    note = (
        f"{same} of {plotted} values, as the chart tells what it drew; {chart_count} charts of "
        f"{len(files)} tables, none of the others"
    )
    yield Row(
        "Chart of a table: plotted values that equal the cells",
        f"{same / max(1, plotted):.4f}",
        "= 1",
        0 < same == plotted,
        note,
    )
    yield Row(
        "Chart of a table: cells with one number, left as gaps",
        str(gaps),
        note=f"beside {plotted} values plotted",
    )


def _cell(cells: Sequence[Sequence[str]], at: str) -> str:
    m = re.fullmatch(r"([A-Z]+)(\d+)", at)
    column = 0
    for letter in m[1] if m else "":
        column = column * 26 + ord(letter) - 64
    return cells[int(m[2]) - 1][column - 1] if m else "no address"


def _number(text: str) -> float | None:
    """The one number in a cell; None where it has none, or several."""
    numbers = re.findall(r"[-−–]?\s*\d[\d,]*(?:\.\d+)?", text)
    return (
        float(re.sub(r"[,\s]", "", numbers[0]).replace("−", "-").replace("–", "-"))
        if len(numbers) == 1
        else None
    )
