"""A model of sentence-transformers that is tuned: whole, or by low-rank adapters (Hu et al.,
"LoRA", ICLR 2022), which are added to its weights in the end, so that what is saved is a plain
folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.clip import Clip
from polysense.encoders.picture_input import picture
from polysense.encoders.text import Text
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig, MissingDependency
from polysense.protocols import Encoder, Vectors
from polysense.types import Modality, Part, Role
from polysense.weights.pretrained import INSTALL, find_folder, load_sentence_model, to_array

WAYS = ("lora", "full")


@dataclass(frozen=True, eq=False)
class TunedModel:
    """The model, with what stands before queries and documents; the parameters that are trained,
    by name.
    """

    model: Any
    encoder: Text | Clip
    prompts: Mapping[str, str]
    trained: Mapping[str, Any]

    def inputs(self, parts: Sequence[Part]) -> list[Any]:
        """Parts as the model takes them. Raises what keeps one from being read."""
        if isinstance(self.encoder, Text):
            return [legible(words(p)) for p in parts]
        return [picture(p) if p.modality == "image" else {"text": legible(words(p))} for p in parts]

    def features(self, parts: Sequence[Part], role: Role) -> dict[str, Any]:
        """What the model computes with, on its device."""
        prompt = self.prompts.get(role)
        prepared = self.model.preprocess(self.inputs(parts), prompt=prompt)
        return {n: v.to(self.model.device) if hasattr(v, "to") else v for n, v in prepared.items()}

    def embed(self, parts: Sequence[Part], role: Role, batch: int) -> Vectors:
        """(n, dim) of unit length."""
        rows = self.model.encode(
            self.inputs(parts),
            prompt=self.prompts.get(role),
            batch_size=batch,
            show_progress_bar=False,
            convert_to_tensor=True,
            normalize_embeddings=True,
        )
        return np.asarray(to_array(rows), np.float32)

    # what `train.run.fit` asks of a module: only what is trained is kept in its state

    def parameters(self) -> list[Any]:
        """Those that are trained."""
        return list(self.trained.values())

    def state_dict(self) -> dict[str, Any]:
        """The numbers of those that are trained."""
        return {n: p.detach().clone() for n, p in self.trained.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take what `state_dict` gave."""
        import torch

        with torch.no_grad():
            for name, parameter in self.trained.items():
                parameter.copy_(state[name])

    def train(self) -> None:
        """Dropout is on."""
        self.model.train()

    def eval(self) -> None:
        """Dropout is off."""
        self.model.eval()


def open_model(encoder: Encoder, spec: str, way: str, rank: int) -> TunedModel:
    """The model of an encoder, ready to be tuned; the encoder itself is not touched. Raises
    BadConfig for an encoder that runs no model of sentence-transformers with one vector a thing,
    MissingDependency.
    """
    if not isinstance(encoder, Text | Clip):
        raise BadConfig(
            f"{spec} is no model whose both sides can be tuned",
            "Name text:model=FOLDER, or clip:model=FOLDER.",
        )
    if way not in WAYS:
        raise BadConfig(f"nothing is tuned by {way!r}", f"Write one of {', '.join(WAYS)}.")
    folder = find_folder(
        encoder.model, encoder.option, offline=encoder.offline, organisation=encoder.organisation
    )
    model = load_sentence_model(
        folder, "SentenceTransformer", encoder.option, encoder.device, "float32"
    )
    prompts = encoder.prompts(folder) if isinstance(encoder, Text) else {}
    if way == "lora":
        _add_adapters(model, rank)
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    return TunedModel(model, encoder, prompts, trained)


def _add_adapters(model: Any, rank: int) -> None:
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as e:
        raise MissingDependency("tuning by LoRA needs peft", INSTALL) from e
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear")
    inject_adapter_in_model(config, model[0].model)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("lora_" in name)


def save_model(tuned: TunedModel, folder: Path) -> None:
    """Write the whole model, its adapters added to its weights: as any folder of
    sentence-transformers. It cannot be trained on.
    """
    _merge_adapters(tuned.model[0].model)
    if tuned.prompts:
        tuned.model.prompts = {**tuned.model.prompts, **tuned.prompts}
    tuned.model.save_pretrained(str(folder), create_model_card=False)


def _merge_adapters(model: Any) -> None:
    try:
        from peft.tuners.tuners_utils import BaseTunerLayer
    except ImportError:
        return
    layers = [(n, m) for n, m in model.named_modules() if isinstance(m, BaseTunerLayer)]
    for name, layer in layers:
        layer.merge(safe_merge=True)
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent) if parent else model, own, layer.get_base_layer())


def roles_of(modalities: tuple[Modality, Modality]) -> tuple[int, int]:
    """Which of a pair's two asks, and which is found: words ask for pictures; of two texts the
    first asks.

    >>> roles_of(("image", "text")), roles_of(("text", "text"))
    ((1, 0), (0, 1))
    """
    return (1, 0) if modalities[1] == "text" and modalities[0] != "text" else (0, 1)
