"""Chroma's client over a folder: the collections of a library's spaces, errors as ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from polysense.errors import (
    BadConfig,
    LibraryError,
    MissingDependency,
    PolysenseError,
    ReadOnly,
    StorageFull,
)
from polysense.protocols import Vectors

BATCH_ROWS = 1000
"""Vectors of one call: below the 5,461 that Chroma takes; judged."""

SEARCHED_CANDIDATES, BUILD_CANDIDATES = 256, 200
"""Candidates that a search of Chroma's graph keeps, and one where a vector is added: more than the
200 places that a search asks for. Judged.
"""

_DISTANCES = {"cosine": "cosine", "dot": "ip"}
_HINT = "Write chroma://FOLDER, or chroma:///whole/path."


def folder_of(path: str) -> Path:
    """The folder that stands behind chroma://. Raises BadConfig."""
    folder, question, _ = path.partition("?")
    host = folder.partition("/")[0]
    if question:
        raise BadConfig("a Chroma address has no options", _HINT)
    if not folder.strip("/"):
        raise BadConfig("a Chroma library needs a folder", _HINT)
    if ":" in host or "@" in host:
        raise BadConfig(
            f"chroma://{host.rpartition('@')[2]} is a server, and Chroma is used in a folder only",
            f"{_HINT} For a library on a server, milvus://host:19530/name or azure://SERVICE/NAME.",
        )
    return Path(unquote(folder)).expanduser().absolute()


def collection_name(space: str) -> str:
    """The name of a space's collection: other characters than letters and digits as their numbers.

    >>> collection_name("a-b")
    'polysense.a_2d_b.vectors'
    """
    name = "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in space)
    return f"polysense.{name}.vectors"


class Client:
    """Opens the folder at the first call; it is made by the first write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None
        self._collections: dict[str, Any] = {}

    def close(self) -> None:
        """Release the folder; the next call opens it again, as it is then."""
        if self._client is not None:
            self._client.close()
        self._client = None
        self._collections.clear()

    def upsert(
        self, space: str, metric: str, ids: Sequence[str], vectors: Vectors, metas: Sequence[Any]
    ) -> None:
        """Write vectors, (n, dim), into a space's collection; it is made where there is none."""
        with self._translate_errors():
            collection = self._collection(space, metric)
            for i in range(0, len(ids), BATCH_ROWS):
                batch = slice(i, i + BATCH_ROWS)
                collection.upsert(
                    ids=list(ids[batch]), embeddings=vectors[batch], metadatas=list(metas[batch])
                )

    def describe(self, space: str, ids: Sequence[str], metas: Sequence[Any]) -> None:
        """Write what stands beside vectors that are there."""
        with self._translate_errors():
            collection = self._collection(space)
            for i in range(0, len(ids) if collection is not None else 0, BATCH_ROWS):
                batch = slice(i, i + BATCH_ROWS)
                collection.update(ids=list(ids[batch]), metadatas=list(metas[batch]))

    def nearest(
        self, space: str, vector: Vectors, k: int, ids: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """Ids and similarities of the nearest k, of `ids` where they are given: all of them must be
        there.
        """
        with self._translate_errors():
            collection = self._collection(space)
            if collection is None:
                return []
            rows = np.atleast_2d(np.asarray(vector, np.float32))
            only = {} if ids is None else {"ids": list(ids)}
            answer = collection.query(
                query_embeddings=rows, n_results=k, include=["distances"], **only
            )
        pairs = zip(answer["ids"][0], answer["distances"][0], strict=True)
        return [(i, 1.0 - float(distance)) for i, distance in pairs]

    def vectors(self, space: str, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those that are there."""
        result: dict[str, Vectors] = {}
        with self._translate_errors():
            collection = self._collection(space)
            for i in range(0, len(ids) if collection is not None else 0, BATCH_ROWS):
                rows = collection.get(ids=list(ids[i : i + BATCH_ROWS]), include=["embeddings"])
                arrays = np.asarray(rows["embeddings"], np.float32)
                result |= dict(zip(rows["ids"], arrays, strict=True))
        return result

    def ids(self, space: str) -> set[str]:
        """All ids of a space's collection."""
        with self._translate_errors():
            collection = self._collection(space)
            return set() if collection is None else set(collection.get(include=[])["ids"])

    def delete(self, space: str, ids: Sequence[str]) -> None:
        """Delete what is there of these."""
        with self._translate_errors():
            collection = self._collection(space)
            for i in range(0, len(ids) if collection is not None else 0, BATCH_ROWS):
                collection.delete(ids=list(ids[i : i + BATCH_ROWS]))

    def drop(self, space: str) -> None:
        """Delete a space's collection."""
        with self._translate_errors():
            if self._collection(space) is not None:
                self._client.delete_collection(collection_name(space))
            self._collections.pop(space, None)

    def _collection(self, space: str, metric: str = "") -> Any:
        """A space's collection; None where it is not there, or with a metric, a new one."""
        if space not in self._collections:
            if not metric and not self.folder.is_dir():
                return None
            chroma = _chromadb()
            if self._client is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                settings = chroma.config.Settings(anonymized_telemetry=False)
                self._client = chroma.PersistentClient(path=str(self.folder), settings=settings)
            name = collection_name(space)
            try:
                collection = self._client.get_collection(name, embedding_function=None)
            except chroma.errors.NotFoundError:
                if not metric:
                    return None
                graph = {
                    "space": _DISTANCES[metric],
                    "ef_search": SEARCHED_CANDIDATES,
                    "ef_construction": BUILD_CANDIDATES,
                }
                collection = self._client.create_collection(
                    name,
                    embedding_function=None,
                    configuration={"hnsw": graph},
                    metadata={"space": space},
                )
            self._collections[space] = collection
        return self._collections[space]

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Chroma's and the disk's errors as ours."""
        try:
            yield
        except PolysenseError:
            raise
        except PermissionError as e:
            raise ReadOnly(f"not allowed to write in {self.folder}") from e
        except (_chromadb().errors.ChromaError, OSError, ValueError, RuntimeError) as e:
            reason = str(e).splitlines()[0][:300] if str(e) else type(e).__name__
            if "readonly" in reason or "Permission denied" in reason:
                raise ReadOnly(f"not allowed to write in {self.folder}") from e
            if "disk is full" in reason or "No space left" in reason:
                raise StorageFull(f"no room left to write in {self.folder}") from e
            raise LibraryError(
                f"Chroma in {self.folder} failed: {reason}",
                "Run `polysense optimize`, then try again; one process at a time may write there.",
            ) from e


def _chromadb() -> Any:
    """The chromadb module. Raises MissingDependency."""
    try:
        import chromadb
        import chromadb.config
        import chromadb.errors
    except ImportError as e:
        raise MissingDependency(
            "a library in Chroma needs chromadb", "Install it: pip install 'polysense[chroma]'"
        ) from e
    return chromadb
