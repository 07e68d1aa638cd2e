"""The page to ask on: the box, the answer as it is made, its evidence, and the place beside it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice

from nicegui import run, ui
from nicegui.events import GenericEventArguments
from starlette.concurrency import run_in_threadpool

from polysense.errors import Cancelled, PolysenseError
from polysense.results import Answer
from polysense.serve import serializers
from polysense.serve.page.answer import evidence_quote, show_answer, show_text
from polysense.serve.page.html import button, icon, link, tag
from polysense.serve.page.place_pane import PlacePane
from polysense.serve.page.question_box import QuestionBox
from polysense.serve.page.results import HitActions, show_hit
from polysense.serve.page.session import QueryFiles, Session
from polysense.types import Asset, Evidence, Hit, Part, Ranking, Span

MOST_HITS = 12
"""Places that are listed besides the evidence; judged, not measured."""

SAMPLE_ASSETS = 8
"""Files that are shown before anything is asked."""

Query = tuple[str | Part, ...]
Piece = Evidence | Part | Answer | PolysenseError


class AskPage:
    """What one visitor asks and sees."""

    def __init__(self, session: Session, query_files: QueryFiles) -> None:
        self.session = session
        self.box = QuestionBox(session, query_files, self.ask)
        self._question_number = 0
        self._cancel = threading.Event()
        self._actions = HitActions(self.open_place, self.show_similar)

    def build(self) -> None:
        """Draw it."""
        translate = self.session.translate
        with tag("div", "desk") as self._root:
            with tag("div", "asking"):
                with tag("div", "greeting"):
                    tag("h1", "", translate("Ask your files"))
                    phrase = "Words, a screenshot, a photo, a sound, a mesh: whatever you have."
                    tag("p", "", translate(phrase))
                self.box.build()
                self._answer = tag("div", "answer hidden", props={"aria-live": "polite"})
                self._results = tag("div")
                self._show_library()
            self._place_pane = PlacePane(self.session, self._root)
            self._place_pane.build()

    def _show_library(self) -> None:
        """Some of what is there, so that an empty box has company."""
        session = self.session
        assets = session.entry.library.assets()
        if not assets:
            with tag("div", "held"):
                link(
                    "",
                    session.translate("Nothing here yet. Add files"),
                    f"/library?library={session.entry.name}",
                )
            return
        modalities = Counter(a.modality for a in assets)
        counts = ", ".join(f"{n} {session.translate(m)}" for m, n in modalities.most_common())
        with tag("div", "held"):
            tag("p", "", f"{len(assets):,} {session.translate('files')}: {counts}")
            with tag("div", "shelf"):
                for a in _sample_assets(assets):
                    self._asset_tile(a)

    def _asset_tile(self, a: Asset) -> None:
        entry = self.session.entry
        with button(
            "", "", lambda: self.open_place(Hit(entry.library.chunks(a.id)[0], 0.0), Span())
        ):
            with tag("span", "look"):
                icon(a.modality)
                source = serializers.links(entry.name, a.id, "")["picture"]
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

    async def ask(self, question: str | GenericEventArguments | None = None) -> None:
        """Find, then answer; what was asked before is left."""
        text = (
            question
            if isinstance(question, str)
            else await ui.run_javascript("document.querySelector('#question').value")
        )
        self._cancel.set()
        self._cancel, self._question_number = threading.Event(), self._question_number + 1
        number, cancel = self._question_number, self._cancel
        try:
            query = self.box.query(str(text or ""))
            self._clear_for_answer()
            ranking = await run.io_bound(self._search, query)
            if number != self._question_number or ranking is None:
                return
            self._list_hits(ranking)
            await self._stream_answer(query, cancel, lambda: number == self._question_number)
        except PolysenseError as e:
            if number == self._question_number:
                self._show_error(e)

    def _clear_for_answer(self) -> None:
        self._root.classes("asked")
        self._answer.clear()
        self._answer.classes(remove="hidden")
        self._results.clear()
        with self._answer, tag("div", "thinking", props={"role": "status", "aria-label": "…"}):
            for _ in range(3):
                tag("i")

    def _search(self, query: Query) -> Ranking:
        modality, where = self.box.filters.modality, self.box.filters.condition
        search = self.session.entry.library.search
        return self.session.server.run_question(
            "search", lambda: search(*query, modality=modality, where=where, k=MOST_HITS)
        )

    def _find_similar(self, hit: Hit) -> Ranking:
        return self.session.server.run_question(
            "recommend", lambda: self.session.entry.library.recommend([hit.chunk.asset.id])
        )

    def _list_hits(self, ranking: Ranking, title: str = "Found") -> None:
        self._results.clear()
        with self._results:
            with tag("div", "section"):
                tag("h2", "", self.session.translate(title))
                tag(
                    "span",
                    "soft",
                    f"{self.session.translate('in')} {ranking.timings.get('total', 0):.0f} ms",
                    {"data-timing": "search"},
                )
            for hit in ranking:
                show_hit(self.session, hit, self._actions)
            if not len(ranking):
                tag("p", "note", self.session.translate("Nothing found."))

    async def _stream_answer(
        self, query: Query, cancel: threading.Event, is_current: Callable[[], bool]
    ) -> None:
        """Each piece of the answer as it is made; the whole, at its end, in its order."""
        loop, pieces = asyncio.get_running_loop(), asyncio.Queue[Piece | None]()

        def tell(piece: Piece) -> None:
            if cancel.is_set():
                raise Cancelled("asked anew")
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        working = asyncio.ensure_future(run_in_threadpool(self._answer_question, query, tell))
        # who waits for a piece of what was left would wait for ever
        working.add_done_callback(lambda _: pieces.put_nowait(None))
        evidence: dict[int, Evidence] = {}
        text_box: ui.element | None = None
        while is_current():
            piece = await pieces.get()
            if piece is None or not is_current():
                break
            if isinstance(piece, Evidence):
                evidence[piece.n] = piece
            elif isinstance(piece, Answer):
                self._show_answer(piece)
                break
            elif isinstance(piece, PolysenseError):
                raise piece
            elif piece.modality == "text" and isinstance(piece.data, str):
                if text_box is None:
                    self._answer.clear()
                    with self._answer:
                        text_box = tag("div", "said")
                with text_box:
                    show_text(piece.data, evidence, self.open_place)
        await working

    def _answer_question(self, query: Query, tell: Callable[[Piece], None]) -> None:
        to, where = self.box.output, self.box.filters.full_condition
        library = self.session.entry.library
        try:
            tell(
                self.session.server.run_question(
                    "ask", lambda: library.ask(*query, to=to, where=where, tell=tell)
                )
            )
        except Cancelled:
            pass
        except PolysenseError as e:
            tell(e)
        except Exception as e:
            tell(PolysenseError(self.session.translate("Something went wrong")))
            raise RuntimeError("an answer failed") from e

    def _show_answer(self, answer: Answer) -> None:
        self._answer.clear()
        with self._answer:
            show_answer(self.session, answer, self.open_place)
            if answer.evidence:
                with tag("div", "section"):
                    tag("h2", "", self.session.translate("Evidence"))
                    plugins = dict.fromkeys(s.plugin for s in answer.route.steps)
                    tag("span", "soft", " → ".join(plugins))
                for e in answer.evidence:
                    show_hit(
                        self.session,
                        e.hit,
                        self._actions,
                        number=e.n,
                        span=e.span,
                        quote=evidence_quote(e),
                    )

    def _show_error(self, error: PolysenseError) -> None:
        self._root.classes("asked")
        self._answer.clear()
        self._answer.classes(remove="hidden")
        with self._answer, tag("div", "problem", props={"role": "alert"}):
            tag("b", "", str(error))
            tag("p", "soft", error.hint)

    async def show_similar(self, hit: Hit) -> None:
        """What is like this one."""
        try:
            ranking = await run.io_bound(self._find_similar, hit)
        except PolysenseError as e:
            self._show_error(e)
            return
        self._answer.classes("hidden")
        self._root.classes("asked")
        if ranking is not None:
            self._list_hits(ranking, "More like this")
            ui.run_javascript("scrollTo({top: 0})")

    def open_place(self, hit: Hit, span: Span, quote: str = "") -> None:
        """Open the exact place."""
        self._place_pane.open(hit, span, quote)

    def leave(self) -> None:
        """The visitor has gone: stop what is being made, put down the files."""
        self._cancel.set()
        self.box.release_files()


def _sample_assets(assets: Sequence[Asset], limit: int = SAMPLE_ASSETS) -> list[Asset]:
    """A few of each modality in turn."""
    groups: dict[str, list[Asset]] = {}
    for a in assets:
        groups.setdefault(a.modality, []).append(a)
    turns = (group[i] for i in range(limit) for group in groups.values() if i < len(group))
    return list(islice(turns, limit))
