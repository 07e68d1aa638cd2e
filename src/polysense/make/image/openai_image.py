"""A picture that a server of OpenAI's protocol draws of the question and what was found for it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL
from polysense.endpoints.openai_plugin import OpenAIPlugin
from polysense.errors import PolysenseError
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.image.decode import size
from polysense.types import Evidence, Part, Query

MAX_EVIDENCE_CHARACTERS = 2_000
"""Of the evidence, what goes into the request: DALL-E 3 takes 4,000 characters. Judged."""


@dataclass(kw_only=True, eq=False, repr=False)
class OpenAIImage(OpenAIPlugin, Generator):
    """One picture: the question and the words of the evidence are sent, and what comes back is
    marked as generated.

    size is as the model has it ("1024x1024"); "" leaves it to the server.
    `polysense.endpoints.openai` has the options of the server.
    """

    plugin = "openai_image"
    example = "gpt-image-1"
    accepts = frozenset({"text"})
    emits = "image"
    cost = 0.9
    origin = "generated"

    model: str = "gpt-image-1"
    size: str = ""

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One part, a file as the server gives it, of the evidence whose words were sent. Raises
        ModelFailed, also where what comes is no picture.
        """
        question, facts = question_text(query).strip(), _facts(evidence)
        if not question or not facts:
            return
        prompt = "\n".join([f"{question}\n\nKeep to these facts:", *facts.values()])
        server = self._server
        options = {"size": self.size} if self.size else {}
        # newer models always give the bytes and refuse to be told so
        form = {} if server.model.startswith("gpt-image") else {"response_format": "b64_json"}
        with server.client() as client, server.faults():
            response = client.images.generate(
                model=server.model, prompt=prompt, n=1, **options, **form
            )
            pictures = getattr(response, "data", None) or []
            encoded = getattr(pictures[0], "b64_json", None) if pictures else None
            if not isinstance(encoded, str):
                raise server.failure(NO_PROTOCOL, HINT_PROTOCOL)
            data = base64.b64decode(encoded, validate=True)  # bad ones are a ValueError
        meta = {"model": server.name, "evidence": list(facts), "usage": _usage(response)}
        part = Part("image", data, mime=_mime(data), meta=meta)
        try:
            size(part)
        except PolysenseError:
            hint = "Ask again; if it happens again, take another model."
            raise server.failure("gave bytes that are no picture", hint) from None
        yield part


def _facts(evidence: Sequence[Evidence]) -> dict[int, str]:
    """By the number of the evidence, its words that go into the request: as many as there is room
    for.
    """
    facts, left = {}, MAX_EVIDENCE_CHARACTERS
    for e in evidence:
        if words := e.hit.chunk.words.strip()[: max(left, 0)]:
            facts[e.n] = words
            left -= len(words) + 1
    return facts


def _usage(response: Any) -> list[int]:
    """[tokens read, tokens written], 0 where the server tells none."""
    usage = getattr(response, "usage", None)
    counts = (getattr(usage, name, None) for name in ("input_tokens", "output_tokens"))
    return [n if isinstance(n, int) else 0 for n in counts]


def _mime(data: bytes) -> str:
    if data.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if data[8:12] == b"WEBP" else "image/png"
