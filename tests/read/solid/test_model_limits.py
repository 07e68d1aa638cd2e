"""What a model's file claims is bounded before it is believed."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from polysense.errors import TooLarge, Unsupported
from polysense.read.solid.model_limits import MAX_FACES, MAX_NODES, check_faces, check_limits


def gltf(**parts: Any) -> bytes:
    return json.dumps({"asset": {"version": "2.0"}} | parts).encode()


def vectors(count: int, **more: int) -> dict[str, Any]:
    return {"componentType": 5126, "count": count, "type": "VEC3"} | more


def test_a_small_model_passes_with_its_tree() -> None:
    """glTF's tree is returned, as what follows needs it; other formats have none."""
    assert check_limits(gltf(nodes=[{"name": "a"}]), "gltf", "x")["nodes"] == [{"name": "a"}]
    assert check_limits(b"solid x", "stl", "x") == {}


@pytest.mark.parametrize(
    "raw",
    [
        gltf(accessors=[vectors(3 * MAX_FACES + 3)]),
        gltf(accessors=[vectors(3 * MAX_FACES // 2), vectors(3 * MAX_FACES // 2 + 3)]),
        gltf(nodes=[{}] * (MAX_NODES + 1)),
        gltf(
            accessors=[vectors(30_000, bufferView=0)],
            meshes=[{"primitives": [{"attributes": {"POSITION": 0}}]}],
            nodes=[{"mesh": 0}] * 1000,
        ),
    ],
    ids=["one accessor", "zeros that no byte stands for", "nodes", "instances"],
)
def test_what_claims_too_much_is_too_large(raw: bytes) -> None:
    with pytest.raises(TooLarge, match="bomb"):
        check_limits(raw, "gltf", "bomb")


def test_a_zip_is_judged_by_what_it_unpacks_to() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("3D/3dmodel.model", b" " * (1 << 20))
    assert check_limits(raw.getvalue(), "3mf", "x") == {}


def test_compressed_geometry_is_unsupported() -> None:
    extensions = {"EXT_meshopt_compression": {}}
    meshes = [{"primitives": [{"attributes": {}, "extensions": extensions}]}]
    with pytest.raises(Unsupported, match="EXT_meshopt_compression"):
        check_limits(gltf(meshes=meshes), "gltf", "x")


def test_the_limit_itself_is_allowed() -> None:
    check_faces(MAX_FACES, "x")
    with pytest.raises(TooLarge):
        check_faces(MAX_FACES + 1, "x")
