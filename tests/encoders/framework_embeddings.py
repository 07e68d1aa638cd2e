"""Embeddings in each framework over a model that is here: MiniLM, as somebody would wrap their own."""

from __future__ import annotations

from typing import Any

from polysense.encoders.minilm import MiniLM
from polysense.types import Part, Role


def embed(texts: list[str], role: Role = "document") -> list[list[float]]:
    """Not of unit length, as those of many models are not."""
    rows = MiniLM(threads=1).encode([Part("text", text) for text in texts], role)
    return (3 * rows).tolist()


def langchain() -> Any:
    """LangChain's `Embeddings`."""
    from langchain_core.embeddings import Embeddings

    class Local(Embeddings):
        model = "local/mini"

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embed(texts)

        def embed_query(self, text: str) -> list[float]:
            return embed([text], "query")[0]

    return Local()


def langchain_class(model: str) -> Any:
    """A class of LangChain's, by the name of its model."""
    embeddings = langchain()
    embeddings.model = model
    return embeddings


def llama_index() -> Any:
    """LlamaIndex's `BaseEmbedding`."""
    from llama_index.core.base.embeddings.base import BaseEmbedding

    class Local(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return embed([query], "query")[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return embed([text])[0]

    return Local(model_name="local/mini")


def haystack_document_embedder() -> Any:
    """Haystack's, of documents."""
    from haystack import Document, component

    @component
    class LocalDocumentEmbedder:
        model = "local/mini"

        @component.output_types(documents=list[Document])
        def run(self, documents: list[Document]) -> dict[str, Any]:
            rows = embed([d.content or "" for d in documents])
            return {
                "documents": [
                    Document(id=d.id, content=d.content, embedding=row)
                    for d, row in zip(documents, rows, strict=True)
                ][::-1]  # in no order that is promised
            }

    return LocalDocumentEmbedder()


def haystack_text_embedder() -> Any:
    """Haystack's, of questions; ready only once it is warm."""
    from haystack import component

    @component
    class LocalTextEmbedder:
        model = "local/mini"
        is_warm = False

        def warm_up(self) -> None:
            self.is_warm = True

        @component.output_types(embedding=list[float])
        def run(self, text: str) -> dict[str, Any]:
            if not self.is_warm:
                raise RuntimeError("not warm")
            return {"embedding": embed([text], "query")[0]}

    return LocalTextEmbedder()


def failing() -> Any:
    """Embeddings of LangChain behind a server that is away."""
    from langchain_core.embeddings import Embeddings

    class Away(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise ConnectionError("refused: Bearer sk-0123456789abcdefghij")

        def embed_query(self, text: str) -> list[float]:
            raise ConnectionError("refused")

    return Away()
