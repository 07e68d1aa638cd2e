"""A container that is opened in a worker process, which finds this module by PYTHONPATH."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from polysense.read.file.archive import local_path, members
from polysense.registry import Kit


@dataclass(frozen=True, slots=True)
class OpenContainer:
    """What lies in a file, taken out."""

    path: Path

    @property
    def subject(self) -> str:
        return self.path.name

    def run(self, kit: Kit) -> Iterator[str]:
        with tempfile.TemporaryDirectory(prefix="polysense-fuzz-") as cache:
            for member in members(self.path):
                yield member.name
                if not member.reason:
                    local_path(f"{self.path}!/{member.name}", Path(cache))
