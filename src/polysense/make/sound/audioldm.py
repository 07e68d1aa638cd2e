"""Sounds by AudioLDM (Liu et al. 2023, arXiv:2301.12503) and AudioLDM 2 (Liu et al. 2023,
arXiv:2308.05734), which follow the sounds that were retrieved, as Re-AudioLDM does (Yuan et al.
2023, arXiv:2309.08051).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from polysense.errors import BadConfig, ModelFailed
from polysense.make.diffusion.conditions import Sound, prompt_of, sounds_of
from polysense.make.diffusion.diffusion_generator import Conditions, DiffusionGenerator
from polysense.make.question_text import question_text
from polysense.read.language.creation import asks_to_create
from polysense.read.sound import decode
from polysense.types import Evidence, Part, Query
from polysense.weights.kinds import CLAP, check_kind
from polysense.weights.pipelines import SOUNDS
from polysense.weights.pretrained import (
    find_folder,
    import_transformers,
    load_model,
    load_processor,
)

CLAP_FOLDER = "clap"
"""Where, beside an AudioLDM, the CLAP that it was trained with is looked for."""

MAX_SECONDS = 60.0
"""Of sound: the models were trained on ten, and memory grows with them. Judged, not measured."""

_SOUND = re.compile(
    r"\b(?<!speed of )sounds?\s+(?:of|like)\b|\bnoises?\s+of\b|\bmusic\b|\bmelod(?:y|ies)\b"
    r"|\bgeräusch\w*|\bklang\b|\bmusik\b|\bbruit\b|\bmusique\b|\bruido\b|\bmúsica\b|声音|聲音|音乐|音樂",
    re.I,
)

_PEAK = 0.9
"""The loudest sample, of 1; judged."""


@dataclass(kw_only=True, eq=False, repr=False)
class AudioLdm(DiffusionGenerator):
    """Makes a sound of the question and its evidence, by AudioLDM or AudioLDM 2.

    The words of both are the prompt; retrieved sounds are heard by CLAP, whose vectors the model
    reads in the place of that of the words, mixed by `strength` (0 keeps to the sounds, 1 to the
    words). AudioLDM 2 has a CLAP of its own; an AudioLDM that of the folder `clap` in its own, or
    that this option names. Answers are spoken, not played: it makes something only where the
    question asks for a sound, or that something be made. length is seconds of sound.
    `polysense.make.diffusion.diffusion_generator` has the other options.
    """

    kind = SOUNDS
    accepts = frozenset({"text", "audio"})
    emits = "audio"

    clap: str = ""
    strength: float = 0.4
    length: float = 8.0
    negative: str = ""
    _clap_model: Any = field(init=False, default=None)
    _extractor: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (0 < self.length <= MAX_SECONDS and 0 <= self.strength <= 1):
            raise BadConfig(
                f"audioldm: length={self.length}, strength={self.strength}",
                f"length is up to {MAX_SECONDS:g} seconds, strength 0 to 1.",
            )

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model, or no such CLAP."""
        super().check()
        self._clap_folder(self._folder)

    def _is_wanted(self, query: Query) -> bool:
        words = question_text(query)
        return asks_to_create(words) or bool(_SOUND.search(words))

    def _clap_folder(self, folder: Path) -> Path | None:
        own, option = folder / CLAP_FOLDER, "audioldm:model=...,clap="
        if not self.clap:
            return own if own.is_dir() else None
        home = find_folder(self.clap, option, offline=self.offline)
        check_kind(home, option, [CLAP])
        return home

    def _open(self, folder: Path) -> Any:
        pipeline = super()._open(folder)
        self._extractor = getattr(pipeline, "feature_extractor", None)
        library = import_transformers("AudioLDM")
        language_model = getattr(pipeline, "language_model", None)
        if isinstance(language_model, library.GPT2Model):  # as the authors saved it, without a head
            with_head = library.GPT2LMHeadModel(language_model.config).eval()
            with_head.transformer = language_model
            pipeline.language_model = with_head.to(language_model.device, language_model.dtype)
        if language_model is not None:
            self._clap_model = pipeline.text_encoder
        elif home := self._clap_folder(folder):
            self._clap_model, _ = load_model(library.ClapModel, home, self.device, self.dtype)
            self._extractor = load_processor(library.ClapFeatureExtractor, home)
            own, width = (
                m.config.projection_dim for m in (self._clap_model, pipeline.text_encoder)
            )
            if own != width:
                raise BadConfig(
                    f"{home} gives {own} numbers, and {folder} reads {width}",
                    "Name the CLAP that the model was trained with.",
                )
        return pipeline

    def _conditions(
        self, pipeline: Any, query: Query, evidence: Sequence[Evidence]
    ) -> Conditions | None:
        prompt = prompt_of(query, evidence)
        sounds = sounds_of(evidence, int(self._extractor.sampling_rate)) if self._clap_model else []
        if not sounds and not prompt.evidence:
            return None
        length = {"audio_length_in_s": self.length}
        if not sounds:
            negative = {"negative_prompt": self.negative or None}
            return Conditions({"prompt": prompt.text, **length, **negative}, prompt.evidence)
        import torch

        read = _read_by_two if hasattr(pipeline, "language_model") else _read_by_clap
        with torch.inference_mode():
            sound = self._hear(sounds)
            arguments = read(pipeline, prompt.text, self.negative, self._mix(sound))
        numbers = tuple(dict.fromkeys((*(s.n for s in sounds), *prompt.evidence)))
        return Conditions({**arguments, **length}, numbers, "sound")

    def _mix(self, sound: Any) -> Callable[[Any], Any]:
        """The vector of words -> that of words and sounds, of unit length."""
        import torch

        def mix(words: Any) -> Any:
            mixture = self.strength * words + (1 - self.strength) * sound.to(words)
            return torch.nn.functional.normalize(mixture, dim=-1)

        return mix

    def _hear(self, sounds: Sequence[Sound]) -> Any:
        """The mean of CLAP's vectors of sounds, (1, width), of unit length."""
        import torch

        model, extractor = self._clap_model, self._extractor
        features = extractor(
            [s.samples[: int(extractor.nb_max_samples)] for s in sounds],
            sampling_rate=extractor.sampling_rate,
            return_tensors="pt",
        )
        mels = features["input_features"].to(model.device, model.dtype)
        # none is longer than the model hears; where that is so, the extractor would draw lots
        is_longer = torch.zeros((len(sounds), 1), dtype=torch.bool, device=model.device)
        output = model.get_audio_features(input_features=mels, is_longer=is_longer)
        vectors = torch.nn.functional.normalize(getattr(output, "pooler_output", output), dim=-1)
        return torch.nn.functional.normalize(vectors.mean(0, keepdim=True), dim=-1)

    def _run(self, pipeline: Any, conditions: Conditions) -> Any:
        output = super()._run(pipeline, conditions)
        return np.asarray(output.audios[0], np.float32), int(pipeline.vocoder.config.sampling_rate)

    def _parts(self, output: Any) -> list[Part]:
        sound, rate = output
        peak = float(np.abs(sound).max()) if np.isfinite(sound).all() else 0.0
        if not peak:
            raise ModelFailed(
                f"{Path(self.model).name} made a silent sound", "Try another seed=, or more steps=."
            )
        meta = {"seconds": round(len(sound) / rate, 3)}
        data = decode.wav(sound * (_PEAK / peak), rate)
        return [Part("audio", data, "audio/wav", "sound.wav", meta=meta)]


def _tokens(tokenizer: Any, words: str, device: Any) -> dict[str, Any]:
    encoded = tokenizer(
        [words],
        padding="max_length",
        max_length=tokenizer.model_max_length,
        truncation=True,
        return_tensors="pt",
    )
    return {n: encoded[n].to(device) for n in ("input_ids", "attention_mask")}


def _read_by_clap(
    pipeline: Any, words: str, negative: str, mix: Callable[[Any], Any]
) -> dict[str, Any]:
    """What AudioLDM reads: one vector, of CLAP."""
    import torch

    def vector(text: str) -> Any:
        encoder = pipeline.text_encoder
        output = encoder(**_tokens(pipeline.tokenizer, text, encoder.device)).text_embeds
        return torch.nn.functional.normalize(output, dim=-1)

    return {"prompt_embeds": mix(vector(words)), "negative_prompt_embeds": vector(negative)}


def _read_by_two(
    pipeline: Any, words: str, negative: str, mix: Callable[[Any], Any]
) -> dict[str, Any]:
    """What AudioLDM 2 reads: the states of T5, and what GPT-2 makes of them and CLAP's vector."""

    def states(text: str, change: Callable[[Any], Any]) -> dict[str, Any]:
        clap, t5 = pipeline.text_encoder, pipeline.text_encoder_2
        output = clap.get_text_features(**_tokens(pipeline.tokenizer, text, clap.device))
        vector = change(getattr(output, "pooler_output", output))[:, None]
        tokens = _tokens(pipeline.tokenizer_2, text, t5.device)
        t5_states, mask = t5(**tokens)[0], tokens["attention_mask"]
        joint = pipeline.projection_model(
            hidden_states=vector,
            hidden_states_1=t5_states,
            attention_mask=mask.new_ones((1, 1)),
            attention_mask_1=mask,
        )
        generated = pipeline.generate_language_model(
            joint.hidden_states,
            attention_mask=joint.attention_mask,
            max_new_tokens=pipeline.language_model.config.max_new_tokens,
        )
        return {
            "prompt_embeds": t5_states,
            "attention_mask": mask,
            "generated_prompt_embeds": generated,
        }

    opposite = states(negative, lambda vector: vector)
    return states(words, mix) | {f"negative_{name}": value for name, value in opposite.items()}
