"""A picture that a server of OpenAI's protocol draws of the question and what was found for it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL
from polysense.endpoints.openai_plugin import OpenAIPlugin
from polysense.make.question_text import question_text
from polysense.protocols import Generator
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
        """One part, a file as the server gives it. Raises ModelFailed."""
        question = question_text(query).strip()
        if not question or not evidence:
            return
        server = self._server
        options = {"size": self.size} if self.size else {}
        # newer models always give the bytes and refuse to be told so
        form = {} if server.model.startswith("gpt-image") else {"response_format": "b64_json"}
        with server.client() as client, server.faults():
            response = client.images.generate(
                model=server.model, prompt=_prompt(question, evidence), n=1, **options, **form
            )
            pictures = getattr(response, "data", None) or []
            encoded = getattr(pictures[0], "b64_json", None) if pictures else None
            if not isinstance(encoded, str):
                raise server.failure(NO_PROTOCOL, HINT_PROTOCOL)
            try:
                data = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                raise server.failure(NO_PROTOCOL, HINT_PROTOCOL) from None
            usage = getattr(response, "usage", None)
        meta = {
            "model": server.name,
            "evidence": [e.n for e in evidence],
            "usage": [getattr(usage, "input_tokens", 0), getattr(usage, "output_tokens", 0)],
        }
        yield Part("image", data, mime=_mime(data), meta=meta)


def _prompt(question: str, evidence: Sequence[Evidence]) -> str:
    words = "\n".join(e.hit.chunk.words.strip() for e in evidence)[:MAX_EVIDENCE_CHARACTERS]
    return f"{question}\n\nKeep to these facts:\n{words}"


def _mime(data: bytes) -> str:
    if data.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if data[8:12] == b"WEBP" else "image/png"
