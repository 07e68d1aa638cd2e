"""A table as bars to hold: heights are the cells, and it can be printed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from polysense.make.solid.bar_chart3d import BarChart3d
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

RAIN = "month,millimetres\nJanuary,104\nFebruary,87\nMarch,66\nApril,12.5\n"


def evidence(folder: Path, text: str, cells: str = "A2:B3") -> Evidence:
    path = folder / "t.csv"
    path.write_text(text)
    asset = Asset("0", str(path), "text/csv", "table", 1, path=path)
    chunk = Chunk(asset, Span(cells=cells), "table", Part("table", path, "text/csv"), "x")
    return Evidence(1, Hit(chunk, 1.0), Part("text", "x"), chunk.span)


def generate_chart(e: Evidence, words: str = "chart") -> tuple[Part, trimesh.Scene]:
    (part,) = BarChart3d().generate((Part("text", words),), [e])
    return part, trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene")


def heights(scene: trimesh.Scene, base: str = "base") -> dict[str, float]:
    """The top of each bar over the base, in the file's metres; below it, for bars that hang."""
    zero = scene.geometry[base].bounds[1][1]
    bars = {n: g.bounds[:, 1] for n, g in scene.geometry.items() if ": " in n}
    return {
        n: float(high - zero if high > zero + 1e-3 else low - zero)
        for n, (low, high) in bars.items()
    }


def test_heights_are_the_cells(tmp_path: Path) -> None:
    """Each bar is its cell's number, in proportion, to a hundred-thousandth; the cells are told
    with their addresses.
    """
    part, scene = generate_chart(evidence(tmp_path, RAIN), "rain by month")
    scale = part.meta["mm_per_unit"] / 1000
    values = {"January: 104": 104, "February: 87": 87, "March: 66": 66, "April: 12.5": 12.5}
    assert heights(scene) == pytest.approx({k: v * scale for k, v in values.items()}, rel=1e-5)
    assert part.meta["data"]["rows"] == [
        ["January", 104.0],
        ["February", 87.0],
        ["March", 66.0],
        ["April", 12.5],
    ]
    assert part.meta["data"]["cells"][0] == ["A2", "B2"]
    assert part.meta["data"]["columns"] == ["month", "millimetres"]


def test_it_can_be_printed(tmp_path: Path) -> None:
    """Every solid is closed and turned outwards, stands on the ground, and meets the base."""
    _, scene = generate_chart(evidence(tmp_path, RAIN))
    assert all(
        g.is_watertight and g.is_winding_consistent and g.volume > 0
        for g in scene.geometry.values()
    )
    assert scene.bounds[0][1] == pytest.approx(0, abs=1e-6)
    top = scene.geometry["base"].bounds[1][1]
    assert all(g.bounds[0][1] < top for g in scene.geometry.values())
    assert {"January", "104", "April"} <= set(scene.geometry)


def test_numbers_below_zero_hang(tmp_path: Path) -> None:
    part, scene = generate_chart(
        evidence(tmp_path, "Year,Profit\n2019,120\n2020,-80\n2021,0\n"), "profit by year"
    )
    scale = part.meta["mm_per_unit"] / 1000
    assert heights(scene, "zero") == pytest.approx(
        {"2019: 120": 120 * scale, "2020: -80": -80 * scale}, rel=1e-5
    )
    assert scene.geometry["2020: -80"].bounds[0][1] > scene.geometry["base"].bounds[1][1]
    assert all(g.is_watertight for g in scene.geometry.values())


def test_contract(tmp_path: Path) -> None:
    (part,) = check_generator(BarChart3d(), [evidence(tmp_path, RAIN)])
    assert (part.mime, part.meta["evidence"]) == ("model/gltf-binary", [1])


@pytest.mark.parametrize("text", ["a,b\nx,y\nz,w\n", "a,b\nx,0\ny,0\n", "a,b\n"])
def test_no_numbers_no_chart(tmp_path: Path, text: str) -> None:
    assert list(BarChart3d().generate((Part("text", "chart"),), [evidence(tmp_path, text)])) == []


@pytest.mark.parametrize(
    "text",
    [
        "Town,People\n" + "".join(f"Town number {i},{i * i}\n" for i in range(3000)),
        "day,value\n"
        + "".join(f"2024-{1 + i // 28:02}-{1 + i % 28:02},{i % 17}\n" for i in range(330)),
        "a,"
        + ",".join(f"c{i}" for i in range(150))
        + "\n"
        + "\n".join(f"r{j}," + ",".join(str(i) for i in range(150)) for j in range(9)),
        "月,مبلغ\nיום,1e300\n😀,-2e-300\n\u202e,5\n",
    ],
)
def test_hostile_tables_are_bounded(tmp_path: Path, text: str) -> None:
    """Thousands of rows or columns, absurd numbers and scripts: at most some sixty bars, all
    finite, all closed.
    """
    parts: Any = list(
        BarChart3d().generate((Part("text", "bar chart"),), [evidence(tmp_path, text)])
    )
    for part in parts:
        read = trimesh.load(io.BytesIO(part.data), file_type="glb", force="scene")
        assert sum(": " in n for n in read.geometry) <= 60
        assert np.isfinite(read.bounds).all()
        assert np.ptp(read.bounds, axis=0).max() < 1.2
        assert all(g.is_watertight for g in read.geometry.values())
