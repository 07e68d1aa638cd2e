"""Who speaks, by a model trained on speech: x-vectors (Snyder et al. 2018) of wav2vec 2.0 (Baevski
et al. 2020, arXiv:2006.11477) and its kin, else the mean of what such a model hears.
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
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.read.sound.decode import RATE, Samples
from polysense.types import Part, Role
from polysense.weights.pretrained import (
    check_holds_model,
    import_transformers,
    load_model,
    load_processor,
    read_config,
    to_array,
)

LONGEST = 60.0
"""Seconds of a part that are heard, as by `encoders.speaker`."""

WINDOW_SECONDS = 10.0
"""Seconds that are heard at once: attention costs their square. Judged, not measured."""

MIN_SECONDS = 0.5
"""Seconds under which no voice is told: an x-vector looks at a third of a second at least. Judged.
"""

WHISPER_SAMPLES_PER_STATE = 320
"""Samples at 16 kHz that one of the states of Whisper's encoder stands for."""


@dataclass(kw_only=True, eq=False, repr=False)
class Voice(PretrainedEncoder):
    """The same voice's other recordings, by wav2vec 2.0, WavLM, HuBERT and the like, or Whisper.

    A model with a head for x-vectors gives those. Of others the states are averaged over time:
    those of Whisper's encoder (Radford et al. 2022), or of any speech model that reads samples.
    layer is which: -1 is the last, 0 what goes into the first; in models that were only trained on
    speech itself, layers below the middle tell most of the speaker (Chen et al., "WavLM", 2022).
    A longer part is heard in windows, and has the mean of their unit vectors.
    """

    option = "voice:model="
    organisation = "microsoft"
    accepts = frozenset({"audio"})
    signal = "perceptual"

    model: str = "microsoft/wavlm-base-plus-sv"
    layer: int = -1
    languages: InitVar[str] = ""

    def _revision(self, folder: Path) -> str:
        layer = "" if self.layer == -1 or _has_speaker_head(folder) else f"-layer{self.layer}"
        return super()._revision(folder) + layer

    @cached_property
    def _extractor(self) -> Any:
        """What makes of samples what the model reads."""
        folder = self._folder
        _check_hears(folder)
        library = import_transformers("a model of voices")
        return load_processor(library.AutoFeatureExtractor, folder)

    def _prepare(self, part: Part) -> Any:
        rate = int(self._extractor.sampling_rate)
        sound = listen(part, LONGEST, rate)
        if len(sound) < MIN_SECONDS * rate or is_silent(sound):
            return None
        return equal_windows(sound, round(WINDOW_SECONDS * rate))

    def _open(self, folder: Path) -> Embed:
        extractor, library = self._extractor, import_transformers("a model of voices")
        import torch

        has_head = _has_speaker_head(folder)
        kind = library.AutoModelForAudioXVector if has_head else library.AutoModel
        model, _ = load_model(kind, folder, self.device, self.dtype)
        device = model.device
        is_whisper = model.config.model_type == "whisper"
        if not is_whisper and model.main_input_name != "input_values":
            raise _no_speech_model(folder)
        model = model.get_encoder() if is_whisper else model

        def embed_windows(windows: Sequence[Samples]) -> Vectors:
            """Of windows of one length, so that none is padded to another's."""
            features = extractor(
                list(windows), sampling_rate=extractor.sampling_rate, return_tensors="pt"
            )
            features = {
                name: values.to(device, model.dtype if values.is_floating_point() else None)
                for name, values in features.items()
            }
            if has_head:
                return to_array(model(**features).embeddings)
            states = model(**features, output_hidden_states=True).hidden_states
            if not -len(states) <= self.layer < len(states):
                raise BadConfig(
                    f"{folder} has no layer {self.layer}",
                    f"Write layer={len(states) - 1} at most, or leave it out.",
                )
            states_with_sound = (
                -(-len(windows[0]) // WHISPER_SAMPLES_PER_STATE) if is_whisper else None
            )
            return to_array(states[self.layer][:, :states_with_sound].mean(dim=1))

        def embed(inputs: Sequence[Any], _: Role) -> Vectors:
            with torch.inference_mode():
                rows = [embed_windows(windows) for windows in inputs]
            return mean_by_part(np.concatenate(rows), [len(windows) for windows in inputs])

        return embed

    def _probe(self) -> Part:
        noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
        return Part("audio", noise, f"audio/pcm;rate={RATE}")

    def _width(self, folder: Path) -> int:
        _check_hears(folder)
        config = read_config(folder)
        names = ("xvector_output_dim",) if _has_speaker_head(folder) else ("hidden_size", "d_model")
        return next((int(config[n]) for n in names if config.get(n)), 0)


def _has_speaker_head(folder: Path) -> bool:
    """Whether the model was saved with a head that gives x-vectors."""
    return any(a.endswith("ForXVector") for a in read_config(folder).get("architectures") or ())


def _check_hears(folder: Path) -> None:
    """Raises BadConfig for a model that takes no samples."""
    check_holds_model(folder, Voice.option)
    own, joint = (read_config(folder, f"{n}_config.json") for n in ("preprocessor", "processor"))
    if "sampling_rate" not in {**own, **(joint.get("feature_extractor") or {})}:
        raise _no_speech_model(folder)


def _no_speech_model(folder: Path) -> BadConfig:
    kind = read_config(folder).get("model_type")
    return BadConfig(
        f"{folder} is a model of the type {kind}, which hears no speech",
        "Name a wav2vec 2.0, WavLM, HuBERT or Whisper: voice:model=microsoft/wavlm-base-plus-sv",
    )
