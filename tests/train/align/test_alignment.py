"""A head is taught on pairs, written as a space, served without torch, and finds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import ANCHOR, SILENT, SOURCE, colour_pairs

from polysense.errors import BadConfig
from polysense.train.align.alignment import align
from polysense.train.align.settings import AlignSettings, Side
from polysense.train.run.card import read_card
from polysense.train.run.fit import FitSettings

QUICK = FitSettings(steps=60, batch=64, every=20, learning_rate=1e-2)
SETTINGS = AlignSettings(fit=QUICK)


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a space of colours, taught by a linear head."""
    folder = tmp_path_factory.mktemp("aligned") / "colours"
    assert align(
        colour_pairs(), SOURCE, ANCHOR, folder, settings=SETTINGS, progress=SILENT
    ).is_written
    return folder


def test_words_find_pictures_that_no_pair_had(space: Path) -> None:
    """Held-out recall is far above chance, and the card says so with an interval."""
    card = read_card(space)
    gain = card.metrics["gain"]
    assert card.metrics["over what"] == "chance"
    assert gain["change"]["low"] > 0
    assert card.data["train"] + card.data["validation"] + card.data["test"] == card.data["used"]
    assert (space / "losses.svg").read_text().startswith("<svg")


def test_what_gains_nothing_is_not_written(tmp_path: Path) -> None:
    """Words that belong to other pictures teach nothing: no space, exit with a card; nor does the
    same training over itself.
    """
    pairs = colour_pairs()
    words = [p.second for p in pairs]
    order = np.random.default_rng(1).permutation(len(words))
    shuffled = [replace(p, second=words[i]) for p, i in zip(pairs, order, strict=True)]
    quick = AlignSettings(head="ridge")
    result = align(shuffled, SOURCE, ANCHOR, tmp_path / "no", settings=quick, progress=SILENT)
    assert not result.is_written
    assert not (tmp_path / "no" / "aligned.json").exists()
    assert "not written" in read_card(tmp_path / "no" / "training").notes[0]

    folder = tmp_path / "again"
    first = align(pairs, SOURCE, ANCHOR, folder, settings=quick, progress=SILENT)
    before = (folder / "aligned.json").read_bytes(), (folder / "image.onnx").read_bytes()
    second = align(pairs, SOURCE, ANCHOR, folder, settings=quick, progress=SILENT)
    assert first.is_written
    assert not second.is_written
    assert second.card.metrics["over what"] == "the space that was there"
    assert before == ((folder / "aligned.json").read_bytes(), (folder / "image.onnx").read_bytes())


@pytest.mark.parametrize("loss", ["info_nce", "siglip", "triplet", "pull_push", "multi_positive"])
def test_each_loss_falls(tmp_path: Path, loss: str) -> None:
    """The last losses are below the first ones."""
    settings = AlignSettings(head="mlp", inner=32, loss=loss, negatives=1, fit=QUICK)
    card = align(colour_pairs(), SOURCE, ANCHOR, tmp_path, settings=settings, progress=SILENT).card
    values = [value for _, value in card.losses]
    assert np.mean(values[-5:]) < np.mean(values[:5])


def test_closing_the_gap_helps_in_a_mixed_pool(space: Path) -> None:
    """The means of pictures and words come nearer, and the mixed pool's recall is no lower."""
    gap = read_card(space).metrics["gap"]
    assert gap["after"]["distance of means"] <= gap["before"]["distance of means"]
    ranks = [gap[n]["mixed pool"]["recall@10"]["value"] for n in ("before", "after")]
    assert ranks[1] >= ranks[0]


def test_wrong_names_are_told_before_work(tmp_path: Path) -> None:
    """What there is not, and encoders that do not take the pairs."""
    for settings in (
        AlignSettings(head="tree"),
        AlignSettings(loss="x"),
        AlignSettings(closing="x"),
    ):
        with pytest.raises(BadConfig, match="there is no"):
            align(colour_pairs(1), SOURCE, ANCHOR, tmp_path, settings=settings, progress=SILENT)
    with pytest.raises(BadConfig, match="do not take pairs"):
        align(colour_pairs(1), ANCHOR, Side("letters", ANCHOR.encoder), tmp_path, progress=SILENT)
