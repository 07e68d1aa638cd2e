"""CLIP (Radford et al. 2021, arXiv:2103.00020), and its kin: pictures and words in one space, from
a model hub or a folder of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from pathlib import Path
from typing import Any

from polysense.encoders.picture_input import picture, picture_revision
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import Part, Role
from polysense.weights.pretrained import (
    check_holds_model,
    load_sentence_model,
    read_config,
    to_array,
)

PADDED = ("siglip", "siglip2")
"""Models that read the last token of words filled up to their full length, as they were trained
(Zhai et al. 2023, arXiv:2303.15343): filled less, the same words would have other vectors.
"""


@dataclass(kw_only=True, eq=False, repr=False)
class Clip(PretrainedEncoder):
    """Any model of pictures and words that sentence-transformers loads: CLIP, SigLIP, Chinese-CLIP.

    `model` is a folder, or a name on the hub. `polysense.encoders.pretrained_encoder` has the
    other options.
    """

    option = "clip:model="
    organisation = "sentence-transformers"
    accepts = frozenset({"image", "text"})
    signal = "perceptual"

    model: str = "clip-ViT-B-32"
    languages: InitVar[str] = "en"

    @property
    def _space_name(self) -> str:
        return super()._space_name.replace("clip-clip-", "clip-", 1)

    def _revision(self, folder: Path) -> str:
        return picture_revision(folder)

    def _prepare(self, part: Part) -> Any:
        if part.modality == "image":
            return picture(part)
        text = legible(words(part))
        # as it is: else words that look like an address are fetched and shown to the model
        return {"text": text} if text else None

    def _open(self, folder: Path) -> Embed:
        check_holds_model(folder, self.option)
        model = load_sentence_model(
            folder, "SentenceTransformer", self.option, self.device, self.dtype
        )
        _check_takes_both(folder, model.modalities)
        if model[0].model.config.model_type in PADDED:
            model[0].processing_kwargs = {
                "text": {"padding": "max_length", "max_length": model.max_seq_length}
            }

        def embed(inputs: Sequence[Any], _: Role) -> Vectors:
            vectors = model.encode(
                list(inputs), batch_size=self.batch, show_progress_bar=False, convert_to_tensor=True
            )
            return to_array(vectors)

        return embed

    def _width(self, folder: Path) -> int:
        configs = (folder, *sorted(p.parent for p in folder.glob("*/config.json")))
        return next((int(w) for f in configs if (w := read_config(f).get("projection_dim"))), 0)


def _check_takes_both(folder: Path, modalities: Sequence[Any]) -> None:
    """Raises BadConfig for models of other things, with the plug-in that takes them."""
    if {"image", "text"} <= set(modalities):
        return
    takes = ", ".join(sorted(m for m in modalities if isinstance(m, str)))
    raise BadConfig(
        f"{folder} is a model of {takes}, not of image and text",
        f"Name it as one: image:model={folder}"
        if takes == "image"
        else "Name a model of pictures and words, such as clip:model=clip-ViT-B-32.",
    )
