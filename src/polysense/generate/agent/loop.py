"""Searching again as a language model wants it, within a budget, before an answer is written.

After Yao et al., "ReAct: Synergizing reasoning and acting in language models" (ICLR 2023), without
the reasoning in words: each round the model sees the evidence and the steps so far and writes one
action as JSON. What it does can only narrow the conditions of whoever asked; what it reads is data
within fences; what is evidence is judged by the same rules as without it, and the answer's
sentences are checked as ever.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

from polysense.errors import BadQuery, ModelFailed
from polysense.events import AgentStep
from polysense.generate.agent.actions import Action, action_schema, read_action
from polysense.generate.agent.budget import Budget
from polysense.generate.agent.tools import Outcome, Tools
from polysense.generate.conclusion import conclude
from polysense.generate.evidence import Support
from polysense.generate.names import is_named
from polysense.generate.rounds import Findings
from polysense.generate.writing.originals import original
from polysense.generate.writing.packing import (
    EVIDENCE_SHARE,
    MAX_EVIDENCE_TOKENS,
    evidence_text,
    fenced,
    token_count,
)
from polysense.messages import Message, Usage
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve.filter_values import COLUMNS_HINT
from polysense.types import Evidence, Hit, Part

MAX_ACTION_TOKENS = 200
"""Tokens that a model may write for one action; one with a filter has some fifty."""

MAX_PIECES = 12
"""Pieces of evidence that a model is shown in a round: the latest first, then the best. Judged."""

MAX_FRUITLESS = 2
"""Rounds one after the other that bring nothing new before the answer is written; judged."""

MAX_NOTE = 500
"""Characters that are told of what came of a step: a filter's error lists the columns."""

PROMPT = files("polysense.generate") / "prompts" / "agent.txt"


def model_for_rounds(kit: Kit) -> LanguageModel:
    """The model that is to search again. Raises BadQuery where none is named."""
    if kit.language_model is None:
        raise BadQuery(
            "searching again needs a language model, and none is named",
            'Name one: language_models = ["openai:model=..."]; or ask without rounds: '
            "comparisons and questions in two steps are searched for in several rounds anyway.",
        )
    return kit.language_model


def explore(
    model: LanguageModel,
    question: Question,
    findings: Findings,
    tools: Tools,
    budget: Budget,
    tell: Callable[[AgentStep], object] = lambda _: None,
) -> Findings:
    """What is found after the model's own steps; unchanged where a table's cells leave no doubt.

    The steps stand among the ranking's rewrites; tell hears each as it is done. A model that fails,
    repeats itself or writes something else ends them early, and costs nothing that was there
    before.
    """
    hits = list(findings.ranking)
    doubts: list[str] = []  # told again with the answer
    if conclude(question, hits, tools.kit, doubts.append):
        return findings
    agent = Agent(model, question, tools, budget, tell)
    agent.add(hits)
    start = time.perf_counter()
    agent.run()
    ranking = findings.ranking
    milliseconds = round(1000 * (time.perf_counter() - start), 3)
    ranking = replace(
        ranking,
        hits=agent.hits_by_use(),
        timings={**ranking.timings, "rounds": milliseconds},
        warnings=tuple(dict.fromkeys((*ranking.warnings, *agent.warnings))),
        rewrites=(*ranking.rewrites, *map(str, agent.steps)),
    )
    support = agent.support(findings.support)
    missing = () if agent.has_evidence else findings.missing
    return Findings(ranking, support, missing, agent.usage)


@dataclass(slots=True)
class Agent:
    """One model at one question: `pool` is the evidence so far, each piece at its number; `steps`
    tell what was done.
    """

    model: LanguageModel
    question: Question
    tools: Tools
    budget: Budget
    tell: Callable[[AgentStep], object]
    pool: list[Evidence] = field(default_factory=list)
    steps: list[AgentStep] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    _first: int = 0
    _views: list[Part] = field(default_factory=list)
    _latest: frozenset[int] = frozenset()

    def add(self, hits: Sequence[Hit], results: Sequence[Evidence] = ()) -> list[int]:
        """Number what is not in the pool yet; gives the new numbers."""
        chunk_ids = {e.hit.chunk.id for e in self.pool if not e.form("text")}
        values = {evidence_text(e) for e in self.pool if e.form("text")}
        before = len(self.pool)
        for hit in {h.chunk.id: h for h in hits if h.chunk.id not in chunk_ids}.values():
            words = Part("text", hit.chunk.words)
            self.pool.append(Evidence(len(self.pool) + 1, hit, words, hit.chunk.span, hit.score))
        for e in results:
            if evidence_text(e) not in values:
                self.pool.append(replace(e, n=len(self.pool) + 1))
        if not self.outcomes:
            self._first = len(self.pool)
        return [e.n for e in self.pool[before:]]

    def run(self) -> None:
        """Act until the model answers, or repeats itself, or the budget ends."""
        deadline = time.monotonic() + self.budget.seconds
        keys: set[tuple[object, ...]] = set()
        fruitless = 0
        for n in range(1, self.budget.rounds + 1):
            messages = self._messages(self.budget.rounds - n + 1)
            if reason := self._spent(messages, deadline):
                self._add_step(n, reason)
                return
            try:
                text = self._chat(messages, deadline)
            except ModelFailed as e:
                self.warnings.append(f"{e}. {e.hint}")
                self._add_step(n, "the model failed")
                return
            is_new, step = False, ""
            try:
                action = read_action(text)
                if action.name == "answer":
                    self._add_step(n, "answer")
                    return
                step, is_new = self._act(action, keys)
            except BadQuery as e:
                step = f"{e}. {e.hint}"[:MAX_NOTE]
            self._add_step(n, step)
            fruitless = 0 if is_new else fruitless + 1
            if fruitless == MAX_FRUITLESS:
                self._add_step(n + 1, f"{MAX_FRUITLESS} steps brought nothing: answer")
                return
        self._add_step(self.budget.rounds + 1, "the rounds are spent: answer")

    def _add_step(self, n: int, text: str) -> None:
        self.steps.append(AgentStep(n, text))
        self.tell(self.steps[-1])

    def _act(self, action: Action, keys: set[tuple[object, ...]]) -> tuple[str, bool]:
        """Do it; gives what is told of it, and whether it brought anything. Raises BadQuery."""
        if action.evidence > len(self.pool) or action.evidence < 0:
            raise BadQuery(f"there is no evidence {action.evidence}", "See the numbers.")
        if action.key in keys:
            raise BadQuery(f"this {action.name} has been done", "Try another, or answer.")
        keys.add(action.key)
        outcome = Outcome()
        try:
            outcome = self.tools.run(action, self.pool)
            note = outcome.note
        except BadQuery as e:
            note = f"{e}. {e.hint}"[:MAX_NOTE]
        self.outcomes.append(outcome)
        numbers = self.add(outcome.hits, outcome.results)
        self._views = self._views_of(action) if outcome.is_close_look else []
        self._latest = frozenset(numbers)
        command = self.tools.command(action, self.pool, outcome)
        news = f"new evidence: {', '.join(map(str, numbers))}" if numbers else "nothing new"
        views = "".join(f"its {p.modality} is looked at" for p in self._views)
        result = "; ".join(filter(None, (note, views, news)))
        return f"{command}: {result}", bool(numbers or self._views)

    def _views_of(self, action: Action) -> list[Part]:
        """What of a place a model can look at itself: a picture, a sound, a clip."""
        view = original(self.pool[action.evidence - 1].hit.chunk, self.model.accepts)
        return [] if view is None else [view]

    def _spent(self, messages: Sequence[Message], deadline: float) -> str:
        """Which part of the budget a further round would pass; "" for none."""
        if time.monotonic() >= deadline:
            return "the time is spent: answer"
        needed = sum(token_count(m.text) for m in messages) + MAX_ACTION_TOKENS
        spent = self.usage.input_tokens + self.usage.output_tokens
        return "the tokens are spent: answer" if spent + needed > self.budget.tokens else ""

    def _chat(self, messages: Sequence[Message], deadline: float) -> str:
        """What the model writes, counted. Raises ModelFailed, also where it takes too long."""
        text, usage = "", Usage()
        for piece in self.model.chat(messages, schema=action_schema(), most=MAX_ACTION_TOKENS):
            if isinstance(piece, Usage):
                usage += piece
                continue
            text += piece
            if time.monotonic() >= deadline:
                raise ModelFailed(
                    f"{self.model.name} has not ended a step in time", "Allow more seconds."
                )
        if usage == Usage():  # a server that does not count
            usage = Usage(sum(token_count(m.text) for m in messages), token_count(text))
        self.usage += usage
        return text

    def _messages(self, rounds_left: int) -> list[Message]:
        """The rules, the evidence and the steps within fences that nothing in them can know, what
        is to be looked at, the question.
        """
        fence, steps_fence = (f"{x}-{secrets.token_hex(4)}" for x in ("evidence", "steps"))
        blocks = [fenced(e, fence) for e in self._selection()]
        steps = "\n".join(map(str, self.steps))
        if steps:
            blocks.append(f"<{steps_fence}>\n{steps}\n</{steps_fence}>")
        rules = f"{PROMPT.read_text('utf-8')}\n\nOf a filter: {COLUMNS_HINT}"
        own_files = [
            p
            for p in self.question.query
            if p.modality != "text" and p.modality in self.model.accepts
        ]
        left = f"Steps that are left: {rounds_left}"
        question = f"Question: {self.question.words}"
        return [
            Message.of("system", rules),
            Message.of("user", "\n\n".join(blocks), *own_files, *self._views, left, question),
        ]

    def _selection(self) -> list[Evidence]:
        """The pieces that a model is shown: whole ones, those of the latest step, then what was
        worked out, then the best; in the order of their numbers.
        """
        left = min(MAX_EVIDENCE_TOKENS, EVIDENCE_SHARE * self.model.context)
        order = sorted(self.pool, key=lambda e: (e.n not in self._latest, not e.forms, e.n))
        selection: list[Evidence] = []
        for e in order:
            if not evidence_text(e).strip():
                e = replace(e, forms=(Part("text", f"({e.hit.modality}, no words)"),))
            tokens = token_count(evidence_text(e))
            if tokens > left and selection:
                continue
            left -= tokens
            selection.append(e)
            if len(selection) == MAX_PIECES:
                break
        return sorted(selection, key=lambda e: e.n)

    @property
    def has_evidence(self) -> bool:
        """Whether a step found evidence for its own words."""
        return any(o.support.is_sufficient or o.results for o in self.outcomes)

    def hits_by_use(self) -> tuple[Hit, ...]:
        """All hits, each once: those that bear out a step's words, the latest first, those that
        were looked at, then the others as they were found.
        """
        latest_first = self.outcomes[::-1]
        hits = (
            *(e.hit for o in latest_first if o.support.is_sufficient for e in o.support.evidence),
            *(h for o in latest_first if o.is_close_look for h in o.hits),
            *(e.hit for e in self.pool),
        )
        unique: dict[str, Hit] = {}
        for hit in hits:
            unique.setdefault(hit.chunk.id, hit)
        return tuple(unique.values())

    def support(self, before: Support | None) -> Support | None:
        """The evidence for the answer: what was worked out, and what bears out the question; where
        nothing does, what bears out the steps, if all that the question names stands there.
        """
        if len(self.pool) == self._first and not self.has_evidence:
            return before
        original_hits = [e.hit for e in self.pool if not e.form("text")]
        results = [e for o in self.outcomes for e in o.results]
        whole = before
        if whole is None or not whole.is_sufficient:
            whole = self.tools.judge(self.question, original_hits)
        if whole.is_sufficient:
            return replace(whole, evidence=_number([*results, *whole.evidence]))
        supports = [o.support for o in self.outcomes[::-1] if o.support.is_sufficient]
        evidence = [*results, *(e for s in supports for e in s.evidence)]
        text = "\n".join(f"{h.chunk.words}\n{h.chunk.asset.name}" for h in original_hits)
        names = [m for m in whole.missing if not m.islower()]  # a smith may be who forges
        if not evidence or not all(is_named(m, text) for m in names):
            return whole
        confidence = min((s.confidence for s in supports), default=1.0)
        warnings = tuple(dict.fromkeys(w for s in supports for w in s.warnings))
        candidates = tuple(c for s in supports for c in s.candidates)
        return Support(_number(evidence), confidence, warnings, candidates=candidates)


def _number(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Each place once, numbered in this order; scores of several searches do not compare."""
    unique: dict[tuple[object, ...], Evidence] = {}
    for e in evidence:
        unique.setdefault((e.hit.chunk.id, e.span, e.part.id), e)
    return tuple(replace(e, n=n, score=1.0 / n) for n, e in enumerate(unique.values(), 1))
