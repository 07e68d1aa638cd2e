"""A folder of weights, or a name on the hub, loaded by transformers: safetensors alone, and no code
that lies beside them.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any

from polysense.errors import BadConfig, MissingDependency
from polysense.types import Modality
from polysense.weights.pretrained import (
    INSTALL,
    best_device,
    check_holds_model,
    dtype_of,
    find_folder,
    import_transformers,
    load_faults,
)

OPTION = "transformers:model="

TURN_SECONDS = 0.05
"""How often one that waits for its turn looks whether it is still wanted."""

_FILES = "*.safetensors *.json *.jinja *.txt *.model"
_CONTEXT = ("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx", "seq_length")
_SIGNS: Mapping[Modality, tuple[str, ...]] = {
    "image": ("vision_config", "image_token_id", "image_token_index"),
    "audio": ("audio_config", "audio_token_id", "audio_token_index"),
    "video": ("video_token_id", "video_token_index"),
}
"""What a config has where its model takes more than words."""

_HINT_ADAPTER = (
    "Give adapter= the folder of a LoRA, a prompt or a p-tuning that PEFT has saved for this model."
)
_HINT_SAFE = (
    "Save it as safetensors where you trust it: AutoModelForCausalLM.from_pretrained(FOLDER)"
    ".save_pretrained(NEW), and copy its tokenizer's files."
)


class Stopped(Exception):
    """Raised within the model where what it writes is not wanted any more."""


@dataclass(slots=True)
class Weights:
    """A model in memory. `natives` are the modalities besides words that `processor` prepares;
    where there are none, that is the tokenizer.
    """

    model: Any
    tokenizer: Any
    processor: Any
    natives: frozenset[Modality] = frozenset()
    _lock: Lock = field(default_factory=Lock)
    _stop: Event = field(default_factory=Event)

    @property
    def takes_token_types(self) -> bool:
        """Some tokenizers make them for models that know of none."""
        return "token_type_ids" in inspect.signature(self.model.forward).parameters

    @contextmanager
    def turn(self, stop: Event) -> Iterator[None]:
        """One writes at a time. Raises Stopped once `stop` is set, while waiting or within."""
        while not self._lock.acquire(timeout=TURN_SECONDS):
            if stop.is_set():
                raise Stopped
        try:
            self._stop = stop
            yield
        finally:
            self._lock.release()

    def check(self, *_: Any) -> None:
        """Called before each layer: a long prompt is given up in its middle too."""
        if self._stop.is_set():
            raise Stopped


@dataclass(frozen=True, slots=True)
class Description:
    """What a folder's config tells."""

    folder: Path
    config: Any
    accepts: frozenset[Modality]
    context: int


def find(model: str) -> Path:
    """The folder of a model. Raises BadConfig, MissingDependency."""
    return find_folder(model, OPTION, files=_FILES)


def describe(folder: Path) -> Description:
    """What its config tells. Raises BadConfig, MissingDependency."""
    _check_files(folder)
    transformers = import_transformers("a folder of weights")
    with load_faults(folder):
        config = transformers.AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    accepts = _modalities(config, transformers)
    if not accepts:
        raise BadConfig(
            f"{folder} is a {config.model_type}, which writes no words", "Name a language model."
        )
    text = config.get_text_config()
    lengths = (getattr(text, key, None) for key in _CONTEXT)
    return Description(folder, config, accepts, next(filter(None, lengths), 0))


def _modalities(config: Any, transformers: Any) -> frozenset[Modality]:
    """What a model takes that writes words; nothing where it writes none."""
    kind = type(config)
    sees = kind in transformers.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
    if sees or kind in transformers.MODEL_FOR_MULTIMODAL_LM_MAPPING:
        natives = {m for m, keys in _SIGNS.items() if any(hasattr(config, k) for k in keys)}
        return frozenset({"text", *natives, *(("image",) if sees else ())})
    mapping = (
        transformers.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING
        if config.is_encoder_decoder
        else transformers.MODEL_FOR_CAUSAL_LM_MAPPING
    )
    return frozenset({"text"}) if kind in mapping else frozenset()


def _model_class(config: Any, transformers: Any) -> Any:
    """Which of the classes that choose by a config loads it."""
    kind = type(config)
    if kind in transformers.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        return transformers.AutoModelForImageTextToText
    if kind in transformers.MODEL_FOR_MULTIMODAL_LM_MAPPING:
        return transformers.AutoModelForMultimodalLM
    if config.is_encoder_decoder:
        return transformers.AutoModelForSeq2SeqLM
    return transformers.AutoModelForCausalLM


def load(
    description: Description,
    natives: frozenset[Modality],
    device: str,
    dtype: str,
    adapter: str = "",
) -> Weights:
    """The model, ready to write; natives are what it shall be given besides words, adapter the
    folder of a LoRA (Hu et al. 2022) that is added to its weights, or of a tuned prompt (Lester et
    al. 2021; Liu et al. 2021). Raises BadConfig, MissingDependency.
    """
    import torch

    transformers, folder = import_transformers("a folder of weights"), description.folder
    place = device or best_device()
    options = {"local_files_only": True, "trust_remote_code": False}
    with load_faults(folder):
        model, report = _model_class(description.config, transformers).from_pretrained(
            folder,
            dtype=dtype_of(dtype, place),
            use_safetensors=True,
            output_loading_info=True,
            **options,
        )
        if lacks := sorted(report["missing_keys"]):
            raise BadConfig(
                f"{folder} lacks weights: {', '.join(lacks[:3])}", "Copy or download it again."
            )
        loader = transformers.AutoProcessor if natives else transformers.AutoTokenizer
        processor = loader.from_pretrained(folder, **options)
        model = _adapted(model, adapter).to(place).eval()
    weights = Weights(model, getattr(processor, "tokenizer", processor), processor, natives)
    for layers in (m for m in model.modules() if isinstance(m, torch.nn.ModuleList)):
        for layer in layers:
            layer.register_forward_pre_hook(weights.check)
    return weights


def _adapted(model: Any, adapter: str) -> Any:
    """The model with a LoRA in its weights, or with tuned vectors before its input.

    Raises BadConfig, MissingDependency.
    """
    if not adapter:
        return model
    folder = find_folder(adapter, "transformers:adapter=", files="*.safetensors *.json")
    if not (folder / "adapter_model.safetensors").is_file():
        message = f"{folder} holds no adapter_model.safetensors"
        raise BadConfig(message, _HINT_ADAPTER)
    try:
        from peft import PeftModel
    except ImportError as e:
        raise MissingDependency("adapter= needs the package peft", INSTALL) from e
    with load_faults(folder, "peft"):
        own = PeftModel.from_pretrained(model, folder)
        if own.active_peft_config.is_prompt_learning:
            return own
        if not hasattr(own.base_model, "merge_and_unload"):
            raise BadConfig(f"{folder} is no LoRA, and no tuned prompt", _HINT_ADAPTER)
        return own.merge_and_unload()


def _check_files(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        check_holds_model(folder, OPTION)
        raise BadConfig(f"{folder} holds no language model", f"Name another: {OPTION}FOLDER")
    if not any(folder.glob("*.safetensors")):
        pickles = next(folder.glob("*.bin"), None) or next(folder.glob("*.pt"), None)
        if pickles:
            message = f"{folder} has its weights in {pickles.name} only, which may run code"
            raise BadConfig(message, _HINT_SAFE)
        raise BadConfig(f"{folder} has no weights (*.safetensors)", "Copy or download it again.")
