"""The page to ask on: one box for words and files, the answer as it is made, its evidence, and the
exact place beside it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from nicegui import run, ui
from nicegui.events import GenericEventArguments
from starlette.concurrency import run_in_threadpool

from polysense.errors import BadQuery, PolysenseError, Stopped
from polysense.results import Answer
from polysense.serve import serializers
from polysense.serve.page import answer as answered
from polysense.serve.page import places
from polysense.serve.page.filters import Filters
from polysense.serve.page.html import button, icon, link, sign, tag
from polysense.serve.page.results import Doing, entry
from polysense.serve.page.session import Hands, Visit
from polysense.types import Asset, Evidence, Hit, Part, Ranking, Span

OUTPUTS = ("text", "image", "audio", "video", "code", "3d", "table", "graph")
SHOWN = 12
"""Places that are listed besides the evidence."""


class Intake(ui.element, component="intake.js"):
    """Takes files: dropped, pasted, chosen, recorded, photographed."""


class Desk:
    """What one visitor asks and sees."""

    def __init__(self, visit: Visit, hands: Hands) -> None:
        self.visit, self._hands = visit, hands
        self._given: list[str] = []
        self._to = "text"
        self._turn = 0
        self._left = threading.Event()
        self._doing = Doing(self.look, self.like)

    def build(self) -> None:
        """Draw it."""
        say = self.visit.say
        with tag("div", "desk") as self.desk:
            with tag("div", "asking"):
                with tag("div", "greeting"):
                    tag("h1", "", say("Ask your files"))
                    tag(
                        "p",
                        "",
                        say("Words, a screenshot, a photo, a sound, a mesh: whatever you have."),
                    )
                self._box()
                self._answer = tag("div", "answer hidden", props={"aria-live": "polite"})
                self._found = tag("div")
                self._shelf()
            self._pane = tag("aside", "place-pane hidden", props={"aria-label": say("cited here")})

    def _shelf(self) -> None:
        """Some of what is there, so that an empty box has company."""
        visit = self.visit
        held = visit.held.library.assets()
        if not held:
            with tag("div", "held"):
                link(
                    "",
                    visit.say("Nothing here yet. Add files"),
                    f"/library?library={visit.held.name}",
                )
            return
        kinds = Counter(a.modality for a in held)
        said = ", ".join(f"{n} {visit.say(m)}" for m, n in kinds.most_common())
        with tag("div", "held"):
            tag("p", "", f"{len(held):,} {visit.say('files')}: {said}")
            with tag("div", "shelf"):
                for a in _some(held):
                    self._standing(a)

    def _standing(self, a: Asset) -> None:
        with button(
            "", "", lambda: self.look(Hit(self.visit.held.library.chunks(a.id)[0], 0.0), Span())
        ):
            with tag("span", "look"):
                sign(a.modality)
                source = serializers.links(self.visit.held.name, a.id, "")["picture"]
                tag(
                    "img",
                    "",
                    props={
                        "src": f"{source}?longest=480",
                        "alt": "",
                        "loading": "lazy",
                        "data-optional": "",
                    },
                )
            tag("span", "name", a.name)

    def _box(self) -> None:
        say = self.visit.say
        with tag("form", "box", props={"role": "search"}) as box:
            box.on("submit.prevent", self.ask)
            self._things = tag("div", "given")
            tag("label", "only-read", say("Ask or search"), {"for": "question"})
            self._words = tag("textarea", "", props={
                "id": "question", "rows": 1, "placeholder": say("What do you want to know?"), "autofocus": True, "enterkeyhint": "search",
                "maxlength": 20000,
            })  # fmt: skip
            self._words.on("keydown.enter", js_handler=_ENTER)
            box.on("submit", js_handler="(e) => e.preventDefault()")
            with tag("div", "tools"):
                self._intake()
                self.filters = Filters(self.visit)
                icon("filter", say("Filters"), lambda: self.filters.turn())
                tag("button", "send", say("Ask"), {"type": "submit"})
        with tag("div", "under"):
            tag("span", "label", say("Answer as"))
            self._chips = {m: self._chip(m) for m in OUTPUTS}
        self.filters.build()

    def _chip(self, modality: str) -> ui.element:
        with tag("span") as held:
            made = button(
                "chip",
                self.visit.say(modality),
                lambda: self.choose(modality),
                {"aria-pressed": str(modality == self._to).lower()},
            )
            made.props["data-to"] = modality
        held.classes("chips")
        return made

    def _intake(self) -> None:
        say = self.visit.say
        named = {
            "attach": "Add a file", "record": "Record", "stop": "Stop recording", "photograph": "Take a photo", "take": "Take it",
            "cancel": "Cancel", "askWith": "Ask with this", "addTo": "Add to the library",
            "noMic": "The microphone cannot be used here.", "noLens": "The camera cannot be used here.",
        }  # fmt: skip
        made = Intake()
        made.props.update({
            "words": {name: say(said) for name, said in named.items()}, "writable": self.visit.writes, "to": "/page/hands",
            "library": self.visit.held.name,
        })  # fmt: skip
        made.on("given", lambda e: self.take(e.args))
        made.on("added", lambda _: ui.navigate.to(f"/library?library={self.visit.held.name}"))
        made.on("trouble", lambda e: ui.notify(str(e.args)[:300], color="negative"))

    def choose(self, modality: str) -> None:
        """The modality of the next answer."""
        self._to = modality
        for name, chip in self._chips.items():
            chip.props["aria-pressed"] = str(name == modality).lower()
            chip.update()

    def take(self, given: dict[str, Any]) -> None:
        """A file came: show it."""
        held = self._hands.get(str(given.get("id", "")), self.visit.grant)
        if held is None or held.id in self._given:
            return
        self._given.append(held.id)
        with self._things, tag("span", "thing") as thing:
            if held.part.mime.startswith("image/"):
                tag("img", "", props={"src": f"/page/hands/{held.id}", "alt": ""})
            tag("span", "name", held.part.name)
            tag("span", "soft", self.visit.say(held.part.modality))

            def put_down() -> None:
                self._given.remove(held.id)
                self._hands.put_down(held.id)
                thing.delete()

            icon("close", f"{self.visit.say('Remove')} {held.part.name}", put_down)

    def _query(self, words: str) -> tuple[str | Part, ...]:
        parts = [g.part for id in self._given if (g := self._hands.get(id, self.visit.grant))]
        if not words.strip() and not parts:
            raise BadQuery("nothing was asked", self.visit.say("What do you want to know?"))
        return (*([words] if words.strip() else []), *parts)

    async def ask(self, words: str | GenericEventArguments | None = None) -> None:
        """Find, then answer; what was asked before is left."""
        said = (
            words
            if isinstance(words, str)
            else await ui.run_javascript("document.querySelector('#question').value")
        )
        self._left.set()
        self._left, self._turn = threading.Event(), self._turn + 1
        turn, left = self._turn, self._left
        try:
            query = self._query(str(said or ""))
            self._begin()
            found = await run.io_bound(self._search, query)
            if turn != self._turn or found is None:
                return
            self._list(found)
            await self._stream(query, left, lambda: turn == self._turn)
        except PolysenseError as e:
            if turn == self._turn:
                self._trouble(e)

    def _begin(self) -> None:
        self.desk.classes("asked")
        self._answer.clear()
        self._answer.classes(remove="hidden")
        self._found.clear()
        with self._answer, tag("div", "thinking", props={"role": "status", "aria-label": "…"}):
            for _ in range(3):
                tag("i")

    def _search(self, query: tuple[str | Part, ...]) -> Ranking:
        kinds, where = self.filters.modality, self.filters.where
        find = self.visit.held.library.search
        return self.visit.server.question(
            "search", lambda: find(*query, modality=kinds, where=where, k=SHOWN)
        )

    def _alike(self, hit: Hit) -> Ranking:
        return self.visit.server.question(
            "recommend", lambda: self.visit.held.library.recommend([hit.chunk.asset.id])
        )

    def _list(self, found: Ranking, title: str = "Found") -> None:
        self._found.clear()
        with self._found:
            with tag("div", "section"):
                tag("h2", "", self.visit.say(title))
                tag(
                    "span",
                    "soft",
                    f"{self.visit.say('in')} {found.timings.get('total', 0):.0f} ms",
                    {"data-timing": "search"},
                )
            for hit in found:
                entry(self.visit, hit, self._doing)
            if not len(found):
                tag("p", "note", self.visit.say("Nothing found."))

    async def _stream(
        self, query: tuple[str | Part, ...], left: threading.Event, mine: Callable[[], bool]
    ) -> None:
        """Each piece of the answer as it is made; the whole, at its end, in its order."""
        loop, pieces = (
            asyncio.get_running_loop(),
            asyncio.Queue[Evidence | Part | Answer | PolysenseError | None](),
        )

        def tell(piece: Evidence | Part | Answer | PolysenseError) -> None:
            if left.is_set():
                raise Stopped("asked anew")
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        working = asyncio.ensure_future(run_in_threadpool(self._answering, query, tell))
        # who waits for a piece of what was left would wait for ever
        working.add_done_callback(lambda _: pieces.put_nowait(None))
        evidence: dict[int, Evidence] = {}
        begun: ui.element | None = None
        while mine():
            piece = await pieces.get()
            if piece is None or not mine():
                break
            if isinstance(piece, Evidence):
                evidence[piece.n] = piece
            elif isinstance(piece, Answer):
                self._show(piece)
                break
            elif isinstance(piece, PolysenseError):
                raise piece
            elif piece.modality == "text" and isinstance(piece.data, str):
                if begun is None:
                    self._answer.clear()
                    with self._answer:
                        begun = tag("div", "said")
                with begun:
                    answered.words(piece.data, evidence, self.look)
        await working

    def _answering(
        self,
        query: tuple[str | Part, ...],
        tell: Callable[[Evidence | Part | Answer | PolysenseError], None],
    ) -> None:
        to, where, library = self._to, self.filters.both, self.visit.held.library
        try:
            tell(
                self.visit.server.question(
                    "ask", lambda: library.ask(*query, to=to, where=where, tell=tell)
                )
            )
        except Stopped:
            pass
        except PolysenseError as e:
            tell(e)
        except Exception as e:
            tell(PolysenseError(self.visit.say("Something went wrong")))
            raise RuntimeError("an answer failed") from e

    def _show(self, answer: Answer) -> None:
        self._answer.clear()
        with self._answer:
            answered.whole(self.visit, answer, self.look)
            if answer.evidence:
                with tag("div", "section"):
                    tag("h2", "", self.visit.say("Evidence"))
                    tag(
                        "span",
                        "soft",
                        " → ".join(dict.fromkeys(s.plugin for s in answer.route.steps)),
                    )
                for e in answer.evidence:
                    entry(
                        self.visit,
                        e.hit,
                        self._doing,
                        number=e.n,
                        span=e.span,
                        quote=answered.quote(e),
                    )

    def _trouble(self, error: PolysenseError) -> None:
        self.desk.classes("asked")
        self._answer.clear()
        self._answer.classes(remove="hidden")
        with self._answer, tag("div", "problem", props={"role": "alert"}):
            tag("b", "", str(error))
            tag("p", "soft", error.hint)

    async def like(self, hit: Hit) -> None:
        """What is like this one."""
        try:
            found = await run.io_bound(self._alike, hit)
        except PolysenseError as e:
            self._trouble(e)
            return
        self._answer.classes("hidden")
        self.desk.classes("asked")
        if found is not None:
            self._list(found, "More like this")
            ui.run_javascript("scrollTo({top: 0})")

    def look(self, hit: Hit, span: Span, quote: str = "") -> None:
        """Open the exact place."""
        say = self.visit.say
        self.desk.classes("open")
        self._pane.clear()
        self._pane.classes(remove="hidden")
        place = answered.place(self.visit, hit, span, quote)
        with self._pane:
            with tag("div", "place-head"):
                tag("span", "name", place.name, {"title": hit.uri})
                tag("span", "place", "" if str(span) == "whole" else str(span))
                with tag("span", "end"):
                    with link(
                        "icon",
                        "",
                        f"{place.content}?download=true",
                        {
                            "download": place.name,
                            "aria-label": say("Download"),
                            "title": say("Download"),
                        },
                    ):
                        from polysense.serve.page.html import sign

                        sign("down")
                    icon("close", say("Close"), self.close).props["id"] = "close-place"
            with tag("div", "place-body", props={"tabindex": "0"}):
                places.show(place)
        ui.run_javascript(
            f"document.querySelectorAll('.hit').forEach(h => h.classList.toggle('on', h.dataset.chunk === '{hit.chunk.id}'))"
        )

    def close(self) -> None:
        """Put the place away."""
        self._pane.classes("hidden")
        self._pane.clear()
        self.desk.classes(remove="open")

    def leave(self) -> None:
        """The visitor has gone: stop what is being made, put down the files."""
        self._left.set()
        for id in self._given:
            self._hands.put_down(id)


_ENTER = "(e) => { if (!e.shiftKey && !e.isComposing) { e.preventDefault(); e.target.form.requestSubmit(); } }"


def _some(held: Sequence[Asset], most: int = 8) -> list[Asset]:
    """A few of each kind in turn."""
    kinds: dict[str, list[Asset]] = {}
    for a in held:
        kinds.setdefault(a.modality, []).append(a)
    turns = (group[i] for i in range(most) for group in kinds.values() if i < len(group))
    return list(islice(turns, most))
