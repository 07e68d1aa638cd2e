"""Folders of pipelines: told apart by their index, refused with what to write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.weights import pipelines
from polysense.weights.pipelines import (
    PICTURES,
    SOUNDS,
    check_memory,
    find_pipeline,
    pipeline_class,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like one of Stable Diffusion."""
    home = tmp_path / "model"
    (home / "unet").mkdir(parents=True)
    (home / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    (home / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    return home


def test_a_folder_is_of_its_class(folder: Path) -> None:
    """As its index says."""
    assert find_pipeline(str(folder), PICTURES) == folder.resolve()
    assert pipeline_class(folder) == "StableDiffusionPipeline"


def refusal(folder: Path, kind: pipelines.Kind = PICTURES) -> BadConfig:
    with pytest.raises(BadConfig) as error:
        find_pipeline(str(folder), kind)
    return error.value


def test_a_pipeline_of_another_plugin(folder: Path) -> None:
    """Is told with the line that takes it."""
    error = refusal(folder, SOUNDS)
    assert "draws pictures" in str(error)
    assert f'generators = ["stable_diffusion:model={folder.resolve()}"]' in error.hint


def test_a_model_that_is_no_pipeline(folder: Path) -> None:
    """An encoder is told with the line that takes it, an unknown pipeline with those known; a
    folder of nothing with what to give.
    """
    (folder / "model_index.json").write_text('{"_class_name": "DiTPipeline"}')
    assert "StableDiffusionXLPipeline" in refusal(folder).hint
    (folder / "model_index.json").unlink()
    assert "diffusers' save_pretrained" in refusal(folder).hint
    (folder / "config.json").write_text(json.dumps({"model_type": "clip"}))
    assert 'encoders = ["clip:model=' in refusal(folder).hint


def test_a_folder_without_weights(folder: Path) -> None:
    """As a download that broke off leaves one."""
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert "no weights" in str(refusal(folder))


@pytest.mark.parametrize("way", ["file", "class"])
def test_code_beside_weights_is_never_run(folder: Path, way: str) -> None:
    """Neither a file of it nor a class that is found there."""
    if way == "file":
        (folder / "unet" / "own.py").write_text("raise SystemExit")
    else:
        own = {"_class_name": ["pipeline", "Own"]}
        (folder / "model_index.json").write_text(json.dumps(own))
    assert "code" in str(refusal(folder))


def test_what_is_asked_of_a_hub(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The revision that is named, and weights of one type: no file that holds all once more."""
    from fnmatch import fnmatch

    import huggingface_hub

    requests: list[dict[str, object]] = []

    def snapshot_download(name: str, **options: object) -> str:
        requests.append(options)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    find_pipeline("someone/tiny", PICTURES, revision="abc")
    find_pipeline("someone/tiny", PICTURES, variant="fp16")
    names = (
        "model_index.json", "v1.safetensors", "unet/config.json", "tokenizer/merges.txt",
        "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors",
        "text_encoder/model-00001-of-00002.safetensors", "unet/diffusion_pytorch_model.bin",
    )  # fmt: skip
    own, half = (
        {n for n in names if any(fnmatch(n, p) for p in r["allow_patterns"])} for r in requests
    )
    configs = {"model_index.json", "unet/config.json", "tokenizer/merges.txt"}
    assert requests[0]["revision"] == "abc"
    assert requests[1]["revision"] is None
    assert own == configs | {names[4], names[6]}
    assert half == configs | {names[5]}


def test_what_is_larger_than_all_memory_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The system would end the process. What lies there in two types is counted once."""
    (folder / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"half")
    monkeypatch.setattr(pipelines, "_memory_of", lambda device: 6)
    check_memory(folder, "cpu", "fp16")
    with pytest.raises(BadConfig, match="of weights") as error:
        check_memory(folder, "cpu")
    assert "variant=fp16" in error.value.hint
    monkeypatch.setattr(pipelines, "_memory_of", lambda device: 7)
    check_memory(folder, "cpu")
