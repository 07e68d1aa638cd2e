"""Speech by VITS (Kim et al. 2021, arXiv:2106.06103), and by the thousand languages of MMS (Pratap
et al. 2023, arXiv:2305.13516), whose voices are of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from polysense.errors import BadConfig, MissingDependency
from polysense.make.sound.speech.pretrained_speech import PretrainedSpeech, Voice, unspoken_signs
from polysense.weights.pretrained import (
    import_transformers,
    load_model,
    load_processor,
    read_config,
)

_READERS = {"phonemize": "phonemizer", "is_uroman": "uroman"}
"""What a tokenizer's config may ask for, and the package that does it."""


@dataclass(kw_only=True, eq=False, repr=False)
class Vits(PretrainedSpeech):
    """Speaks words by a VITS, each of whose folders is of one language or a few.

    speed is how fast, 1.0 as it was trained; speaker the number of one, where it has several.
    `polysense.make.sound.speech.pretrained_speech` has the other options.
    """

    option = "vits:model="
    model_types = frozenset({"vits"})

    speed: float = 1.0
    speaker: int = 0

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model, or what reads letters
        for it is not installed.
        """
        config = read_config(self._folder, "tokenizer_config.json")
        for need, package in _READERS.items():
            if config.get(need) and not find_spec(package):
                raise MissingDependency(
                    f"{self.model} is given the sounds of words by the package {package}",
                    f"python -m pip install {package}",
                )

    def _open(self, folder: Path) -> Voice:
        self.check()
        library = import_transformers("VITS")
        tokenizer = load_processor(library.VitsTokenizer, folder)
        model, _ = load_model(library.VitsModel, folder, self.device, self.dtype)
        speakers = model.config.num_speakers
        if not 0 <= self.speaker < max(speakers, 1):
            raise BadConfig(
                f"{self.model} has {speakers} speakers, and no speaker {self.speaker}",
                f"Write speaker=0 to speaker={max(speakers, 1) - 1}.",
            )
        model.speaking_rate = self.speed
        speaker = {"speaker_id": self.speaker} if speakers > 1 else {}

        def speak(words: str) -> Any:
            tokens = tokenizer(words, return_tensors="pt").to(model.device)
            return model(**tokens, **speaker).waveform

        signs = frozenset(tokenizer.get_vocab())

        def unspoken(words: str) -> str:
            if tokenizer.phonemize:  # another package makes sounds of any words
                return ""
            legible, _ = tokenizer.prepare_for_tokenization(words)
            return unspoken_signs(words, legible, signs)

        return Voice(speak, int(model.config.sampling_rate), unspoken)
