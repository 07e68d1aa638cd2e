"""Passages that meet before the decoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.make.text.fusion.fusion_in_encoder import FusionInEncoder
from polysense.testing import check_generator
from polysense.types import Part

from .tiny_fusion import evidence

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own
QUERY = (Part("text", "Where?"),)


def test_contract(t5: Path) -> None:
    """As anybody's generator."""
    check_generator(FusionInEncoder(model=str(t5)))


def test_as_long_as_one_passage(t5: Path) -> None:
    """The mean over those that reach so far: the longer passage is alone at its end."""
    import torch

    model = FusionInEncoder(model=str(t5))
    inputs = model._inputs("Where?", evidence("Oslo", "Rome Rome"))
    states, mask = model._states(inputs)
    each = model._loaded.model.get_encoder()(**inputs).last_hidden_state
    assert states.shape[:2] == mask.shape == (1, 7)
    assert torch.allclose(states[0, 6], each[1, 6])
    assert torch.allclose(states[0, 0], each[:, 0].mean(0))


def test_without_the_evidence_another_answer_is_likelier(t5: Path) -> None:
    """The answer's likelihood falls with the passage that says it."""
    model = FusionInEncoder(model=str(t5))
    with_it = model.log_likelihood(QUERY, evidence("Oslo", "Rome"), "Rome")
    assert with_it > model.log_likelihood(QUERY, evidence("Oslo", "Lima"), "Rome") + 1
