"""One person's look at the page: who, in which library and language, with which files in hand."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from nicegui import ui

from polysense.serve.access import Grant
from polysense.serve.context import Context, authorize
from polysense.serve.library_pool import MAIN, PoolEntry
from polysense.serve.page.translations import Language, Translate, preferred_language, translator
from polysense.types import Part

LANGUAGE = "polysense-language"
"""The cookie that keeps a choice of language."""

MOST_FILES, KEEP_SECONDS = 200, 3600.0
"""Files of all people that wait to be asked with, and for how long; judged, not measured."""


@dataclass(frozen=True, slots=True)
class Session:
    """One page, opened once."""

    server: Context
    grant: Grant
    entry: PoolEntry
    language: Language
    translate: Translate

    @classmethod
    def open(cls, request: Request, server: Context) -> Session:
        """Read ?library= and ?lang=, the cookie, what the browser prefers. Raises NotFound."""
        grant: Grant = request.state.grant
        names = [n for n in server.pool.names() if grant.allows("read", n)]
        name = request.query_params.get("library", "") or (
            MAIN if MAIN in names or not names else names[0]
        )
        entry = authorize(server, grant, "read", name)
        preference = (
            request.query_params.get("lang")
            or request.cookies.get(LANGUAGE)
            or preferred_language(request.headers.get("accept-language", ""))
        )
        language: Language = "zh" if preference == "zh" else "en"
        return cls(server, grant, entry, language, translator(language))

    @property
    def can_write(self) -> bool:
        """Whether files may be added and removed."""
        return self.grant.allows("write", self.entry.name)


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A file in hand, to ask with."""

    id: str
    part: Part
    owner: Grant
    since: float = field(default_factory=time.monotonic)


class QueryFiles:
    """Files that people ask with, until they are removed, too old, or displaced by newer ones."""

    def __init__(self, max_files: int = MOST_FILES, seconds: float = KEEP_SECONDS) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="polysense-hands-"))
        self._files: OrderedDict[str, QueryFile] = OrderedDict()
        self._max_files, self._seconds = max_files, seconds
        self._lock = threading.Lock()

    def new_folder(self) -> tuple[str, Path]:
        """A new id, and an empty folder for its file."""
        id = secrets.token_urlsafe(16)
        folder = self.folder / id
        folder.mkdir()
        return id, folder

    def add(self, file: QueryFile) -> None:
        """Keep it."""
        with self._lock:
            self._files[file.id] = file
            expired = [
                i for i, f in self._files.items() if time.monotonic() - f.since > self._seconds
            ]
            for id in (*expired, *list(self._files)[: max(0, len(self._files) - self._max_files)]):
                self._delete(id)

    def get(self, id: str, owner: Grant) -> QueryFile | None:
        """Only for whom it is."""
        with self._lock:
            file = self._files.get(id)
        return file if file and file.owner == owner else None

    def remove(self, id: str) -> None:
        """Forget it."""
        with self._lock:
            self._delete(id)

    def close(self) -> None:
        """Forget all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _delete(self, id: str) -> None:
        if self._files.pop(id, None):
            shutil.rmtree(self.folder / id, ignore_errors=True)


def scroll_to(selector: str) -> None:
    """Bring an element to the middle of its pane, once it is there; the page around stays still."""
    ui.run_javascript(
        f"setTimeout(() => {{ const target = document.querySelector({selector!r}); "
        f"{_SCROLL_SCRIPT} }}, 60)"
    )


_SCROLL_SCRIPT = """
const pane = target?.closest(".place-body"), picture = pane?.querySelector(".leaf img");
const middle = () => target.getBoundingClientRect().top - pane.getBoundingClientRect().top
  - (pane.clientHeight - target.offsetHeight) / 2;
const go = () => { pane.scrollTop += middle(); };
if (pane) {
  if (picture && !picture.complete) picture.addEventListener("load", go, {once: true}); else go();
}
"""
