"""Any embeddings of LangChain as an encoder: those of a provider's package, or of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from polysense.encoders.framework_encoder import FrameworkEncoder
from polysense.errors import MissingDependency
from polysense.import_path import make_object
from polysense.types import Role


class LangChain(FrameworkEncoder):
    """Words to vectors by LangChain's `Embeddings`.

    embeddings is where they are made, "package.module:name": a class, a function without
    parameters, or the object itself ("langchain_openai:OpenAIEmbeddings"); in Python it may be the
    object. model, where given, is what the class or function there is called with.
    `polysense.encoders.framework_encoder` has the other options.
    """

    extra = "langchain"
    framework: ClassVar[str] = "langchain"

    def __init__(
        self,
        *,
        embeddings: Any = "",
        model: str = "",
        dim: int = 0,
        batch: int = 64,
        languages: str = "",
        revision: str = "",
    ) -> None:
        super().__init__(dim=dim, batch=batch, languages=languages, revision=revision)
        self.embeddings, self.model = embeddings, str(model)

    @cached_property
    def _embedder(self) -> Any:
        try:
            from langchain_core.embeddings import Embeddings
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "embeddings of LangChain need the package langchain-core",
                "python -m pip install 'polysense[langchain]'",
            ) from e
        return make_object(
            self.embeddings,
            "langchain:embeddings=",
            "embeddings of LangChain",
            lambda candidate: isinstance(candidate, Embeddings),
            self.model,
        )

    def _embed(self, texts: list[str], role: Role) -> Sequence[Sequence[float]]:
        if role == "query":
            return [self._embedder.embed_query(text) for text in texts]
        vectors: Sequence[Sequence[float]] = self._embedder.embed_documents(texts)
        return vectors
