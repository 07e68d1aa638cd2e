"""CLIP (Radford et al. 2021, arXiv:2103.00020), and its kin: pictures and words in one space, from
a model hub or a folder of weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from polysense.encoders.text_input import legible, words
from polysense.errors import MissingDependency, Unreadable
from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.image.decode import pixels
from polysense.types import Part, Role, Space

LONGEST = 1024
"""Pictures are decoded at most this large; the models look at 224 to 448 pixels."""

INSTALL = "Install it: pip install 'polysense[models]'"

_WEIGHTS = ("*.safetensors", "*.bin")
_UNUSED = ["*.h5", "*.msgpack", "*.onnx", "*.ot", "onnx/*", "openvino/*", "*.gguf"]
_COMMIT = re.compile(r"[0-9a-f]{40}")


class Clip(Encoder):
    """Any model of pictures and words that sentence-transformers loads: CLIP, SigLIP, Chinese-CLIP.

    `model` is a folder, or a name on the hub, which is asked only for what is not on this machine
    yet, and never with `offline`. device="" is the best there is. `languages` are the codes of
    those it reads, separated by spaces; "" is any.
    """

    accepts = frozenset({"image", "text"})
    signal: Signal = "perceptual"

    def __init__(
        self,
        *,
        model: str = "clip-ViT-B-32",
        device: str = "",
        batch: int = 32,
        languages: str = "en",
        offline: bool = False,
    ) -> None:
        self.model = model
        self.device = device
        self.batch = batch
        self.offline = offline
        self.languages = frozenset(languages.split()) or None
        self._lock = Lock()
        self._model: Any = None

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        """Named after the model; its revision is the hub's, or the hash of the folder's config and
        weights.
        """
        name = re.sub(r"[^\w.-]+", "-", Path(self.model).name).removeprefix("clip-")
        folder = self._folder
        commit = (
            folder.name
            if folder.parent.name == "snapshots" and _COMMIT.fullmatch(folder.name)
            else _digest(folder)
        )
        return Space(
            f"clip-{name}",
            commit[:12],
            _dimension(folder) or int(self._load().get_embedding_dimension()),
        )

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for blank text. Raises MissingDependency where the model is not to be
        had, Unreadable where it cannot be loaded.
        """
        vectors = np.full((len(parts), self.space.dim), np.nan, np.float32)
        pictures = [i for i, part in enumerate(parts) if part.modality == "image"]
        legible_texts = {
            i: legible(words(part)) for i, part in enumerate(parts) if part.modality != "image"
        }
        texts = [i for i, text in legible_texts.items() if text]
        for at in range(0, len(pictures), self.batch):
            some = pictures[at : at + self.batch]
            vectors[some] = self._embed([_picture(parts[i]) for i in some])
        if texts:
            vectors[texts] = self._embed([legible_texts[i] for i in texts])
        return vectors

    def _embed(self, inputs: Sequence[Any]) -> Vectors:
        model = self._load()
        with self._lock:  # its tokenizer is not for two threads at once
            vectors = model.encode(
                list(inputs),
                batch_size=self.batch,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(vectors, np.float32)

    @cached_property
    def _folder(self) -> Path:
        path = Path(self.model).expanduser()
        if path.is_dir():
            return path.resolve()
        name = self.model if "/" in self.model else f"sentence-transformers/{self.model}"
        if path.is_absolute() or name.count("/") != 1 or name.startswith("."):
            raise MissingDependency(
                f"There is no folder {self.model}",
                "Give the folder that holds its config.json: clip:model=FOLDER.",
            )
        return _snapshot(name, offline=self.offline)

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = _model(self._folder, self.device)
        return self._model


def _model(folder: Path, device: str) -> Any:
    if not any(folder.rglob("config.json")):
        raise Unreadable(
            f"{folder} holds no model: it has no config.json",
            "Give the folder that transformers' save_pretrained wrote.",
        )
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging
    except ImportError as e:
        raise MissingDependency("CLIP needs the package sentence-transformers", INSTALL) from e
    logging.disable_progress_bar()
    try:
        model = SentenceTransformer(str(folder), device=device or None, local_files_only=True)
    except Exception as e:
        raise Unreadable(
            f"{folder} cannot be loaded by sentence-transformers: {e}",
            "Copy or download the model again.",
        ) from e
    if not {"image", "text"} <= set(model.modalities):
        raise Unreadable(
            f"{folder} is a model of {', '.join(map(str, model.modalities))}, "
            "not of image and text",
            "Name a CLIP model.",
        )
    text = getattr(model[0].model.config, "text_config", None)
    # not every tokenizer knows how much its model can read
    if room := getattr(text, "max_position_embeddings", None):
        model.max_seq_length = min(model.max_seq_length or room, room)
    return model


def _snapshot(name: str, *, offline: bool) -> Path:
    """The folder of a model of the hub, downloaded where it is not here yet."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError
    except ImportError as e:
        raise MissingDependency("models of a hub need the package huggingface-hub", INSTALL) from e
    try:
        return Path(snapshot_download(name, local_files_only=True, ignore_patterns=_UNUSED))
    except (OSError, HFValidationError):
        pass  # not here yet
    hint = (
        "Copy the model's folder to this machine and name it (clip:model=FOLDER), "
        f"or run with a network: hf download {name}"
    )
    if offline:
        raise MissingDependency(f"The model {name} is not on this machine", hint)
    try:
        return Path(snapshot_download(name, ignore_patterns=_UNUSED))
    except HFValidationError as e:
        raise MissingDependency(
            f"{name} is no folder, and no name that a model can have: {e}", hint
        ) from e
    except (OSError, HfHubHTTPError) as e:
        raise MissingDependency(
            f"The model {name} is not on this machine, and the hub did not give it: "
            f"{str(e).splitlines()[0]}",
            hint,
        ) from e


def _dimension(folder: Path) -> int:
    """As the config tells it, so that the model need not be loaded to know its space; 0 where it
    tells nothing.
    """
    for path in (folder / "config.json", *sorted(folder.glob("*/config.json"))):
        try:
            return int(json.loads(path.read_text("utf-8"))["projection_dim"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return 0


def _digest(folder: Path) -> str:
    """The hash of what decides a model's vectors: its configs, its tokenizer, its weights."""
    digest = sha256()
    for pattern in ("*.json", "*.txt", *_WEIGHTS):
        for path in sorted(folder.rglob(pattern)):
            digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
            with path.open("rb") as f:
                while block := f.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def _picture(part: Part) -> Any:
    from PIL import Image

    return Image.fromarray(pixels(part, longest=LONGEST))
