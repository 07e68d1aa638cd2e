"""Scripts run in a fresh process and give exactly the evidence: the same cells, the same seconds,
the same shape, the same statements.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import av
import networkx as nx
import numpy as np
import openpyxl
import pytest
import trimesh
from PIL import Image

from polysense.errors import NotFound
from polysense.make.code.script.generator import Script
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Span

CSV = 'Month,Income (GBP),Notes\nMay,"1,204.50","quiet, wet"\nJune,3518,O\'Neill\'s visit\nJuly,"(12.00)",\nAugust,4733,"a ""quoted"" word"\n'


def evidence(
    path: Path, mime: str, modality: Modality, span: Span, meta: dict[str, object] | None = None
) -> Evidence:
    asset = Asset(
        "0" * 32, str(path), mime, modality, path.stat().st_size if path.exists() else 0, path=path
    )
    part = Part(modality, path, mime=mime)
    return Evidence(1, Hit(Chunk(asset, span, modality, part, meta=meta or {}), 1.0), part, span)


def program(e: Evidence, question: str = "") -> Part:
    (part,) = Script().generate((Part("text", question),), [e])
    return part


def run(part: Part, folder: Path, *arguments: str) -> str:
    """What the program prints, run where nothing of ours is imported yet."""
    source = str(part.data)
    ast.parse(source)
    target = folder / part.name
    target.write_text(source)
    return subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", target, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout


def rows_of(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.rstrip("\n").split("\n")]


@pytest.fixture
def table(tmp_path: Path) -> Evidence:
    path = tmp_path / "mill's accounts.csv"
    path.write_text(CSV)
    return evidence(path, "text/csv", "table", Span(cells="A2:C5"))


def test_a_query_gives_the_rows(table: Evidence, tmp_path: Path) -> None:
    """DuckDB reads the file itself; quotes, commas and empty cells come out as they are there."""
    part = program(table)
    assert "duckdb" in str(part.data)
    assert rows_of(run(part, tmp_path)) == [
        ["Month", "Income (GBP)", "Notes"], ["May", "1,204.50", "quiet, wet"], ["June", "3518", "O'Neill's visit"], ["July", "(12.00)", ""],
        ["August", "4733", 'a "quoted" word'],
    ]  # fmt: skip


def test_only_the_rows_and_columns_asked_for(table: Evidence, tmp_path: Path) -> None:
    """The question becomes a WHERE that says what is meant, not where it stands."""
    part = program(table, "income in June and August")
    assert """WHERE trim("Month") IN ('June', 'August')""" in str(part.data)
    assert rows_of(run(part, tmp_path)) == [
        ["Month", "Income (GBP)"],
        ["June", "3518"],
        ["August", "4733"],
    ]


def test_a_chart_is_drawn_of_the_very_cells(table: Evidence, tmp_path: Path) -> None:
    """The numbers that are plotted are those of the cells: thousands, and brackets for minus."""
    part = program(table, "chart the income by month")
    target = tmp_path / "out.png"
    run(part, tmp_path, str(tmp_path / "mill's accounts.csv"), str(target))
    with Image.open(target) as chart:
        assert chart.width > 900
        assert np.asarray(chart.convert("L")).std() > 5
    with_values = replace(part, data=f"{part.data}\nprint(values)\n")
    assert run(with_values, tmp_path).splitlines()[-1] == "[1204.5, 3518.0, -12.0, 4733.0]"


def test_a_workbook_is_read_by_address(tmp_path: Path) -> None:
    """The cells of a sheet among others."""
    book = openpyxl.Workbook()
    book.active.title = "Other"  # type: ignore[union-attr]
    sheet = book.create_sheet("Cash flow")
    for row in (["Year", "Net"], [2023, -15786], [2024, 16445.5]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    e = evidence(tmp_path / "a.xlsx", mime, "table", Span(cells="Cash flow!A2:B3"))
    assert rows_of(run(program(e), tmp_path)) == [
        ["Year", "Net"],
        ["2023", "-15786"],
        ["2024", "16445.5"],
    ]


def test_seconds_of_a_recording(tmp_path: Path) -> None:
    """To the sample: a rising ramp shows where each came from."""
    rate = 8000
    ramp = np.arange(3 * rate, dtype=np.int16)
    with wave.open(str(tmp_path / "ramp.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(ramp.tobytes())
    e = evidence(tmp_path / "ramp.wav", "audio/wav", "audio", Span(seconds=(0.5, 1.75)))
    run(program(e), tmp_path, str(tmp_path / "ramp.wav"), str(tmp_path / "cut.wav"))
    with wave.open(str(tmp_path / "cut.wav")) as cut:
        samples = np.frombuffer(cut.readframes(cut.getnframes()), np.int16)
    assert np.array_equal(samples, ramp[4000:14000])


def film(path: Path) -> None:
    """Three seconds at 10 frames a second; frame n is grey of 8n."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10, options={"crf": "5", "g": "30"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(30):
            out.mux(
                stream.encode(
                    av.VideoFrame.from_ndarray(
                        np.full((48, 64, 3), 8 * n, np.uint8), format="rgb24"
                    )
                )
            )
        out.mux(stream.encode(None))


def test_seconds_of_a_film(tmp_path: Path) -> None:
    """To the frame, though no key frame stands there."""
    film(tmp_path / "film.mp4")
    e = evidence(tmp_path / "film.mp4", "video/mp4", "video", Span(seconds=(1.0, 1.8)))
    run(program(e), tmp_path, str(tmp_path / "film.mp4"), str(tmp_path / "cut.mp4"))
    with av.open(str(tmp_path / "cut.mp4")) as cut:
        greys = [float(f.to_ndarray(format="gray").mean()) for f in cut.decode(video=0)]
    assert len(greys) == 8
    assert np.allclose(greys, [8 * n for n in range(10, 18)], atol=6)


def tilt(body: trimesh.Trimesh, *at: float) -> trimesh.Trimesh:
    body.apply_transform(trimesh.transformations.rotation_matrix(0.5, [1, 1, 0]))
    return body.apply_translation(at)


def test_simple_bodies_are_built_again(tmp_path: Path) -> None:
    """Box, cylinder, ball and what a lathe turns, tilted: as large, as full and where they were; in
    OpenSCAD where that is asked for.
    """
    lathe = trimesh.creation.revolve(
        [(0, 0), (0.5, 0), (0.3, 0.5), (0.4, 1.0), (0, 1.2)], sections=24
    )
    bodies = [tilt(trimesh.creation.box((1, 2, 3)), 0, 0, 0), tilt(trimesh.creation.cylinder(0.5, 2, sections=32), 4, 0, 0),
              tilt(trimesh.creation.icosphere(3, 0.7), 8, 0, 0), tilt(lathe, 0, 5, 0)]  # fmt: skip
    scene = trimesh.Scene({f"body{i}": b for i, b in enumerate(bodies)})
    scene.export(tmp_path / "bodies.glb")
    e = evidence(tmp_path / "bodies.glb", "model/gltf-binary", "3d", Span(node="model"))
    part = program(e)
    run(part, tmp_path, str(tmp_path / "again.glb"))
    for kind in ("creation.box", "creation.cylinder", "creation.icosphere", "creation.revolve"):
        assert str(part.data).count(kind) == 1
    again = trimesh.load_scene(tmp_path / "again.glb").to_geometry()
    assert np.allclose(again.bounds, scene.to_geometry().bounds, atol=0.02)
    assert again.volume == pytest.approx(sum(b.volume for b in bodies), rel=0.01)
    scad = program(e, "as an OpenSCAD file")
    assert scad.name == "bodies.scad"
    assert str(scad.data).count("multmatrix(") == 4


def test_other_models_are_loaded_and_told(tmp_path: Path) -> None:
    """What is no simple body is loaded as it is, its parts named with their sizes."""
    rock = trimesh.creation.icosphere(2)
    rock.vertices *= 1 + 0.3 * np.random.default_rng(0).random((len(rock.vertices), 1))
    trimesh.Scene({"rock": rock}).export(tmp_path / "rock.glb")
    output = run(
        program(evidence(tmp_path / "rock.glb", "model/gltf-binary", "3d", Span(node="model"))),
        tmp_path,
    )
    assert output.startswith("rock: 320 faces")


def test_a_part_of_a_graph(tmp_path: Path) -> None:
    """The statements around the answer, as a graph that networkx reads."""
    path = tmp_path / "people.tsv"
    path.write_text(
        'subject\trelation\tobject\nAnn "the miller"\tbuilt\tTide Mill\nTide Mill\tstands on\t雀岛\nFar\tknows\tAway\n'
    )
    e = evidence(
        path,
        "text/x-triples",
        "graph",
        Span(lines=(2, 2), node='Ann "the miller"'),
        {"triples": [['Ann "the miller"', "built", "Tide Mill"]]},
    )
    output = run(program(e), tmp_path, str(tmp_path / "near.graphml"))
    assert "雀岛" in output
    near = nx.read_graphml(tmp_path / "near.graphml", force_multigraph=True)
    assert set(near.nodes) == {'Ann "the miller"', "Tide Mill", "雀岛"}


@pytest.mark.parametrize("modality", ["table", "audio", "video"])
def test_a_file_that_is_gone_gives_no_program(tmp_path: Path, modality: Modality) -> None:
    """A program that could not run is worse than none: nothing comes, or the error that names the
    file.
    """
    e = evidence(
        tmp_path / "gone.csv", "text/csv" if modality == "table" else "audio/wav", modality, Span()
    )
    if modality == "table":
        with pytest.raises(NotFound, match=r"gone\.csv"):
            list(Script().generate((), [e]))
    else:
        assert list(Script().generate((), [e])) == []
    assert list(Script().generate((), [])) == []


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    """A file's name cannot end the comment or the string that it stands in."""
    path = tmp_path / "a'''\"\"\"\\n{x}.csv"
    path.write_text("A,B\n1,2\n3,4\n")
    assert rows_of(run(program(evidence(path, "text/csv", "table", Span())), tmp_path)) == [
        ["A", "B"],
        ["1", "2"],
        ["3", "4"],
    ]
