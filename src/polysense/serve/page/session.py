"""One person's look at the page: who, in which library and language, with which files in hand."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path

from fastapi import Request
from nicegui import ui

from polysense.errors import PolysenseError
from polysense.serve.access import Grant
from polysense.serve.context import Context, authorize
from polysense.serve.explain import reader_hint, reader_title
from polysense.serve.library_pool import MAIN, PoolEntry
from polysense.serve.page.translations import Language, Translate, preferred_language, translator
from polysense.types import Part

LANGUAGE = "polysense-language"
"""The cookie that keeps a choice of language."""

MOST_FILES, KEEP_SECONDS = 200, 3600.0
"""Files of all people that wait to be asked with, and for how long; judged, not measured."""


def page_language(request: Request) -> Language:
    """The language that an address asks for, that was chosen here, or that the browser prefers."""
    preference = (
        request.query_params.get("lang")
        or request.cookies.get(LANGUAGE)
        or preferred_language(request.headers.get("accept-language", ""))
    )
    return "zh" if preference == "zh" else "en"


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
        # where files lie on the server is on no page, whoever looks at it
        entry = replace(authorize(server, grant, "read", name), hides_folders=True)
        language = page_language(request)
        return cls(server, grant, entry, language, translator(language))

    @property
    def can_write(self) -> bool:
        """Whether files may be added and removed."""
        return self.grant.allows("write", self.entry.name)

    def explain(self, error: PolysenseError) -> Explanation:
        """An error in the reader's language, with what to do on the page."""
        return Explanation(
            self.translate(reader_title(error)),
            self.entry.message(str(error)),
            self.translate(reader_hint(error)),
        )

    def notify(self, error: PolysenseError) -> None:
        """Tell of an error for some seconds."""
        words = self.explain(error)
        ui.notify(f"{words.title}: {words.detail}. {words.hint}", color="negative", multi_line=True)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened in a few words, to what, and what to do."""

    title: str
    detail: str
    hint: str


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
            self._sweep()

    def get(self, id: str, owner: Grant) -> QueryFile | None:
        """Only for whom it is."""
        with self._lock:
            self._sweep()
            file = self._files.get(id)
            if file is None or file.owner != owner:
                return None
            # what is looked at is in use: it is as new
            self._files[id] = replace(file, since=time.monotonic())
            self._files.move_to_end(id)
            return file

    def remove(self, id: str) -> None:
        """Forget it."""
        with self._lock:
            self._delete(id)

    def discard(self, id: str) -> None:
        """Delete a new folder whose file is not to be kept."""
        shutil.rmtree(self.folder / id, ignore_errors=True)

    def close(self) -> None:
        """Forget all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _sweep(self) -> None:
        """Forget what is too old, and the oldest of too many."""
        now = time.monotonic()
        expired = [i for i, f in self._files.items() if now - f.since > self._seconds]
        for id in (*expired, *list(self._files)[: max(0, len(self._files) - self._max_files)]):
            self._delete(id)

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
