"""Answers in words: right, at once, short, and silent where nothing is known.

    python benchmarks/bench_answers.py DATA [NAME ...] [--sample N] [--work FOLDER] [--half first]

One line for each set: XQuAD in four languages, questions about articles that are not there, near
misses of two kinds, CMRC, TAT-QA, and the time of an answer in 10,000 chunks. With --work the
libraries are kept, so that a second run with other code to answer by indexes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench_speed import passages
from bench_text import TEXT_ONLY
from near_misses import near_misses
from polysense import Library
from polysense.evaluate.answers import FIGURES, Outcome, ask_all, outcome_json
from polysense.evaluate.bench import Row
from polysense.evaluate.comparison import compare
from polysense.evaluate.figures import measure
from polysense.evaluate.question_file import JudgedQuestion
from polysense.evaluate.statistics import Estimate
from polysense.generate import evidence
from polysense.registry import kit

LANGUAGES = ("en", "zh", "de", "es")
CMRC_QUESTIONS = TATQA_QUESTIONS = 300
NEAR_MISSES = 100
"""Of each source."""
COMPUTED = ("arithmetic", "count")
"""Kinds of TAT-QA's answers that stand nowhere, but are worked out."""
CHUNKS, TIMED, UNTIMED = 10_000, 30, 5
"""Of the library that answers are timed in; questions, and those before that only warm it."""

CHANGES_SHOWN = 5
"""Questions that became worse, of each figure, in a comparison."""

CURVE = tuple(t / 20 for t in range(1, 20))
"""Thresholds of support for which refusals and answers are reported."""

Texts = Mapping[str, str]
"""File name -> what it holds."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, the library that they are asked of, and the figures that count."""

    name: str
    library: str
    texts: Texts
    questions: Sequence[JudgedQuestion]
    figures: Sequence[str]
    targets: Mapping[str, float]


def run(data: Path, work: Path) -> Iterator[Row]:
    """Every set whole, near misses judged on the half not fitted on, and the time."""
    for name in SETS:
        questions = SETS[name](data, "second")
        outcomes = outcomes_of(questions, work)
        yield from rows(questions, measure(FIGURES, outcomes))
    near = SETS["squad2"](data, "second")
    for threshold, refusals, holding in curve(near, work)[1::2]:
        value = f"{refusals:.3f} refused, {holding:.3f} held"
        yield Row(f"squad2: support >= {threshold:.2f}", value)
    yield timing(data, work)


def rows(questions: QuestionSet, estimates: Mapping[str, Estimate]) -> Iterator[Row]:
    """A row for each figure that counts."""
    for name in questions.figures:
        if e := estimates.get(name):
            target = questions.targets.get(name)
            more = FIGURES[name].more_is_better
            reached = None if target is None else e.value >= target if more else e.value <= target
            yield Row(
                f"{questions.name}: {FIGURES[name].title}",
                f"{e.value:.3f}" if FIGURES[name].is_share else f"{e.value:.1f}",
                "" if target is None else f"{'>=' if more else '<='} {target:g}",
                reached,
                f"{e.n} questions, 95 % {e.low:.3f}-{e.high:.3f}",
            )


def outcomes_of(questions: QuestionSet, work: Path, sample: int = 0) -> list[Outcome]:
    """What came of the questions, or of a sample of them."""
    with library(questions, work) as kb:
        return ask_all(kb, sampled(questions.questions, sample))


def sampled(questions: Sequence[JudgedQuestion], count: int) -> list[JudgedQuestion]:
    """So many, the same every time, in their order; all for 0."""
    if not 0 < count < len(questions):
        return list(questions)
    return [questions[i] for i in sorted(random.Random(7).sample(range(len(questions)), count))]


def library(questions: QuestionSet, work: Path) -> Library:
    """The library of a set, indexed once in a folder."""
    folder = work / questions.library
    kb = Library(folder / "kb", kit=kit(encoders=TEXT_ONLY))
    if not (folder / "complete").exists():
        files = folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        for name, text in questions.texts.items():
            (files / name).write_text(text, "utf-8")
        kb.index(files)
        (folder / "complete").touch()
    return kb


def question(
    text: str, answers: Sequence[Sequence[str]], number: int, **more: Any
) -> JudgedQuestion:
    """A judged question; a set may ask the same thing of two articles."""
    distinct = tuple(tuple(a) for a in dict.fromkeys(map(tuple, answers)))
    return JudgedQuestion(f"{number} {text}", text, answers=distinct, **more)


# XQuAD


def articles(path: Path) -> list[dict[str, Any]]:
    """Of a file as SQuAD has them."""
    data: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["data"]
    return data


def paragraph_texts(items: Sequence[tuple[int, dict[str, Any]]]) -> dict[str, str]:
    """A text file for each paragraph of numbered articles."""
    return {
        f"a{i}-{j}.txt": paragraph["context"]
        for i, article in items
        for j, paragraph in enumerate(article["paragraphs"])
    }


def xquad(lang: str) -> Callable[[Path, str], QuestionSet]:
    """All paragraphs, all questions."""

    def make(data: Path, half: str) -> QuestionSet:
        items = list(enumerate(articles(data / "text-xquad-half" / f"xquad.{lang}.json")))
        questions = [
            question(qa["question"], [[a["text"]] for a in qa["answers"]], n, lang=lang)
            for n, qa in enumerate(_questions(items))
        ]
        targets = {
            "en": {"held": 0.93, "first": 0.88, "words": 30},
            "zh": {"held": 0.9, "first": 0.85, "words": 50},
        }
        return QuestionSet(
            f"xquad-{lang}",
            f"xquad-{lang}",
            paragraph_texts(items),
            questions,
            ("held", "first", "answered", "words", "sentences", "precision"),
            targets.get(lang, {}),
        )

    return make


def absent(lang: str) -> Callable[[Path, str], QuestionSet]:
    """Half of the articles (the half that calibrate_support.py indexes), every second question of
    all: those of the other half have no answer.
    """

    def make(data: Path, half: str) -> QuestionSet:
        items = list(enumerate(articles(data / "text-xquad-half" / f"xquad.{lang}.json")))
        there = [(i, a) for i, a in items if i % 4 < 2]
        other = [(i, a) for i, a in items if i % 4 >= 2]
        questions = [
            question(
                qa["question"], [[a["text"]] for a in qa["answers"]], n, lang=lang, group="present"
            )
            for n, qa in enumerate(_questions(there))
        ] + [
            question(qa["question"], [], n, lang=lang, group="absent")
            for n, qa in enumerate(_questions(other))
        ]
        targets = {"en": {"refused": 0.97}, "zh": {"refused": 0.95}}
        return QuestionSet(
            f"absent-{lang}",
            f"absent-{lang}",
            paragraph_texts(there),
            questions[::2],
            ("refused", "held", "answered"),
            targets.get(lang, {}),
        )

    return make


def _questions(items: Sequence[tuple[int, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for _, article in items:
        for paragraph in article["paragraphs"]:
            yield from paragraph["qas"]


# Near misses


def swapped(source: str) -> Callable[[Path, str], QuestionSet]:
    """Near misses made of another set's questions, and the questions that they were made of."""

    def make(data: Path, half: str) -> QuestionSet:
        base = SETS[source](data, half)
        originals = [q for q in base.questions if q.is_answerable]
        misses = near_misses([q.text for q in originals], _by_article(base.texts), NEAR_MISSES)
        questions = [
            question(m.question, [], n, group=f"swapped {m.kind}", lang="en")
            for n, m in enumerate(misses)
        ]
        for m in misses:
            q = originals[m.original]
            questions.append(question(q.text, q.answers, m.original, group="original", lang="en"))
        return QuestionSet(
            f"swapped-{source}",
            base.library,
            base.texts,
            questions,
            ("refused", "held", "answered"),
            {"refused": 0.85},
        )

    return make


def _by_article(texts: Texts) -> list[str]:
    """Files of one article together: what one paragraph does not say another may."""
    together: dict[str, str] = {}
    for name, text in texts.items():
        article = name.partition("-")[0]
        together[article] = f"{together.get(article, '')}\n{text}"
    return list(together.values())


def squad2(data: Path, half: str) -> QuestionSet:
    """Articles split in two by a hash of their titles, all of them in the library."""
    items = list(enumerate(articles(data / "text-squad2-near-misses" / "squad2.en.json")))
    order = sorted(items, key=lambda item: hashlib.sha256(item[1]["title"].encode()).hexdigest())
    middle = len(order) // 2
    parts = {"first": order[:middle], "second": order[middle:], "both": order}
    questions = [
        question(
            qa["question"],
            [] if qa["is_impossible"] else [[a["text"]] for a in qa["answers"]],
            n,
            lang="en",
            group="near miss" if qa["is_impossible"] else "answerable",
        )
        for n, qa in enumerate(_questions(parts[half]))
    ]
    return QuestionSet(
        "squad2",
        "squad2",
        paragraph_texts(items),
        questions,
        ("refused", "held", "first", "answered"),
        {"refused": 0.5, "held": 0.88},
    )


def curve(questions: QuestionSet, work: Path, sample: int = 0) -> list[tuple[float, float, float]]:
    """(threshold of support, share of near misses refused, share of answerable ones held), from
    one run that answers whatever its support.
    """
    with threshold_of_support(0.0):
        outcomes = outcomes_of(questions, work, sample)
    answerable = [o for o in outcomes if o.is_answerable]
    others = [o for o in outcomes if not o.is_answerable]
    return [
        (
            t,
            sum(not o.answered or o.confidence < t for o in others) / max(1, len(others)),
            sum(o.holds_value and o.confidence >= t for o in answerable) / max(1, len(answerable)),
        )
        for t in CURVE
    ]


@contextmanager
def threshold_of_support(value: float) -> Iterator[None]:
    """Another threshold for a while."""
    before = evidence.THRESHOLD
    evidence.THRESHOLD = value
    try:
        yield
    finally:
        evidence.THRESHOLD = before


# CMRC, TAT-QA


def cmrc(data: Path, half: str) -> QuestionSet:
    """A seeded sample of questions over all passages."""
    items = list(enumerate(articles(data / "text-cmrc-half" / "cmrc.zh.json")))
    questions = [
        question(qa["question"], [[a["text"]] for a in qa["answers"]], n, lang="zh")
        for n, qa in enumerate(_questions(items))
    ]
    return QuestionSet(
        "cmrc",
        "cmrc",
        paragraph_texts(items),
        sampled(questions, CMRC_QUESTIONS),
        ("held", "first", "answered", "words", "sentences"),
        {"held": 0.93, "first": 0.85, "words": 50},
    )


def tatqa(
    name: str, kinds: Sequence[str], targets: Mapping[str, float]
) -> Callable[[Path, str], QuestionSet]:
    """A seeded sample of questions of some kinds over all contexts, each a page with its table."""

    def make(data: Path, half: str) -> QuestionSet:
        path = data / "tables-tatqa-dev" / "tatqa_dataset_dev.json"
        contexts = json.loads(path.read_text("utf-8"))
        questions = [
            question(
                qa["question"],
                tatqa_answers(qa),
                n,
                lang="en",
                group=qa["answer_type"],
                computed=qa["answer_type"] in COMPUTED,
            )
            for n, qa in enumerate(qa for context in contexts for qa in context["questions"])
            if qa["answer_type"] in kinds
        ]
        return QuestionSet(
            name,
            "tatqa",
            {f"c{n}.md": _page(context) for n, context in enumerate(contexts)},
            sampled(questions, TATQA_QUESTIONS),
            ("held", "first", "answered", "words", "sentences"),
            targets,
        )

    return make


def tatqa_answers(qa: Mapping[str, Any]) -> list[list[str]]:
    """All spans; of a number its size, to two decimals or more, one from 10 on."""
    answer = qa["answer"]
    if isinstance(answer, list):
        return [[str(v) for v in answer if str(v).strip()]]
    try:
        size = abs(float(answer))
    except ValueError:
        return [[str(answer)]]
    exact = derived_size(qa["derivation"], size)
    texts = [
        f"{size:.2f}",
        *(f"{exact:.{decimals}f}" for decimals in (2, 3, 4, 6, *((1,) if size >= 10 else ()))),
    ]
    return [[t] for t in dict.fromkeys(t.rstrip("0").rstrip(".") for t in texts)]


def derived_size(derivation: str, size: float) -> float:
    """The number that a derivation ("[(166+178)/2] - 57%") gives, which the data set rounds to two
    decimals; its own number where that is another, or the derivation is in words.
    """
    formula = re.sub(r"[$%,£€]", "", derivation).translate(str.maketrans("[]–", "()-"))
    if not re.fullmatch(r"[\d.()+*/ -]+", formula):
        return size
    try:
        value = abs(float(eval(formula, {"__builtins__": {}})))
    except (SyntaxError, TypeError, ZeroDivisionError):
        return size
    return next((v for v in (value, 100 * value) if abs(v - size) < 0.006), size)


def _page(context: Mapping[str, Any]) -> str:
    lines = [" | ".join(map(str, row)) for row in context["table"]["table"]]
    lines.insert(1, " | ".join("---" for _ in context["table"]["table"][0]))
    paragraphs = [p["text"] for p in context["paragraphs"]]
    return "\n".join(f"| {line} |" for line in lines) + "\n\n" + "\n\n".join(paragraphs)


# Time


def timing(data: Path, work: Path) -> Row:
    """Processor time of an answer, warm, in a library of 10,000 chunks."""
    cranfield = data / "text-cranfield"
    raw = (cranfield / "cran.all.1400").read_text("utf-8")
    abstracts = re.findall(r"\.W\n(.*?)(?=^\.I |\Z)", raw, re.S | re.M)
    sentences = [s for text in abstracts for s in re.findall(r"[^.]+\.", text) if s.count(" ") < 60]
    texts = passages(sentences, CHUNKS)
    each = 25
    files = {f"{n:05}.txt": "\n\n".join(texts[n : n + each]) for n in range(0, len(texts), each)}
    queries = re.split(r"^\.I \d+\n\.W\n", (cranfield / "cran.qry").read_text("utf-8"), flags=re.M)[
        1:
    ]
    questions = QuestionSet("time", "chunks-10000", files, (), (), {})
    with library(questions, work) as kb:
        seconds = []
        for query in queries[: UNTIMED + TIMED]:
            start = time.process_time()
            kb.ask(" ".join(query.split()))
            seconds.append(time.process_time() - start)
        size = kb.store.count()
    milliseconds = 1000 * median(seconds[UNTIMED:])
    return Row(
        "ask, warm, milliseconds of processor",
        f"{milliseconds:.0f}",
        "<= 300",
        milliseconds <= 300,
        f"{size} chunks, median of {TIMED}, after {UNTIMED}",
    )


SETS: dict[str, Callable[[Path, str], QuestionSet]] = {
    **{f"xquad-{lang}": xquad(lang) for lang in LANGUAGES},
    **{f"absent-{lang}": absent(lang) for lang in LANGUAGES},
    "swapped-xquad-en": swapped("xquad-en"),
    "swapped-tatqa": swapped("tatqa"),
    "squad2": squad2,
    "cmrc": cmrc,
    "tatqa": tatqa("tatqa", ("span", "multi-span"), {"held": 0.62, "first": 0.55}),
    "tatqa-computed": tatqa("tatqa-computed", COMPUTED, {}),
}
"""By name; each makes its questions from the data, squad2 of one half of its articles."""


def main() -> None:
    """One line for each set."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", help=f"of {', '.join([*SETS, 'time'])}")
    parser.add_argument("--sample", type=int, default=0, help="questions of each set")
    parser.add_argument("--work", type=Path, default=Path("/tmp/polysense-answers"))
    parser.add_argument("--half", choices=("first", "second", "both"), default="first")
    parser.add_argument("--curve", action="store_true", help="of squad2 and the swapped ones")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong ones of each set")
    parser.add_argument("--save", type=Path, help="write all outcomes there, a file for each set")
    parser.add_argument(
        "--against", type=Path, help="a folder of --save: what became better, worse"
    )
    args = parser.parse_args()
    for name in args.names or [*SETS, "time"]:
        if name == "time":
            row = timing(args.data, args.work)
            print(f"time  {row.what}: {row.value}  ({row.note})", flush=True)
            continue
        if name not in SETS:
            sys.exit(f"there is no set {name}; there are {', '.join([*SETS, 'time'])}")
        questions = SETS[name](args.data, args.half)
        if args.curve:
            for t, refusals, holding in curve(questions, args.work, args.sample):
                print(f"{name} support >= {t:.2f}: refused {refusals:.3f}, held {holding:.3f}")
            continue
        show(name, questions, outcomes_of(questions, args.work, args.sample), args)


def show(
    name: str, questions: QuestionSet, outcomes: Sequence[Outcome], args: argparse.Namespace
) -> None:
    """The line of a set; wrong ones; all in a file."""
    estimates = measure(FIGURES, outcomes)
    shown_figures = [n for n in (*questions.figures, "seconds") if n in estimates]
    figures = "  ".join(
        f"{n} {estimates[n].value:.3f}"
        if FIGURES[n].is_share or n in ("seconds", "precision")
        else f"{n} {estimates[n].value:.1f}"
        for n in shown_figures
    )
    processor = sum(o.processor for o in outcomes) / max(1, len(outcomes))
    print(f"{name:17} n={len(outcomes):<4} {figures}  processor {processor:.3f}", flush=True)
    for o in [o for o in outcomes if not o.is_right][: args.wrong]:
        print(f"    {o.text}\n      {o.fault}; right: {list(o.answers)}; {o.confidence:.2f}")
        print(f"      came: {' / '.join(o.answer.splitlines())[:300]} ({'; '.join(o.places)})")
    if args.against and (args.against / f"{name}.jsonl").exists():
        show_changes(args.against / f"{name}.jsonl", outcomes)
    if args.save:
        args.save.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(outcome_json(o), ensure_ascii=False) for o in outcomes]
        (args.save / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def show_changes(before: Path, outcomes: Sequence[Outcome]) -> None:
    """A line for each share that changed, and the questions that lost by it."""
    earlier = {"questions": [json.loads(line) for line in before.read_text("utf-8").splitlines()]}
    now = {"questions": [outcome_json(o) for o in outcomes]}
    for c in compare(FIGURES, earlier, now):
        if FIGURES[c.figure].is_share and (c.better or c.worse):
            change = f"{c.before:.3f} -> {c.after:.3f} of {c.change.n}"
            print(f"    {c.figure}: {change}, +{len(c.better)} -{len(c.worse)}, p = {c.p:.3f}")
            for text in c.worse[:CHANGES_SHOWN]:
                print(f"      worse: {text}")


if __name__ == "__main__":
    main()
