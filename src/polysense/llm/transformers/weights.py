"""A folder of weights, or a name on the hub, loaded by transformers: safetensors alone, and no code
that lies beside them.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any

from polysense.errors import BadConfig
from polysense.types import Modality
from polysense.weights.pretrained import (
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
_HINT_SAFE = (
    "Save it as safetensors where you trust it: AutoModelForCausalLM.from_pretrained(FOLDER)"
    ".save_pretrained(NEW), and copy its tokenizer's files."
)


class Stopped(Exception):
    """Raised within the model where what it writes is not wanted any more."""


@dataclass(slots=True)
class Weights:
    """A model in memory. `processor` prepares pictures too where it `sees`, else it is the
    tokenizer.
    """

    model: Any
    tokenizer: Any
    processor: Any
    sees: bool
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
    kind = type(config)
    if kind in transformers.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        accepts: frozenset[Modality] = frozenset({"text", "image"})
    elif kind in transformers.MODEL_FOR_CAUSAL_LM_MAPPING:
        accepts = frozenset({"text"})
    else:
        raise BadConfig(
            f"{folder} is a {config.model_type}, which writes no words", "Name a language model."
        )
    text = config.get_text_config()
    lengths = (getattr(text, key, None) for key in _CONTEXT)
    return Description(folder, config, accepts, next(filter(None, lengths), 0))


def load(description: Description, sees: bool, device: str, dtype: str) -> Weights:
    """The model, ready to write; `sees` where it shall prepare pictures. Raises BadConfig,
    MissingDependency.
    """
    import torch

    transformers, folder = import_transformers("a folder of weights"), description.folder
    place = device or best_device()
    options = {"local_files_only": True, "trust_remote_code": False}
    kind = (
        transformers.AutoModelForImageTextToText
        if "image" in description.accepts
        else transformers.AutoModelForCausalLM
    )
    with load_faults(folder):
        model, report = kind.from_pretrained(
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
        loader = transformers.AutoProcessor if sees else transformers.AutoTokenizer
        processor = loader.from_pretrained(folder, **options)
        weights = Weights(
            model.to(place).eval(), getattr(processor, "tokenizer", processor), processor, sees
        )
    for layers in (m for m in model.modules() if isinstance(m, torch.nn.ModuleList)):
        for layer in layers:
            layer.register_forward_pre_hook(weights.check)
    return weights


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
