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

from polysense.errors import BadConfig, MissingDependency, PolysenseError
from polysense.types import Modality

INSTALL = "python -m pip install 'polysense[models]'"

TURN_SECONDS = 0.05
"""How often one that waits for its turn looks whether it is still wanted."""

_FILES = ["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model"]
_CONTEXT = ("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx", "seq_length")
_HINT_SAFE = (
    "Save it as safetensors where you trust it: AutoModelForCausalLM.from_pretrained(FOLDER)"
    ".save_pretrained(NEW), and copy its tokenizer's files."
)
_HINT_FOLDER = "Give the folder that transformers' save_pretrained wrote: transformers:model=FOLDER"


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
    if not model:
        raise BadConfig(
            "transformers has no model", 'Name its folder: "transformers:model=/models/NAME".'
        )
    path = Path(model).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_file():
        raise BadConfig(f"{model} is a file, not a folder of weights", _file_hint(path))
    if path.is_absolute() or model.count("/") != 1 or model.startswith((".", "~")):
        raise BadConfig(f"there is no folder {model}", _HINT_FOLDER)
    return _snapshot(model)


def describe(folder: Path) -> Description:
    """What its config tells. Raises BadConfig, MissingDependency."""
    _check_files(folder)
    transformers = _transformers()
    with _faults(folder):
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

    transformers, folder = _transformers(), description.folder
    place = device or _best_device(torch)
    options = {"local_files_only": True, "trust_remote_code": False}
    kind = (
        transformers.AutoModelForImageTextToText
        if "image" in description.accepts
        else transformers.AutoModelForCausalLM
    )
    with _faults(folder):
        model, report = kind.from_pretrained(
            folder,
            dtype=_dtype(torch, dtype, place),
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
        gguf = next(folder.glob("*.gguf"), folder)
        raise BadConfig(f"{folder} holds no model: it has no config.json", _file_hint(gguf))
    if not any(folder.glob("*.safetensors")):
        pickles = next(folder.glob("*.bin"), None) or next(folder.glob("*.pt"), None)
        if pickles:
            message = f"{folder} has its weights in {pickles.name} only, which may run code"
            raise BadConfig(message, _HINT_SAFE)
        raise BadConfig(f"{folder} has no weights (*.safetensors)", "Copy or download it again.")


def _file_hint(path: Path) -> str:
    if path.suffix == ".gguf":
        return (
            "GGUF is what llama.cpp serves: start `llama-server -m FILE` and name it: "
            "openai:model=NAME,base_url=http://localhost:8080/v1"
        )
    return _HINT_FOLDER


def _transformers() -> Any:
    try:
        import transformers
    except ImportError as e:
        raise MissingDependency(
            "a folder of weights needs the package transformers", INSTALL
        ) from e
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


@contextmanager
def _faults(folder: Path) -> Iterator[None]:
    """What transformers says of a folder, as BadConfig or MissingDependency."""
    try:
        yield
    except ImportError as e:
        hint = "Install what it names, in a version that fits the torch that is here."
        raise MissingDependency(f"{folder} needs another package: {_first_line(e)}", hint) from e
    except PolysenseError:
        raise
    except Exception as e:
        message = f"{folder} cannot be loaded by transformers: {_first_line(e)}"
        raise BadConfig(message, _load_hint(str(e))) from e


def _load_hint(words: str) -> str:
    if "trust_remote_code" in words:
        return "It would run code of its own, which is never done: name a model of transformers."
    return "Copy or download it again; where it is newer than transformers, upgrade that."


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _best_device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _dtype(torch: Any, name: str, device: str) -> Any:
    if not name:
        return torch.float32 if device == "cpu" else "auto"
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise BadConfig(
            f"transformers: dtype={name} is no type of weights",
            "Write float32, bfloat16 or float16; left out, it is float32 on a CPU.",
        )
    return dtype


def _snapshot(name: str) -> Path:
    """The folder of a model of the hub, downloaded where it is not here yet."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError
    except ImportError as e:
        raise MissingDependency("models of a hub need the package huggingface-hub", INSTALL) from e
    try:
        return Path(snapshot_download(name, local_files_only=True, allow_patterns=_FILES))
    except (OSError, HFValidationError):
        pass  # not here yet
    try:
        return Path(snapshot_download(name, allow_patterns=_FILES))
    except (OSError, HFValidationError) as e:
        raise MissingDependency(
            f"there is no folder {name}, and the hub did not give it: {_first_line(e)}",
            "Copy the model's folder to this machine and name it, transformers:model=FOLDER, or "
            f"run with a network: hf download {name}",
        ) from e
