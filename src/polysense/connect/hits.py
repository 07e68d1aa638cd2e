"""What the retrievers of all frameworks share: the library that is asked, the question with its
files, and a hit as words and plain metadata.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from polysense import config
from polysense.errors import BadConfig
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.render import hit_json
from polysense.types import Hit, Modality, Part

LibraryLike: TypeAlias = Library | str | Path
"""A library that is open, or where one is: a folder or an address."""


class LibrarySource:
    """A library, or the place of one that is opened on first use. Usable from several threads.

    settings is a polysense.toml, or the folder of one: the library at a place is opened with the
    plug-ins that it names. Raises BadConfig where there is none.
    """

    def __init__(self, library: LibraryLike, settings: str | Path = "") -> None:
        self._own: Library | None = None
        self._lock = threading.Lock()
        self.library, self.settings = library, str(settings)
        if self.settings and not _settings_file(self.settings).is_file():
            raise BadConfig(
                f"there is no {_settings_file(self.settings)}",
                "Give the polysense.toml that the library was made with, or leave settings out.",
            )

    def get(self) -> Library:
        """The library, open."""
        if isinstance(self.library, Library):
            return self.library
        with self._lock:
            if self._own is None:
                kit = None
                if self.settings:
                    kit = config.read(_settings_file(self.settings).parent).kit()
                self._own = Library(self.library, kit=kit)
            return self._own

    def close(self) -> None:
        """Close the library, where it was opened here."""
        with self._lock:
            if self._own is not None:
                self._own.close()
                self._own = None


def _settings_file(settings: str) -> Path:
    path = Path(settings).expanduser()
    return path if path.suffix == ".toml" else path / config.FILE


def query_of(words: str, files: Sequence[str | Path]) -> tuple[str | Part, ...]:
    """A question of words, files, or both, as `Library.search` takes it."""
    return (*([words] if words.strip() else []), *(part(file) for file in files))


def modalities_of(modality: Modality | Sequence[Modality]) -> tuple[Modality, ...]:
    """One modality or several, as a tuple."""
    return (modality,) if isinstance(modality, str) and modality else tuple(modality)


def metadata_of(hit: Hit, rank: int) -> dict[str, Any]:
    """Where a hit is from, as plain JSON: what `search --json` says of it, but for its words.

    `span` is the exact place (page, box, seconds, lines, cells, node, chars), `place` the same for
    people, `why` its rank and score in each space.
    """
    raw = hit_json(hit, rank)
    del raw["text"], raw["context"]
    return {"name": hit.chunk.asset.name, **raw, "mime": hit.chunk.asset.mime}


def numbered(hits: Sequence[Hit]) -> Iterator[tuple[Hit, dict[str, Any]]]:
    """Each hit with its metadata, best first."""
    return ((hit, metadata_of(hit, rank)) for rank, hit in enumerate(hits, 1))


def local_file(hit: Hit) -> str:
    """The path of a hit's file; "" where it lies in an archive, or somewhere else."""
    return hit.uri if "://" not in hit.uri and Path(hit.uri).is_file() else ""
