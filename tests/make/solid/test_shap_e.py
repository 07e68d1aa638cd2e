"""3D models that a model makes: of words or of a picture, with a surface that any reader opens."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
import trimesh

from polysense import Library, registry
from polysense.errors import BadConfig, ModelFailed
from polysense.ingest.workers import Limits
from polysense.make.file import provenance
from polysense.make.solid.shap_e import ShapE
from polysense.testing import check_generator
from polysense.types import Part

from ..conftest import PipelineFolder
from ..diffusion.pieces import ASK, BLUE, RED, parts, picture, words


def sculptor(model: Path, **options: object) -> ShapE:
    return ShapE(**{"model": str(model), "steps": 2, "grid": 12, "device": "cpu"} | options)


def sculpt(plugin: ShapE, *evidence: object) -> Part:
    [part] = parts(plugin.generate(ASK, evidence))
    return part


def test_a_surface_of_words(pipeline_folder: PipelineFolder) -> None:
    """Its faces turn outwards, its colours are there; other words give another one, the same words
    and seed the same bytes.
    """
    plugin = sculptor(pipeline_folder("shap_e"))
    check_generator(plugin)
    part = sculpt(plugin, words())
    mesh = trimesh.load(io.BytesIO(part.data), file_type="glb", force="mesh")
    assert len(mesh.faces) == part.meta["faces"] > 100
    assert mesh.is_winding_consistent
    assert mesh.volume > 0
    assert b"COLOR_0" in part.data
    assert part.data == sculpt(plugin, words()).data
    assert part.data != sculpt(plugin, words(text="A chair with three legs.")).data


def test_a_surface_of_a_picture(pipeline_folder: PipelineFolder) -> None:
    """The retrieved picture changes it; words alone are nothing to it."""
    plugin = sculptor(pipeline_folder("shap_e_of_pictures"))
    red, blue = (sculpt(plugin, words(1), picture(2, c)) for c in (RED, BLUE))
    assert red.data != blue.data
    assert (red.meta["conditions"], red.meta["evidence"]) == ("image", [2])
    assert not parts(plugin.generate(ASK, [words()]))


def test_a_model_without_a_surface_is_no_answer(
    pipeline_folder: PipelineFolder, tmp_path: Path
) -> None:
    """All of it is outside: told so, not given as an empty file."""
    import torch
    from safetensors.torch import load_file, save_file

    model = Path(shutil.copytree(pipeline_folder("shap_e"), tmp_path / "model"))
    [weights] = (model / "shap_e_renderer").glob("*.safetensors")
    tensors = load_file(weights)
    bias = tensors["mlp.mlp.6.bias"]
    tensors["mlp.mlp.6.bias"] = torch.cat([torch.tensor([-50.0]), bias[1:]])
    save_file(tensors, weights, {"format": "pt"})
    with pytest.raises(ModelFailed, match="without a surface") as refusal:
        sculpt(sculptor(model), words())
    assert "seed=" in refusal.value.hint


def test_a_library_makes_a_model(pipeline_folder: PipelineFolder, tmp_path: Path) -> None:
    """Of what was retrieved, before a plate of letters; it says that a model made it."""
    (tmp_path / "stool.txt").write_text("The milking stool has three legs of ash.")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters if c != "text3d"],
        generators=[f"shap_e:model={pipeline_folder('shap_e')},steps=2,grid=12,device=cpu"],
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "stool.txt")
        answer = kb.ask("Make a milking stool with three legs", to="3d")
        saved_file = answer.save(tmp_path / "stool.glb")
    part = answer.parts[0]
    assert (part.modality, part.origin, part.evidence) == ("3d", "generated", (1,))
    claim = provenance.read(saved_file.read_bytes(), "model/gltf-binary")
    assert claim is not None
    assert claim["actions"][0]["softwareAgent"] == {"name": "shap_e"}


def test_the_grid_is_bounded() -> None:
    """Its cube is what is computed."""
    for grid in (4, 1000):
        with pytest.raises(BadConfig, match="grid"):
            ShapE(grid=grid)
