"""Any embeddings of LlamaIndex as an encoder: those of a provider's package, or of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from polysense.encoders.framework_encoder import FrameworkEncoder
from polysense.errors import MissingDependency
from polysense.import_path import make_object
from polysense.types import Role


class LlamaIndex(FrameworkEncoder):
    """Words to vectors by LlamaIndex's `BaseEmbedding`.

    embedding is where it is made, "package.module:name": a class, a function without parameters,
    or the object itself ("llama_index.embeddings.openai:OpenAIEmbedding"); in Python it may be the
    object. model, where given, is what the class or function there is called with.
    `polysense.encoders.framework_encoder` has the other options.
    """

    extra = "llama-index"
    framework: ClassVar[str] = "llama_index"

    def __init__(
        self,
        *,
        embedding: Any = "",
        model: str = "",
        dim: int = 0,
        batch: int = 64,
        languages: str = "",
        revision: str = "",
    ) -> None:
        super().__init__(dim=dim, batch=batch, languages=languages, revision=revision)
        self.embedding, self.model = embedding, str(model)

    @cached_property
    def _embedder(self) -> Any:
        try:
            from llama_index.core.base.embeddings.base import BaseEmbedding
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "embeddings of LlamaIndex need the package llama-index-core",
                "python -m pip install 'polysense[llama-index]'",
            ) from e
        return make_object(
            self.embedding,
            "llama_index:embedding=",
            "embeddings of LlamaIndex",
            lambda candidate: isinstance(candidate, BaseEmbedding),
            self.model,
        )

    def _embed(self, texts: list[str], role: Role) -> Sequence[Sequence[float]]:
        if role == "query":
            return [self._embedder.get_query_embedding(text) for text in texts]
        vectors: Sequence[Sequence[float]] = self._embedder.get_text_embedding_batch(texts)
        return vectors
