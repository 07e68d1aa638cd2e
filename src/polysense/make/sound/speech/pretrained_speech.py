"""What voices that run a pretrained model do alike: where the model is, sentences one by one, the
same sound each time.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar, NamedTuple

import numpy as np

from polysense.errors import BadConfig, ModelFailed
from polysense.make.sound.speech.languages import latin_language
from polysense.make.sound.speech.number_words import number_words
from polysense.make.sound.speech.recording import Recording
from polysense.make.sound.speech.sentences import chunks, plain_text, sentences
from polysense.protocols import Converter
from polysense.read.language.detect import detect_language
from polysense.read.sound import decode
from polysense.types import Part
from polysense.weights.pretrained import (
    check_has_weights,
    check_holds_model,
    find_folder,
    read_config,
)

COST = 0.2
"""Of a voice that somebody has named, whose quality is not measured here. Judged: before the rule's
(0.25).
"""

MAX_TOLD = 40
"""Characters of what cannot be spoken in an error."""

_SEEDING = Lock()

Speak = Callable[[str], Any]
"""A sentence -> its sound, a tensor (samples,)."""


class Voice(NamedTuple):
    """A model, ready: what speaks, its samples a second, and which signs of words it would leave
    out though they are to be heard, "" for none.
    """

    speak: Speak
    rate: int
    unspoken: Callable[[str], str]


@dataclass(kw_only=True, eq=False, repr=False)
class PretrainedSpeech(Converter):
    """By a folder of weights or a model of a hub: words spoken, each sentence by itself.

    A family says what names its model in the settings (`option`), of which types its folders are
    (`model_types`), and how one is loaded (`_open`).

    languages are the codes of those that it speaks, separated by spaces ("" is any): words in
    others are left to another voice. limit is how many seconds are spoken at most. The same words
    and seed give the same bytes. revision is a branch, tag or commit of the hub, which is never
    asked with `offline`; device="" is the best there is, dtype="" the weights' own, on a CPU
    float32.
    """

    extra = "generate"
    source = "text"
    targets = frozenset({"audio"})
    cost = COST
    origin = "generated"
    option: ClassVar[str]
    model_types: ClassVar[frozenset[str]]

    model: str = ""
    revision: str = ""
    device: str = ""
    dtype: str = ""
    languages: str = "en"
    seed: int = 0
    limit: float = 300.0
    offline: bool = False
    _lock: Lock = field(init=False, default_factory=Lock)
    _voice: Voice | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.model, self.revision = str(self.model), str(self.revision)
        if not 0 < self.limit <= 3600:
            raise BadConfig(f"{self.option}{self.model}: limit={self.limit}", "Give 1 to 3600 s.")

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model."""
        _ = self._folder

    def convert(self, part: Part) -> Iterator[Part]:
        """One WAV of 16 bits, mono, at the model's rate; nothing where there is nothing to say, or
        in a language that it does not speak. Raises BadConfig, MissingDependency, and ModelFailed
        where it has no sound for what a sentence says: another voice may.
        """
        text = plain_text(part)
        language = detect_language(text) or latin_language(text)
        if self.languages and language not in self.languages.split():
            return
        with self._lock:
            if self._voice is None:
                self._voice = self._open(self._folder)
            voice = self._voice
            recording = Recording(voice.rate)
            for sentence in sentences(text, part.meta.get("sources") or {}):
                words = self._readable(voice, sentence.spoken_words, language)
                with _seeded(self.seed):
                    sounds = [_samples(voice.speak(c)) for c in chunks(words)]
                sound = np.concatenate(sounds) if sounds else np.zeros(0, np.float32)
                left = int((self.limit - recording.seconds) * voice.rate)
                if sound[:left].size:
                    recording.add(sentence, sound[:left], language)
                if recording.seconds >= self.limit:
                    break
        how = {"model": Path(self.model).name, "seed": self.seed}
        if (whole := recording.part(str(part.meta.get("title", "")), how)) is not None:
            yield whole

    def _readable(self, voice: Voice, words: str, language: str) -> str:
        """Words that the voice has sounds for: it leaves out all others, and a sentence without its
        numbers is wrong. Raises ModelFailed.
        """
        if not voice.unspoken(words):
            return words
        words = number_words(words, language)
        if unspoken := voice.unspoken(words):
            raise ModelFailed(
                f"{Path(self.model).name} has no sound for {unspoken[:MAX_TOLD]!r}",
                "Another voice is asked where there is one: `speech` is, unless it is left out.",
            )
        return words

    @cached_property
    def _folder(self) -> Path:
        folder = find_folder(self.model, self.option, offline=self.offline, revision=self.revision)
        check_holds_model(folder, self.option)
        if (kind := read_config(folder).get("model_type")) not in self.model_types:
            raise BadConfig(
                f"{folder} is a model of the type {kind}, not one that speaks as "
                f"{self.option.partition(':')[0]} does ({', '.join(sorted(self.model_types))})",
                f"Give the folder of another: {self.option}FOLDER",
            )
        check_has_weights(folder)
        return folder

    @abstractmethod
    def _open(self, folder: Path) -> Voice:
        """The model, ready. Raises BadConfig, MissingDependency."""


def unspoken_signs(words: str, legible: str, signs: AbstractSet[str]) -> str:
    """The letters and digits of words of which nothing is `legible` to a model; else the digits
    that it has no sign for: without one letter a word is still understood.

    >>> unspoken_signs("It is 38 m", "t is  m", frozenset("imst ")), unspoken_signs("é", "", {"e"})
    ('38', 'é')
    """
    if not any(c.isalnum() for c in legible):
        return "".join(c for c in words if c.isalnum())
    return "".join(c for c in words if c.isdigit() and c not in signs)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """torch's random numbers from a seed within it: these models take no generator of their own,
    and there is one for all threads.
    """
    import torch

    with _SEEDING, torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(seed)
        yield


def _samples(sound: Any) -> decode.Samples:
    return np.asarray(np.nan_to_num(sound.float().cpu().numpy().reshape(-1)), np.float32)
