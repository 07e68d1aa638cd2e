"""CLAP (Wu et al. 2023, arXiv:2211.06687): sounds and the words for them in one space, from a model
hub or a folder of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.audio_window import equal_windows, is_silent, listen
from polysense.encoders.part_mean import mean_by_part
from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import Part, Role
from polysense.weights.pretrained import (
    check_holds_model,
    import_transformers,
    load_model,
    load_processor,
    read_config,
    to_array,
)

LONGEST = 120.0
"""Seconds of a part that are heard, as by `encoders.sound`."""

ROBERTA_OFFSET = 2
"""Positions that RoBERTa, which reads the words, keeps for itself."""


@dataclass(kw_only=True, eq=False, repr=False)
class Clap(PretrainedEncoder):
    """Sounds by words, and by sounds: any CLAP of transformers.

    A part longer than the model hears at once (ten seconds) is heard in windows of one length, and
    has the mean of their unit vectors. Words are queries; passages=true puts the words of the
    library into the space too, so that a sound finds what is written about it: words then meet
    passages before sounds, as texts lie nearer to texts. `polysense.encoders.pretrained_encoder`
    has the other options.
    """

    option = "clap:model="
    organisation = "laion"
    accepts = frozenset({"audio"})
    query_modalities = frozenset({"text"})
    signal = "perceptual"

    model: str = "laion/clap-htsat-unfused"
    passages: bool = False
    languages: InitVar[str] = "en"

    def __post_init__(self, languages: str) -> None:
        super().__post_init__(languages)
        if self.passages:
            self.accepts = frozenset({"audio", "text"})

    @property
    def _space_name(self) -> str:
        return super()._space_name.replace("clap-clap-", "clap-", 1)

    @cached_property
    def _processor(self) -> Any:
        """The model's tokenizer, and what makes spectrograms of samples."""
        folder = self._folder
        _check_is_clap(folder)
        library = import_transformers("CLAP")
        return load_processor(library.ClapProcessor, folder)

    def _prepare(self, part: Part) -> Any:
        if part.modality == "text":
            return legible(words(part)) or None
        extractor = self._processor.feature_extractor
        sound = listen(part, LONGEST, int(extractor.sampling_rate))
        return None if is_silent(sound) else equal_windows(sound, int(extractor.nb_max_samples))

    def _open(self, folder: Path) -> Embed:
        processor = self._processor
        library = import_transformers("CLAP")
        import torch

        model, _ = load_model(library.ClapModel, folder, self.device, self.dtype)
        device = model.device
        room = model.config.text_config.max_position_embeddings - ROBERTA_OFFSET
        longest = min(room, int(processor.tokenizer.model_max_length))

        def embed_words(texts: Sequence[str]) -> Vectors:
            tokens = processor.tokenizer(
                list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt"
            )
            return to_array(model.get_text_features(**tokens.to(device)))

        def embed_sounds(windows: Sequence[Any]) -> Vectors:
            extractor = processor.feature_extractor
            features = extractor(
                list(windows), sampling_rate=extractor.sampling_rate, return_tensors="pt"
            )
            # none is longer than the model hears; where that is so, the extractor would draw lots
            is_longer = torch.zeros((len(windows), 1), dtype=torch.bool, device=device)
            mels = features["input_features"].to(device, model.dtype)
            return to_array(model.get_audio_features(input_features=mels, is_longer=is_longer))

        def embed(inputs: Sequence[Any], _: Role) -> Vectors:
            with torch.inference_mode():
                if isinstance(inputs[0], str):
                    return embed_words(inputs)
                windows = [w for windows in inputs for w in windows]
                rows = [
                    embed_sounds(windows[at : at + self.batch])
                    for at in range(0, len(windows), self.batch)
                ]
            return mean_by_part(np.concatenate(rows), [len(windows) for windows in inputs])

        return embed

    def _width(self, folder: Path) -> int:
        _check_is_clap(folder)
        return int(read_config(folder).get("projection_dim") or 0)


def _check_is_clap(folder: Path) -> None:
    """Raises BadConfig for what is none."""
    check_holds_model(folder, Clap.option)
    if (kind := read_config(folder).get("model_type")) != "clap":
        raise BadConfig(
            f"{folder} is a model of the type {kind}, not a CLAP",
            f"Name a CLAP: {Clap.option}laion/clap-htsat-unfused",
        )
