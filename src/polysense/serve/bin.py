"""Files that were removed, for a day: an upload is moved here and not deleted, so that a slip can
be undone. Files that the library only reads from elsewhere are never touched.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from polysense.errors import LibraryError, NotFound

KEEP_SECONDS = 24 * 3600.0
"""How long what was removed can be put back; judged, not measured."""

_PLACES, _CONTENT = "places.json", "files"


class Bin:
    """What was removed of one library, in a folder on the same disk as its uploads."""

    def __init__(self, folder: Path, uploads: Path, seconds: float = KEEP_SECONDS) -> None:
        self._folder, self._uploads, self._seconds = folder, uploads, seconds

    def put(self, asset: str, places: Sequence[str]) -> None:
        """Move the uploads among the places of an asset here. Raises LibraryError."""
        self.sweep()
        entry = self._folder / asset
        entry.mkdir(parents=True, exist_ok=True)
        (entry / _PLACES).write_text(json.dumps(list(places)), "utf-8")
        for place in places:
            if (name := self._upload_name(place)) and Path(place).is_file():
                _move(Path(place), entry / _CONTENT / name)

    def restore(self, asset: str) -> list[str]:
        """Move them back, and tell the places that are there to be read again.

        A file that has come meanwhile under the same name stays. Raises NotFound, LibraryError.
        """
        entry = self._folder / asset
        if not re.fullmatch(r"[0-9a-f]{8,128}", asset) or not (entry / _PLACES).is_file():
            raise NotFound("this file is in the bin no longer", "Add it again.")
        places: list[str] = json.loads((entry / _PLACES).read_text("utf-8"))
        for place in places:
            content = entry / _CONTENT / (self._upload_name(place) or "-")
            if content.is_file() and not Path(place).exists():
                _move(content, Path(place))
        shutil.rmtree(entry, ignore_errors=True)
        return [place for place in places if Path(place.partition("!/")[0]).exists()]

    def sweep(self) -> None:
        """Delete what has been here for long."""
        for entry in self._folder.glob("*") if self._folder.is_dir() else ():
            with suppress(OSError):
                if time.time() - (entry / _PLACES).stat().st_mtime > self._seconds:
                    shutil.rmtree(entry, ignore_errors=True)

    def _upload_name(self, place: str) -> str:
        """The name of an upload within the uploads; "" of any other file, by links too."""
        path, root = Path(place), self._uploads.resolve()
        real = path.parent.resolve() / path.name
        return real.relative_to(root).as_posix() if real.is_relative_to(root) else ""


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
    except OSError as e:
        raise LibraryError(
            f"{source.name} cannot be moved: {e.strerror}",
            "Check the permissions of the server's files.",
        ) from e
