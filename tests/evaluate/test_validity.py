"""A made file is judged by readers that had no part in making it: what is sound passes, what only
looks like a file does not.
"""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
import trimesh

from polysense.evaluate.validity import InvalidPart, check
from polysense.read.image.decode import png
from polysense.read.sound import decode
from polysense.types import Part

NOISE = np.random.default_rng(1).integers(0, 255, (64, 80, 3), np.uint8)
GRAPH = (
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"><node id="a"/><node id="b"/>'
    '<edge source="a" target="b"/></graph></graphml>'
)
BOX = trimesh.creation.box().export(file_type="glb")


def clip(codec: str = "libx264", pixels: str = "yuv420p", frames: int = 5) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 80, 64, pixels
        for _ in range(frames):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(NOISE, format="rgb24")))
        file.mux(stream.encode())
    return out.getvalue()


SOUND = {
    "text": Part("text", "High water is at noon."),
    "image": Part("image", png(NOISE), "image/png"),
    "audio": Part(
        "audio", decode.wav(np.sin(np.arange(8000, dtype=np.float32) * 0.3)), "audio/wav"
    ),
    "video": Part("video", clip(), "video/mp4"),
    "3d": Part("3d", BOX, "model/gltf-binary"),
    "python": Part("code", "x = 1\ny = 2\n", "text/x-python"),
    "html": Part(
        "code", "<!DOCTYPE html><html><body><p>noon is the hour</p></body></html>", "text/html"
    ),
    "mermaid": Part("code", "flowchart TD\n  a --> b\n", "text/x-mermaid"),
    "table": Part("table", b"a,b\n1,2\n", "text/csv"),
    "graph": Part("graph", GRAPH.encode(), "application/graphml+xml"),
}
INVALID = {
    "no words": (Part("text", ""), "empty"),
    "a blank picture": (
        Part("image", png(np.full((64, 64, 3), 255, np.uint8)), "image/png"),
        "blank",
    ),
    "half a picture": (Part("image", png(NOISE)[:3000], "image/png"), "OSError|truncated"),
    "silence": (Part("audio", decode.wav(np.zeros(8000, np.float32)), "audio/wav"), "silent"),
    "a click": (Part("audio", decode.wav(np.ones(100, np.float32)), "audio/wav"), "shorter"),
    "a clip that some players do not show": (Part("video", clip("mpeg4"), "video/mp4"), "players"),
    "one frame": (Part("video", clip(frames=1), "video/mp4"), "move"),
    "a cut model": (Part("3d", BOX[:-10], "model/gltf-binary"), "no GLB"),
    "a program that does not parse": (
        Part("code", "x = = 1\nfoo bar\n", "text/x-python"),
        "SyntaxError",
    ),
    "a diagram of nothing": (Part("code", "a goes to b", "text/x-mermaid"), "no diagram"),
    "a header alone": (Part("table", b"a,b\n", "text/csv"), "no row"),
    "a ragged table": (Part("table", b"a,b\n1\n", "text/csv"), "lengths"),
    "an edge to nowhere": (
        Part("graph", GRAPH.replace('target="b"', 'target="c"').encode()),
        "not there",
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_files_pass(name: str) -> None:
    """Nothing to complain of."""
    check(SOUND[name])


@pytest.mark.parametrize("name", INVALID)
def test_broken_files_do_not(name: str) -> None:
    """And the reason is told."""
    part, why = INVALID[name]
    with pytest.raises(InvalidPart, match=why):
        check(part)
