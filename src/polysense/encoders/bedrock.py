"""Words to vectors by an embedding model of Amazon Bedrock: Titan's or Nova's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from polysense.encoders.framework_encoder import FrameworkEncoder
from polysense.endpoints.bedrock import BedrockModel
from polysense.errors import BadConfig
from polysense.types import Role


def _titan_v1(text: str, _: Role, dim: int) -> dict[str, Any]:  # noqa: ARG001 - it has one width
    """Titan Embeddings G1: words, and nothing else."""
    return {"inputText": text}


def _titan(text: str, _: Role, dim: int) -> dict[str, Any]:
    """Titan Text Embeddings V2."""
    return {"inputText": text, "normalize": True, **({"dimensions": dim} if dim else {})}


def _nova(text: str, role: Role, dim: int) -> dict[str, Any]:
    """Nova Multimodal Embeddings, of words."""
    purpose = "GENERIC_RETRIEVAL" if role == "query" else "GENERIC_INDEX"
    size = {"embeddingDimension": dim} if dim else {}
    words = {"truncationMode": "END", "value": text}
    parameters = {"embeddingPurpose": purpose, **size, "text": words}
    return {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": parameters}


_BODIES: Mapping[str, Callable[[str, Role, int], dict[str, Any]]] = {
    "amazon.titan-embed-text-v1": _titan_v1,
    "amazon.titan-embed-g1-text": _titan_v1,
    "amazon.titan-embed-text": _titan,
    "amazon.nova-2-multimodal": _nova,
}
"""What is asked of a model, by how its id begins; the first that fits."""

_REGION = re.compile(r"[a-z-]+\.(?=amazon\.)")
"""How the id of an inference profile begins: us.amazon..."""


class Bedrock(FrameworkEncoder):
    """Passages are sent there as they are indexed, one by one, questions as they are asked.

    dim is one of the sizes that the model has (Titan V2: 256, 512, 1024; V1 has one); 0 leaves it
    to the model.
    `polysense.encoders.framework_encoder` has the other options, `polysense.endpoints.bedrock`
    those of the server: region, endpoint_url, seconds, retries.
    """

    extra = "bedrock"
    framework: ClassVar[str] = "bedrock"

    def __init__(
        self,
        *,
        model: str = "amazon.titan-embed-text-v2:0",
        region: str = "",
        endpoint_url: str = "",
        seconds: float = 60.0,
        retries: int = 2,
        dim: int = 0,
        batch: int = 16,
        languages: str = "",
        revision: str = "",
    ) -> None:
        super().__init__(dim=dim, batch=batch, languages=languages, revision=revision)
        self._endpoint = BedrockModel(
            str(model), str(region), str(endpoint_url), seconds, int(retries)
        )

    @property
    def _embedder(self) -> BedrockModel:
        return self._endpoint

    def check(self) -> None:
        """Raises BadConfig, MissingDependency; nothing is sent."""
        _ = self._body, self._client

    @cached_property
    def _client(self) -> Any:
        return self._endpoint.client()

    @cached_property
    def _body(self) -> Callable[[str, Role, int], dict[str, Any]]:
        model = self._endpoint.model
        own_id = _REGION.sub("", model.rpartition("/")[2], count=1)
        body = next((b for start, b in _BODIES.items() if own_id.startswith(start)), None)
        if body is None:
            raise BadConfig(
                f"bedrock: {model} is no embedding model of Titan or Nova",
                "Name one: model=amazon.titan-embed-text-v2:0.",
            )
        return body

    def _embed(self, texts: list[str], role: Role) -> Sequence[Sequence[float]]:
        body, client = self._body, self._client
        with self._endpoint.faults():
            answers = (
                client.invoke_model(
                    modelId=self._endpoint.model,
                    body=json.dumps(body(text, role, self.dim)),
                    contentType="application/json",
                    accept="application/json",
                )
                for text in texts
            )
            return [_vector(json.loads(answer["body"].read())) for answer in answers]


def _vector(answer: Mapping[str, Any]) -> Sequence[float]:
    """Of Titan's answer, or of Nova's."""
    vector = answer.get("embedding") or answer["embeddings"][0]["embedding"]
    return [float(x) for x in vector]
