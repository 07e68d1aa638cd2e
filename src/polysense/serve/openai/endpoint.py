"""/v1 for clients of OpenAI: libraries are its chat models, encoders of words its embedding models.

The official client works unchanged: OpenAI(base_url="http://localhost:8765/v1", api_key=TOKEN). The
last user message is the question; its answer is made of the library's files alone, with [n] and
annotations that lead to the place. temperature, max_tokens and whatever else is not in `schema` and
`responses/schema` is accepted and ignored. `usage` is what a language model has read and written,
zero where none took part.
"""

from __future__ import annotations

from fastapi import APIRouter

from polysense.serve.openai import chat, embeddings
from polysense.serve.openai.errors import PREFIX
from polysense.serve.openai.responses import endpoint as responses

router = APIRouter(prefix=PREFIX, tags=["openai"])
for part in (chat, responses, embeddings):
    router.include_router(part.router)
