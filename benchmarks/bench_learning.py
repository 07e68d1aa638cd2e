"""What is taught: fewer numbers a vector, on Cranfield's judged questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from benchmarks.bench_text import read_cranfield

from polysense.encoders.minilm import MiniLM
from polysense.evaluate.bench import Row
from polysense.ingest.progress import SilentProgress
from polysense.train.compress.compression import judged_change
from polysense.train.compress.methods import fit_autoencoder, fit_pca
from polysense.types import Part

DIM, LOSS = 128, 0.02
"""Numbers of 384 that are left, and the share of nDCG that may be lost."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """PCA and an autoencoder, fitted on the abstracts."""
    work.mkdir(parents=True, exist_ok=True)
    texts, questions, grades = read_cranfield(data / "text-cranfield")
    encoder, names = MiniLM(), list(texts)
    items = encoder.encode([Part("text", texts[n]) for n in names])
    queries = encoder.encode([Part("text", q) for q in questions], "query")
    by_number = [
        {str(names.index(d)): g for d, g in grades[i].items() if d in texts}
        for i in range(1, len(questions) + 1)
    ]
    order = np.random.default_rng(0).permutation(len(items))
    train, validation = items[order[200:]], items[order[:200]]
    heads = {
        "PCA": fit_pca(items, DIM),
        "autoencoder": fit_autoencoder(train, validation, DIM, work / "state.pt", SilentProgress()),
    }
    for name, head in heads.items():
        before, after, change = judged_change(queries, items, by_number, head)
        yield Row(
            f"Cranfield nDCG@10, MiniLM 384 -> {DIM} numbers by {name}",
            f"{before.value:.4f} -> {after.value:.4f} ({change.low:+.4f} to {change.high:+.4f})",
            f"within {LOSS:.0%}",
            after.value >= (1 - LOSS) * before.value,
        )
