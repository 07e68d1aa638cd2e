"""The page to ask on: the box, the answer as it is made, its evidence, and the place beside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import urlencode

from nicegui import run, ui
from nicegui.events import GenericEventArguments

from polysense.errors import BadQuery, PolysenseError
from polysense.events import AgentStep
from polysense.results import Answer
from polysense.serve import serializers
from polysense.serve.budgets import BudgetRequest, bounded_budget
from polysense.serve.page.answer import evidence_quote, show_answer, show_text
from polysense.serve.page.conversation import show_conversation
from polysense.serve.page.errors import show_error
from polysense.serve.page.html import button, icon, link, tag
from polysense.serve.page.live_answers import Exchanges, LiveAnswer, LiveAnswers, Tell, Work
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


class AskPage:
    """What one visitor asks and sees."""

    def __init__(
        self, session: Session, query_files: QueryFiles, live_answers: LiveAnswers
    ) -> None:
        self.session = session
        self.box = QuestionBox(session, query_files, self.ask)
        self._live_answers = live_answers
        self._live: LiveAnswer | None = None
        self._views = 0
        """How often an answer was begun to be shown: the last one is."""
        self._text = ""
        self._actions = HitActions(self.open_place, self.show_similar)

    def build(self, question: str = "") -> None:
        """Draw it, with the words of a question in the box."""
        translate = self.session.translate
        with tag("div", "desk") as self._root:
            with tag("div", "asking"):
                with tag("div", "greeting"):
                    tag("h1", "", translate("Ask your files"))
                    phrase = "Words, a screenshot, a photo, a sound, a mesh: whatever you have."
                    tag("p", "", translate(phrase))
                self.box.build(question)
                self._conversation = tag("nav", "earlier")
                self._steps = tag("ol", "steps", props={"aria-live": "polite"})
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

    async def ask(self, question: str | GenericEventArguments) -> None:
        """Find, then answer; what was asked before is left."""
        text = question if isinstance(question, str) else str(question.args or "")
        try:
            query = self.box.query(text)
        except BadQuery:
            ui.run_javascript("document.querySelector('#question').focus()")
            return
        history = self._live.conversation if self._live else ()
        self._text, parameters = text, self._address(self.box.parameters(text), history)
        self.box.keep(parameters)
        if not self.session.entry.library.exists:
            self.show_note("Nothing here yet. Add files in the library, then ask.")
            return
        await self._start(parameters, query, history)

    async def _start(self, parameters: Mapping[str, str], query: Query, history: Exchanges) -> None:
        key, work = self._key(parameters), self._work(query, history)
        await self._follow(self._live_answers.start(key, work, self._text, history))

    async def _ask_again(self, question: str, history: Exchanges) -> None:
        """An earlier question of the conversation, with what was asked before it."""
        # its files are gone; those in the box are for the next question
        own = {k: v for k, v in self.box.parameters(question).items() if k != "with"}
        self._text, parameters = question, self._address(own, history)
        self.box.keep(parameters)
        await self._start(parameters, (question,), history)

    def _address(self, parameters: dict[str, str], history: Exchanges) -> dict[str, str]:
        """With a mark of the conversation before: the same words in another one are another
        question.
        """
        text = "\n".join(f"{question}\n{answer}" for question, answer in history)
        mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
        return parameters | ({"c": mark} if history else {})

    def show_again(self, parameters: Mapping[str, str]) -> bool:
        """What was asked lately at an address, without asking anew; False where it was not."""
        live = self._live_answers.get(self._key(parameters))
        if live is None:
            return False
        self._text = parameters.get("q", "")
        ui.timer(0, lambda: self._follow(live), once=True)
        return True

    def _key(self, parameters: Mapping[str, str]) -> tuple[str, ...]:
        """By which an answer is known: in another library, or with other files, it is another."""
        library = self.session.entry.library
        counts = str(library.catalogue.counts()) if library.exists else ""
        query = urlencode(sorted((k, v) for k, v in parameters.items() if k != "lang"))
        grant = self.session.grant
        return (grant.name, grant.token, self.session.language, counts, query)

    def _work(self, query: Query, history: Exchanges) -> Work:
        """Finds and answers, as the box has it now."""
        to, where = self.box.output, self.box.filters.full_condition
        library, server = self.session.entry.library, self.session.server
        modality, condition = self.box.filters.modality, self.box.filters.condition
        request = BudgetRequest() if self.box.searches_again else None
        budget, _ = bounded_budget(request, server.settings)

        def work(tell: Tell) -> None:
            search, ask = library.search, library.ask
            tell(
                server.run_question(
                    "search",
                    lambda: search(*query, modality=modality, where=condition, k=MOST_HITS),
                )
            )
            tell(
                server.run_question(
                    "ask",
                    lambda: ask(
                        *query, to=to, where=where, history=history, tell=tell, budget=budget
                    ),
                )
            )

        return work

    async def _follow(self, live: LiveAnswer) -> None:
        """Show an answer as it grows, until another is asked for."""
        live.watchers += 1  # before the old one is left, which may be the same
        self._leave_turn()
        self._live, self._views = live, self._views + 1
        view = self._views
        self._clear_for_answer()
        show_conversation(self.session, self._conversation, live, self._ask_again)
        evidence: dict[int, Evidence] = {}
        text_box: ui.element | None = None
        async for piece in live.watch():
            if view != self._views:
                return
            if isinstance(piece, Ranking):
                self._list_hits(piece)
            elif isinstance(piece, AgentStep):
                self._show_step(piece)
            elif isinstance(piece, Evidence):
                evidence[piece.n] = piece
            elif isinstance(piece, Answer):
                self._show_answer(piece)
            elif isinstance(piece, PolysenseError):
                self.show_error(piece)
            elif piece.modality == "text" and isinstance(piece.data, str):
                if text_box is None:
                    self._answer.clear()
                    with self._answer:
                        text_box = tag("div", "said")
                with text_box:
                    show_text(piece.data, evidence, self.open_place)

    def _show_step(self, step: AgentStep) -> None:
        """What a model did, as the command that does it again."""
        with self._steps, tag("li"):
            tag("code", "", self.session.entry.message(step.text))

    def _leave_turn(self) -> None:
        if self._live is not None:
            self._live_answers.leave(self._live)
            self._live = None

    def _clear_for_answer(self, is_working: bool = True) -> None:
        self._root.classes("asked")
        self._steps.clear()
        self._answer.clear()
        self._answer.classes(remove="hidden")
        self._results.clear()
        if not is_working:
            return
        with self._answer, tag("div", "thinking", props={"role": "status", "aria-label": "…"}):
            for _ in range(3):
                tag("i")

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

    def _show_answer(self, answer: Answer) -> None:
        self._answer.clear()
        with self._answer:
            show_answer(self.session, answer, self.open_place)
            if not answer.answered and self.box.filters.full_condition:
                self._show_filters()
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

    def _show_filters(self) -> None:
        """What a reader may have forgotten: that only a part was looked at."""
        with tag("div", "note row"):
            phrase = "Filters are on: only what fits them was looked at."
            tag("span", "", self.session.translate(phrase))
            button(
                "link", self.session.translate("Ask again without filters"), self._ask_unfiltered
            )

    async def _ask_unfiltered(self) -> None:
        text = self._text
        self.box.filters.restore({})
        await self.ask(text)

    def show_error(self, error: PolysenseError) -> None:
        """What went wrong, where the answer would stand."""
        self._clear_for_answer(is_working=False)
        with self._answer:
            show_error(self.session, error)

    def show_note(self, phrase: str) -> None:
        """Something to know, where the answer would stand."""
        self._clear_for_answer(is_working=False)
        with self._answer:
            tag("p", "note", self.session.translate(phrase), {"role": "status"})

    async def show_similar(self, hit: Hit) -> None:
        """What is like this one."""
        try:
            ranking = await run.io_bound(self._find_similar, hit)
        except PolysenseError as e:
            self.show_error(e)
            return
        self._answer.classes("hidden")
        self._steps.clear()
        self._root.classes("asked")
        if ranking is not None:
            self._list_hits(ranking, "More like this")
            if (live := self._live) is not None:
                with self._results:
                    back = button(
                        "link",
                        self.session.translate("Back to the answer"),
                        lambda: self._follow(live),
                    )
                back.move(target_index=0)
            ui.run_javascript("scrollTo({top: 0})")

    def open_place(self, hit: Hit, span: Span, quote: str = "") -> None:
        """Open the exact place."""
        self._place_pane.open(hit, span, quote)

    def leave(self) -> None:
        """The visitor has gone: what nobody waits for is not worked on."""
        self._leave_turn()


def _sample_assets(assets: Sequence[Asset], limit: int = SAMPLE_ASSETS) -> list[Asset]:
    """A few of each modality in turn."""
    groups: dict[str, list[Asset]] = {}
    for a in assets:
        groups.setdefault(a.modality, []).append(a)
    turns = (group[i] for i in range(limit) for group in groups.values() if i < len(group))
    return list(islice(turns, limit))
