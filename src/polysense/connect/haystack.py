"""polysense in Haystack: a library as a component that retrieves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from polysense.connect.hits import (
    LibraryLike,
    LibrarySource,
    local_file,
    modalities_of,
    numbered,
    query_of,
)
from polysense.errors import BadConfig, MissingDependency
from polysense.library import Library
from polysense.types import Hit

try:
    from haystack import Document, component, default_from_dict, default_to_dict
except ModuleNotFoundError as e:
    raise MissingDependency(
        "polysense.connect.haystack needs the package haystack-ai",
        "python -m pip install 'polysense[haystack]'",
    ) from e


@component
class PolysenseRetriever:
    """A library as Haystack's retriever.

    pipeline.add_component("retriever", PolysenseRetriever("kb", top_k=4))
    pipeline.run({"retriever": {"query": "How is the wheel repaired?"}})

    library is open, or where one is; settings, a polysense.toml, names the plug-ins that one which
    is opened here has. top_k, where, modality and using are as k and these in `Library.search`.

    A document's content is the words of the place (None where there are none), its id the chunk's,
    its meta plain JSON: uri, name, modality, mime, place, span (page, box, seconds, lines, cells,
    node, chars), score, rank, why, asset, chunk; file_path and page_number, where they apply, are
    as Haystack's own components write and read them.
    """

    def __init__(
        self,
        library: LibraryLike,
        top_k: int = 10,
        where: str = "",
        modality: str | Sequence[str] = (),
        using: str = "",
        settings: str | Path = "",
    ) -> None:
        if top_k <= 0:
            raise BadConfig(f"top_k is {top_k}, not above 0", "Ask for one document at least.")
        self._source = LibrarySource(library, settings)
        self.top_k, self.where, self.using = top_k, where, using
        self.modality = list(modalities_of(modality))

    def warm_up(self) -> None:
        """Open the library, so that the first question need not wait for it."""
        self._source.get()

    @component.output_types(documents=list[Document])
    def run(
        self,
        query: str,
        top_k: int | None = None,
        where: str | None = None,
        modality: list[str] | None = None,
        files: list[str] | None = None,
    ) -> dict[str, list[Document]]:
        """The best places, best first; files are asked with beside the words. What is given here
        goes before what the component was made with. Raises BadQuery, BadFilter.
        """
        hits = self._source.get().search(
            *query_of(query, files or ()),
            k=self.top_k if top_k is None else top_k,
            where=self.where if where is None else where,
            modality=self.modality if modality is None else modality,
            using=self.using,
        )
        return {"documents": [_document(hit, metadata) for hit, metadata in numbered(hits)]}

    def to_dict(self) -> dict[str, Any]:
        """The component as a pipeline's file keeps it: with the place of the library, and without
        the plug-ins of one that was given open; name those by settings. Raises BadConfig for a
        library in memory, which is nowhere else.
        """
        library = self._source.library
        place = library.location if isinstance(library, Library) else str(library)
        if place.startswith("memory://"):
            raise BadConfig(
                "a library in memory cannot be written into a pipeline's file",
                "Give the retriever a library in a folder, or at an address.",
            )
        raw: dict[str, Any] = default_to_dict(
            self,
            library=place,
            top_k=self.top_k,
            where=self.where,
            modality=self.modality,
            using=self.using,
            settings=self._source.settings,
        )
        return raw

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PolysenseRetriever:
        """The component that a pipeline's file describes."""
        retriever: PolysenseRetriever = default_from_dict(cls, data)
        return retriever

    def close(self) -> None:
        """Close the library, where it was opened here."""
        self._source.close()


def _document(hit: Hit, metadata: dict[str, Any]) -> Document:
    path, page = local_file(hit), hit.place.page
    meta = {
        **metadata,
        **({"file_path": path} if path else {}),
        **({"page_number": page} if page is not None else {}),
    }
    return Document(id=hit.chunk.id, content=hit.chunk.words or None, meta=meta, score=hit.score)
