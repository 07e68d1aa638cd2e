"""Words spoken by a server of OpenAI's protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL, OPENAI, OpenAIServer
from polysense.protocols import Converter
from polysense.types import Modality, Origin, Part

MAX_CHARACTERS = 4096
"""What OpenAI's models speak at once; the rest is left out, at the end of a sentence."""

_CITATION = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")


class OpenAISpeech(Converter):
    """Sends an answer's words, without its [n], and gives the sound, marked as generated.

    voice is one of the model's ("alloy"). `polysense.endpoints.openai` has the options of the
    server: base_url, key, seconds, retries, api_version.
    """

    extra = "llm"
    source: Modality = "text"
    targets: frozenset[Modality] = frozenset({"audio"})
    cost = 0.15
    origin: Origin = "generated"

    def __init__(
        self,
        *,
        model: str = "gpt-4o-mini-tts",
        voice: str = "alloy",
        base_url: str = OPENAI,
        key: str = "",
        seconds: float = 120.0,
        retries: int = 2,
        api_version: str = "",
    ) -> None:
        self.voice = str(voice)
        self._server = OpenAIServer(
            str(model), str(base_url), str(key), seconds, retries, str(api_version), "openai_speech"
        )

    def check(self) -> None:
        """Raises BadConfig, MissingDependency; nothing is sent."""
        self._server.check("openai_speech:model=gpt-4o-mini-tts")

    def convert(self, part: Part) -> Iterator[Part]:
        """A WAV file; nothing for no words. Raises ModelFailed."""
        text = _speakable(str(part.meta.get("spoken", part.data)))
        if not text:
            return
        server = self._server
        with server.client() as client, server.faults():
            response = client.audio.speech.create(
                model=server.model, voice=self.voice, input=text, response_format="wav"
            )
            data = response.read()
        if not data.startswith(b"RIFF"):
            raise server.failure(NO_PROTOCOL, HINT_PROTOCOL)
        yield Part("audio", data, mime="audio/wav", meta={"model": server.name})


def _speakable(text: str) -> str:
    """Without citations, and no longer than can be spoken.

    >>> _speakable("High water is at noon. [1][2]")
    'High water is at noon.'
    """
    words = _CITATION.sub("", text).strip()
    if len(words) <= MAX_CHARACTERS:
        return words
    head = words[:MAX_CHARACTERS]
    return head[: max(head.rfind(s) for s in ".!?。！？") + 1] or head
