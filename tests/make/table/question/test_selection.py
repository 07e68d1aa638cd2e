"""One reading behind table, chart and words: on generated tables their cells are the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.make.table.test_table_rows import evidence

from polysense.make.image.chart.plan import plan_chart
from polysense.make.table.question.answer import choose_source, plan_question, run_plan
from polysense.make.table.question.selection import select
from polysense.read.table.frame import Frame

REGIONS, GOODS, MONTHS = (
    ("North", "South"),
    ("Kettle", "Toaster"),
    ("May", "June", "July", "August"),
)
AMOUNTS = st.integers(1, 5000)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Frame:
    letters = [chr(65 + c) for c in range(len(columns))]
    cells = tuple(tuple(f"{x}{r}" for x in letters) for r in range(2, len(rows) + 2))
    return Frame(tuple(columns), tuple(map(tuple, rows)), cells)


def write(folder: Path, frame: Frame) -> Path:
    path = folder / "figures.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([frame.columns, *frame.rows])
    return path


def cells_of_plan(path: Path, question: str) -> set[str]:
    """The numbers that the plan gives as a table, without sources and places."""
    source = choose_source([evidence(path)], question)
    assert source is not None
    planned = plan_question(source, question)
    assert planned is not None
    assert planned[1].is_certain
    result = run_plan(source, *planned)
    assert result is not None
    lines = list(csv.reader(io.StringIO(result.part().data.decode())))
    return {cell for line in lines[1:] for cell in line[:-2] if cell.isdigit()}


def cells_of_chart(frame: Frame, question: str) -> set[str]:
    plot = plan_chart(frame, question)
    assert plot is not None
    for s in plot.series:  # what is drawn is what stands at the address
        for text, place in zip(s.texts, s.cells, strict=True):
            assert frame.rows[int(place[1:]) - 2][ord(place[0]) - 65] == text
    return {text for s in plot.series for text in s.texts}


FILES = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
"""The folder is written anew for each example."""


@FILES
@given(
    amounts=st.lists(AMOUNTS, min_size=16, max_size=16, unique=True),
    region=st.sampled_from(REGIONS),
    goods=st.sampled_from(GOODS),
)
def test_chart_plan_and_table_are_one_by_rows(
    tmp_path: Path, amounts: list[int], region: str, goods: str
) -> None:
    """Two conditions hold at once, in the chart as in the plan as in the file."""
    keys = list(product(REGIONS, GOODS, MONTHS))
    rows = [(*key, str(v)) for key, v in zip(keys, amounts, strict=True)]
    frame = table(("Region", "Product", "Month", "Units"), rows)
    question = f"Plot units per month for {goods} in the {region}"
    truth = {row[3] for row in rows if row[:2] == (region, goods)}
    assert cells_of_chart(frame, question) == truth
    assert cells_of_plan(write(tmp_path, frame), question) == truth


@FILES
@given(
    amounts=st.lists(AMOUNTS, min_size=12, max_size=12, unique=True),
    first=st.integers(2018, 2021),
    length=st.integers(1, 3),
    name=st.sampled_from(("Coaches", "Boats")),
)
def test_chart_plan_and_table_are_one_by_years(
    tmp_path: Path, amounts: list[int], first: int, length: int, name: str
) -> None:
    """Each year of a span is there, whatever its amount: also one that looks like a year."""
    years = list(range(2018, 2024))
    last = min(first + length, 2023)
    rows = [("Coaches", *map(str, amounts[:6])), ("Boats", *map(str, amounts[6:]))]
    frame = table(("Takings", *map(str, years)), rows)
    question = f"Chart the takings of the {name} from {first} to {last}"
    row = next(r for r in rows if r[0] == name)
    truth = {row[1 + years.index(y)] for y in range(first, last + 1)}
    assert cells_of_chart(frame, question) == truth
    assert cells_of_plan(write(tmp_path, frame), question) == truth


@pytest.mark.parametrize(
    ("question", "months"),
    [
        ("chart the rain from May to July", ["May", "June", "July"]),
        ("chart the rain of May and August", ["May", "August"]),
        ("chart the rain", list(MONTHS)),
    ],
)
def test_spans_of_rows(question: str, months: list[str]) -> None:
    """A span is all between its ends, a list only what it names, nothing named is everything."""
    frame = table(("Month", "Rain"), [(m, str(n)) for n, m in enumerate(MONTHS, 10)])
    selection = select(frame, question)
    assert [frame.rows[r][0] for r in selection.rows] == months
    assert selection.columns == (0, 1)


def test_what_is_left_out_is_noted() -> None:
    """A chart that cannot show every value asked for says how many it shows."""
    frame = table(("Item", "Mass (kg)", "Price (EUR)"), [("Oak", "7", "40"), ("Elm", "3", "30")])
    plot = plan_chart(frame, "chart mass and price of the oak and the elm")
    assert plot is not None
    assert plot.note == "2 of 4 values shown"
