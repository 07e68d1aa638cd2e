"""Fit the rules of augment/support.py: python benchmarks/calibrate_support.py DATA [--sample N].
Prints the weights, and how often they are right on articles that they were not fitted on.

Every passage of a question is one example of relevance, right where it stands in the right file and
holds the answer; the best passage of each question is one of support, right where the library can
answer. What the library cannot answer are questions whose article is left out of the hits, and the
near misses of SQuAD 2.0. Weights are fitted on odd articles and judged on even ones, then on all.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bench_text import TEXT_ONLY
from polysense import Library
from polysense.augment.compress import Passage, compress
from polysense.augment.features import Features
from polysense.query.understand import understand
from polysense.registry import kit

RULES = {
    "WITH_NEARNESS": ("xquad.en", "squad2.en"),
    "MULTILINGUAL": ("xquad.de", "xquad.es"),
    "WITHOUT_NEARNESS": ("xquad.de", "xquad.es"),
    "WITHOUT_NEARNESS_OR_SPACES": ("xquad.zh", "cmrc.zh"),
}
"""Rule -> the files of questions that it is fitted on."""

FOLDERS = {
    "xquad": "text-xquad-half",
    "squad2": "text-squad2-near-misses",
    "cmrc": "text-cmrc-half",
}


@dataclass(frozen=True)
class Example:
    """A question with its passages: which of them answer, and whether the library can at all."""

    article: int
    passages: Sequence[Passage]
    answers: Sequence[bool]
    is_answerable: bool


def examples(
    data: Path, name: str, work: Path, sample: int, encoders: Sequence[str]
) -> list[Example]:
    """Questions of one file, asked of all its paragraphs; of XQuAD again without their article."""
    source = data / FOLDERS[name.partition(".")[0]] / f"{name}.json"
    articles = json.loads(source.read_text("utf-8"))["data"]
    files = work / name
    files.mkdir()
    questions = []
    for i, article in enumerate(articles):
        for j, paragraph in enumerate(article["paragraphs"]):
            file = f"a{i}-{j}.txt"
            (files / file).write_text(paragraph["context"], "utf-8")
            questions += [(i, file, qa) for qa in paragraph["qas"]]
    random.Random(1).shuffle(questions)
    result = []
    with Library(work / f"kb-{name}", kit=kit(encoders=encoders)) as kb:
        kb.index(files)
        for i, file, qa in questions[:sample]:
            question = understand([qa["question"]], kb.kit)
            hits = list(kb.search(qa["question"], k=12))
            texts = [] if qa.get("is_impossible") else [a["text"] for a in qa["answers"]]
            passages = compress(question, hits, kb.kit)
            answers = [
                p.hit.chunk.asset.name == file and any(_same(t, p.text) for t in texts)
                for p in passages
            ]
            result.append(Example(i, passages, answers, bool(texts)))
            if name.startswith("xquad"):
                others = [h for h in hits if not h.chunk.asset.name.startswith(f"a{i}-")]
                passages = compress(question, others, kb.kit)
                result.append(Example(i, passages, [False] * len(passages), False))
    return result


def _same(answer: str, text: str) -> bool:
    return "".join(answer.lower().split()) in "".join(text.lower().split())


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Logistic regression with a little L2; bias first."""
    design = np.c_[np.ones(len(x)), x]
    loss = lambda w: np.logaddexp(0, -(2 * y - 1) * (design @ w)).mean() + 3e-4 * (w[1:] ** 2).sum()  # noqa: E731
    return np.asarray(minimize(loss, np.zeros(design.shape[1])).x)


def logits(weights: np.ndarray, passages: Iterable[Passage]) -> np.ndarray:
    """Of each passage."""
    return np.array([weights[0] + np.dot(weights[1:], p.features) for p in passages])


def fit_relevance(some: Sequence[Example]) -> np.ndarray:
    """On every passage that is about what the question names."""
    rows = [
        (p.features, right)
        for e in some
        for p, right in zip(e.passages, e.answers, strict=True)
        if e.is_answerable and p.is_about_it
    ]
    return fit(np.array([r for r, _ in rows]), np.array([y for _, y in rows], float))


def best(weights: np.ndarray, e: Example) -> int | None:
    """Which passage is ranked first; None where none is about what the question names."""
    usable = [n for n, p in enumerate(e.passages) if p.is_about_it]
    scores = logits(weights, [e.passages[n] for n in usable])
    return usable[int(scores.argmax())] if usable else None


def fit_support(relevance: np.ndarray, some: Sequence[Example]) -> np.ndarray:
    """On the passage that is ranked first."""
    firsts = [(e, best(relevance, e)) for e in some]
    x = np.array([e.passages[n].features for e, n in firsts if n is not None])
    return fit(x, np.array([e.is_answerable for e, n in firsts if n is not None], float))


def report(relevance: np.ndarray, support: np.ndarray, some: Sequence[Example]) -> str:
    """Shares: first passage answers, answered where it can be, refused where it cannot."""
    counts = defaultdict[str, list[bool]](list)
    for e in some:
        n = best(relevance, e)
        is_sure = n is not None and logits(support, [e.passages[n]])[0] > 0
        counts["answered" if e.is_answerable else "refused"].append(is_sure == e.is_answerable)
        if e.is_answerable:
            counts["first passage answers"].append(n is not None and e.answers[n])
    return ", ".join(f"{name} {np.mean(values):.3f}" for name, values in counts.items())


def main(data: Path, sample: int) -> None:
    """Print weights and accuracy of each rule."""
    for rule, names in RULES.items():
        with tempfile.TemporaryDirectory() as work:
            encoders = [*TEXT_ONLY, *(["-use"] if rule.startswith("WITHOUT") else [])]
            all_examples = [
                e for n in names for e in examples(data, n, Path(work), sample, encoders)
            ]
        odd, even = ([e for e in all_examples if e.article % 2 == half] for half in (1, 0))
        relevance = fit_relevance(odd)
        support = fit_support(relevance, odd)
        print(f"{rule}, on held-out articles: {report(relevance, support, even)}")
        relevance = fit_relevance(all_examples)
        for label, weights in (
            ("relevance", relevance),
            ("support", fit_support(relevance, all_examples)),
        ):
            pairs = zip(("bias", *Features._fields), weights.round(2).tolist(), strict=True)
            print(f"  {label}: " + ", ".join(f"{n} {w}" for n, w in pairs))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", type=int, default=300, help="questions of each file")
    options = parser.parse_args()
    main(options.data, options.sample)
