"""Words to vectors by OpenAI's embeddings, or any server that speaks their protocol, or Azure's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from polysense.encoders.framework_encoder import FrameworkEncoder
from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL, OPENAI, OpenAIServer
from polysense.types import Role

_SHORTENED = "text-embedding-3"
"""Models of this name give as many numbers as they are asked for; of others a server may refuse to
be asked.
"""


class OpenAI(FrameworkEncoder):
    """Passages are sent there as they are indexed, questions as they are asked.

    dim of a text-embedding-3 is how many numbers of a vector are kept (Kusupati et al., "Matryoshka
    representation learning", NeurIPS 2022). `polysense.encoders.framework_encoder` has the other
    options, `polysense.endpoints.openai` those of the server: base_url, key, seconds, retries,
    api_version.
    """

    extra = "llm"
    framework: ClassVar[str] = "openai"

    def __init__(
        self,
        *,
        model: str = "text-embedding-3-small",
        base_url: str = OPENAI,
        key: str = "",
        seconds: float = 60.0,
        retries: int = 2,
        api_version: str = "",
        dim: int = 0,
        batch: int = 64,
        languages: str = "",
        revision: str = "",
    ) -> None:
        super().__init__(dim=dim, batch=batch, languages=languages, revision=revision)
        self._server = OpenAIServer(
            str(model), str(base_url), str(key), seconds, retries, str(api_version)
        )

    @property
    def _embedder(self) -> OpenAIServer:
        return self._server

    def check(self) -> None:
        """Raises BadConfig, MissingDependency; nothing is sent."""
        self._server.check("openai:model=text-embedding-3-small")

    def _embed(self, texts: list[str], role: Role) -> Sequence[Sequence[float]]:
        server = self._server
        size: dict[str, Any] = (
            {"dimensions": self.dim} if self.dim and server.model.startswith(_SHORTENED) else {}
        )
        with server.client() as client, server.faults():
            response = client.embeddings.create(
                model=server.model, input=texts, encoding_format="float", **size
            )
            rows = getattr(response, "data", None)
            if not isinstance(rows, list) or len(rows) != len(texts):
                raise server.failure(NO_PROTOCOL, HINT_PROTOCOL)
            in_order = sorted(rows, key=lambda row: int(row.index))
            return [row.embedding for row in in_order]
