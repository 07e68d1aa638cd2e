"""Answers in words: right, at once, short, and silent where nothing is known.

    python benchmarks/bench_answers.py DATA [NAME ...] [--sample N] [--work FOLDER] [--half first]

One line for each set: XQuAD in four languages, questions about articles that are not there, near
misses of two kinds, CMRC, TAT-QA, and the time of an answer in 10,000 chunks. With --work the
libraries are kept, so that a second run with other code to answer by indexes nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from answer_sets import SETS, QuestionSet, sampled
from bench_speed import passages
from bench_text import TEXT_ONLY
from polysense import Library
from polysense.evaluate.answers import FIGURES, Outcome, ask_all, outcome_json
from polysense.evaluate.bench import Row
from polysense.evaluate.comparison import compare
from polysense.evaluate.figures import measure
from polysense.evaluate.statistics import Estimate
from polysense.generate import evidence
from polysense.registry import kit

CHUNKS, TIMED, UNTIMED = 10_000, 30, 5
"""Of the library that answers are timed in; questions, and those before that only warm it."""

CHANGES_SHOWN = 5
"""Questions that became worse, of each figure, in a comparison."""

CURVE = tuple(t / 20 for t in range(1, 20))
"""Thresholds of support for which refusals and answers are reported."""


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
