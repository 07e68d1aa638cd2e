"""What files are called to those who may only read: by their own names, never by where the server
keeps them.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

from polysense.library import Library

_OUR_ADDRESSES = r"(?!(?:api|v1|mcp|docs|openapi\.json|page|library|login)\b)"
_PATH = re.compile(
    r"(?<![\w/:.~-])(?:[A-Za-z]:\\(?:[^\s\\'\"`,;()]+\\)*|"
    rf"/{_OUR_ADDRESSES}(?:[^\s/'\"`:,;()]+/)+)([^\s/\\'\"`:,;()]*)"
)
"""An absolute path, and its last name; no address of this server."""


class FileNames:
    """Names of the files of one library.

    A file that was uploaded is called as it came. Any other is called by its path from the topmost
    folder on it that itself holds a file of the library, so that no folder is told which holds
    none: /home/ann/work/letters/1871/moon.txt is letters/1871/moon.txt where letters holds a file,
    else 1871/moon.txt.
    """

    def __init__(self, library: Library, uploads: Path) -> None:
        self._library, self._uploads = library, f"{uploads}/"
        self._folders: frozenset[str] = frozenset()
        self._tops: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def name(self, uri: str) -> str:
        """What a file is called, of which this is the place."""
        if uri.startswith(self._uploads):
            return uri.removeprefix(self._uploads)
        top = self._top(uri)
        return uri[len(top.rpartition("/")[0]) :].lstrip("/") if top else uri.rpartition("/")[2]

    def hide(self, text: str) -> str:
        """A sentence in which places of the server are called by their own names."""
        text = text.replace(self._uploads, "")
        self._folder_set()
        folder = self._library.folder
        places = self._tops | {str(folder), str(folder.parent)}
        for place in sorted(places - {"", "/"}, key=len, reverse=True):
            text = text.replace(place, place.rpartition("/")[2])
        return _PATH.sub(r"\1", text)

    def _top(self, uri: str) -> str:
        """The topmost folder over a place that holds a file; "" where none is known to."""
        outer = uri.partition("!/")[0]
        folder = outer.rpartition("/")[0]
        return _topmost(outer, self._folder_set() if folder in self._folders else self._read())

    def _folder_set(self) -> frozenset[str]:
        return self._folders or self._read()

    def _read(self) -> frozenset[str]:
        """The folders that hold files now."""
        with self._lock:
            if self._library.exists:
                catalogue = self._library.catalogue
                uris = [*catalogue.place_states(), *catalogue.failures()]
                self._folders = frozenset(
                    uri.partition("!/")[0].rpartition("/")[0]
                    for uri in uris
                    if not uri.startswith(self._uploads)
                )
                self._tops = frozenset(_topmost(f"{f}/", self._folders) for f in self._folders)
            return self._folders


def _topmost(path: str, folders: frozenset[str]) -> str:
    """The first folder on the way to a file that is one of these; "" where none is."""
    end = 0
    while (end := path.find("/", end + 1)) >= 0:
        if path[:end] in folders:
            return path[:end]
    return ""
