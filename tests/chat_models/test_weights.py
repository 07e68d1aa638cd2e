"""Folders of weights: what is taken, what is refused, and that nothing in them is run."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from polysense.chat_models.weights import describe, find, load
from polysense.errors import BadConfig, MissingDependency

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def copy(reader: Path, tmp_path: Path) -> Path:
    """A model to break."""
    return Path(shutil.copytree(reader, tmp_path / "copy"))


@pytest.mark.parametrize("name", ["", "/nowhere/at/all", "./nowhere", "nowhere", "a/b/c"])
def test_no_such_folder(name: str) -> None:
    """It is told at once, without asking a hub for it."""
    with pytest.raises(BadConfig) as raises:
        find(name)
    assert "transformers:model=" in raises.value.hint


def test_a_name_that_the_hub_does_not_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or that cannot be asked: how to get it here is said."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingDependency, match="nobody/nothing") as raises:
        find("nobody/nothing")
    assert "hf download nobody/nothing" in raises.value.hint


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    """What is missing is named."""
    with pytest.raises(BadConfig, match=r"no config\.json"):
        describe(tmp_path)


def test_gguf(tmp_path: Path) -> None:
    """The way to it is another server."""
    file = tmp_path / "small.gguf"
    file.write_bytes(b"GGUF")
    with pytest.raises(BadConfig) as raises:
        find(str(file))
    assert "llama-server" in raises.value.hint
    with pytest.raises(BadConfig) as raises:
        describe(tmp_path)
    assert "llama-server" in raises.value.hint


def test_pickles_are_not_read(copy: Path) -> None:
    """They may run code: how to turn them into safetensors is said."""
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(BadConfig, match=r"pytorch_model\.bin only, which may run code") as raises:
        describe(copy)
    assert "save_pretrained" in raises.value.hint


def test_no_weights(copy: Path) -> None:
    """It is told."""
    (copy / "model.safetensors").unlink()
    with pytest.raises(BadConfig, match="no weights"):
        describe(copy)


def test_weights_that_are_not_all_there(copy: Path) -> None:
    """No layer is made up in silence."""
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    del tensors["model.norm.weight"]
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(BadConfig, match=r"lacks weights: model\.norm\.weight"):
        load(describe(copy), frozenset(), "cpu", "")


def test_weights_that_are_broken(copy: Path) -> None:
    """Half a file is no model."""
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(BadConfig, match="cannot be loaded"):
        load(describe(copy), frozenset(), "cpu", "")


def test_code_in_the_folder_is_not_run(copy: Path, tmp_path: Path) -> None:
    """Not of a config, not of a tokenizer; the folder is refused where it cannot do without."""
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'evil')!r}, 'w')\nclass Evil: pass\n")
    config = json.loads((copy / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "evil.Evil", "AutoModelForCausalLM": "evil.Evil"}
    (copy / "config.json").write_text(json.dumps(config))
    load(describe(copy), frozenset(), "cpu", "")
    config["model_type"] = "evil"
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadConfig) as raises:
        describe(copy)
    assert "never done" in raises.value.hint
    assert not (tmp_path / "evil").exists()


def test_a_model_that_writes_nothing(copy: Path) -> None:
    """It is told what it is."""
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "model_type": "vit"}))
    with pytest.raises(BadConfig, match="is a vit, which writes no words"):
        describe(copy)


@pytest.mark.parametrize("dtype", ["float12", "int8", "nn"])
def test_a_dtype_that_is_none(reader: Path, dtype: str) -> None:
    """Those that are weights are named."""
    with pytest.raises(BadConfig) as raises:
        load(describe(reader), frozenset(), "cpu", dtype)
    assert "bfloat16" in raises.value.hint


def test_a_dtype(reader: Path) -> None:
    """As asked; on a CPU float32, whatever the folder has."""
    assert (
        str(load(describe(reader), frozenset(), "cpu", "bfloat16").model.dtype) == "torch.bfloat16"
    )
    assert str(load(describe(reader), frozenset(), "cpu", "").model.dtype) == "torch.float32"


def test_a_device_that_is_none(reader: Path) -> None:
    """It is told."""
    with pytest.raises(BadConfig, match="cannot be loaded"):
        load(describe(reader), frozenset(), "warp drive", "")


def test_without_transformers(reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said."""
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingDependency) as raises:
        describe(reader)
    assert "polysense[models]" in raises.value.hint


@pytest.mark.parametrize("kind", ["lora", "prompt", "p_tuning"])
def test_an_adapter_that_peft_has_saved(reader: Path, tmp_path: Path, kind: str) -> None:
    """A LoRA goes into the weights, tuned vectors before the input: the same logits as PEFT's."""
    peft = pytest.importorskip("peft")
    import torch

    base = load(describe(reader), frozenset(), "cpu", "").model
    torch.manual_seed(0)
    config = {
        "lora": peft.LoraConfig(
            r=2, task_type="CAUSAL_LM", target_modules=["q_proj"], init_lora_weights=False
        ),
        "prompt": peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3),
        "p_tuning": peft.PromptEncoderConfig(
            task_type="CAUSAL_LM", num_virtual_tokens=3, encoder_hidden_size=16
        ),
    }[kind]
    own = peft.get_peft_model(base, config).eval()
    own.save_pretrained(tmp_path)
    weights = load(describe(reader), frozenset(), "cpu", "", str(tmp_path))
    inputs = {"input_ids": torch.tensor([[5, 9, 7]]), "attention_mask": torch.ones(1, 3).long()}
    with torch.inference_mode():
        mine, theirs = weights.model(**inputs).logits, own(**inputs).logits
        plain = load(describe(reader), frozenset(), "cpu", "").model(**inputs).logits
    assert torch.allclose(mine, theirs, atol=1e-5)
    assert not torch.allclose(mine[:, -1], plain[:, -1], atol=1e-3)
    assert not weights.takes_token_types


def test_an_adapter_that_is_none(reader: Path, tmp_path: Path) -> None:
    """What is taken is said."""
    with pytest.raises(BadConfig, match="adapter_model") as raises:
        load(describe(reader), frozenset(), "cpu", "", str(tmp_path))
    assert "p-tuning" in raises.value.hint
