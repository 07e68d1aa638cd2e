"""Answers against judged questions: is the value said, at once, briefly, at a place that holds it,
and is nothing said where nothing is known?
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from polysense.errors import PolysenseError
from polysense.evaluate.figures import (
    Figure,
    escape,
    estimates_json,
    figure_table,
    lines_of,
    measure,
    slices,
    values_json,
)
from polysense.evaluate.model_judge import NO_ANSWER, Agreement, ModelJudge, Verdict, agreement
from polysense.evaluate.places import overlaps, text_at
from polysense.evaluate.question_file import JudgedQuestion
from polysense.evaluate.values import CITATION, holds_answer
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.read.file.text import count_words, sentences
from polysense.results import Answer
from polysense.types import Evidence, Part


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    Of an unanswerable one only `answered` and the time count. answers are the right ones, first is
    the first sentence of the answer; citations are its cited sentences, precision and recall those
    of the places cited, None where there is nothing to judge. seconds are of the clock, processor
    of all threads of this process; confidence is the answer's own, 0..1. verdict is a judge's, of
    an answered one, where there is a judge.
    """

    id: str
    text: str
    group: str
    lang: str
    is_answerable: bool
    answers: tuple[tuple[str, ...], ...]
    answered: bool
    answer: str
    first: str
    holds_value: bool
    holds_value_first: bool
    words: int
    citations: int
    precision: float | None
    recall: float | None
    places: tuple[str, ...]
    seconds: float
    processor: float
    confidence: float = 0.0
    error: str = ""
    verdict: Verdict | None = None

    @property
    def is_right(self) -> bool:
        """The value is in the first sentence; or nothing is said where nothing is known."""
        return (
            self.holds_value_first if self.is_answerable else not self.answered and not self.error
        )

    @property
    def is_right_by_judge(self) -> bool | None:
        """Whether a judge takes the answer for right; None without a verdict."""
        return None if self.verdict is None else self.verdict.is_right

    @property
    def is_agreed(self) -> bool | None:
        """Whether the judge says the same as the comparison of values; None without a verdict."""
        right = self.is_right_by_judge
        return None if right is None or not self.answered else right == self.holds_value

    @property
    def fault(self) -> str:
        """What is wrong with it, "" where nothing is."""
        if self.error:
            return f"failed: {self.error}"
        if self.is_right:
            return ""
        if not self.is_answerable:
            return "answered, and the files do not say it"
        if not self.answered:
            return "refused, and the files say it"
        if not self.holds_value:
            cited_it = "; a place that it cites holds it" if self.recall else ""
            return f"the value is not said{cited_it}"
        return "the value comes after the first sentence"


def _of_answerable(value: Callable[[Outcome], float | None]) -> Callable[[Outcome], float | None]:
    return lambda o: value(o) if o.is_answerable else None


def _of_answered(value: Callable[[Outcome], float | None]) -> Callable[[Outcome], float | None]:
    return lambda o: value(o) if o.is_answerable and o.answered else None


FIGURES: Mapping[str, Figure[Outcome]] = {
    "held": Figure("holds the value", True, True, _of_answerable(lambda o: o.holds_value)),
    "first": Figure(
        "in the first sentence", True, True, _of_answerable(lambda o: o.holds_value_first)
    ),
    "answered": Figure("answered", True, True, _of_answerable(lambda o: o.answered)),
    "refused": Figure(
        "refused where it should be",
        True,
        True,
        lambda o: None if o.is_answerable else not o.answered and not o.error,
    ),
    "words": Figure("words an answer", False, False, _of_answered(lambda o: o.words)),
    "sentences": Figure(
        "cited sentences an answer", False, False, _of_answered(lambda o: o.citations)
    ),
    "precision": Figure("citation precision", False, True, _of_answered(lambda o: o.precision)),
    "recall": Figure("citation recall", False, True, _of_answered(lambda o: o.recall)),
    "judge": Figure(
        "right by the judge", True, True, _of_answerable(lambda o: o.is_right_by_judge)
    ),
    "agreement": Figure(
        "judge agrees with the values", True, True, _of_answered(lambda o: o.is_agreed)
    ),
    "seconds": Figure("seconds an answer", False, False, lambda o: o.seconds),
}
"""What is measured, by the name that --at-least, --at-most and the JSON use. Shares of answerable
questions, but `refused`; means over those of them that were answered, but `seconds`. `judge` and
`agreement` only where a judge was asked.
"""


def ignore_outcome(outcome: Outcome) -> None:
    """A listener that does nothing."""


def ask_all(
    kb: Library,
    questions: Iterable[JudgedQuestion],
    using: str = "",
    notify: Callable[[Outcome], object] = ignore_outcome,
    model_judge: ModelJudge | None = None,
) -> list[Outcome]:
    """Ask every question and judge what comes; `notify` hears each outcome.

    model_judge gives its verdict on each answer beside the comparison of values.

    A question that fails is an outcome with its error. Raises nothing of `ask` itself.
    """
    outcomes = []
    for question in questions:
        outcome = ask(kb, question, using)
        if model_judge and outcome.is_answerable:
            verdict = model_judge.judge(question, outcome.answer) if outcome.answered else NO_ANSWER
            outcome = replace(outcome, verdict=verdict)
        notify(outcome)
        outcomes.append(outcome)
    return outcomes


def ask(kb: Library, question: JudgedQuestion, using: str = "") -> Outcome:
    """Ask one question and judge what comes."""
    start, processor = time.perf_counter(), time.process_time()
    try:
        query: list[str | Part] = [question.text] if question.text else []
        query += map(part, question.files)
        answer = kb.ask(*query, k=question.k, where=question.where, using=using)
        error = ""
    except PolysenseError as e:
        answer, error = None, f"{e} ({e.hint})"
    seconds = time.perf_counter() - start
    return judge(question, answer, seconds, time.process_time() - processor, error)


def judge(
    question: JudgedQuestion,
    answer: Answer | None,
    seconds: float = 0.0,
    processor: float = 0.0,
    error: str = "",
) -> Outcome:
    """Hold an answer against what is right; None is one that failed."""
    text = answer.text if answer else ""
    answered = bool(answer and answer.answered)
    first = first_sentence(text)
    citations = cited_evidence(answer) if answer and answered else []
    precision, recall = judge_citations(question, citations)
    return Outcome(
        question.id,
        question.text or question.id,
        question.group,
        question.lang,
        question.is_answerable,
        question.answers,
        answered,
        text,
        first,
        answered and holds_answer(text, question.answers),
        answered and holds_answer(first, question.answers),
        count_words(CITATION.sub("", text)),
        len(_CITED_RUN.findall(text)),
        precision,
        recall,
        tuple(f"{e.hit.chunk.asset.name}, {e.span}" for e in citations),
        seconds,
        processor,
        answer.confidence if answer else 0.0,
        error,
    )


_PAGE_CHARACTERS = 400
"""Characters of an answer on the page."""

_CITED_RUN = re.compile(r"(?:\[\d+\][\s,]*)+")


def first_sentence(text: str) -> str:
    """The first sentence of an answer: it ends where a sentence does, and at the first citation.

    >>> first_sentence("It is 23 metres tall. It was built in 1890. [1]")
    'It is 23 metres tall.'
    """
    leading = _CITED_RUN.split(text, maxsplit=1)[0]
    return next((leading[a:b] for a, b in sentences(leading)), leading.strip())


def cited_evidence(answer: Answer) -> list[Evidence]:
    """The evidence in the order in which the words cite it; all of it where they cite none."""
    numbers = dict.fromkeys(int(n) for n in re.findall(r"\[(\d+)\]", answer.text))
    by_number = {e.n: e for e in answer.evidence}
    return [by_number[n] for n in numbers if n in by_number] or list(answer.evidence)


def judge_citations(
    question: JudgedQuestion, citations: Sequence[Evidence]
) -> tuple[float | None, float | None]:
    """(precision, recall) of the places cited, None where there is nothing to judge them by.

    Precision is the share of them that are right. With `cites`, that is to lie at one of those
    places, and recall is the share of those that are cited; without, it is to hold a right value,
    and recall is whether any does.
    """
    if not citations or not question.is_answerable:
        return None, None
    if question.cites:
        matches = [
            [c.is_file_of(e.hit) and overlaps(c.place, e.span) for c in question.cites]
            for e in citations
        ]
        is_cited = [any(column) for column in zip(*matches, strict=True)]
        return sum(map(any, matches)) / len(matches), sum(is_cited) / len(is_cited)
    if question.computed:
        return None, None
    texts = [text_at(e) for e in citations]
    right = [any(holds_answer(t, [[v]]) for a in question.answers for v in a) for t in texts]
    return sum(right) / len(right), float(holds_answer("\n".join(texts), question.answers))


def outcome_json(o: Outcome) -> dict[str, Any]:
    """An outcome for other programs and later comparisons."""
    raw = {name: getattr(o, name) for name in Outcome.__slots__}
    raw |= {"seconds": round(o.seconds, 4), "processor": round(o.processor, 4)}
    raw["verdict"] = o.verdict and asdict(o.verdict)
    return raw | {"right": o.is_right, "fault": o.fault, "figures": values_json(FIGURES, o)}


def result(outcomes: Sequence[Outcome], judge_name: str = "") -> dict[str, Any]:
    """All of a run as JSON: figures by slice, and every question. judge_name is the judge's, where
    one was asked.
    """
    return {
        "kind": "answers",
        **({"judge": {"model": judge_name, **_judge_json(outcomes)}} if judge_name else {}),
        "figures": {
            label: estimates_json(measure(FIGURES, part))
            for label, part in slices(outcomes, "group", "lang").items()
        },
        "questions": [outcome_json(o) for o in outcomes],
    }


def _judge_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    verdicts = [o.verdict for o in outcomes if o.verdict and o.answered]
    same = _agreement(outcomes)
    return {
        "verdicts": sum(v.is_right is not None for v in verdicts),
        "failures": sum(v.is_right is None for v in verdicts),
        "agreement": same and asdict(same),
        "input_tokens": sum(v.usage.input_tokens for v in verdicts),
        "output_tokens": sum(v.usage.output_tokens for v in verdicts),
    }


def _agreement(outcomes: Sequence[Outcome]) -> Agreement | None:
    return agreement(
        [
            (o.holds_value, o.is_right_by_judge)
            for o in outcomes
            if o.answered and o.is_right_by_judge is not None
        ]
    )


def page(outcomes: Sequence[Outcome], comparison: Iterable[str] = (), judge_name: str = "") -> str:
    """A run for its reader, as Markdown: the figures, the comparison, every wrong question."""
    by_slice = {
        label: measure(FIGURES, part) for label, part in slices(outcomes, "group", "lang").items()
    }
    wrong = [o for o in outcomes if not o.is_right]
    lines = [
        "# Answers",
        "",
        f"{len(outcomes)} questions, {len(outcomes) - len(wrong)} right: the value is in the first "
        "sentence, or nothing is said where nothing is known. In brackets 95 % intervals.",
        "",
        *figure_table(FIGURES, by_slice),
        *lines_of("Against the earlier run", comparison),
        *lines_of(f"The judge: {judge_name}", _judge_lines(outcomes) if judge_name else ()),
        *lines_of("What went wrong", (line for o in wrong for line in _wrong_lines(o))),
    ]
    return "\n".join(lines) + "\n"


def _wrong_lines(o: Outcome) -> Iterable[str]:
    right = " or ".join(" and ".join(values) for values in o.answers) or "no answer"
    yield f"- **{escape(o.text)}** {o.fault}."
    yield f"  - right: {escape(right, _PAGE_CHARACTERS)}"
    if o.answer:
        yield f"  - came: {escape(o.answer, _PAGE_CHARACTERS)}"
    if o.places:
        yield f"  - cited: {escape('; '.join(o.places), _PAGE_CHARACTERS)}"


def _judge_lines(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """How far the judge agrees with the comparison of values, and where not."""
    if same := _agreement(outcomes):
        beyond_chance = "" if same.kappa is None else f", Cohen's kappa {same.kappa:.2f}"
        count = round(same.share * same.count)
        yield f"It agrees with the comparison of values on {count} of {same.count} answers"
        yield f"({same.share:.3f}{beyond_chance})."
    for o in outcomes:
        if o.verdict is None or o.is_agreed or not o.answered:
            continue
        reason = escape(o.verdict.reason, _PAGE_CHARACTERS)
        if o.verdict.is_right is None:
            yield f"- **{escape(o.text)}** no verdict: {reason}"
            continue
        verdict = "right" if o.verdict.is_right else "wrong"
        value = "says" if o.holds_value else "does not say"
        yield f"- **{escape(o.text)}** {verdict} by the judge, and {value} the value: {reason}"
        yield f"  - came: {escape(o.answer, _PAGE_CHARACTERS)}"
