"""What a plug-in is: six protocols, one required method each.

Subclass one (for its defaults) or just have its attributes; `polysense.testing` checks either. A plug-in's constructor takes
plain keyword arguments (they are what a spec like "clip:model=/models/clip" sets), does no work and imports nothing heavy:
that happens in the method, on first use. It must be usable from several threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from polysense.types import Asset, Chunk, Evidence, Link, Modality, Part, Query, Role, Space

Vectors = NDArray[np.float32]


class Match(NamedTuple):
    """A chunk's id, its score in one space, and what the evidence is."""

    id: str
    score: float
    modality: Modality


@runtime_checkable
class Parser(Protocol):
    """Reads one kind of file. `accepts` lists mime types, and endings such as ".thermal" for types that nothing here knows."""

    accepts: ClassVar[frozenset[str]]

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The chunks of the file at asset.path, each with its exact span, and links to files that it mentions. Lazy.

        Raises Unreadable when nothing can be read; what was yielded before stays.
        """
        ...


@runtime_checkable
class Encoder(Protocol):
    """Puts parts of the accepted modalities into a space. What follows `space` has defaults; all of it is measured, not guessed.

    asks       modalities that may be queries there, beside those accepted
    languages  ISO 639-1 codes of those it reads; None: any
    floor      the similarity below which a match means nothing
    sure       the similarity from which a match is one
    views      whether pictures of something else (a mesh) may stand in for what it takes
    trust      its weight in fusion, by (query modality, chunk modality) or query modality; 1.0 where it says nothing
    """

    accepts: frozenset[Modality]
    space: Space
    asks: frozenset[Modality] = frozenset()
    languages: frozenset[str] | None = None
    floor: float = -1.0
    sure: float = 1.0
    views: bool = True
    trust: Mapping[tuple[Modality, Modality] | Modality, float] = {}

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """float32 (len(parts), space.dim), unit length for cosine. A row of NaN means: nothing to encode there (silence, a blank)."""
        ...


@runtime_checkable
class Converter(Protocol):
    """Turns one modality into others: OCR, speech recognition, speech, views of a mesh.

    `reads` is True where the result are words or views of the source itself, so that indexing and queries may use them.
    cost is 0..1, one minus the measured quality.
    """

    source: Modality
    targets: frozenset[Modality]
    cost: float
    reads: bool = False

    def convert(self, part: Part) -> Iterable[Part]:
        """The parts made, each with its span relative to `part`. Nothing where there is nothing to make."""
        ...


@runtime_checkable
class Store(Protocol):
    """Keeps chunks (the truth: words, metadata) and, beside them, vectors by space. Writes are durable when the call returns.

    capabilities are among "bm25", "filters", "multivector", "persistent".
    """

    capabilities: frozenset[str]

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Insert, or replace by id."""
        ...

    def add_vectors(self, space: Space, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Insert, or replace by chunk id, one vector a chunk; rows of NaN are remembered as having none."""
        ...

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        """By BM25, best first; nothing for words that occur nowhere."""
        ...

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        """By similarity (cosine or dot: larger is nearer), best first. May name chunks that are gone; `get` knows."""
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks that exist among `ids`."""
        ...

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Rows of the chunks table, in no order; only `columns` where given."""
        ...

    def missing(self, space: Space, where: str = "") -> list[str]:
        """Ids of chunks without an entry in `space`."""
        ...

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors among `ids`."""
        ...

    def holds(self, space: Space) -> bool:
        """Whether the space has any vector: if not, a query need not be encoded for it."""
        ...

    def forget(self, space: str, ids: Sequence[str]) -> None:
        """Forget the vectors of these chunks in a space: their words have changed."""
        ...

    def delete(self, assets: Sequence[str]) -> None:
        """Forget the chunks and vectors of these asset ids."""
        ...

    def drop(self, space: str) -> None:
        """Forget a whole space."""
        ...

    def optimize(self) -> None:
        """Compact, index, sweep. Safe at any time."""
        ...

    def count(self, where: str = "") -> int:
        """How many chunks."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Scores a short list of chunks against the query, with more care than a first retrieval can."""

    accepts: frozenset[Modality]

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        """One score a chunk, larger is better."""
        ...


@runtime_checkable
class Generator(Protocol):
    """Makes an answer out of evidence. cost is 0..1, one minus the measured quality."""

    accepts: frozenset[Modality]
    emits: Modality
    cost: float

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """Parts of modality `emits`; text cites evidence n as [n]. Streams as it goes."""
        ...
