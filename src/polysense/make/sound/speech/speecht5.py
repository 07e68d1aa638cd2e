"""Speech by SpeechT5 (Ao et al. 2022, arXiv:2110.07205): letters to a spectrogram in the voice of a
speaker, which HiFi-GAN (Kong et al. 2020, arXiv:2010.05646) makes heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polysense.errors import BadConfig
from polysense.make.sound.speech.pretrained_speech import PretrainedSpeech, Voice, unspoken_signs
from polysense.weights.pretrained import (
    check_holds_model,
    find_folder,
    import_transformers,
    load_model,
    load_processor,
)

VOCODER_FOLDER = "vocoder"
"""Where, beside a model, its vocoder is looked for."""

MAX_FRAMES_PER_LETTER = 20.0
"""Frames of the spectrogram for each letter, at which a sentence without an end is cut: as the
model's authors have it.
"""


@dataclass(kw_only=True, eq=False, repr=False)
class SpeechT5(PretrainedSpeech):
    """Speaks words by SpeechT5, with HiFi-GAN as its vocoder.

    voice is a file that numpy saved, with the x-vector of the speaker; "" is nobody in particular,
    and sounds less natural. vocoder is a folder, or a name on the hub; a folder `vocoder` in the
    model's own goes before. `polysense.make.sound.speech.pretrained_speech` has the other options.
    """

    option = "speecht5:model="
    model_types = frozenset({"speecht5"})

    model: str = "microsoft/speecht5_tts"
    vocoder: str = "microsoft/speecht5_hifigan"
    voice: str = ""

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model, or vocoder."""
        self._vocoder_folder(self._folder)

    def _vocoder_folder(self, folder: Path) -> Path:
        own, option = folder / VOCODER_FOLDER, "speecht5:model=...,vocoder="
        vocoder = own if own.is_dir() else find_folder(self.vocoder, option, offline=self.offline)
        check_holds_model(vocoder, option)
        return vocoder

    def _open(self, folder: Path) -> Voice:
        library = import_transformers("SpeechT5")
        tokenizer = load_processor(library.SpeechT5Tokenizer, folder)
        model, _ = load_model(library.SpeechT5ForTextToSpeech, folder, self.device, self.dtype)
        vocoder, _ = load_model(
            library.SpeechT5HifiGan, self._vocoder_folder(folder), self.device, self.dtype
        )
        width = model.config.speaker_embedding_dim
        speaker = self._speaker(width).to(model.device, model.dtype)

        def speak(words: str) -> Any:
            tokens = tokenizer(words, return_tensors="pt").input_ids.to(model.device)
            return model.generate_speech(
                tokens, speaker, vocoder=vocoder, maxlenratio=MAX_FRAMES_PER_LETTER
            )

        signs = frozenset("".join(tokenizer.get_vocab()))

        def unspoken(words: str) -> str:
            return unspoken_signs(words, "".join(signs & set(words)), signs)

        return Voice(speak, int(vocoder.config.sampling_rate), unspoken)

    def _speaker(self, width: int) -> Any:
        """The speaker's vector, (1, width). Raises BadConfig."""
        import torch

        if not self.voice:
            return torch.zeros(1, width)
        hint = f"Give a vector of {width} numbers, saved by numpy.save: speecht5:voice=FILE.npy"
        try:
            vector = np.load(Path(self.voice).expanduser(), allow_pickle=False)
        except (OSError, ValueError) as e:
            raise BadConfig(f"{self.voice} is no vector of a speaker: {e}", hint) from e
        if vector.size != width:
            raise BadConfig(f"{self.voice} has {vector.size} numbers, not {width}", hint)
        return torch.from_numpy(vector.astype(np.float32).reshape(1, width))
