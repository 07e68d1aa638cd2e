"""What parsers of maps do alike: a row for each feature, as far as the file can be read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import local_file
from polysense.read.table.places.feature import Feature, feature_chunks
from polysense.types import Asset, Chunk, Link


class FeatureParser(Parser):
    """Reads a file of features; a format says how (`read`)."""

    def __init__(self, *, cells: int = 2_000_000) -> None:
        self.cells = cells

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The features as far as the file goes; raises Unreadable where it breaks off."""
        features, error = self.read(local_file(asset))
        yield from feature_chunks(asset, features, self.cells)
        if error:
            raise Unreadable(f"{asset.name}: {error}", "Export or copy the file again.")

    @abstractmethod
    def read(self, path: Path) -> tuple[list[Feature], str]:
        """The features of a file, and what is wrong with it; "" where nothing is."""
