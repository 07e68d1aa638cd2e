"""polysense in LangChain: a library as a retriever, an encoder as embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from polysense import registry
from polysense.connect.hits import LibrarySource, numbered, query_of
from polysense.errors import BadConfig, MissingDependency
from polysense.library import Library
from polysense.protocols import Encoder
from polysense.types import Part, Role
from polysense.vectors.late_interaction import is_multivector, is_ragged

try:
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables.config import run_in_executor
    from pydantic import Field, PrivateAttr
except ModuleNotFoundError as e:
    raise MissingDependency(
        "polysense.connect.langchain needs the package langchain-core",
        "python -m pip install 'polysense[langchain]'",
    ) from e


class PolysenseRetriever(BaseRetriever):
    """A library as LangChain's retriever.

    retriever = PolysenseRetriever(library="kb", k=4, modality="image")
    documents = retriever.invoke("a red bicycle", files=["sketch.png"])

    library is open, or where one is; settings, a polysense.toml, names the plug-ins that one which
    is opened here has. k, where, modality and using are as in `Library.search`, and may also be
    given to `invoke` and `ainvoke`; so may files, which are asked with beside the words.

    A document's page_content is the words of the place (empty for a picture without any), its id
    the chunk's, its metadata plain JSON: uri, name, modality, mime, place, span (page, box,
    seconds, lines, cells, node, chars), score, rank, why, asset, chunk, and source, which is the
    uri.
    """

    library: Library | str | Path
    k: int = Field(default=4, gt=0)
    where: str = ""
    modality: str | tuple[str, ...] = ()
    using: str = ""
    settings: str = ""
    _source: LibrarySource = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Nothing is opened yet. Raises BadConfig for settings that are not there."""
        super().model_post_init(context)
        self._source = LibrarySource(self.library, self.settings)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        where: str | None = None,
        modality: str | Sequence[str] | None = None,
        using: str | None = None,
        files: Sequence[str | Path] = (),
    ) -> list[Document]:
        hits = self._source.get().search(
            *query_of(query, files),
            k=self.k if k is None else k,
            where=self.where if where is None else where,
            modality=self.modality if modality is None else modality,
            using=self.using if using is None else using,
        )
        return [
            Document(
                id=hit.chunk.id,
                page_content=hit.chunk.words,
                metadata={**metadata, "source": hit.uri},
            )
            for hit, metadata in numbered(hits)
        ]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        **options: Any,  # theirs: whatever `ainvoke` was given goes on to the search
    ) -> list[Document]:
        """In a thread, as the framework's own does, which forgets the options."""
        documents: list[Document] = await run_in_executor(
            None,
            self._get_relevant_documents,
            query,
            run_manager=run_manager.get_sync(),
            **options,
        )
        return documents

    def close(self) -> None:
        """Close the library, where it was opened here."""
        self._source.close()


class PolysenseEmbeddings(Embeddings):
    """An encoder of polysense as LangChain's embeddings.

    encoder is one, or its spec ("minilm", "text:model=/models/e5"); it must take words and give one
    vector a text. The vectors have unit length; that of a text without words is all zeros. Raises
    BadConfig for an encoder that does not fit.
    """

    def __init__(self, encoder: Encoder | str = "minilm") -> None:
        self.encoder: Encoder = (
            registry.load("encoders", encoder) if isinstance(encoder, str) else encoder
        )
        if "text" not in self.encoder.accepts | self.encoder.query_modalities:
            raise BadConfig(f"{encoder} takes no words", "Name an encoder of text.")
        if is_ragged(self.encoder.space):
            kind = "several vectors" if is_multivector(self.encoder.space) else "a sparse vector"
            raise BadConfig(
                f"{self.encoder.space.name} gives {kind} a text, and LangChain takes one "
                "of always as many numbers",
                "Name an encoder that gives one vector a text, such as minilm or text:model=NAME.",
            )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, of `encoder.space.dim` numbers."""
        return self._embed(texts, "document")

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._embed([text], "query")[0]

    def _embed(self, texts: Sequence[str], role: Role) -> list[list[float]]:
        vectors = self.encoder.encode([Part("text", text) for text in texts], role)
        rows: list[list[float]] = np.nan_to_num(np.asarray(vectors, np.float64)).tolist()
        return rows
