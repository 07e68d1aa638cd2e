"""How likely a reply is, by hand."""

from __future__ import annotations

from math import log

import pytest

from polysense.chat_models.likelihood import IGNORED, answer_log_likelihoods


@pytest.mark.parametrize("is_shifted", [True, False])
def test_the_sum_over_what_is_learned(is_shifted: bool) -> None:
    """Tokens that are not learned from weigh nothing, and places before the labels' neither."""
    torch = pytest.importorskip("torch", reason="needs the extra models")
    shares = torch.tensor([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    logits = shares.log()[None]
    labels = torch.tensor([[IGNORED, 1, 0]])
    expected = log(0.1) + log(0.2) if is_shifted else log(0.8) + log(0.7)
    [value] = answer_log_likelihoods(logits, labels, is_shifted)
    assert float(value) == pytest.approx(expected)
