"""A language model's answers beside those without one: right, borne out, and how long they take.

    python benchmarks/bench_language_model.py DATA "openai:model=NAME,base_url=http://HOST/v1"
    python benchmarks/bench_language_model.py DATA "transformers:model=FOLDER" --wrong 5

Questions of XQuAD in English, or of another set (--set) that bench_answers.py knows. Every question
is asked twice, with the model and without; the model's own seconds are told from all the others.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from answer_sets import SETS, sampled
from bench_answers import library
from bench_text import TEXT_ONLY
from polysense import Library
from polysense.evaluate.answers import FIGURES, Outcome, judge
from polysense.evaluate.figures import measure
from polysense.evaluate.question_file import JudgedQuestion
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel
from polysense.registry import kit

SAMPLE = 25
REJECTION = " said what the evidence does not: "
"""What a warning says of a sentence that was struck."""


class Watch(LanguageModel):
    """A language model whose seconds are counted; `text` is what it wrote last."""

    def __init__(self, model: LanguageModel) -> None:
        self.model, self.accepts, self.name = model, model.accepts, model.name
        self.context = model.context
        self.seconds, self.text, self.usage = 0.0, "", Usage()

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        self.text = ""
        pieces = iter(self.model.chat(messages, schema=schema, most=most))
        while True:
            start = time.perf_counter()
            try:
                piece = next(pieces)
            except StopIteration:
                return
            finally:
                self.seconds += time.perf_counter() - start
            if isinstance(piece, Usage):
                self.usage += piece
            else:
                self.text += piece
            yield piece


@dataclass(frozen=True, slots=True)
class Trial:
    """A question's outcome; sentences of the model that stand in the answer, and that were struck;
    what it wrote; its own seconds, and those of everything.
    """

    outcome: Outcome
    stand: int
    rejections: int
    text: str
    warnings: Sequence[str]
    model_seconds: float
    seconds: float


def trial(kb: Library, question: JudgedQuestion, watch: Watch | None = None) -> Trial:
    """Ask once."""
    before = watch.seconds if watch else 0.0
    if watch:
        watch.text = ""
    start = time.perf_counter()
    answer = kb.ask(question.text, k=question.k)
    seconds = time.perf_counter() - start
    return Trial(
        judge(question, answer, seconds),
        sum(p.origin == "generated" for p in answer.parts),
        sum(REJECTION in w for w in answer.warnings),
        watch.text if watch else "",
        answer.warnings,
        watch.seconds - before if watch else 0.0,
        seconds,
    )


def report(name: str, trials: Sequence[Trial]) -> str:
    """A line of figures, and one of the model's own."""
    figures = measure(FIGURES, [t.outcome for t in trials])
    shares = "  ".join(f"{k} {figures[k].value:.2f}" for k in ("held", "first", "words"))
    rest = [t.seconds - t.model_seconds for t in trials]
    lines = [f"{name:12} n={len(trials)}  {shares}  seconds of ours {median(rest):.3f}"]
    if own := [t for t in trials if t.model_seconds]:
        sentences = sum(t.stand + t.rejections for t in own)
        seconds = sum(t.model_seconds for t in own)
        share = sum(t.seconds - t.model_seconds for t in own) / seconds
        struck_share = sum(t.rejections for t in own) / max(1, sentences)
        lines.append(
            f"{'':12} asked {len(own)}, fell back {sum(not t.stand for t in own)}, sentences "
            f"{sentences}, struck {struck_share:.2f}; seconds of "
            f"the model {median(t.model_seconds for t in own):.2f}, ours beside them {share:.1%}"
        )
    return "\n".join(lines)


def main() -> None:
    """Without the model and with it; with --wrong what it wrote that is not right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("spec", help="a language model, as settings name it")
    parser.add_argument("--set", default="xquad-en", choices=SETS)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--work", type=Path, default=Path("/tmp/polysense-answers"))
    parser.add_argument("--wrong", type=int, default=0, help="print so many that are not right")
    args = parser.parse_args()
    questions = SETS[args.set](args.data, "first")
    sample = sampled(questions.questions, args.sample)
    plain = kit(encoders=TEXT_ONLY, language_models=[args.spec])
    (model,) = plain.language_models.values()
    watch = Watch(model)
    with library(questions, args.work) as kb:
        trial(kb, sample[0])  # warm
        without = [trial(kb, q) for q in sample]
        path = kb.folder
    with Library(path, kit=replace(plain, language_models={"watch": watch})) as kb:
        trial(kb, sample[0], watch)
        watch.usage = Usage()
        trials = []
        for q in sample:
            trials.append(t := trial(kb, q, watch))
            print(f"{t.seconds:6.1f} s  {q.text[:70]}", file=sys.stderr, flush=True)
    print(report("without", without))
    print(report("with", trials))
    print(f"{'':12} tokens read {watch.usage.input_tokens}, written {watch.usage.output_tokens}")
    for t in [t for t in trials if not t.outcome.is_right][: args.wrong]:
        o = t.outcome
        print(
            f"    {o.text}\n      right: {list(o.answers)}; wrote: {t.text!r}\n      {o.answer!r}"
        )
        print("".join(f"      ! {w}\n" for w in t.warnings), end="")


if __name__ == "__main__":
    main()
