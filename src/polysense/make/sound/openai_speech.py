"""Words spoken by a server of OpenAI's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL
from polysense.endpoints.openai_plugin import OpenAIPlugin
from polysense.make.sound.speech.sentences import plain_text, sentences
from polysense.make.sound.streamed_wav import with_true_sizes
from polysense.protocols import Converter
from polysense.types import Part

MAX_CHARACTERS = 4096
"""What OpenAI's models speak at once; the rest is left out, at the end of a sentence."""


@dataclass(kw_only=True, eq=False, repr=False)
class OpenAISpeech(OpenAIPlugin, Converter):
    """Sends an answer's words, with the names of its sources for its [n], and gives the sound,
    marked as generated.

    voice is one of the model's ("alloy"). `polysense.endpoints.openai` has the options of the
    server.
    """

    plugin = "openai_speech"
    example = "gpt-4o-mini-tts"
    source = "text"
    targets = frozenset({"audio"})
    cost = 0.15
    origin = "generated"

    model: str = "gpt-4o-mini-tts"
    voice: str = "alloy"

    def convert(self, part: Part) -> Iterator[Part]:
        """A WAV file; nothing for no words. Raises ModelFailed."""
        text = _speakable(part)
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
        data = with_true_sizes(data)
        yield Part("audio", data, mime="audio/wav", meta={"model": server.name})


def _speakable(part: Part) -> str:
    """The sentences that can be spoken at once; of one that is too long its beginning.

    >>> _speakable(Part("text", "**High water** is at noon. [1][2]"))
    'High water is at noon.'
    """
    text = ""
    for sentence in sentences(plain_text(part), part.meta.get("sources") or {}):
        longer = f"{text} {sentence.spoken_words}".strip()
        if len(longer) > MAX_CHARACTERS:
            return text or longer[:MAX_CHARACTERS]
        text = longer
    return text
