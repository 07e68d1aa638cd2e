"""What a library holds: files dropped in and becoming searchable, what could not be read and why,
how it is.
"""

from __future__ import annotations

from typing import Any

from nicegui import run, ui

from polysense.errors import PolysenseError
from polysense.serve import serializers
from polysense.serve.jobs import OVER, Job
from polysense.serve.page.html import button, icon, link, sign, tag
from polysense.serve.page.session import Visit
from polysense.types import Asset

PAGE = 60


class Drop(ui.element, component="drop.js"):
    """Takes files and folders for the library, and sends them."""


class Holdings:
    """The library's page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._only = ""
        self._many = PAGE
        self._seen: tuple[Any, ...] = ()

    def build(self) -> None:
        """Draw it, and look every half second whether something has changed."""
        say = self.visit.say
        with tag("div", "hall"):
            tag(
                "h1", "", say("Library") if self.visit.held.name == "main" else self.visit.held.name
            )
            self._counts = tag("div", "counts")
            if self.visit.writes:
                made = Drop()
                named = {
                    "drop": "Drop files or a folder here",
                    "files": "Choose files",
                    "folder": "Choose a folder",
                    "sending": "Sending",
                }
                made.props.update(
                    {
                        "words": {k: say(v) for k, v in named.items()},
                        "library": self.visit.held.name,
                    }
                )
                made.on("trouble", lambda e: ui.notify(str(e.args)[:300], color="negative"))
            self._jobs = tag("div", props={"aria-live": "polite"})
            self._failures = tag("div")
            with tag("div", "section"):
                tag("h2", "", say("Files and folders"))
                field = tag(
                    "input",
                    "field",
                    props={
                        "type": "search",
                        "placeholder": say("Find a file"),
                        "aria-label": say("Find a file"),
                    },
                )
                field.style("max-width: 260px; margin-left: auto")
                field.on(
                    "input",
                    self._find,
                    js_handler="(e) => emit(e.target.value)",
                    throttle=0.2,
                    leading_events=False,
                )
            self._files = tag("div", "files")
        self._refresh()
        self._look(at_first=True)
        ui.timer(0.5, self._look)

    def _find(self, e: Any) -> None:
        self._only = str(e.args)[:200].lower()
        self._draw_files()

    def _look(self, at_first: bool = False) -> None:
        jobs = self.visit.held.jobs.list(8)
        state = tuple((j.id, j.state, j.stage, j.done, j.total) for j in jobs)
        if state != self._seen:
            ended = {j.id for j in jobs if j.over} - {
                id for id, state, *_ in self._seen if state in OVER
            }
            self._seen = state
            self._draw_jobs([j for j in jobs if not j.over])
            if ended and not at_first:  # what is drawn anew under a finger is not clicked
                self._refresh()

    def _refresh(self) -> None:
        self._draw_counts()
        self._draw_failures()
        self._draw_files()

    def _draw_counts(self) -> None:
        status, say = self.visit.held.library.status(), self.visit.say
        chunks: Any = status["chunks"]
        spaces: Any = status["spaces"]
        self._counts.clear()
        with self._counts:
            for n, label in ((status["assets"], "files"), (sum(chunks.values()), "places")):
                with tag("div"):
                    tag("b", "", f"{n:,}")
                    tag("span", "", say(label))
            for kind, n in sorted(chunks.items(), key=lambda kn: -kn[1]):
                with tag("div"):
                    tag("b", "", f"{n:,}")
                    tag("span", "", say(kind))
            behind = [
                f"{name} {s['done']}/{s['of']}" for name, s in spaces.items() if s["done"] < s["of"]
            ]
            with tag("div"):
                tag("b", "", "✓" if not behind else "…")
                tag(
                    "span",
                    "",
                    say("All vectors are ready")
                    if not behind
                    else f"{say('Vectors')}: {', '.join(behind)}",
                )

    def _draw_jobs(self, live: list[Job]) -> None:
        self._jobs.clear()
        with self._jobs:
            for j in live:
                with tag("div", "job", props={"data-job": j.id}):
                    with tag("div", "row"):
                        tag("span", "", self.visit.say(j.stage or j.state))
                        tag("span", "soft", f"{j.done} / {j.total}" if j.total else "")
                        tag("span", "soft", j.detail[-60:])
                        if self.visit.writes:
                            button(
                                "link end",
                                self.visit.say("Stop"),
                                lambda j=j: self.visit.held.jobs.stop(j.id),
                            )
                    with tag("div", "track"):
                        tag("i").style(f"width: {100 * j.done / max(j.total, 1):.1f}%")

    def _draw_failures(self) -> None:
        failures, say = self.visit.held.library.failures(), self.visit.say
        self._failures.clear()
        if not failures:
            return
        with self._failures:
            with tag("div", "section"):
                tag("h2", "", f"{say('Could not be read')}: {len(failures)}")
                if self.visit.writes:
                    button("link", say("Try again"), self._retry)
            for f in failures[:50]:
                with tag("div", "failure"):
                    tag("b", "", f.uri.rpartition("/")[2] or f.uri)
                    tag("p", "soft", f"{f.error} {f.hint}")

    def _retry(self) -> None:
        from polysense.serve.api.files import retry

        try:
            retry(self.visit.held)
        except PolysenseError as e:
            ui.notify(f"{e}. {e.hint}", color="negative")

    def _draw_files(self) -> None:
        held = [a for a in self.visit.held.library.assets() if self._only in a.uri.lower()]
        self._files.clear()
        with self._files:
            for a in held[: self._many]:
                self._file(a)
            if not held:
                tag("p", "note", self.visit.say("Nothing here yet."))
            if len(held) > self._many:
                button(
                    "link",
                    f"{self.visit.say('Show more')} ({len(held) - self._many})",
                    self._further,
                )

    def _further(self) -> None:
        self._many += 4 * PAGE
        self._draw_files()

    def _file(self, a: Asset) -> None:
        paths = serializers.links(self.visit.held.name, a.id, "")
        with tag("div", "file"):
            with tag("div", "look"):
                sign(a.modality)
                if a.modality not in ("text", "code"):
                    tag(
                        "img",
                        "",
                        props={
                            "src": f"{paths['picture']}?longest=160",
                            "alt": "",
                            "loading": "lazy",
                            "data-optional": "",
                        },
                    )
            with tag("div"):
                link("name", a.name, paths["page"], {"title": a.uri})
                tag("span", "soft small", a.folder)
            tag("span", "soft small kind", f"{self.visit.say(a.modality)} · {_size(a.size)}")
            if self.visit.writes:
                icon(
                    "close",
                    f"{self.visit.say('Remove from the library')}: {a.name}",
                    lambda: self._remove(a),
                )

    async def _remove(self, a: Asset) -> None:
        from polysense.serve.api.files import remove

        try:
            await run.io_bound(remove, self.visit.held, a.id)
        except PolysenseError as e:
            ui.notify(f"{e}. {e.hint}", color="negative")


def _size(n: int) -> str:
    return (
        f"{n} B"
        if n < 1000
        else f"{n / 1000:.0f} kB"
        if n < 10**6
        else f"{n / 10**6:.1f} MB"
        if n < 10**9
        else f"{n / 10**9:.1f} GB"
    )
