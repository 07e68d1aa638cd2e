"""The question sets that answers are measured on: XQuAD, questions about articles that are not
there, near misses, SQuAD 2.0, CMRC, TAT-QA.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from near_misses import near_misses
from polysense.evaluate.question_file import JudgedQuestion

LANGUAGES = ("en", "zh", "de", "es")
CMRC_QUESTIONS = TATQA_QUESTIONS = 300
NEAR_MISSES = 100
"""Of each source."""
COMPUTED = ("arithmetic", "count")
"""Kinds of TAT-QA's answers that stand nowhere, but are worked out."""

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


def sampled(questions: Sequence[JudgedQuestion], count: int) -> list[JudgedQuestion]:
    """So many, the same every time, in their order; all for 0."""
    if not 0 < count < len(questions):
        return list(questions)
    return [questions[i] for i in sorted(random.Random(7).sample(range(len(questions)), count))]


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
