"""Which plug-in takes a folder of weights: by what its configs say, without loading it.

sentence-transformers gives any transformer the head that it is asked for, with random numbers where
the folder holds none. So what a folder was trained for is looked up before it is loaded.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from polysense.errors import BadConfig
from polysense.weights.pretrained import check_holds_model, read_config, read_json

SENTENCE_TRANSFORMERS = "config_sentence_transformers.json"


class Kind(NamedTuple):
    """What a folder holds, the plug-in that takes it, and the setting that names that."""

    what: str
    option: str
    setting: str = "encoders"


TEXT = Kind("a model of text embeddings", "text:model=")
SPARSE = Kind("a sparse encoder", "sparse:model=")
COLBERT = Kind("a late interaction model of texts", "colbert:model=")
COLPALI = Kind("a late interaction model of pages", "colpali:model=")
CROSS_ENCODER = Kind("a cross-encoder", "cross_encoder:model=", "rerankers")
CLIP = Kind("a model of pictures and words", "clip:model=")
IMAGE = Kind("a model of pictures", "image:model=")
CLAP = Kind("a model of sounds and words", "clap:model=")
VOICE = Kind("a model of voices", "voice:model=")
VIDEO = Kind("a model of videos and words", "video:model=")
WHISPER = Kind("a speech recogniser", "whisper:model=", "converters")
LANGUAGE_MODEL = Kind("a language model", "transformers:model=", "language_models")

_BY_SAVED_TYPE = {
    "SparseEncoder": SPARSE,
    "MultiVectorEncoder": COLBERT,
    "ColBERT": COLBERT,  # PyLate
    "CrossEncoder": CROSS_ENCODER,
}
"""By the model_type that sentence-transformers writes into its config."""

_BY_MODULE = {
    "SpladePooling": SPARSE,
    "SparseAutoEncoder": SPARSE,
    "SparseStaticEmbedding": SPARSE,
    "MultiVectorMask": COLBERT,
    "LogitScore": CROSS_ENCODER,
}
"""By the last name of a module's type in modules.json."""

_BY_ARCHITECTURE = (
    ("HF_ColBERT", COLBERT),
    ("ForRetrieval", COLPALI),
    ("ForSequenceClassification", CROSS_ENCODER),
    ("WhisperForConditionalGeneration", WHISPER),
    ("ForConditionalGeneration", LANGUAGE_MODEL),
    ("ForCausalLM", LANGUAGE_MODEL),
)
"""By how the first of config.json's architectures ends."""

_BY_MODEL_TYPE = {
    name: kind
    for kind, names in (
        (CLIP, "clip siglip siglip2 chinese_clip altclip align metaclip_2"),
        (IMAGE, "vit resnet mobilevit mobilevitv2 dinov2 dinov3_vit convnext swin beit deit"),
        (CLAP, "clap"),
        (VOICE, "wav2vec2 wavlm hubert unispeech-sat"),
        (VIDEO, "xclip"),
    )
    for name in names.split()
}
"""By config.json's model_type."""


def kind_of(folder: Path) -> Kind:
    """What a folder holds; text embeddings where nothing in it says another thing.

    A masked language model alone is one too, though `sparse` takes it as well.
    """
    config = model_config(folder)
    architecture = str(next(iter(config.get("architectures") or ()), ""))
    ending_kind = next((k for e, k in _BY_ARCHITECTURE if architecture.endswith(e)), None)
    types = [name for name, _ in modules_of(folder)]
    saved_type = str(read_config(folder, SENTENCE_TRANSFORMERS).get("model_type", ""))
    kind = _BY_SAVED_TYPE.get(saved_type) or next(
        (_BY_MODULE[t] for t in types if t in _BY_MODULE), None
    )
    if kind is not None:
        return COLPALI if kind is COLBERT and ending_kind is COLPALI else kind
    by_type = _BY_MODEL_TYPE.get(str(config.get("model_type", "")))
    if by_type is not None or types:  # its modules are what make embeddings of a language model
        return by_type or TEXT
    return ending_kind or TEXT


def check_kind(folder: Path, option: str, kinds: Collection[Kind]) -> None:
    """Raises BadConfig where a folder holds no model, or one that another plug-in takes, with that
    plug-in's name.
    """
    check_holds_model(folder, option)
    kind = kind_of(folder)
    if kind not in kinds:
        expected = " or ".join(k.what for k in kinds)
        raise BadConfig(
            f"{folder} holds {kind.what}, not {expected}",
            f'Name it where it belongs: {kind.setting} = ["{kind.option}{folder}"].',
        )


def is_masked_language_model(folder: Path) -> bool:
    """Whether a folder is one of transformers alone, which both dense and sparse vectors can be had
    of.
    """
    architectures = model_config(folder).get("architectures") or ()
    return not modules_of(folder) and any(str(a).endswith("ForMaskedLM") for a in architectures)


def modules_of(folder: Path) -> list[tuple[str, Path]]:
    """The modules that sentence-transformers saved a model as: the last name of each one's type,
    and its folder; nothing where there is no modules.json.
    """
    modules = read_json(folder / "modules.json")
    if not isinstance(modules, list):
        return []
    return [
        (str(m.get("type", "")).rpartition(".")[2], folder / str(m.get("path", "")))
        for m in modules
        if isinstance(m, dict)
    ]


def model_config(folder: Path) -> dict[str, Any]:
    """The config.json of the transformer: at the top, or in the first module's folder."""
    top = read_config(folder)
    folders = [path for _, path in modules_of(folder)]
    return top or next((c for f in folders if (c := read_config(f))), {})
