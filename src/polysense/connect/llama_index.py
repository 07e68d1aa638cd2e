"""polysense in LlamaIndex: a library as a retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from polysense.connect.hits import LibraryLike, LibrarySource, local_file, numbered, query_of
from polysense.errors import MissingDependency
from polysense.types import Hit

try:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.schema import (
        ImageNode,
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ModuleNotFoundError as e:
    raise MissingDependency(
        "polysense.connect.llama_index needs the package llama-index-core",
        "python -m pip install 'polysense[llama-index]'",
    ) from e

READ_METADATA = ("name", "place")
"""What of a node's metadata a language model reads with its words; the rest is for programs."""


class PolysenseRetriever(BaseRetriever):
    """A library as LlamaIndex's retriever.

    retriever = PolysenseRetriever("kb", k=4)
    nodes = retriever.retrieve("How is the wheel repaired?")
    engine = RetrieverQueryEngine.from_args(retriever, llm=llm)

    library is open, or where one is; settings, a polysense.toml, names the plug-ins that one which
    is opened here has. k, where, modality and using are as in `Library.search`. A QueryBundle's
    image_path is asked with beside its words.

    A node's text is the words of the place, its id the chunk's, its metadata plain JSON: uri, name,
    modality, mime, place, span (page, box, seconds, lines, cells, node, chars), score, rank, why,
    asset, chunk. A picture that is a file here is an ImageNode with its path.
    """

    def __init__(
        self,
        library: LibraryLike,
        *,
        k: int = 4,
        where: str = "",
        modality: str | Sequence[str] = (),
        using: str = "",
        settings: str | Path = "",
        callback_manager: CallbackManager | None = None,
        verbose: bool = False,
    ) -> None:
        super().__init__(callback_manager=callback_manager, verbose=verbose)
        self._source = LibrarySource(library, settings)
        self.k, self.where, self.modality, self.using = k, where, modality, using

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        files = [query_bundle.image_path] if query_bundle.image_path else []
        hits = self._source.get().search(
            *query_of(query_bundle.query_str, files),
            k=self.k,
            where=self.where,
            modality=self.modality,
            using=self.using,
        )
        return [
            NodeWithScore(node=_node(hit, metadata), score=hit.score)
            for hit, metadata in numbered(hits)
        ]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """In a thread: the framework's own would stop the loop for as long as the search takes."""
        return await asyncio.to_thread(self._retrieve, query_bundle)

    def close(self) -> None:
        """Close the library, where it was opened here."""
        self._source.close()


def _node(hit: Hit, metadata: dict[str, Any]) -> TextNode:
    unread = [key for key in metadata if key not in READ_METADATA]
    values: dict[str, Any] = {
        "id_": hit.chunk.id,
        "text": hit.chunk.words,
        "metadata": metadata,
        "excluded_llm_metadata_keys": unread,
        "excluded_embed_metadata_keys": list(metadata),
        "relationships": {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.chunk.asset.id)},
    }
    path = local_file(hit)
    if path and hit.modality == "image" and hit.chunk.asset.mime.startswith("image/"):
        return ImageNode(image_path=path, image_mimetype=hit.chunk.asset.mime, **values)
    return TextNode(**values)
