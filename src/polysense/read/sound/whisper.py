"""Speech to words by Whisper (Radford et al. 2022) or any speech recogniser of transformers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import numpy as np

from polysense.errors import BadConfig
from polysense.protocols import Converter
from polysense.read.sound.decode import RATE, Samples, samples
from polysense.read.sound.recognition import line_meta
from polysense.types import Part, Span
from polysense.weights.pretrained import (
    best_device,
    check_holds_model,
    dtype_of,
    find_folder,
    import_transformers,
    load_faults,
    read_config,
)

OPTION = "whisper:model="

SILENCE_RMS = 1e-4
"""Root mean square under which nothing is recognised: Whisper makes up words for silence.
Judged, not measured.
"""

PAUSE_SECONDS, MAX_WORDS = 0.7, 24
"""Seconds without a word, or words, after which a new part begins, if no sentence ends before.
Judged, not measured.
"""

Word: TypeAlias = tuple[str, float, float]


class Whisper(Converter):
    """Sound -> one text part a sentence or pause, with its seconds.

    meta["words"] has [word, start, end] where the model times words. model: a name on the hub
    ("openai/whisper-small") or a folder. language: an ISO 639-1 code; "" lets the model find out.
    limit: seconds of a part that are listened to. device="" is the best there is, dtype="" the
    weights' own, on a CPU float32. The hub is never asked with `offline`.
    """

    extra = "models"
    source = "audio"
    targets = frozenset({"text"})
    cost = 0.15
    is_extractor = True

    def __init__(
        self,
        *,
        model: str = "openai/whisper-small",
        language: str = "",
        device: str = "",
        dtype: str = "",
        limit: float = 7200.0,
        offline: bool = False,
    ) -> None:
        self.model, self.language, self.limit = str(model), language, limit
        self.device, self.dtype, self.offline = device, dtype, offline
        self._lock = Lock()
        self._recogniser: Any = None

    def check(self) -> None:
        """Raises BadConfig where there is no such folder, or none of a speech recogniser,
        MissingDependency where the hub is needed and does not give it.
        """
        self._find_folder()

    def convert(self, part: Part) -> Iterator[Part]:
        """The sentences; nothing for silence.

        Raises as `check` does, and BadConfig where the model cannot do what is asked.
        """
        start, end = part.span.seconds or (0.0, self.limit)
        sound = samples(
            replace(part, span=replace(part.span, seconds=(start, min(end, start + self.limit)))),
            rate=RATE,
        )
        if not len(sound) or float(np.sqrt(np.mean(sound**2))) < SILENCE_RMS:
            return
        output, by_word = self._recognise(sound)
        timed_words = list(
            _close_times(
                output.get("chunks") or [{"text": output["text"], "timestamp": (0.0, None)}],
                len(sound) / RATE,
            )
        )
        for words in _group_sentences(timed_words) if by_word else ([word] for word in timed_words):
            text = " ".join(word for word, _, _ in words)
            meta = line_meta()
            if by_word:
                meta["words"] = [[word, first, last] for word, first, last in words]
            yield Part(
                "text",
                text,
                mime="text/plain",
                span=Span(seconds=(words[0][1], words[-1][2])),
                meta=meta,
            )

    def _recognise(self, sound: Samples) -> tuple[dict[str, Any], bool]:
        """What the pipeline gives, and whether each of its chunks is a word."""
        recogniser = self._load()
        timing = _timestamp_mode(recogniser)
        # others know one language, and no such option
        sets_language = bool(self.language) and recogniser.type == "seq2seq_whisper"
        options = {"task": "transcribe", "language": self.language} if sets_language else {}
        try:
            with self._lock:  # generation changes the model's state
                output = recogniser(
                    {"raw": sound, "sampling_rate": RATE},
                    return_timestamps=timing,
                    generate_kwargs=options,
                )
        except ValueError as e:
            if not sets_language:
                raise
            raise BadConfig(
                f"{self.model} cannot be told language={self.language}: {e}",
                "Leave the language out.",
            ) from e
        return output, timing == "word"

    def _find_folder(self) -> Path:
        folder = find_folder(self.model, OPTION, offline=self.offline, organisation="openai")
        _check_recognises(folder)
        return folder

    def _load(self) -> Any:
        with self._lock:
            if self._recogniser is None:
                folder = self._find_folder()
                self._recogniser = _pipeline(folder, self.device, self.dtype)
        return self._recogniser


def _pipeline(folder: Path, device: str, dtype: str) -> Any:
    library = import_transformers("a speech recogniser")
    place = device or best_device()
    with load_faults(folder):
        return library.pipeline(
            "automatic-speech-recognition",
            model=str(folder),
            device=place,
            dtype=dtype_of(dtype, place),
            trust_remote_code=False,
        )


def _check_recognises(folder: Path) -> None:
    """Raises BadConfig for a model that is no speech recogniser, by its config alone."""
    check_holds_model(folder, OPTION)
    import_transformers("a speech recogniser")
    from transformers.models.auto import modeling_auto

    kind = read_config(folder).get("model_type")
    recognisers = {
        *modeling_auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES,
        *modeling_auto.MODEL_FOR_CTC_MAPPING_NAMES,
        *modeling_auto.MODEL_FOR_TDT_MAPPING_NAMES,
    }
    if kind not in recognisers:
        raise BadConfig(
            f"{folder} is a model of the type {kind}, no speech recogniser",
            f'Name one: "{OPTION}openai/whisper-small".',
        )


def _timestamp_mode(recogniser: Any) -> bool | str:
    """What can be timed: words; True: stretches; False: nothing.

    Whisper times words by the attention of its alignment heads, where its generation config lists
    them; CTC models always can.
    """
    if recogniser.type == "seq2seq_whisper":
        return (
            "word" if getattr(recogniser.model.generation_config, "alignment_heads", None) else True
        )
    return "word" if recogniser.type != "seq2seq" else False


def _close_times(chunks: Iterable[dict[str, Any]], seconds: float) -> Iterator[Word]:
    """(text, start, end) in order; an open end is the next start, at last the end of the sound."""
    chunks = [chunk for chunk in chunks if chunk["text"].strip()]
    starts = [chunk["timestamp"][0] for chunk in chunks]
    previous_end = 0.0
    for i, chunk in enumerate(chunks):
        first, last = chunk["timestamp"]
        first = previous_end if first is None else max(previous_end, first)
        if last is None:
            last = next((start for start in starts[i + 1 :] if start is not None), seconds)
        first, last = min(first, seconds), min(max(first, last), seconds)
        previous_end = first
        yield chunk["text"].strip(), round(first, 2), round(last, 2)


def _group_sentences(words: Iterable[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    previous_end = -math.inf
    for word in words:
        if run and (
            word[1] - previous_end > PAUSE_SECONDS
            or len(run) >= MAX_WORDS
            or run[-1][0].endswith((".", "!", "?", "。", "！", "？"))
        ):
            yield run
            run = []
        run.append(word)
        previous_end = word[2]
    if run:
        yield run
