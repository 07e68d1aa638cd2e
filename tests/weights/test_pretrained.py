"""Folders of weights and names of a hub: looked for, told apart, refused with what to write."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from polysense.errors import BadConfig, MissingDependency
from polysense.weights import pretrained
from polysense.weights.pretrained import (
    check_holds_model,
    dtype_of,
    find_folder,
    load_faults,
    read_config,
    revision_of,
    without_hub,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a model's."""
    home = tmp_path / "model"
    home.mkdir()
    (home / "config.json").write_text('{"model_type": "bert"}')
    (home / "model.safetensors").write_bytes(b"weights")
    return home


def test_a_folder_is_itself(folder: Path) -> None:
    """No hub is asked for it, whatever it is called."""
    assert find_folder(str(folder), "clip:model=") == folder.resolve()


@pytest.mark.parametrize("model", ["", "/nowhere/at/all", "./nowhere", "a/b/c", "~/nowhere"])
def test_what_is_no_name_and_no_folder(model: str) -> None:
    """Is a wrong setting, with the option to write."""
    with pytest.raises(BadConfig) as refusal:
        find_folder(model, "clip:model=")
    assert "clip:model=" in refusal.value.hint


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    """One of llama.cpp's is told what serves it."""
    for name, words in (("model.gguf", "llama-server"), ("model.bin", "clip:model=FOLDER")):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(BadConfig, match=name) as refusal:
            find_folder(str(tmp_path / name), "clip:model=")
        assert words in refusal.value.hint


def test_a_name_of_the_hub_that_is_not_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offline the hub is not asked; a bare name is of the organisation that the family says."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingDependency, match="someone/tiny") as refusal:
        find_folder("tiny", "clip:model=", offline=True, organisation="someone")
    assert "hf download someone/tiny" in refusal.value.hint


def test_looking_is_not_downloading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever only checks the settings asks no hub, whatever the plug-in's own option says."""
    import huggingface_hub

    def snapshot_download(*names: object, local_files_only: bool = False, **_: object) -> str:
        if not local_files_only:
            raise AssertionError("it would have been downloaded")
        raise OSError("not here")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    with without_hub(), pytest.raises(MissingDependency, match="not on this machine"):
        find_folder("someone/tiny", "clip:model=")
    with pytest.raises(AssertionError, match="downloaded"):
        find_folder("someone/tiny", "clip:model=")


def test_the_revision_is_of_what_decides_vectors(folder: Path, tmp_path: Path) -> None:
    """The same wherever the folder lies; another where a weight differs; the hub's own commit."""
    first = revision_of(folder)
    assert revision_of(Path(shutil.copytree(folder, tmp_path / "copy"))) == first
    (folder / "README.md").write_text("words for people")
    assert revision_of(folder) == first
    (folder / "model.safetensors").write_bytes(b"weightz")
    assert revision_of(folder) != first
    commit = "0123456789abcdef" * 2 + "01234567"
    assert revision_of(tmp_path / "snapshots" / commit) == commit[:12]


def test_weights_are_read_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gigabytes at every command are slow. The revision stays what it was without a memory of it; a
    file that changed is read anew.
    """
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path / "cache"))
    weights = folder / "model.safetensors"
    for path in folder.iterdir():
        os.utime(path, (1e9, 1e9))
    expected = sha256()
    for path in (folder / "config.json", weights):
        expected.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    first = revision_of(folder)
    assert first == expected.hexdigest()[:12]
    weights.write_bytes(b"weightz")
    os.utime(weights, (1e9, 1e9))
    assert revision_of(folder) == first, "read again"
    os.utime(weights, (1e9, 1e9 + 1))
    second = revision_of(folder)
    assert second != first
    for memo in (tmp_path / "cache" / "revisions").iterdir():
        memo.write_bytes(b"\xff")
    assert revision_of(folder) == second, "a broken memory is none"
    (tmp_path / "file").touch()
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path / "file"))
    assert revision_of(folder) == second, "nor is one that cannot be written"


def test_what_has_just_changed_is_not_remembered(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may change again within one step of the file system's clock."""
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path / "cache"))
    revision_of(folder)
    assert not (tmp_path / "cache").exists()


def test_configs_that_cannot_be_read_say_nothing(folder: Path) -> None:
    """Whoever loads the model tells what is wrong with it."""
    assert read_config(folder) == {"model_type": "bert"}
    assert read_config(folder, "other.json") == {}
    (folder / "config.json").write_text("[1")
    assert read_config(folder) == {}


def test_a_folder_without_a_model(tmp_path: Path, folder: Path) -> None:
    """A config below it, as of a module, is one."""
    check_holds_model(folder.parent, "clip:model=")
    with pytest.raises(BadConfig, match=r"no config\.json"):
        check_holds_model(tmp_path / "nothing", "clip:model=")


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ImportError("No module named 'timm'"), MissingDependency, "timm"),
        (OSError("no file named model.safetensors\nmore"), BadConfig, "no file named"),
        (ValueError("pass trust_remote_code=True"), BadConfig, "cannot be loaded"),
        (BadConfig("ours"), BadConfig, "ours"),
    ],
)
def test_what_a_library_says_of_a_folder(
    folder: Path, error: Exception, kind: type[Exception], words: str
) -> None:
    """One line of it, as an error of ours; code beside weights is never run."""
    with pytest.raises(kind, match=words) as refusal, load_faults(folder):
        raise error
    assert "\n" not in str(refusal.value)
    if "trust_remote_code" in str(error):
        assert "never done" in getattr(refusal.value, "hint", "")


def test_types_of_numbers() -> None:
    """Floats on a processor, else the weights' own; what is none is refused."""
    import torch

    assert dtype_of("", "cpu") is torch.float32
    assert dtype_of("", "cuda") == "auto"
    assert dtype_of("bfloat16", "cpu") is torch.bfloat16
    for name in ("int8", "fast", "nn"):
        with pytest.raises(BadConfig, match=name):
            dtype_of(name, "cpu")


def test_the_backend_of_pictures_is_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors of the two differ a little, so that spaces say which it was."""
    monkeypatch.setattr(pretrained, "find_spec", lambda name: None)
    assert pretrained.image_backend() == "pil"
    monkeypatch.setattr(pretrained, "find_spec", lambda name: object())
    assert pretrained.image_backend() == "torchvision"
