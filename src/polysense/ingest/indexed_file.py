"""A file that has been read, as the catalogue records it."""

from __future__ import annotations

from dataclasses import dataclass

from polysense.ingest.scan import File
from polysense.results import Failure
from polysense.types import Asset, Link


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file whose chunks are in the store.

    partial_failure says what of it could not be read; mentions are the words of other files that
    its chunks carry; sidecar_state is that of its subtitle files.
    """

    file: File
    asset: Asset
    links: tuple[Link, ...] = ()
    partial_failure: Failure | None = None
    mentions: str = ""
    sidecar_state: str = ""
