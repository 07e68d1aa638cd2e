"""Fewer numbers, fitted on a library's own vectors: what is lost is measured, nothing is replaced."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import SILENT

from polysense import Library, kit
from polysense.errors import BadConfig, BadQuery
from polysense.registry import load
from polysense.train.align.settings import Side
from polysense.train.compress.compression import compress, judged_change
from polysense.train.compress.curve import nearest, overlap
from polysense.train.compress.methods import (
    AUTOENCODER,
    QUANTISERS,
    fit_autoencoder,
    fit_pca,
)
from polysense.train.run.card import read_card

TEXT_ONLY = ["-photo", "-conse", "-sound", "-speaker", "-shape", "-use"]
NOUNS = [
    "mill",
    "river",
    "tower",
    "bridge",
    "ferry",
    "clock",
    "organ",
    "garden",
    "market",
    "station",
    "orchard",
    "quarry",
]
VERBS = ["stands", "turns", "closes", "opens", "rests", "leaks", "shines", "floods"]
PLACES = [
    "by the sea",
    " in the north",
    " behind the church",
    " near the old harbour",
    " above the town",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 short texts with their vectors."""
    folder = tmp_path_factory.mktemp("compress")
    draw = random.Random(1)
    texts = {
        f"The {draw.choice(NOUNS)} {draw.choice(VERBS)} {draw.choice(PLACES).strip()} "
        f"since {draw.randrange(1700, 2000)}."
        for _ in range(260)
    }
    (folder / "files").mkdir()
    for i, text in enumerate(sorted(texts)):
        (folder / "files" / f"{i}.txt").write_text(text)
    with Library(folder / "kb", kit=kit(encoders=TEXT_ONLY)) as kb:
        kb.index(folder / "files")
    return folder / "kb"


def test_a_smaller_space_finds_the_same(library: Path, tmp_path: Path) -> None:
    """The curve falls with the bytes; the space is served beside the other, of vectors that are
    there: nothing is encoded again, and none of the old ones changes.
    """
    side = Side("minilm", load("encoders", "minilm"))
    folder = tmp_path / "small"
    with Library(library, kit=kit(encoders=TEXT_ONLY)) as kb:
        result = compress(kb, side, 96, folder, progress=SILENT)
        ids = sorted(row["id"] for row in kb.store.scan("", ["id"]))
        before = kb.store.vectors(side.encoder.space, ids)
    pca = {p.dim: p.recall.value for p in result.points if p.method == "pca"}
    assert result.point.recall.value > 0.75
    assert pca[192] >= pca[96] >= pca[24]
    assert (folder / "curve.svg").read_text().count("<polyline") >= 5
    assert read_card(folder).kind == "compress"

    with Library(library, kit=kit(encoders=[*TEXT_ONLY, f"aligned:model={folder}"])) as kb:
        kb.index(library.parent / "files")
        aligned = kb.kit.encoders["aligned"]
        after = kb.store.vectors(side.encoder.space, ids)
        assert all(np.array_equal(before[i], after[i]) for i in ids)
        own = kb.store.vectors(aligned.space, ids)
        assert len(own) == len(ids)
        derived = aligned.derive(np.stack([before[i] for i in ids]), "text")
        assert np.allclose(np.stack([own[i] for i in ids]), derived, atol=1e-6)
        assert aligned.signal == "semantic"
        query = "Which bridge is by the sea?"
        names = [
            [h.chunk.text for h in kb.search(query, using=u, k=10)]
            for u in ("minilm % 50", f"dense('{aligned.space.name}') % 50")
        ]
    assert len(set(names[0]) & set(names[1])) >= 5


def test_what_cannot_be_compressed_is_told(library: Path, tmp_path: Path) -> None:
    """More numbers than there are, another method, a library with next to nothing."""
    side = Side("minilm", load("encoders", "minilm"))
    with Library(library, kit=kit(encoders=TEXT_ONLY)) as kb:
        for dim, method in ((384, "pca"), (0, "pca"), (64, "zip")):
            with pytest.raises(BadConfig):
                compress(kb, side, dim, tmp_path, method=method, progress=SILENT)
        photo = Side("photo", load("encoders", "photo"))
        with pytest.raises(BadQuery, match="has 0 vectors in photo"):
            compress(kb, photo, 64, tmp_path, progress=SILENT)


def _sphere(count: int, rank: int, width: int, seed: int = 0) -> np.ndarray:
    """Unit vectors in a plane of few dimensions, with a little of all."""
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(count, rank)) @ draw.normal(size=(rank, width))
    rows += 0.05 * draw.normal(size=rows.shape)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_pca_keeps_what_lies_in_few_dimensions() -> None:
    """Of 64 numbers that are really 8, eight say nearly all; judged queries lose next to nothing."""
    vectors = _sphere(300, 8, 64)
    head = fit_pca(vectors, 8)
    own = np.arange(40)
    full = nearest(vectors[:40], vectors, own)
    assert overlap(full, nearest(head(vectors)[:40], head(vectors), own)).value > 0.85
    grades = [{str(j): 1.0 for j in row} for row in full[:, :3]]
    before, after, _ = judged_change(vectors[:40], vectors, grades, head)
    assert after.value > 0.9 * before.value


def test_an_autoencoder_is_a_head(tmp_path: Path) -> None:
    """It keeps rankings, and needs no torch when it is used."""
    pytest.importorskip("torch")
    vectors = _sphere(300, 6, 24)
    quick = replace(AUTOENCODER, steps=250, every=50)
    head = fit_autoencoder(vectors[40:], vectors[:40], 8, tmp_path / "state.pt", SILENT, quick)
    own = np.arange(40)
    full = nearest(vectors[:40], vectors, own)
    small = head(vectors)
    assert small.shape == (300, 8)
    assert overlap(full, nearest(small[:40], small, own)).value > 0.6
    assert not (tmp_path / "state.pt").exists()


@pytest.mark.parametrize(("name", "least"), [("int8", 0.95), ("product", 0.6), ("binary", 0.4)])
def test_coarser_numbers(name: str, least: float) -> None:
    """Fitted on some, what is left of the others; a byte a number loses hardly anything."""
    vectors = _sphere(400, 16, 32)
    quantise, _ = QUANTISERS[name]
    coarse = quantise(vectors[100:], vectors)
    own = np.arange(60)
    full = nearest(vectors[:60], vectors, own)
    assert overlap(full, nearest(coarse[:60], coarse, own)).value > least
    assert np.allclose(np.linalg.norm(coarse, axis=1), 1, atol=1e-5)
