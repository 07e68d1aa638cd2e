"""Charts: what is plotted equals the cells, and the picture shows it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from polysense.make.image.chart.generator import Chart
from polysense.read.file.mime import modality_of, sniff
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

CASH = "Year,Tickets,Wages (GBP),Repairs (GBP)\n2019,5,48600,14120\n2020,9,29400,\n2021,4,35200,9775\n2022,2,46900,12480\n2023,1,50300,38915\n"

WHOLE = Span()


def evidence(path: Path, text: str = "", span: Span = WHOLE) -> Evidence:
    if text:
        path.write_text(text, "utf-8")
    mime = sniff(path, path.name)
    chunk = Chunk(
        Asset("0", str(path), mime, modality_of(mime), path.stat().st_size, path=path),
        span or Span(cells="A1:D2"),
        "table",
        text="x",
    )
    return Evidence(1, Hit(chunk, 1.0), Part("text", "x"), chunk.span)


def chart(words: str, e: Evidence) -> Part:
    [part] = Chart().generate((Part("text", words),), [e])
    with Image.open(io.BytesIO(part.data)) as image:
        assert image.format == "PNG"
        assert 900 <= image.width <= 1600
        colours = image.convert("RGB").getcolors(1 << 24)
    assert len(colours) > 50, "nothing drawn"
    return part


def test_contract(tmp_path: Path) -> None:
    """Streams PNG parts, the same each time, for one, several or no evidence."""
    [part] = check_generator(Chart(), [evidence(tmp_path / "cash.csv", CASH)])
    [again] = Chart().generate(
        (Part("text", "When is high water?"),), [evidence(tmp_path / "cash.csv", CASH)]
    )
    assert part.data == again.data


def test_the_plotted_data_equal_the_cells(tmp_path: Path) -> None:
    """Labels, values and addresses of what was asked, an empty cell as None, and nothing else."""
    part = chart("How did wages and repairs develop?", evidence(tmp_path / "cash.csv", CASH))
    data = part.meta["data"]
    assert data["columns"] == ["Year", "Wages (GBP)", "Repairs (GBP)"]
    assert data["rows"] == [
        ["2019", 48600, 14120],
        ["2020", 29400, None],
        ["2021", 35200, 9775],
        ["2022", 46900, 12480],
        ["2023", 50300, 38915],
    ]
    assert data["cells"][1] == ["A3", "C3", "D3"]
    assert data["units"] == ["GBP", "GBP"]
    assert (part.meta["chart"], part.meta["title"]) == ("line", "Wages and Repairs by year")
    assert part.meta["source"] == "A2:A6, C2:D6"


def test_a_workbook_read_by_another_reader(tmp_path: Path) -> None:
    """Each plotted value is the workbook's at the address told."""
    from openpyxl import Workbook, load_workbook

    rng = np.random.default_rng(5)
    book = Workbook()
    book.active.title = "Cash flow"
    book.active.append(["Shop", "Spring", "Summer", "Total"])
    for i in range(14):
        a, b = (round(float(x), 2) for x in rng.uniform(-40, 900, 2))
        book.active.append([f"shop number {i}", a, b, a + b])
    book.save(tmp_path / "shops.xlsx")
    data = chart(
        "spring and summer", evidence(tmp_path / "shops.xlsx", span=Span(cells="Cash flow!A3:D3"))
    ).meta["data"]
    sheet = load_workbook(tmp_path / "shops.xlsx")[data["sheet"]]
    assert data["columns"] == ["Shop", "Spring", "Summer"]
    assert len(data["rows"]) == 14
    for row, cells in zip(data["rows"], data["cells"], strict=True):
        assert row == [sheet[c].value for c in cells]


@pytest.mark.parametrize(
    ("table", "words", "kind"),
    [
        ("City,People\nOslo,7\nParis,21\nRome,28\n", "people by city", "bars"),
        (
            "Material,Cost\nOak that was seasoned for nine years,7\nBronze bolts,21\n",
            "costs",
            "across",
        ),
        ("Month,Rain\nJan,7\nFeb,3\nMar,5\nApr,1\nMay,2\n", "rain", "line"),
        (
            "Bird,Span (cm),Mass (g)\na,5,40\nb,18,300\nc,7,11\nd,14,90\n",
            "mass against span",
            "scatter",
        ),
        ("Month,Rain\nJan,7\nFeb,3\nMar,5\nApr,1\nMay,2\n", "bar chart of rain", "bars"),
        (
            "Item,2018,2019,2020,2021\nRevenue,$100,$120,$90,$140\nCosts,$80,$85,$88,$91\n",
            "revenue over the years",
            "line",
        ),
    ],
)
def test_the_form_follows_the_table_and_the_words(
    tmp_path: Path, table: str, words: str, kind: str
) -> None:
    """Lines for time, bars for categories, lying for long labels, points for two measures; what is
    asked for by name goes first.
    """
    assert chart(words, evidence(tmp_path / "a.csv", table)).meta["chart"] == kind


@pytest.mark.parametrize(
    ("table", "kind", "columns"),
    [
        ("Mill,2019,2020,2021,2022\nNorth,5,9,4,2\n", "line", ["", "North"]),
        ("Length,Mass,Cost\n3,4,5\n", "bars", None),
        ("Day,Rain\nMon,1\nTue,2\nWed,3\nThu,5\n", "bars", ["Day", "Rain"]),
        ("Mill,2019,2020,2021,2022\nN,5,9,4,2\nS,3,1,8,7\nE,3,1,8,7\n", "line", None),
        ("Bird,Span,Mass\na,1,\nb,,2\nc,3,\nd,,4\n", "bars", ["Bird", "Span", "Mass"]),
        ("Mill,2019,2020,2021,2022\nN,5,,4,\nS,,1,,7\n", "line", ["", "N", "S"]),
        ("Mill,2019,2020,2021,2022\nN,5,9,4,2\nS,3,,8,7\n", "scatter", ["", "N", "S"]),
        (
            "Bird,Span (cm),Mass (g)\na,5,40\nb,18,\nc,7,11\nd,14,90\n",
            "scatter",
            ["Bird", "Span (cm)", "Mass (g)"],
        ),
    ],
)
def test_points_need_two_numbers(
    tmp_path: Path, table: str, kind: str, columns: list[str] | None
) -> None:
    """A scatter chart of one series, or of three, is drawn in the form that its table has, not an
    error; where a number of a pair is missing there is no point.
    """
    part = chart("Draw a scatter chart.", evidence(tmp_path / "a.csv", table))
    assert part.meta["chart"] == kind
    if columns:
        assert part.meta["data"]["columns"] == columns
    if kind == "scatter":
        assert len(part.meta["data"]["rows"]) == 3
        assert all(None not in row for row in part.meta["data"]["rows"])


def test_wide_years_long_tables_and_totals(tmp_path: Path) -> None:
    """Years in the header run along the axis; a second column of words parts a long table; sums are
    left out unless asked for.
    """
    wide = chart(
        "costs", evidence(tmp_path / "a.csv", "Item,2019,2018,2020\nRevenue,1,2,3\nCosts,4,5,6\n")
    ).meta["data"]
    assert wide["rows"] == [["2018", 5.0], ["2019", 4.0], ["2020", 6.0]]
    assert [c[1] for c in wide["cells"]] == ["C3", "B3", "D3"]
    long = "Year,City,Rain\n2019,Oslo,1\n2019,Rome,2\n2020,Oslo,3\n2020,Rome,4\n"
    data = chart("rain", evidence(tmp_path / "b.csv", long)).meta["data"]
    assert (data["columns"], data["rows"]) == (
        ["Year", "Oslo", "Rome"],
        [["2019", 1.0, 2.0], ["2020", 3.0, 4.0]],
    )
    sums = "Season,Visits\nSpring,1\nSummer,2\nTotal,3\n"
    assert (
        len(chart("visits by season", evidence(tmp_path / "c.csv", sums)).meta["data"]["rows"]) == 2
    )
    assert len(chart("total visits", evidence(tmp_path / "c.csv", sums)).meta["data"]["rows"]) in (
        1,
        3,
    )


def test_chinese_and_odd_words_are_drawn(tmp_path: Path) -> None:
    """Titles in the language of the table; dollars and underscores are no mathematics."""
    part = chart(
        "画出每月的收入",
        evidence(tmp_path / "a.csv", "月份,收入（元）\n1月,1200\n2月,1350\n3月,990\n4月,1800\n"),
    )
    assert part.meta["title"] == "各月份的收入"
    odd = "Name,Cost $_x^2$\n$a_b$,1\n\\frac{,2\n<b>&amp;\u202e,3\n"
    chart("cost", evidence(tmp_path / "b.csv", odd))


def test_nothing_without_numbers(tmp_path: Path) -> None:
    """A table of words, of one header, or none at all makes no chart."""
    for text in ("a,b\nx,y\nz,w\n", "a,b\n", "just words\n"):
        assert (
            list(
                Chart().generate((Part("text", "chart it"),), [evidence(tmp_path / "a.csv", text)])
            )
            == []
        )


@pytest.mark.slow
def test_hostile_tables(tmp_path: Path) -> None:
    """10,000 rows of categories or of time, extremes, one value, all equal, all empty but one:
    bounded and drawn.
    """
    many = "Name,Size\n" + "".join(f"thing {i},{i * 37 % 1009}\n" for i in range(12_000))
    data = chart("size", evidence(tmp_path / "a.csv", many)).meta["data"]
    assert len(data["rows"]) == 30
    days = "Date,Level\n" + "".join(f"2{i:03d}-01-01,{i}\n" for i in range(990))
    assert len(chart("level", evidence(tmp_path / "b.csv", days)).meta["data"]["rows"]) == 990
    odd: Any
    for odd in (
        "x,y\na,1e300\nb,-1e300\n",
        "x,y\na,0\n",
        "x,y\na,5\nb,5\n",
        "x,y\na,\nb,3\nc,\n",
        "x,y\n" + "w" * 5000 + ",3\nb,4\n",
    ):
        chart("y", evidence(tmp_path / "c.csv", odd))


def test_the_cited_row_stands_out(tmp_path: Path) -> None:
    """Of bars in one colour the one that answers has another."""
    cities = "City,People\nOslo,7\nParis,21\nRome,28\n"
    plain = chart("people", evidence(tmp_path / "a.csv", cities, Span(cells="A1:B1")))
    marked = chart("people", evidence(tmp_path / "a.csv", cities, Span(cells="A3:B3")))
    accent = (0xE8, 0x59, 0x0C)

    def count(part: Part) -> int:
        with Image.open(io.BytesIO(part.data)) as image:
            return sum(n for n, c in image.convert("RGB").getcolors(1 << 24) if c == accent)

    assert count(plain) == 0
    assert count(marked) > 5000
