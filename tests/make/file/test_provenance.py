"""What is made says where it came from, in its own file, and is otherwise what it was."""

from __future__ import annotations

import io
import json
import random
import struct

import av
import numpy as np
import pytest
import trimesh
from lxml import etree
from PIL import Image

from polysense.make.file import provenance
from polysense.make.file.provenance import Source, stamp
from polysense.read.image.decode import png
from polysense.read.sound import decode
from polysense.types import Part

NAME = "Bücher -- <tides> & 'moon'.csv"
SOURCES = [
    Source(f"/home/me/kb/{NAME}", "B2:B9", "0a"),
    Source("/home/me/kb/潮汐.pdf", "p. 3", "0b"),
]
PIXELS = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


def clip() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(10):
            file.mux(
                stream.encode(
                    av.VideoFrame.from_ndarray(
                        np.full((48, 64, 3), 20 * shade, np.uint8), format="rgb24"
                    )
                )
            )
        file.mux(stream.encode())
    return out.getvalue()


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "JPEG")
    return out.getvalue()


FILES = {
    "image/png": ("image", png(PIXELS)),
    "image/jpeg": ("image", jpeg()),
    "image/svg+xml": (
        "image",
        b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>',
    ),
    "audio/wav": ("audio", decode.wav(np.sin(np.arange(801, dtype=np.float32)))),
    "video/mp4": ("video", clip()),
    "model/gltf-binary": ("3d", trimesh.creation.box().export(file_type="glb")),
    "application/graphml+xml": (
        "graph",
        b'<?xml version="1.0"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"/></graphml>',
    ),
}
PROGRAMS = {
    "text/x-python": "#!/usr/bin/env python3\nprint(1)\n",
    "text/html": "<!DOCTYPE html>\n<html><title>x</title></html>",
    "image/svg+xml": '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "text/x-mermaid": "flowchart TD\n  a --> b\n",
    "text/x-sql": "SELECT 1;\n",
    "application/x-openscad": "cube(1);\n",
}  # fmt: skip


@pytest.mark.parametrize("mime", FILES)
def test_what_is_written_can_be_read(mime: str) -> None:
    """Route, origin and every source come back from the bytes alone; the part says the same."""
    modality, data = FILES[mime]
    part = stamp(Part(modality, data, mime), "composed", "table -> image (chart)", SOURCES)
    claim = provenance.read(part.data, mime)
    assert claim == part.meta["provenance"]
    assert (claim["origin"], claim["route"]) == ("composed", "table -> image (chart)")
    assert [(i["title"], i["place"], i["hash"]) for i in claim["ingredients"]] == [
        (NAME, "B2:B9", "0a"),
        ("潮汐.pdf", "p. 3", "0b"),
    ]
    assert claim["actions"][0]["digitalSourceType"].endswith("/algorithmicMedia")
    assert provenance.read(data, mime) is None
    assert b"/home/me" not in part.data


@pytest.mark.parametrize("mime", PROGRAMS)
def test_programs_carry_a_comment(mime: str) -> None:
    """After what must come first; nothing in a source's name can end the comment."""
    part = stamp(Part("code", PROGRAMS[mime], mime), "composed", "x", SOURCES)
    claim = provenance.read(part.data.encode(), mime)
    assert claim is not None
    assert [i["title"] for i in claim["ingredients"]] == [NAME, "潮汐.pdf"]
    assert part.data.splitlines()[0] == PROGRAMS[mime].splitlines()[0] or mime not in (
        "text/x-python",
        "text/html",
        "image/svg+xml",
    )
    if mime == "text/x-python":
        compile(part.data, "made.py", "exec")
    if mime == "image/svg+xml":
        etree.fromstring(part.data.encode())
    if mime == "text/html":
        assert part.data.count("-->") == part.data.count("<!--") == 2


def test_the_content_is_as_it_was() -> None:
    """Other readers find the same pixels, samples, frames, triangles."""
    stamped_data = {
        mime: stamp(Part(m, data, mime), "retrieved", "x", SOURCES).data
        for mime, (m, data) in FILES.items()
    }
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(stamped_data["image/png"]))), PIXELS)
    assert (
        json.loads(Image.open(io.BytesIO(stamped_data["image/png"])).info["polysense"])["origin"]
        == "retrieved"
    )
    assert Image.open(io.BytesIO(stamped_data["image/jpeg"])).size == (4, 4)
    for mime in ("audio/wav", "video/mp4"):
        before, after = (decode_samples(data) for data in (FILES[mime][1], stamped_data[mime]))
        assert np.array_equal(before, after)
    box = trimesh.load(io.BytesIO(stamped_data["model/gltf-binary"]), file_type="glb")
    assert box.to_geometry().volume == pytest.approx(1.0)
    etree.fromstring(stamped_data["application/graphml+xml"])


def decode_samples(data: bytes) -> np.ndarray:
    with av.open(io.BytesIO(data)) as file:
        return np.concatenate([f.to_ndarray().ravel() for f in file.decode(file.streams[0])])


def test_what_has_no_place_for_it_is_left_alone(tmp_path) -> None:
    """A table's cells are not touched, nor a file that is only referred to; the part tells all the
    same.
    """
    table = stamp(Part("table", b"a,b\n1,2\n", "text/csv"), "retrieved", "x", SOURCES)
    assert table.data == b"a,b\n1,2\n"
    assert len(table.meta["provenance"]["ingredients"]) == 2
    lazy = stamp(Part("image", tmp_path / "a.png", "image/png"), "retrieved", "x", [])
    assert lazy.data == tmp_path / "a.png"
    assert provenance.read(b"no such thing", "text/x-python") is None


@pytest.mark.parametrize(
    "asset",
    ["", '"asset":null,', '"asset":[],', '"asset":{"version":"2.0","extras":"by hand"},',
     '"asset":{"version":"2.0","extras":{"author":"me"}},'],
)  # fmt: skip
def test_models_without_an_asset_carry_it_too(asset: str) -> None:
    """Tools write glTF that lacks what the specification wants, or more; what was there stays."""
    tree = f'{{{asset}"scenes":[]}}'.encode()
    tree += b" " * (-len(tree) % 4)
    model = b"glTF" + struct.pack("<III", 2, 20 + len(tree), len(tree)) + b"JSON" + tree
    assert provenance.read(model, "model/gltf-binary") is None
    part = stamp(Part("3d", model, "model/gltf-binary"), "retrieved", "x", SOURCES)
    assert provenance.read(part.data, "model/gltf-binary") == part.meta["provenance"]
    tree_with_claim = json.loads(part.data[20:])
    assert tree_with_claim["scenes"] == []
    assert ("by hand" in asset) <= ("by hand" in json.dumps(tree_with_claim["asset"]))
    assert ("author" in asset) <= (tree_with_claim["asset"]["extras"].get("author") == "me")


@pytest.mark.parametrize("mime", FILES)
def test_broken_files_are_left_alone(mime: str) -> None:
    """A file that is retrieved may be cut or damaged: it is given as it is, and read as one without
    provenance, never an error.
    """
    modality, data = FILES[mime]
    damage = random.Random(1)
    for n in range(40):
        raw = bytearray(data[: len(data) * n // 10] if n < 10 else data)
        for _ in range(5 if raw and n >= 10 else 0):
            raw[damage.randrange(len(raw))] = damage.randrange(256)
        part = stamp(Part(modality, bytes(raw), mime), "retrieved", "x", SOURCES)
        assert part.meta["provenance"]["origin"] == "retrieved"
        assert provenance.read(bytes(raw), mime) is None


def test_what_a_model_made_names_the_model() -> None:
    """With its seed and steps, and what it was given as input; of words by rule it names none."""
    meta = {"model": "sdxl", "seed": 7, "steps": 30, "prompt": "private"}
    part = Part("image", png(PIXELS), "image/png", meta=meta)
    claim = provenance.read(stamp(part, "generated", "text -> image", SOURCES).data, "image/png")
    assert claim is not None
    [action] = claim["actions"]
    assert action["softwareAgent"] == {"name": "sdxl"}
    assert action["parameters"] == {"seed": 7, "steps": 30}
    assert {i["relationship"] for i in claim["ingredients"]} == {"inputTo"}
    composed = provenance.read(stamp(part, "composed", "r", SOURCES).data, "image/png")
    assert composed is not None
    assert "softwareAgent" not in composed["actions"][0]
