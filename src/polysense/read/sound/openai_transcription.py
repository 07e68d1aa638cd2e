"""Speech to words by a server of OpenAI's protocol, with the seconds of each sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL
from polysense.endpoints.openai_plugin import OpenAIPlugin
from polysense.protocols import Converter
from polysense.read.sound.decode import RATE, samples, wav
from polysense.read.sound.recognition import line_meta
from polysense.types import Part, Span

SILENCE_RMS = 1e-4
"""Root mean square under which nothing is sent: recognisers make up words for silence. Judged."""

MAX_SECONDS = 700.0
"""Seconds that are sent at once: OpenAI takes 25 MB, which are 780 seconds of WAV."""


@dataclass(kw_only=True, eq=False, repr=False)
class OpenAITranscription(OpenAIPlugin, Converter):
    """Sends a recording, and gives one part of words for each sentence that comes back, with its
    seconds.

    language: an ISO 639-1 code; "" lets the model find out. The model must tell times (OpenAI's
    whisper-1, the Whispers of vLLM and of others). `polysense.endpoints.openai` has the options of
    the server.
    """

    plugin = "openai_transcription"
    example = "whisper-1"
    source = "audio"
    targets = frozenset({"text"})
    cost = 0.1
    is_extractor = True

    model: str = "whisper-1"
    language: str = ""

    def convert(self, part: Part) -> Iterator[Part]:
        """The sentences; nothing for silence. Raises ModelFailed, and as decoding does."""
        start, end = part.span.seconds or (0.0, float("inf"))
        while start < end:
            stop = min(end, start + MAX_SECONDS)
            sound = samples(replace(part, span=replace(part.span, seconds=(start, stop))))
            if len(sound) and float(np.sqrt(np.mean(sound**2))) >= SILENCE_RMS:
                begin = start - (part.span.seconds or (0.0, 0.0))[0]
                yield from (_line(s, begin) for s in self._segments(wav(sound, RATE)))
            if len(sound) < round((stop - start) * RATE):
                return
            start = stop

    def _segments(self, data: bytes) -> list[Any]:
        server = self._server
        options = {"language": self.language} if self.language else {}
        with server.client() as client, server.faults():
            response = client.audio.transcriptions.create(
                model=server.model,
                file=("recording.wav", data, "audio/wav"),
                response_format="verbose_json",
                timestamp_granularities=["segment"],
                **options,
            )
            segments = getattr(response, "segments", None)
            if not isinstance(segments, list) or not all(map(_is_segment, segments)):
                raise server.failure(NO_PROTOCOL, HINT_PROTOCOL)
            return [s for s in segments if s.text.strip()]


def _is_segment(segment: Any) -> bool:
    numbers = (getattr(segment, name, None) for name in ("start", "end"))
    is_timed = all(isinstance(n, int | float) for n in numbers)
    return is_timed and isinstance(getattr(segment, "text", None), str)


def _line(segment: Any, begin: float) -> Part:
    """Words with their seconds; how sure the model is, where it tells."""
    share = getattr(segment, "avg_logprob", None)
    confidence = float(np.exp(share)) if isinstance(share, int | float) else None
    span = Span(seconds=(begin + segment.start, begin + max(segment.start, segment.end)))
    text = " ".join(segment.text.split())
    return Part("text", text, mime="text/plain", span=span, meta=line_meta(confidence))
