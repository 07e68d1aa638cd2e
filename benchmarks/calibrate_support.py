"""Fit the rule of augment/support.py: python benchmarks/calibrate_support.py DATA. Prints the
weights and how often they are right.

Half of XQuAD's articles are indexed; every question is asked. Those about the other half have no
answer in the library. Weights are fitted on the questions of odd articles and judged on those of
even ones.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bench_text import TEXT_ONLY
from polysense import Library
from polysense.augment.compress import compress
from polysense.augment.support import features
from polysense.query.understand import understand
from polysense.registry import kit

LANGUAGES = ("en", "zh")


def samples(source: Path, lang: str, work: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, 2) coverage and nearness (0 where unknown), (n,) whether the library holds the answer,
    (n,) the article's number.
    """
    articles = json.loads((source / f"xquad.{lang}.json").read_text("utf-8"))["data"]
    files = work / lang
    files.mkdir()
    for i, article in enumerate(articles):
        if i % 4 < 2:
            for j, paragraph in enumerate(article["paragraphs"]):
                (files / f"a{i}-{j}.txt").write_text(paragraph["context"], "utf-8")
    rows, has_answer, number = [], [], []
    with Library(work / f"kb-{lang}", kit=kit(encoders=TEXT_ONLY)) as kb:
        kb.index(files)
        for i, article in enumerate(articles):
            for paragraph in article["paragraphs"]:
                for qa in paragraph["qas"][::3]:
                    question = understand([qa["question"]], kb.kit)
                    hits = list(kb.search(qa["question"], k=12))
                    coverage, nearness = features(compress(question, hits, kb.kit)[:5])
                    rows.append((coverage, nearness or 0.0))
                    has_answer.append(i % 4 < 2)
                    number.append(i)
    return np.array(rows), np.array(has_answer, float), np.array(number)


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Logistic regression with a little L2; bias first."""
    design = np.c_[np.ones(len(x)), x]
    loss = lambda w: np.logaddexp(0, -(2 * y - 1) * (design @ w)).mean() + 1e-3 * (w[1:] ** 2).sum()  # noqa: E731
    return np.asarray(minimize(loss, np.zeros(design.shape[1])).x)


def main(data: Path) -> None:
    """Print weights and accuracy for each language."""
    for lang in LANGUAGES:
        with tempfile.TemporaryDirectory() as work:
            x, y, number = samples(data / "text-xquad-half", lang, Path(work))
        if not x[:, 1].any():
            x = x[:, :1]
        odd = number % 2 == 1
        weights = fit(x[odd], y[odd])
        sure = np.c_[np.ones(len(x)), x] @ weights > 0
        answered, refused = (
            (sure & (y == 1) & ~odd).sum() / ((y == 1) & ~odd).sum(),
            (~sure & (y == 0) & ~odd).sum() / ((y == 0) & ~odd).sum(),
        )
        print(
            f"{lang}: weights {np.round(weights, 2).tolist()}; on held-out articles "
            f"{answered:.3f} of answerable questions answered, "
            f"{refused:.3f} of unanswerable ones refused; with all: "
            f"{np.round(fit(x, y), 2).tolist()}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
