"""One person's look at the page: who, in which library, in which language, with which files in
hand.
"""

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
from polysense.serve.context import Context, permitted
from polysense.serve.library_pool import MAIN, Held
from polysense.serve.page.translations import Language, Say, speaker, spoken
from polysense.types import Part

LANGUAGE = "polysense-language"
"""The cookie that keeps a choice of language."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, opened once."""

    server: Context
    grant: Grant
    held: Held
    language: Language
    say: Say

    @classmethod
    def of(cls, request: Request, server: Context) -> Visit:
        """Read from a request: ?library= and ?lang=, the cookie, what the browser prefers. Raises
        NotFound.
        """
        grant: Grant = request.state.grant
        names = [n for n in server.shelf.names() if grant.may("read", n)]
        wanted = request.query_params.get("library", "") or (
            MAIN if MAIN in names or not names else names[0]
        )
        held = permitted(server, grant, "read", wanted)
        chosen = (
            request.query_params.get("lang")
            or request.cookies.get(LANGUAGE)
            or spoken(request.headers.get("accept-language", ""))
        )
        language: Language = "zh" if chosen == "zh" else "en"
        return cls(server, grant, held, language, speaker(language))

    @property
    def writes(self) -> bool:
        """Whether files may be added and removed."""
        return self.grant.may("write", self.held.name)


@dataclass(frozen=True, slots=True)
class Given:
    """A file in hand, to ask with."""

    id: str
    part: Part
    owner: Grant
    since: float = field(default_factory=time.monotonic)


class Hands:
    """Files that people ask with, kept until they are put down, or too many others came, or an hour
    has passed.
    """

    def __init__(self, most: int = 200, seconds: float = 3600.0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="polysense-hands-"))
        self._held: OrderedDict[str, Given] = OrderedDict()
        self._most, self._seconds = most, seconds
        self._lock = threading.Lock()

    def place(self) -> tuple[str, Path]:
        """A new id, and an empty folder for its file."""
        id = secrets.token_urlsafe(16)
        folder = self.folder / id
        folder.mkdir()
        return id, folder

    def take(self, given: Given) -> None:
        """Keep it."""
        with self._lock:
            self._held[given.id] = given
            old = [i for i, g in self._held.items() if time.monotonic() - g.since > self._seconds]
            for id in (*old, *list(self._held)[: max(0, len(self._held) - self._most)]):
                self._drop(id)

    def get(self, id: str, who: Grant) -> Given | None:
        """Only for whom it is."""
        with self._lock:
            found = self._held.get(id)
        return found if found and found.owner == who else None

    def put_down(self, id: str) -> None:
        """Forget it."""
        with self._lock:
            self._drop(id)

    def close(self) -> None:
        """Forget all."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _drop(self, id: str) -> None:
        if self._held.pop(id, None):
            shutil.rmtree(self.folder / id, ignore_errors=True)


def scroll(selector: str) -> None:
    """Bring what is meant to the middle of the pane, once it is there; the page around stays where
    it is.
    """
    ui.run_javascript(
        f"setTimeout(() => {{ const meant = document.querySelector({selector!r}); {_TO_THE_MIDDLE} }}, 60)"
    )


_TO_THE_MIDDLE = """
const pane = meant?.closest(".place-body"), picture = pane?.querySelector(".leaf img");
const middle = () => meant.getBoundingClientRect().top - pane.getBoundingClientRect().top - (pane.clientHeight - meant.offsetHeight) / 2;
const go = () => { pane.scrollTop += middle(); };
if (pane) { if (picture && !picture.complete) picture.addEventListener("load", go, {once: true}); else go(); }
"""
