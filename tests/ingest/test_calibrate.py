"""What the scores of a model mean is measured where the model does not say, and decides refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from polysense import Library
from polysense.encoders.minilm import MiniLM
from polysense.ingest import manifest as manifests
from polysense.ingest.calibrate import calibrate, calibrate_spaces, reference_pairs
from polysense.protocols import Encoder, Vectors
from polysense.registry import Kit
from polysense.types import Calibration, Part, Role, Space


class Narrow(Encoder):
    """A model whose cosines all lie between 0.8 and 0.95, as those of many do, and mean nothing."""

    accepts = frozenset({"text", "code"})
    signal = "semantic"
    space = Space("narrow", "1", 8)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        rows = [
            np.random.default_rng(crc32(str(p.data).encode())).normal(size=8) * 0.25 + 1
            for p in parts
        ]
        vectors = np.asarray(rows, np.float32).reshape(-1, 8)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


class Squeezed(Encoder):
    """MiniLM with every cosine squeezed into 0.6 to 1, and nothing declared."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("squeezed", "1", MiniLM.space.dim + 1)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        vectors = MiniLM().encode(parts, role)
        constant = np.full((len(vectors), 1), 2.0, np.float32)
        return np.concatenate([vectors, constant], axis=1) / np.sqrt(np.float32(5))


def test_pairs_are_about_different_things() -> None:
    """Eight at least in each language, no text twice."""
    texts = [t for _, question, passage in reference_pairs() for t in (question, passage)]
    assert len(set(texts)) == len(texts)
    for language in ("en", "de", "zh"):
        assert sum(lang == language for lang, _, _ in reference_pairs()) >= 8


def test_a_model_is_measured_on_its_own_scale() -> None:
    """Cosines squeezed into a fifth are as near, and as far, as they were; by the language that
    the model tells apart, though it says it reads all.
    """
    declared, wide = calibrate(MiniLM()), calibrate(Squeezed())
    assert declared is not None
    assert wide is not None
    assert (declared.min_score, declared.confident_score) == pytest.approx((0.25, 0.6), abs=0.06)
    for cosine in (0.1, 0.3, 0.5, 0.8):
        squeezed = (cosine + 4) / 5
        assert wide.nearness(squeezed) == pytest.approx(declared.nearness(cosine), abs=0.02)


def test_scores_that_tell_nothing_apart_count_for_nothing() -> None:
    """However high they are."""
    calibration = calibrate(Narrow())
    assert calibration is not None
    assert calibration.min_score > 0.9
    assert calibration.nearness(0.95) == calibration.nearness(0.85) == 0.0


def test_what_a_model_declares_is_not_measured() -> None:
    """Nor what was measured before."""
    before = {"narrow": Calibration(0.1, 0.2)}
    assert calibrate_spaces([MiniLM()], {}) == {}
    assert calibrate_spaces([Narrow()], before) == before


def test_refusals_do_not_hang_on_a_models_cosines(tmp_path: Path, bare: Kit) -> None:
    """With a model whose cosines are all high, what nothing supports is refused, and what the
    library says is answered; the calibration is kept with the library.
    """
    files = tmp_path / "in"
    files.mkdir()
    (files / "harbour.txt").write_text("The harbour has two cranes. A pilot boards every ship.")
    (files / "bicycles.txt").write_text("A bicycle wants oil on its chain and air in its tyres.")
    kit = replace(bare, encoders={"narrow": Narrow()})
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(files)
        assert not kb.ask("what is the capital of Mongolia").answered
        assert "two cranes" in kb.ask("how many cranes has the harbour").text
    manifest = manifests.load(tmp_path / "kb")
    assert manifest is not None
    assert set(manifest.calibrations) == {"narrow"}
