"""The steps between a question and its answer: search again, look around, compute on a table.

Each is a stage that people and agents use too, under the conditions of whoever asked: what a model
adds to them can only narrow them. Each is told as the command that does the same.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from polysense.errors import BadFilter
from polysense.generate.agent.actions import Action
from polysense.generate.conclusion import conclude
from polysense.generate.evidence import Support
from polysense.generate.rounds import Judge
from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve.filters import asks_for_uri
from polysense.types import Evidence, Hit, Modality, Part, Ranking

Read = Callable[[str], Question]
"""Words -> the question that they are."""

Retrieve = Callable[[str, Modality, str], tuple[Question, Ranking]]
"""(words, modality, filter) -> the question that they are, and the best places for it, among those
that the question before was asked of; "" for none of a kind. Raises BadFilter.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: the places, what of them is evidence for the step's words, what was
    worked out, and a note.
    """

    note: str = ""
    hits: tuple[Hit, ...] = ()
    support: Support = Support()
    results: tuple[Evidence, ...] = ()
    is_close_look: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """The stages as a model may use them.

    around gives the places that stand around one; where is the condition of whoever asked, and
    options what else of a command made the first search what it was.
    """

    read: Read
    retrieve: Retrieve
    judge: Judge
    around: Callable[[Hit], Sequence[Hit]]
    kit: Kit
    where: str = ""
    options: tuple[str, ...] = ()

    def run(self, action: Action, pool: Sequence[Evidence]) -> Outcome:
        """Do what is wanted; pool is the evidence so far, each piece at its number. Raises
        BadQuery.
        """
        if action.name == "search":
            return self.search(action)
        return self.look(action, pool) if action.name == "look" else self.compute(action, pool)

    def search(self, action: Action) -> Outcome:
        """The best places for other words, of one kind or where a filter holds. Raises BadQuery for
        a filter of uri: a model is shown no addresses, and whoever asks it may not know them.
        """
        if asks_for_uri(action.where):
            raise BadFilter("a step cannot filter by uri", "Filter by name or folder.")
        question, ranking = self.retrieve(action.words, action.modality, action.where)
        support = self.judge(question, list(ranking))
        return Outcome("", tuple(ranking), support)

    def look(self, action: Action, pool: Sequence[Evidence]) -> Outcome:
        """What stands around a piece of evidence, judged by what is hoped for there."""
        hit = pool[action.evidence - 1].hit
        hits = (hit, *self.around(hit))
        support = Support()
        if action.words:
            support = self.judge(self.read(action.words), hits)
        return Outcome("", hits, support, is_close_look=True)

    def compute(self, action: Action, pool: Sequence[Evidence]) -> Outcome:
        """What the tables so far say to a question, by a generator that only says what leaves no
        doubt: the value is a form of the table's own evidence, at its cells.
        """
        pieces = pool[action.evidence - 1 : action.evidence] if action.evidence else pool
        hits = list({e.hit.chunk.id: e.hit for e in pieces}.values())
        doubts: list[str] = []
        conclusion = conclude(self.read(action.words), hits, self.kit, doubts.append)
        if conclusion is None:
            note = "; ".join(doubts) or "the tables so far do not answer that for certain"
            return Outcome(note)
        queries = [str(m.part.meta["sql"]) for m in conclusion.parts if "sql" in m.part.meta]
        results = tuple(
            replace(e, forms=(Part("text", str(e.part.data)),))
            for e in conclusion.support.evidence
            if e.part.modality == "text"
        )
        note = f"worked out: {'; '.join(queries)}" if queries else "worked out"
        return Outcome(note, results=results)

    def command(self, action: Action, pool: Sequence[Evidence], outcome: Outcome) -> str:
        """The command that does the same as an action."""
        if action.name == "look":
            return shlex.join(("polysense", "show", pool[action.evidence - 1].hit.chunk.id))
        if action.name == "compute":
            own = f"uri = {_sql_text(outcome.results[0].hit.uri)}" if outcome.results else ""
            condition = _where_option(self.where, own)
            return shlex.join(("polysense", "ask", action.words, *condition, *self.options))
        condition = _where_option(self.where, action.where)
        modality = ("--modality", action.modality) if action.modality else ()
        words = ("polysense", "search", action.words)
        return shlex.join((*words, *condition, *modality, *self.options))


def _where_option(*conditions: str) -> tuple[str, ...]:
    present = [c for c in conditions if c.strip()]
    where = " and ".join(f"({c})" for c in present) if len(present) > 1 else "".join(present)
    return ("--where", where) if where else ()


def _sql_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
