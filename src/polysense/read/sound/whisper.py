"""Speech to words by Whisper (Radford et al. 2022) or any speech recogniser of transformers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import numpy as np

from polysense.errors import BadConfig, MissingDependency
from polysense.protocols import Converter
from polysense.read.sound.decode import RATE, Samples, samples
from polysense.types import Part, Span

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
    limit: seconds of a part that are listened to.
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
        limit: float = 7200.0,
    ) -> None:
        self.model, self.language, self.device, self.limit = model, language, device, limit
        self._lock = Lock()
        self._recogniser: Any = None

    def convert(self, part: Part) -> Iterator[Part]:
        """The sentences; nothing for silence.

        Raises MissingDependency where there is no such model, BadConfig where it cannot do what is
        asked.
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
            meta = (
                {"words": [[word, first, last] for word, first, last in words]} if by_word else {}
            )
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

    def _load(self) -> Any:
        with self._lock:
            if self._recogniser is None:
                self._recogniser = _pipeline(self.model, self.device)
        return self._recogniser


def _pipeline(model: str, device: str) -> Any:
    if Path(model).is_absolute() and not Path(model).is_dir():  # before what takes long to import
        raise MissingDependency(f"there is no folder {model}", _download_hint(model))
    try:
        from transformers import pipeline
        from transformers.utils import logging
    except ImportError as e:
        raise MissingDependency(
            "Whisper needs the package transformers",
            "Install it: pip install 'polysense[models]'",
        ) from e
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        return pipeline("automatic-speech-recognition", model=model, device=device or None)
    except OSError as e:
        raise MissingDependency(
            f"the speech model {model} was not found, here or on the hub: {str(e).splitlines()[0]}",
            _download_hint(model),
        ) from e
    except (ValueError, KeyError) as e:
        raise BadConfig(
            f"{model} is no speech recogniser: {e}",
            'Name one, e.g. "whisper:model=openai/whisper-small".',
        ) from e


def _download_hint(model: str) -> str:
    name = "openai/whisper-small" if Path(model).is_absolute() else model
    return (
        f"Where there is a network, type: hf download {name} --local-dir whisper; "
        "then name that folder: whisper:model=/path/to/whisper"
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
