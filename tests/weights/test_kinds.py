"""What a folder of weights is for is read from its configs, before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadConfig
from polysense.weights import kinds as model_kinds
from polysense.weights.kinds import Kind, check_kind, is_masked_language_model, kind_of


def folder_of(path: Path, config: Any, modules: Any = None, saved: Any = None) -> Path:
    """A folder with these configs."""
    path.mkdir(exist_ok=True)
    files = {
        "config.json": config,
        "modules.json": modules,
        model_kinds.SENTENCE_TRANSFORMERS: saved,
    }
    for name, content in files.items():
        if content is not None:
            (path / name).write_text(json.dumps(content))
    return path


def modules(*types: str) -> list[dict[str, str]]:
    return [{"type": f"sentence_transformers.models.{t}", "path": ""} for t in types]


def bert(architecture: str) -> dict[str, Any]:
    return {"model_type": "bert", "architectures": [architecture]}


@pytest.mark.parametrize(
    ("configs", "kind"),
    [
        (({},), model_kinds.TEXT),
        ((bert("BertModel"),), model_kinds.TEXT),
        ((bert("BertForMaskedLM"),), model_kinds.TEXT),
        ((bert("BertForMaskedLM"), modules("MLMTransformer", "SpladePooling")), model_kinds.SPARSE),
        ((bert("BertForMaskedLM"), None, {"model_type": "SparseEncoder"}), model_kinds.SPARSE),
        ((bert("HF_ColBERT"),), model_kinds.COLBERT),
        ((bert("BertModel"), modules("Transformer", "Dense"), {"model_type": "ColBERT"}), model_kinds.COLBERT),
        ((bert("BertForSequenceClassification"),), model_kinds.CROSS_ENCODER),
        (({"architectures": ["Qwen3ForCausalLM"]}, modules("Transformer", "LogitScore")), model_kinds.CROSS_ENCODER),
        (({"architectures": ["Qwen3ForCausalLM"]}, modules("Transformer", "Pooling")), model_kinds.TEXT),
        (({"architectures": ["Qwen3ForCausalLM"]},), model_kinds.LANGUAGE_MODEL),
        (({"architectures": ["ColPaliForRetrieval"]},), model_kinds.COLPALI),
        (
            ({"architectures": ["ColPaliForRetrieval"]}, modules("Transformer", "MultiVectorMask")),
            model_kinds.COLPALI,
        ),
        (({"architectures": ["CLIPModel"], "model_type": "clip"},), model_kinds.CLIP),
        (({"architectures": ["SiglipModel"], "model_type": "siglip"},), model_kinds.CLIP),
        (({"architectures": ["ViTModel"], "model_type": "vit"},), model_kinds.IMAGE),
        (({"architectures": ["ClapModel"], "model_type": "clap"},), model_kinds.CLAP),
        (({"architectures": ["Wav2Vec2ForXVector"], "model_type": "wav2vec2"},), model_kinds.VOICE),
        (({"architectures": ["WhisperForConditionalGeneration"]},), model_kinds.WHISPER),
    ],
)  # fmt: skip
def test_kinds(tmp_path: Path, configs: tuple[Any, ...], kind: Kind) -> None:
    """By what sentence-transformers saved, else by the architecture."""
    folder = folder_of(tmp_path / "m", *configs)
    assert kind_of(folder) is kind
    check_kind(folder, "any:model=", (kind,))


def test_the_hint_names_plugin_setting_and_folder(tmp_path: Path) -> None:
    """What to type next is whole: the setting, and in it the line."""
    folder = folder_of(tmp_path / "ce", bert("BertForSequenceClassification"))
    with pytest.raises(BadConfig, match="holds a cross-encoder, not a model of text") as e:
        check_kind(folder, "text:model=", (model_kinds.TEXT,))
    assert e.value.hint.endswith(f'rerankers = ["cross_encoder:model={folder}"].')


def test_configs_that_are_broken(tmp_path: Path) -> None:
    """Whatever lies there is no reason to fail: loading says what is wrong."""
    folder = folder_of(tmp_path / "m", {"architectures": None}, {"not": "a list"}, ["neither"])
    assert kind_of(folder) is model_kinds.TEXT
    (folder / "modules.json").write_text("[3, {}]")
    (folder / "config.json").write_text("{")
    assert kind_of(folder) is model_kinds.TEXT


def test_masked_language_models(tmp_path: Path) -> None:
    """Alone they are dense or sparse, as is asked; with modules they are what these make of them."""
    assert is_masked_language_model(folder_of(tmp_path / "a", bert("BertForMaskedLM")))
    assert not is_masked_language_model(folder_of(tmp_path / "b", bert("BertModel")))
    pooled = folder_of(tmp_path / "c", bert("BertForMaskedLM"), modules("Transformer", "Pooling"))
    assert not is_masked_language_model(pooled)
