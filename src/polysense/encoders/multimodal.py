"""Models of several modalities in one space that sentence-transformers loads: Qwen3-VL-Embedding,
and whatever is saved as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.picture_input import picture, picture_revision
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.read.sound.decode import samples
from polysense.types import PAGE, Modality, Part, Role
from polysense.weights.kinds import CLAP, CLIP, TEXT, check_kind, model_config, modules_of
from polysense.weights.pretrained import (
    load_sentence_model,
    read_config,
    to_array,
)

LONGEST = 1280
"""Pixels along the longer side that pictures are decoded at most: models of documents read letters.
"""

MODALITIES = frozenset({"text", "image", "audio"})
"""What is put into them. A video's scenes are given as their frames, as to every other encoder."""

RATE, MAX_SECONDS = 16_000, 30
"""Samples a second, and seconds of a sound, where a model's preprocessor does not say."""


@dataclass(kw_only=True, eq=False, repr=False)
class Multimodal(PretrainedEncoder):
    """One space for words, pictures and sounds, as far as the model takes each: `accepts` is what
    its folder says, so that nothing is loaded to know it. With `pages` also whole pages of
    documents as they look, for models that read them.

    A picture's vector is of the picture alone: words around it may change with every file that
    mentions it, and are searched by themselves. `polysense.encoders.pretrained_encoder` has the
    other options.
    """

    option = "multimodal:model="
    organisation = "Qwen"
    signal = "semantic"

    model: str = "Qwen3-VL-Embedding-2B"
    batch: int = 8
    languages: InitVar[str] = ""
    pages: bool = False

    @cached_property
    def accepts(self) -> frozenset[Modality]:  # type: ignore[override]
        """As the folder's config tells. Raises BadConfig, MissingDependency."""
        check_kind(self._folder, self.option, (TEXT, CLIP, CLAP))
        own = modalities_of(self._folder)
        return own | {PAGE} if self.pages and "image" in own else own

    def _revision(self, folder: Path) -> str:
        return picture_revision(folder)

    def _prepare(self, part: Part) -> Any:
        if part.modality in ("image", PAGE):
            return picture(part, LONGEST)
        if part.modality == "audio":
            return self._sound(part)
        text = legible(words(part))
        # as it is: else words that look like an address are fetched and shown to the model
        return {"text": text} if text else None

    def _sound(self, part: Part) -> Any:
        preprocessor = preprocessor_config(self._folder)
        rate = int(preprocessor.get("sampling_rate") or RATE)
        most = int(preprocessor.get("nb_max_samples") or preprocessor.get("n_samples") or 0)
        sound = samples(part, rate)[: most or rate * MAX_SECONDS]
        return {"array": sound, "sampling_rate": rate} if np.any(sound) else None

    def _open(self, folder: Path) -> Embed:
        if self.accepts == {"text"}:
            raise BadConfig(f"{folder} takes words alone", f"Name it so: text:model={folder}")
        model = load_sentence_model(
            folder, "SentenceTransformer", self.option, self.device, self.dtype
        )
        missing = self.accepts - {PAGE, *model.modalities}
        if missing:
            raise BadConfig(
                f"{folder} takes no {', '.join(sorted(missing))}, though its config says so",
                "Copy or download it again.",
            )

        def embed(inputs: Sequence[Any], role: Role) -> Vectors:
            encode = model.encode_query if role == "query" else model.encode_document
            vectors = encode(
                list(inputs), batch_size=self.batch, show_progress_bar=False, convert_to_tensor=True
            )
            return to_array(vectors)

        return embed

    def _width(self, folder: Path) -> int:
        config = model_config(folder)
        names = ("out_features", "embedding_dimension", "word_embedding_dimension")
        modules = [read_config(path) for _, path in modules_of(folder)[:0:-1]]
        widths = (module[n] for module in modules for n in names if module.get(n))
        return int(next(widths, 0) or config.get("projection_dim") or 0)


def modalities_of(folder: Path) -> frozenset[Modality]:
    """What a model takes of `MODALITIES`, as sentence-transformers has saved it, else by the parts
    that its config has.
    """
    first = next((path for _, path in modules_of(folder)), folder)
    saved_names = read_config(first, "sentence_bert_config.json").get("modality_config")
    if isinstance(saved_names, dict):
        return MODALITIES & {m for name in saved_names for m in name.split(",")}
    config = model_config(folder)
    names = {"text"}
    names |= {"image"} if config.get("vision_config") else set()
    names |= {"audio"} if config.get("audio_config") else set()
    return frozenset(names)


def preprocessor_config(folder: Path) -> dict[str, Any]:
    """How sounds are prepared: of a feature extractor's own file, or a processor's."""
    first = next((path for _, path in modules_of(folder)), folder)
    processor = read_config(first, "processor_config.json").get("feature_extractor")
    own = read_config(first, "preprocessor_config.json")
    return own or (processor if isinstance(processor, dict) else {})
