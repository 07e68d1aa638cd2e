"""CLIP (Radford et al. 2021, arXiv:2103.00020), and its kin: pictures and words in one space, from
a model hub or a folder of weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.pretrained import (
    check_holds_model,
    find_folder,
    import_sentence_transformers,
    load_faults,
    revision_of,
)
from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.image.decode import pixels
from polysense.types import Part, Role, Space

LONGEST = 1024
"""Pictures are decoded at most this large; the models look at 224 to 448 pixels."""

OPTION = "clip:model="


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
        dim = _dimension(folder) or int(self._load().get_embedding_dimension())
        return Space(f"clip-{name}", revision_of(folder), dim)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for blank text. Raises MissingDependency where the model is not to be
        had, BadConfig where there is no such folder, or none that can be loaded.
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
        return find_folder(
            self.model, OPTION, offline=self.offline, organisation="sentence-transformers"
        )

    def _load(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = _model(self._folder, self.device)
        return self._model


def _model(folder: Path, device: str) -> Any:
    check_holds_model(folder, OPTION)
    library = import_sentence_transformers("CLIP")
    with load_faults(folder, "sentence-transformers"):
        model = library.SentenceTransformer(
            str(folder), device=device or None, local_files_only=True
        )
    if not {"image", "text"} <= set(model.modalities):
        raise BadConfig(
            f"{folder} is a model of {', '.join(map(str, model.modalities))}, "
            "not of image and text",
            "Name a CLIP model.",
        )
    text = getattr(model[0].model.config, "text_config", None)
    # not every tokenizer knows how much its model can read
    if room := getattr(text, "max_position_embeddings", None):
        model.max_seq_length = min(model.max_seq_length or room, room)
    return model


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


def _picture(part: Part) -> Any:
    from PIL import Image

    return Image.fromarray(pixels(part, longest=LONGEST))
