"""The library's page: files dropped in, jobs as they go on, what could not be read and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nicegui import run, ui

from polysense.errors import PolysenseError
from polysense.serve import serializers
from polysense.serve.api import files
from polysense.serve.jobs import FINAL_STATES, Job
from polysense.serve.library_pool import PoolEntry
from polysense.serve.page.html import button, icon, icon_button, link, tag
from polysense.serve.page.session import Session
from polysense.types import Asset

PAGE_FILES = 60
"""Files that are listed at first; judged, not measured, as are the next."""

MOST_JOBS, MOST_FAILURES = 8, 50
"""The latest jobs that are watched, and the failures that are listed."""

REFRESH_SECONDS, COUNT_SECONDS = 0.5, 3.0
"""Between two looks at whether something has changed, and two counts of a library that grows:
counting takes longer. Judged, not measured.
"""


class Drop(ui.element, component="drop.js"):
    """Takes files and folders for the library, and sends them."""


class LibraryPage:
    """The library's page."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._name_filter = ""
        self._limit = PAGE_FILES
        self._job_states: tuple[Any, ...] = ()
        self._ended: dict[str, Job] = {}
        """Files that came in since the page was opened: what became of them."""
        self._counted_at = 0.0
        self._changes: dict[str, _Change] = {}
        """Files that were removed or put back since the page was opened, by their ids."""

    def build(self) -> None:
        """Draw it, and keep looking whether something has changed."""
        translate = self.session.translate
        with tag("div", "hall"):
            tag(
                "h1",
                "",
                translate("Library")
                if self.session.entry.name == "main"
                else self.session.entry.name,
            )
            self._counts = tag("div", "counts")
            if self.session.can_write:
                drop = Drop()
                labels = {
                    "drop": "Drop files or a folder here",
                    "files": "Choose files",
                    "folder": "Choose a folder",
                    "sending": "Sending",
                }
                drop.props.update(
                    {
                        "words": {k: translate(v) for k, v in labels.items()},
                        "library": self.session.entry.name,
                    }
                )
                drop.on("trouble", lambda e: ui.notify(str(e.args)[:300], color="negative"))
            self._jobs = tag("div", "jobs", props={"aria-live": "polite"})
            self._failures = tag("div")
            with tag("div", "section"):
                tag("h2", "", translate("Files and folders"))
                field = tag(
                    "input",
                    "field",
                    props={
                        "type": "search",
                        "placeholder": translate("Find a file"),
                        "aria-label": translate("Find a file"),
                    },
                )
                field.style("max-width: 260px; margin-left: auto")
                field.on(
                    "input",
                    self._filter_files,
                    js_handler="(e) => emit(e.target.value)",
                    throttle=0.2,
                    leading_events=False,
                )
            self._files = tag("div", "files")
        self._refresh()
        self._poll(is_first=True)
        ui.timer(REFRESH_SECONDS, self._poll)

    def _filter_files(self, e: Any) -> None:
        self._name_filter = str(e.args)[:200].lower()
        self._draw_files()

    def _poll(self, is_first: bool = False) -> None:
        jobs = self.session.entry.jobs.list(MOST_JOBS)
        state = tuple((j.id, j.state, j.stage, j.done, j.total) for j in jobs)
        if state == self._job_states:
            return
        ended = {j.id for j in jobs if j.is_over} - {
            id for id, state, *_ in self._job_states if state in FINAL_STATES
        }
        self._job_states = state
        if not is_first:
            self._ended |= {j.id: j for j in jobs if j.id in ended and j.kind == "index"}
        self._draw_jobs([j for j in jobs if not j.is_over])
        if ended and not is_first:  # what is drawn anew under a finger is not clicked
            self._refresh()
        elif time.monotonic() - self._counted_at > COUNT_SECONDS:
            self._draw_counts()

    def _refresh(self) -> None:
        self._draw_counts()
        self._draw_failures()
        self._draw_files()

    def _draw_counts(self) -> None:
        self._counted_at = time.monotonic()
        status, translate = self.session.entry.library.status(), self.session.translate
        chunks: Any = status["chunks"]
        spaces: Any = status["spaces"]
        self._counts.clear()
        with self._counts:
            for n, label in ((status["assets"], "files"), (sum(chunks.values()), "places")):
                with tag("div"):
                    tag("b", "", f"{n:,}")
                    tag("span", "", translate(label))
            for kind, n in sorted(chunks.items(), key=lambda kn: -kn[1]):
                with tag("div"):
                    tag("b", "", f"{n:,}")
                    tag("span", "", translate(kind))
            behind = [
                f"{name} {s['done']}/{s['of']}" for name, s in spaces.items() if s["done"] < s["of"]
            ]
            if not status["assets"]:
                return
            is_ready = not behind and not self.session.entry.jobs.busy
            with tag("div"):
                tag("b", "", "✓" if is_ready else "…")
                tag("span", "", self._vectors(is_ready, behind))

    def _vectors(self, is_ready: bool, behind: list[str]) -> str:
        """How far what is there can be found by likeness; nothing is ready while more comes in."""
        translate = self.session.translate
        if is_ready:
            return translate("All vectors are ready")
        if behind:
            return f"{translate('Vectors')}: {', '.join(behind)}"
        return translate("More is being added")

    def _draw_jobs(self, open_jobs: list[Job]) -> None:
        self._jobs.clear()
        with self._jobs:
            self._draw_ended()
            # one that waits has nothing to show beside one that runs
            running = [j for j in open_jobs if j.state == "running"] or open_jobs[-1:]
            for j in running:
                with tag("div", "job", props={"data-job": j.id}):
                    with tag("div", "row"):
                        tag("span", "", self.session.translate(j.stage or j.state))
                        tag("span", "soft", f"{j.done} / {j.total}" if j.total else "")
                        tag("span", "soft", self.session.entry.message(j.detail)[-60:])
                        if self.session.can_write:
                            button(
                                "link end",
                                self.session.translate("Stop"),
                                lambda j=j: self.session.entry.jobs.stop(j.id),
                            )
                    with tag("div", "track"):
                        tag("i").style(f"width: {100 * j.done / max(j.total, 1):.1f}%")

    def _draw_ended(self) -> None:
        """In one line, what came of all that came in."""
        results = [j.result for j in self._ended.values()]
        added = sum(int(r.get("indexed", 0)) for r in results)
        failures = {f["uri"] for r in results for f in r.get("failed", ())}
        if not added and not failures:
            return
        translate = self.session.translate
        words = [f"{added:,} {translate('added')}"]
        words += [f"{len(failures):,} {translate('could not be read')}"] if failures else []
        with tag("div", "job ended", props={"role": "status"}):
            tag("div", "row", ", ".join(words))

    def _draw_failures(self) -> None:
        failures, translate = self.session.entry.library.failures(), self.session.translate
        self._failures.clear()
        if not failures:
            return
        with self._failures:
            with tag("div", "section"):
                tag("h2", "", f"{translate('Could not be read')}: {len(failures)}")
                if self.session.can_write:
                    button("link", translate("Try again"), self._retry)
            for f in failures[:MOST_FAILURES]:
                with tag("div", "failure"):
                    entry = self.session.entry
                    tag("b", "", entry.uri(f.uri), {"title": entry.uri(f.uri)})
                    tag("p", "soft", f"{entry.message(f.error)} {translate(entry.hint(f.hint))}")

    def _retry(self) -> None:
        try:
            files.retry(self.session.entry)
        except PolysenseError as e:
            self.session.notify(e)

    def _draw_files(self) -> None:
        """Those there are, and those that were removed just now: no row moves under the pointer."""
        entry = self.session.entry
        present = {a.id: a for a in entry.library.assets()}
        if not entry.jobs.busy:
            for id in [id for id, row in self._changes.items() if row.is_settled(id in present)]:
                del self._changes[id]
        absent = {id: row.asset for id, row in self._changes.items() if id not in present}
        assets = [
            a
            for a in sorted([*present.values(), *absent.values()], key=lambda a: a.uri)
            if self._name_filter in entry.uri(a.uri).lower()
        ]
        self._files.clear()
        with self._files:
            for a in assets[: self._limit]:
                with tag("div", "file") as row:
                    self._draw_row(row, a)
            if not assets:
                tag("p", "note", self.session.translate("Nothing here yet."))
            if len(assets) > self._limit:
                button(
                    "link",
                    f"{self.session.translate('Show more')} ({len(assets) - self._limit})",
                    self._show_more,
                )

    def _show_more(self) -> None:
        self._limit += 4 * PAGE_FILES
        self._draw_files()

    def _draw_row(self, row: ui.element, a: Asset) -> None:
        paths, change = (
            serializers.links(self.session.entry.name, a.id, ""),
            self._changes.get(a.id),
        )
        is_removed = change is not None and not change.is_returning
        row.clear()
        row.classes("removed") if change else row.classes(remove="removed")
        with row:
            with tag("div", "look"):
                icon(a.modality)
                if a.modality not in ("text", "code") and change is None:
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
                if change is None:
                    link("name", a.name, paths["page"], {"title": self.session.entry.uri(a.uri)})
                else:
                    tag("span", "name", a.name)
                tag("span", "soft small", a.folder)
            if is_removed:
                # not where the cross was: a second click there would put the file back
                with tag("span", "undo", props={"role": "status"}):
                    tag("span", "soft small", self.session.translate("Removed"))
                    button(
                        "link",
                        self.session.translate("Undo"),
                        lambda: self._restore(row, a),
                        {"aria-label": f"{self.session.translate('Undo')}: {a.name}"},
                    )
                return
            kind = f"{self.session.translate(a.modality)} · {_format_size(a.size)}"
            tag("span", "soft small kind", kind)
            if self.session.can_write and change is None:
                icon_button(
                    "close",
                    f"{self.session.translate('Remove from the library')}: {a.name}",
                    lambda: self._remove(row, a),
                )

    async def _remove(self, row: ui.element, a: Asset) -> None:
        await self._change(row, files.remove, _Change(a, is_returning=False))

    async def _restore(self, row: ui.element, a: Asset) -> None:
        await self._change(row, files.restore, _Change(a, is_returning=True))

    async def _change(
        self, row: ui.element, work: Callable[[PoolEntry, str], object], change: _Change
    ) -> None:
        try:
            await run.io_bound(work, self.session.entry, change.asset.id)
        except PolysenseError as e:
            self.session.notify(e)
            return
        self._changes[change.asset.id] = change
        self._draw_row(row, change.asset)


@dataclass(frozen=True, slots=True)
class _Change:
    """A row whose file was removed, or is being put back."""

    asset: Asset
    is_returning: bool

    def is_settled(self, is_present: bool) -> bool:
        """Whether the row is as any other, or none, when all work is done: a file that was removed
        is shown until the page is left, so that it can be put back.
        """
        return self.is_returning or is_present


def _format_size(n: int) -> str:
    return (
        f"{n} B"
        if n < 1000
        else f"{n / 1000:.0f} kB"
        if n < 10**6
        else f"{n / 10**6:.1f} MB"
        if n < 10**9
        else f"{n / 10**9:.1f} GB"
    )
