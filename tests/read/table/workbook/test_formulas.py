"""Formulas without stored values."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from polysense.read.table.workbook.formulas import Formulas
from polysense.read.table.workbook.sheet import sheets

CELLS = {(1, 0): 2.0, (1, 1): 150.0, (2, 0): 3.0, (2, 1): 70.0}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1*B1", 300),
        ("=SUM(A1:B2)", 225),
        ("=AVERAGE(B1:B2)-MIN(A1,A2)", 108),
        ("=$B$1/4^2", 9.375),
        ("=ROUND(B2*5%,1)", 3.5),
        ("=-(A1+A2)", -5),
        ("=COUNT(A1:C9)", 4),
        ("=100/5%", 2000),
        ("=10%^2", 0.01),
        ("=-2^2", 4),
        ("=2^3^2", 64),
        ("=ROUND(2.5,0)", 3),
        ("=ROUND(-2.45, 1)", -2.5),
        ("=SUM(A1:A2, B1*2, 1)", 306),
        ("=1.5E2", 150),
    ],
)
def test_simple_formulas_are_worked_out(formula: str, value: float) -> None:
    """Of numbers, cells and the functions that sums are made of."""
    assert Formulas({(5, 5): formula}, CELLS).value(5, 5) == pytest.approx(value)


@pytest.mark.parametrize(
    "formula",
    [
        "=IF(A1>1,1,2)",
        "=Other!A1+1",
        "=A1/0",
        "=C9*2",
        "=F5+1",
        "=__import__('os')",
        "=SUM(A1:XFD1048576)",
        "=9^999",
        "=1+",
    ],
)
def test_others_have_no_value(formula: str) -> None:
    """Conditions, other sheets, empty cells, circles, and what is no formula."""
    assert Formulas({(5, 5): formula}, CELLS).value(5, 5) is None


def test_days_and_truth_values_are_no_numbers() -> None:
    """A range that holds one has no value of ours."""
    days = frozenset({(1, 0)})
    for formula in ("=MAX(A1:A2)", "=COUNT(A1:A2)", "=SUM(A1:B2)"):
        assert Formulas({(5, 5): formula}, {(2, 0): 3.0}, days).value(5, 5) is None


def test_long_chains_and_many_sums() -> None:
    """A running total that is read from its end, and more sums than one formula may have cells."""
    chain = {(n, 2): f"=C{n + 1}+1" for n in range(1, 3000)} | {(3000, 2): "=1"}
    assert Formulas(chain, {}).value(1, 2) == 3000
    sums = {(n, 30): f"=SUM(A{n}:Z{n})" for n in range(1, 1001)}
    cells = {(n, i): 1.0 for n in range(1, 1001) for i in range(26)}
    formulas = Formulas(sums, cells)
    assert {formulas.value(*at) for at in sums} == {26}


def test_circles_end() -> None:
    """They have no value, and neither has what rests on them."""
    formulas = Formulas({(1, 0): "=B1+1", (1, 1): "=A1+1", (1, 2): "=SUM(A1:B1)"}, {})
    assert [formulas.value(1, n) for n in range(3)] == [None, None, None]


def test_a_sum_of_what_is_not_worked_out_has_no_value() -> None:
    """It would be a wrong one."""
    formulas = {(3, 1): "=IF(A1,1,2)", (4, 1): "=SUM(B1:B3)"}
    assert Formulas(formulas, CELLS).value(4, 1) is None


def test_a_sheet_without_values(tmp_path: Path) -> None:
    """As programs write it that never calculate: values as their formats show them, and formulas
    that are not worked out as they stand.
    """
    book = Workbook()
    for row in (
        ["part", "qty", "price", "total"],
        ["keel", 2, 150, "=B2*C2"],
        ["mast", 3, 70, "=B3*C3"],
        ["sum", None, None, "=SUM(D2:D3)"],
        ["state", None, None, '=IF(D4>1,"dear","cheap")'],
    ):
        book.active.append(row)
    book.active["D4"].number_format = "0.00"
    book.save(tmp_path / "a.xlsx")
    (_, rows), *_ = sheets(tmp_path / "a.xlsx")
    assert [cells[3] for _, cells in rows[1:]] == [
        "300",
        "210",
        "510.00",
        '=IF(D4>1,"dear","cheap")',
    ]


def test_a_formula_that_cells_share_is_told_by_the_first(tmp_path: Path) -> None:
    """Also where the first has its value."""
    book = Workbook()
    for n in range(1, 4):
        book.active[f"A{n}"] = n
        book.active[f"B{n}"] = f"=A{n}*10"
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    xml = members["xl/worksheets/sheet1.xml"].decode()
    xml = xml.replace("<f>A1*10</f><v></v>", '<f t="shared" ref="B1:B3" si="0">A1*10</f><v>10</v>')
    for n in (2, 3):
        xml = xml.replace(f"<f>A{n}*10</f>", '<f t="shared" si="0"/>')
    members["xl/worksheets/sheet1.xml"] = xml.encode()
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert 'si="0">A1*10' in xml
    [(_, rows)] = sheets(tmp_path / "a.xlsx")
    assert [cells[1] for _, cells in rows] == ["10", "20", "30"]


def test_a_workbook_is_opened_once_for_all_of_its_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shared words and styles are read each time that it is."""
    import openpyxl

    book = Workbook()
    for n in range(5):
        sheet = book.create_sheet(f"S{n}")
        sheet["A1"], sheet["B1"] = n, "=A1+1"
    book.save(tmp_path / "a.xlsx")
    opened_files = []
    original = openpyxl.load_workbook
    monkeypatch.setattr(
        openpyxl, "load_workbook", lambda *a, **k: opened_files.append(a) or original(*a, **k)
    )
    tables = dict(sheets(tmp_path / "a.xlsx"))
    assert tables["S4"] == [(1, ["4", "5"])]
    assert len(opened_files) == 1
