"""How likely a model thinks it that it writes what it should."""

from __future__ import annotations

from typing import Any

IGNORED = -100
"""The label of a token that is not learned from, as torch's cross-entropy has it."""


def answer_log_likelihoods(logits: Any, labels: Any, is_shifted: bool) -> Any:
    """(rows,): the sum over a row's tokens that are learned from of the logarithm of how likely
    each is. logits may have further places before those of labels, as prompt tuning makes them;
    is_shifted where place i foretells token i + 1.

    >>> import torch
    >>> logits = torch.tensor([[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]])
    >>> answer_log_likelihoods(logits, torch.tensor([[-100, 1, -100]]), True).round(decimals=3)
    tensor([-0.6930])
    """
    logits = logits[:, -labels.shape[1] :].float()
    if is_shifted:
        logits, labels = logits[:, :-1], labels[:, 1:]
    is_learned = labels != IGNORED
    log_shares = logits.log_softmax(-1).gather(-1, labels.clamp_min(0).unsqueeze(-1)).squeeze(-1)
    return (log_shares * is_learned).sum(1)
