"""Sixty questions on long documents, written by reading them: a book of 117 pages in German, nine
shorter PDFs, and two courses.

Half of the questions are there to develop on, and half are to be measured alone: of those only the
figures are printed.

    python benchmarks/bench_long_documents.py DATA --half development
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense import Library
from polysense.evaluate.bench import Row, mean
from polysense.results import Answer
from polysense.span import Span
from polysense.types import Evidence

PDFS = (
    "004-pdflatex-4-pages/pdflatex-4-pages.pdf",
    "006-pdflatex-outline/pdflatex-outline.pdf",
    "009-pdflatex-geotopo/GeoTopo-komprimiert.pdf",
    "011-google-doc-document/google-doc-document.pdf",
    "012-libreoffice-form/libreoffice-form.pdf",
    "013-reportlab-overlay/reportlab-overlay.pdf",
    "015-arabic/habibi-rotated.pdf",
    "021-pdfa/crazyones-pdfa.pdf",
    "022-pdfkit/pdfkit.pdf",
    "026-latex-multicolumn/multicolumn.pdf",
)
COURSES = ("mixed-imaging-course", "mixed-web-course")
QUESTIONS = Path(__file__).parent / "long_documents"
HALVES = ("development", "held_out")
CACHE = Path(tempfile.gettempdir()) / "polysense-long-documents"

PLACE_LINES = 40
"""More lines than this are no place: a reader would have to search them. Judged, not measured: a
function with its docstring, or a section of a lesson, is shorter.
"""

_MARK = re.compile(r"\[(\d+)\]")
_MARKS = re.compile(r"(?:\[\d+\][\s,]*)+")
_LINES = re.compile(r"L(\d+)(?:-(\d+))?")


def run(data: Path, work: Path) -> Iterator[Row]:
    """The figures of both halves."""
    with Library(work / "kb") as kb:
        index(kb, data)
        for half in HALVES:
            yield from rows(half, [judge(kb, q) for q in questions(half)])


def index(kb: Library, data: Path) -> None:
    """The documents, each under the folder that it lies in."""
    kb.index(
        *(data.resolve() / "pdf-samples" / name for name in PDFS),
        *(data.resolve() / name for name in COURSES),
    )


def questions(half: str) -> list[dict[str, Any]]:
    """The questions of a half.

    answers are words of which one must be said; cites tells the file and the place that hold them
    ("p. 3", "L12-14"), or two lists of the same length. An unanswerable question, of the kind of
    those and about the same things, has no answers.
    """
    result: list[dict[str, Any]] = json.loads((QUESTIONS / f"{half}.json").read_text("utf-8"))
    return result


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a question."""

    question: dict[str, Any]
    answer: Answer

    @property
    def is_unanswerable(self) -> bool:
        """Whether no document tells it."""
        return bool(self.question["unanswerable"])

    @property
    def holds_value(self) -> bool:
        """Whether the answer says the value."""
        return self.answer.answered and self._holds(self.answer.text)

    @property
    def first_sentence_holds_value(self) -> bool:
        """Whether what stands before the first citation says it."""
        return self.answer.answered and self._holds(_MARK.split(self.answer.text, maxsplit=1)[0])

    @property
    def place_is_exact(self) -> bool:
        """Whether the first citation is of a place that holds the value."""
        citations = citations_of(self.answer) if self.answer.answered else []
        if not citations:
            return False
        first, cites = citations[0], self.question["cites"]
        uri = first.hit.chunk.asset.uri.replace("\\", "/")
        pairs = zip(_as_list(cites["file"]), _as_list(cites["place"]), strict=True)
        return any(uri.endswith(f"/{file}") and self._is_at(first, place) for file, place in pairs)

    @property
    def words(self) -> int:
        """Words of the answer, citations aside."""
        return len(plain(self.answer.text).split())

    @property
    def fault(self) -> str:
        """What is wrong, in words; empty for nothing."""
        if self.is_unanswerable:
            return "answers" if self.answer.answered else ""
        if not self.answer.answered:
            return "refuses"
        checks = {
            "lacks the value": self.holds_value,
            "not in the first sentence": self.first_sentence_holds_value or not self.holds_value,
            "cites another place": self.place_is_exact,
        }
        return ", ".join(what for what, is_right in checks.items() if not is_right)

    def _holds(self, text: str) -> bool:
        return any(holds(text, value) for value in self.question["answers"])

    def _is_at(self, evidence: Evidence, place: str) -> bool:
        span, lines = evidence.span, _LINES.fullmatch(place)
        if lines is None:
            return str(Span(page=span.page)) == place
        if span.lines is None:  # cells, or a node: what is cited must say it
            return self._holds(str(evidence.part.data))
        first, last = int(lines[1]), int(lines[2] or lines[1])
        return (
            span.lines[0] <= last
            and first <= span.lines[1]
            and span.lines[1] - span.lines[0] < PLACE_LINES
        )


def judge(kb: Library, question: dict[str, Any]) -> Verdict:
    """Ask it."""
    return Verdict(question, kb.ask(question["question"]))


def citations_of(answer: Answer) -> list[Evidence]:
    """The evidence, in the order in which the words cite it."""
    by_number = {e.n: e for e in answer.evidence}
    numbers = dict.fromkeys(int(n) for n in _MARK.findall(answer.text))
    return [by_number[n] for n in numbers if n in by_number] or list(answer.evidence)


def plain(text: str) -> str:
    """Text as it is compared: no case, citations, thousands commas, odd spaces or emphasis."""
    text = re.sub(r"[\u00a0\u202f\u2009]", " ", _MARKS.sub(" ", text).replace("**", ""))
    text = re.sub(r"(?<=\d)[,'](?=\d{3}(?!\d))", "", text)
    return " ".join(text.split()).casefold()


def holds(text: str, value: str) -> bool:
    """Whether text says the value: words that stand alone, and no part of a longer number.

    >>> holds("It costs 1,200 euros [1].", "1200"), holds("12.5 metres", "12")
    (True, False)
    """
    inner = plain(value)
    left = r"(?<!\d)(?<!\d\.)" if inner[:1].isdigit() else r"(?<!\w)"
    right = r"(?!\d|\.\d*[1-9])" if inner[-1:].isdigit() else r"(?!\w)"
    return re.search(left + re.escape(inner) + right, plain(text)) is not None


def _as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def rows(half: str, verdicts: Sequence[Verdict]) -> Iterator[Row]:
    """The figures of a half."""
    answerable = [v for v in verdicts if not v.is_unanswerable]
    others = [v for v in verdicts if v.is_unanswerable]
    name = f"Long documents, {half.replace('_', ' ')} half"
    shares = (
        ("value held", [v.holds_value for v in answerable], 0.85),
        ("value in the first sentence", [v.first_sentence_holds_value for v in answerable], 0.75),
        ("place exact", [v.place_is_exact for v in answerable], 0.95),
        ("refused of the unanswerable", [not v.answer.answered for v in others], 0.9),
    )
    for what, truths, target in shares:
        share = mean(map(float, truths))
        note = f"{sum(truths)} of {len(truths)}"
        yield Row(f"{name}: {what}", f"{share:.3f}", f">= {target}", share >= target, note)
    answers = [v.words for v in answerable if v.answer.answered]
    note = f"{len(answers)} of {len(answerable)} answered"
    yield Row(f"{name}: words an answer", f"{mean(answers):.0f}", note=note)


def faults(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """What went wrong, a paragraph for each question."""
    for v in verdicts:
        if v.fault:
            places = "; ".join(
                f"{e.hit.chunk.asset.name} {e.span}" for e in citations_of(v.answer)[:3]
            )
            right = v.question["answers"][:1] or "no answer"
            text = " / ".join(v.answer.text.split("\n"))
            yield f"{v.fault}: {v.question['question']}\n  wanted: {right}"
            yield f"  came: {text[:400]}\n  from: {places}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and say what went wrong in the half to develop on."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("data", type=Path, help="the folder of real files")
    parser.add_argument("--half", choices=(*HALVES, "both"), default="development")
    parser.add_argument(
        "--cache",
        type=Path,
        default=CACHE,
        help="where the library is kept (delete it after a change to readers or encoders)",
    )
    parser.add_argument("--as-is", action="store_true", help="ask without looking for new files")
    options = parser.parse_args(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    with Library(options.cache / "kb") as kb:
        if not options.as_is:
            index(kb, options.data)
        for half in HALVES if options.half == "both" else (options.half,):
            verdicts = [judge(kb, q) for q in questions(half)]
            if half == "development":
                sys.stdout.writelines(f"{line}\n" for line in faults(verdicts))
            for row in rows(half, verdicts):
                sys.stdout.write(f"{row.what}: {row.value} ({row.note})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
