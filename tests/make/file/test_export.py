"""A part is written as the kind of file that its name asks for, and other programs read it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import av
import networkx
import numpy as np
import openpyxl
import pyarrow.parquet as parquet
import pytest
import rdflib
import trimesh
from PIL import Image

from polysense.errors import BadQuery, NotFound
from polysense.make.file.export import ending, export, fits
from polysense.modalities import describe
from polysense.read.image.decode import png
from polysense.read.sound import decode
from polysense.types import Part

TONE = decode.wav(np.sin(np.arange(16_000, dtype=np.float32) * 0.2) * 0.5)
TABLE = Part("table", "name,count,code\nmill,2,007\n潮,1.5,x\n".encode(), "text/csv")


def graph() -> Part:
    g = networkx.DiGraph()
    g.add_node("a", label='The "old" mill')
    g.add_node("b", label="潮")
    g.add_edge("a", "b", label="is moved by")
    return Part(
        "graph", "\n".join(networkx.generate_graphml(g)).encode(), "application/graphml+xml"
    )


@pytest.mark.parametrize("suffix", describe("image").endings)
def test_pictures(suffix: str) -> None:
    """Every kind opens at the same size."""
    with Image.open(
        io.BytesIO(
            export(Part("image", png(np.full((6, 9, 3), 90, np.uint8)), "image/png"), suffix)
        )
    ) as picture:
        assert picture.size == (9, 6)
        assert abs(picture.convert("RGB").getpixel((4, 3))[0] - 90) < 4


@pytest.mark.parametrize("suffix", describe("audio").endings)
def test_sounds(suffix: str) -> None:
    """Every kind decodes to the same length, and is a tone, not silence."""
    with av.open(io.BytesIO(export(Part("audio", TONE, "audio/wav"), suffix))) as file:
        blocks = list(file.decode(audio=0))
    assert sum(b.samples for b in blocks) / blocks[0].sample_rate == pytest.approx(1.0, abs=0.06)
    assert (
        np.abs(np.concatenate([b.to_ndarray().astype(np.float64).ravel() for b in blocks])).max()
        > 0.4
    )


@pytest.mark.parametrize("suffix", describe("3d").endings)
def test_models(suffix: str) -> None:
    """Every kind holds the same solid."""
    box = trimesh.creation.box((1, 2, 3)).export(file_type="glb")
    model = trimesh.load(
        io.BytesIO(export(Part("3d", box, "model/gltf-binary"), suffix)),
        file_type=suffix[1:],
        force="mesh",
    )
    assert model.volume == pytest.approx(6.0, rel=1e-3)


def test_tables() -> None:
    """Numbers are numbers where a kind has such, and 007 is none."""
    assert export(TABLE) == TABLE.data
    assert export(TABLE, ".tsv").decode().splitlines()[1] == "mill\t2\t007"
    sheet = openpyxl.load_workbook(io.BytesIO(export(TABLE, ".xlsx"))).active
    assert [[c.value for c in row] for row in sheet.rows] == [
        ["name", "count", "code"],
        ["mill", 2, "007"],
        ["潮", 1.5, "x"],
    ]
    assert [
        json.loads(line)["count"] for line in export(TABLE, ".jsonl").decode().splitlines()
    ] == [2, 1.5]
    assert parquet.read_table(io.BytesIO(export(TABLE, ".parquet"))).column("code").to_pylist() == [
        "007",
        "x",
    ]


def test_a_column_of_words_and_numbers_can_be_parquet() -> None:
    """A column has one type there: words, where it holds any."""
    mixed = Part("table", b"a\n1\nx\n", "text/csv")
    assert parquet.read_table(io.BytesIO(export(mixed, ".parquet"))).column("a").to_pylist() == [
        "1",
        "x",
    ]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # the reader's own
def test_graphs() -> None:
    """Nodes, labels and relations are the same in every notation."""
    assert 'n0["The #quot;old#quot; mill"]' in export(graph(), ".mmd").decode()
    assert 'n0 -->|"is moved by"| n1' in export(graph(), ".mmd").decode()
    for suffix, notation in ((".ttl", "turtle"), (".jsonld", "json-ld")):
        read = rdflib.Graph().parse(data=export(graph(), suffix), format=notation)
        assert {str(o) for o in read.objects(predicate=rdflib.RDFS.label)} == {
            'The "old" mill',
            "潮",
        }
        assert any("moved" in str(p) for p in read.predicates())


def test_words_and_code_end_with_a_line() -> None:
    """As text files do."""
    assert export(Part("text", "Noon [1]")) == b"Noon [1]\n"
    assert export(Part("code", "x = 1\n", name="made.py"), ".py") == b"x = 1\n"


def test_what_cannot_be_is_refused_with_what_can(tmp_path: Path) -> None:
    """A sound is no STL; a file that is gone is not written as an empty one."""
    with pytest.raises(BadQuery, match=r"audio cannot be written as \.stl") as e:
        export(Part("audio", TONE, "audio/wav"), ".stl")
    assert ".mp3" in e.value.hint
    with pytest.raises(NotFound, match="is gone"):
        export(Part("image", tmp_path / "gone.png", "image/png"), ".jpg")
    assert not fits(Part("audio", TONE), ".py")
    assert fits(Part("code", "x"), ".rs")


def test_endings() -> None:
    """A name that lies about what a part is does not name its file."""
    assert [
        ending(p)
        for p in (
            Part("audio", TONE),
            Part("audio", TONE, name="a.png"),
            Part("code", "x", name="a.mmd"),
        )
    ] == [
        ".wav",
        ".wav",
        ".mmd",
    ]
    assert ending(Part("code", "x", name="a.py")) == ".py"


def test_code_fits_the_endings_of_its_own_language() -> None:
    """By its type, else its name; a name with no ending that is known keeps its own; code of no
    known language may have any.
    """
    page, script = (
        Part("code", "<p>", mime="text/html", name="page.html"),
        Part("code", "x", mime="text/x-python"),
    )
    assert [fits(page, e) for e in (".html", ".htm", ".py", ".svg", ".mmd")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [fits(script, e) for e in (".py", ".html", ".foo", ".mmd", "")] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert [fits(Part("code", "x", name="a.scad"), e) for e in (".scad", ".py")] == [True, False]
    assert [
        fits(Part("code", "x", mime="text/x-c++", name="a.h"), e) for e in (".h", ".cpp", ".go")
    ] == [True, True, False]
    assert ending(script) == ".py"
    with pytest.raises(BadQuery, match=r"code \(\.py\) cannot be written as \.html"):
        export(script, ".html")
