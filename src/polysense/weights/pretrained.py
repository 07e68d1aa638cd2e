"""Models of a hub and folders of weights: how every plug-in that runs one finds it, names its
revision, chooses device and type of numbers, and says what is wrong with it.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import BadConfig, MissingDependency, PolysenseError
from polysense.weights.cache_folder import cache_folder

INSTALL = "python -m pip install 'polysense[models]'"

_COMMIT = re.compile(r"[0-9a-f]{40}")
_WEIGHTS = ("*.safetensors", "*.bin")
_UNUSED = ["*.h5", "*.msgpack", "*.onnx", "*.ot", "onnx/*", "openvino/*", "*.gguf"]
_REVISION = re.compile(r"[0-9a-f]{12}")
_SETTLED_NS = 2_000_000_000
"""A file that changed less than this before may change again and keep its time: file systems count
in steps of up to two seconds (FAT).
"""

_HINT_SAVED = "Give the folder that transformers' save_pretrained wrote"


_IS_HUB_ASKED: ContextVar[bool] = ContextVar("is_hub_asked", default=True)


@contextmanager
def without_hub() -> Iterator[None]:
    """Within it no hub is asked for a model: to look whether one is here is not to download it."""
    token = _IS_HUB_ASKED.set(False)
    try:
        yield
    finally:
        _IS_HUB_ASKED.reset(token)


def find_folder(
    model: str,
    option: str,
    *,
    offline: bool = False,
    organisation: str = "",
    files: str = "",
    revision: str = "",
) -> Path:
    """The folder of a model: as given, or of the hub, which is asked only for what is not here yet.

    option is what names a model in the settings ("clip:model="); organisation whose a name without
    "/" is; files are the patterns of those that are used, separated by spaces ("" is what
    sentence-transformers reads); revision is a branch, tag or commit of the hub ("" is its main
    branch). Raises BadConfig where there is no such folder, MissingDependency where the hub is
    needed and does not give it.
    """
    if not model:
        raise BadConfig(f"{option} names no model", f'Name its folder: "{option}/models/NAME".')
    path = Path(model).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.is_file():
        raise BadConfig(f"{model} is a file, not a folder of weights", file_hint(path, option))
    name = model if "/" in model or not organisation else f"{organisation}/{model}"
    if path.is_absolute() or name.count("/") != 1 or name.startswith((".", "~")):
        raise BadConfig(f"there is no folder {model}", f"{_HINT_SAVED}: {option}FOLDER")
    is_offline = offline or not _IS_HUB_ASKED.get()
    return _snapshot(name, option, offline=is_offline, files=files.split(), revision=revision)


def file_hint(path: Path, option: str) -> str:
    """What to do about a file where a folder is wanted."""
    if path.suffix == ".gguf":
        return (
            "GGUF is what llama.cpp serves: start `llama-server -m FILE` and name it: "
            "openai:model=NAME,base_url=http://localhost:8080/v1"
        )
    return f"{_HINT_SAVED}: {option}FOLDER"


def revision_of(folder: Path) -> str:
    """12 hexadecimal digits that tell a model's vectors from another's: of the hub's commit, else
    of the hash of the folder's configs, tokenizer and weights, which are read again only when one
    of them has changed.
    """
    if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name):
        return folder.name[:12]
    patterns = ("*.json", "*.txt", *_WEIGHTS)
    files = [(p, p.stat()) for pattern in patterns for p in sorted(folder.rglob(pattern))]
    state = [(str(p.relative_to(folder)), s.st_size, s.st_mtime_ns) for p, s in files]
    key = sha256(json.dumps([str(folder.resolve()), state]).encode()).hexdigest()
    memo = cache_folder() / "revisions" / key
    with suppress(OSError, ValueError):
        if _REVISION.fullmatch(revision := memo.read_text("ascii")):
            return revision
    digest = sha256()
    for path, status in files:
        digest.update(f"{path.relative_to(folder)}\0{status.st_size}\0".encode())
        with path.open("rb") as f:
            while block := f.read(1 << 20):
                digest.update(block)
    revision = digest.hexdigest()[:12]
    newest = max((s.st_mtime_ns for _, s in files), default=0)
    if time.time_ns() - newest > _SETTLED_NS:
        _remember(memo, revision)
    return revision


def _remember(memo: Path, revision: str) -> None:
    """Whole or not at all; where nothing can be written, weights are read anew each time."""
    with suppress(OSError):
        memo.parent.mkdir(parents=True, exist_ok=True)
        scratch = memo.with_name(f"{memo.name}.{os.getpid()}")
        scratch.write_text(revision, "ascii")
        scratch.replace(memo)


def image_backend() -> str:
    """What prepares pictures for transformers: "pil", or "torchvision" where that is installed.

    Their pixels differ a little, and so do the vectors: a part of the revision of spaces of
    pictures.
    """
    return "torchvision" if find_spec("torchvision") else "pil"


def read_config(folder: Path, name: str = "config.json") -> dict[str, Any]:
    """A JSON object of a model's folder; nothing where there is none that can be read."""
    config = read_json(folder / name)
    return config if isinstance(config, dict) else {}


def read_json(path: Path) -> Any:
    """What a JSON file holds; None where there is none that can be read."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def check_holds_model(folder: Path, option: str) -> None:
    """Raises BadConfig where a folder has no config.json, at its top or in a module's folder."""
    if not any(folder.rglob("config.json")):
        gguf = next(folder.glob("*.gguf"), folder)
        raise BadConfig(f"{folder} holds no model: it has no config.json", file_hint(gguf, option))


def check_has_weights(folder: Path) -> None:
    """Raises BadConfig where a folder has no file of weights, at its top or below."""
    if not any(next(folder.rglob(pattern), None) for pattern in _WEIGHTS):
        raise BadConfig(
            f"{folder} holds no weights: it has no *.safetensors and no *.bin",
            "Copy or download it again, with every file.",
        )


def import_transformers(what: str) -> Any:
    """transformers, which is silent from now on. `what` needs it. Raises MissingDependency."""
    try:
        import transformers
    except ImportError as e:
        raise MissingDependency(f"{what} needs the package transformers", INSTALL) from e
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


def import_sentence_transformers(what: str) -> Any:
    """sentence-transformers, as `import_transformers`."""
    try:
        import sentence_transformers
    except ImportError as e:
        raise MissingDependency(f"{what} needs the package sentence-transformers", INSTALL) from e
    import_transformers(what)
    return sentence_transformers


def load_processor(kind: Any, folder: Path) -> Any:
    """What prepares inputs for a model, by a class of transformers; code beside it is never run.
    Raises BadConfig, MissingDependency.
    """
    with load_faults(folder):
        return kind.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_model(kind: Any, folder: Path, device: str, dtype: str) -> tuple[Any, frozenset[str]]:
    """A model of a class of transformers, on a device ("" is the best) and ready to be asked; and
    the names of weights that the folder lacks, which are random numbers. Code beside it is never
    run. Raises BadConfig, MissingDependency.
    """
    place = device or best_device()
    with load_faults(folder):
        model, report = kind.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            dtype=dtype_of(dtype, place),
            output_loading_info=True,
        )
        return model.to(place).eval(), frozenset(map(str, report["missing_keys"]))


def to_array(output: Any) -> NDArray[np.float32]:
    """What torch gives, or the pooled part of what transformers gives, as an array."""
    return np.asarray(getattr(output, "pooler_output", output).float().cpu().numpy(), np.float32)


def load_sentence_model(folder: Path, kind: str, option: str, device: str, dtype: str) -> Any:
    """A model of a class of sentence-transformers (`kind`: "SentenceTransformer"), of a folder and
    nothing else. Raises BadConfig, MissingDependency.
    """
    library = import_sentence_transformers(f"a model of {option}")
    device = device or best_device()
    number_type = dtype_of(dtype, device)
    with load_faults(folder, "sentence-transformers"):
        model = getattr(library, kind)(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": number_type},
        )
        _limit_length(model)
    return model


def _limit_length(model: Any) -> None:
    """Long texts are cut where the model's table of positions ends: not every tokenizer knows."""
    transformer = getattr(model[0], "model", None)
    if transformer is None:
        return
    config = getattr(getattr(transformer, "config", None), "text_config", None)
    if room := getattr(config, "max_position_embeddings", None):
        model.max_seq_length = min(model.max_seq_length or room, room)
    tables: list[Any] = [getattr(m, "position_embeddings", None) for m in transformer.modules()]
    for table in (t for t in tables if hasattr(t, "num_embeddings")):
        # RoBERTa and its kin count positions from the one after that of padding
        room = table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1)
        model.max_seq_length = min(model.max_seq_length or room, room)


@contextmanager
def load_faults(folder: Path, library: str = "transformers") -> Iterator[None]:
    """What a library says of a folder that it loads, as BadConfig or MissingDependency."""
    try:
        yield
    except ImportError as e:
        hint = "Install what it names, in a version that fits the torch that is here."
        raise MissingDependency(f"{folder} needs another package: {first_line(e)}", hint) from e
    except PolysenseError:
        raise
    except Exception as e:
        message = f"{folder} cannot be loaded by {library}: {first_line(e)}"
        raise BadConfig(message, _load_hint(str(e), library)) from e


def _load_hint(words: str, library: str) -> str:
    if "trust_remote_code" in words:
        return f"It would run code of its own, which is never done: name a model of {library}."
    return f"Copy or download it again; where it is newer than {library}, upgrade that."


def first_line(error: Exception) -> str:
    """What an error says first, or its name."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def best_device() -> str:
    """Where torch runs models fastest here: "cuda", "mps" or "cpu"."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def dtype_of(name: str, device: str) -> Any:
    """The type of a model's numbers, as torch and transformers take it: by name; "" is the
    weights' own, on a CPU float32. Raises BadConfig.
    """
    import torch

    if not name:
        return torch.float32 if device == "cpu" else "auto"
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise BadConfig(
            f"dtype={name} is no type of weights",
            "Write float32, bfloat16 or float16; left out, it is float32 on a CPU.",
        )
    return dtype


def _snapshot(name: str, option: str, *, offline: bool, files: list[str], revision: str) -> Path:
    """The folder of a model of the hub, downloaded where it is not here yet."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError
    except ImportError as e:
        raise MissingDependency("models of a hub need the package huggingface-hub", INSTALL) from e
    download = partial(
        snapshot_download,
        name,
        revision=revision or None,
        allow_patterns=files or None,
        ignore_patterns=None if files else _UNUSED,
    )
    hint = (
        f"Copy the model's folder to this machine and name it, {option}FOLDER, or run with a "
        f"network: hf download {name}"
    )
    try:
        return Path(download(local_files_only=True))
    except (OSError, HFValidationError) as e:
        if offline:
            raise MissingDependency(f"the model {name} is not on this machine", hint) from e
    try:
        return Path(download())
    except (OSError, HFValidationError) as e:
        raise MissingDependency(
            f"there is no folder {name}, and the hub did not give it: {first_line(e)}", hint
        ) from e
