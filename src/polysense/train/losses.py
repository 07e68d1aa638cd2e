"""Contrastive losses over a batch of pairs: a[i] and b[i], of unit length, belong together.

Each gives the mean over the batch, a scalar that gradients flow through. `temperature` and `bias`
may be learned.

    info_nce        van den Oord et al., arXiv:1807.03748, both ways as in CLIP (arXiv:2103.00020)
    siglip          Zhai et al., "Sigmoid loss for language image pre-training", ICCV 2023
    triplet         Schroff et al., "FaceNet", CVPR 2015, with the batch's hardest negative
                    (Faghri et al., "VSE++", BMVC 2018)
    pull_push       Hadsell et al., "Dimensionality reduction by learning an invariant mapping",
                    CVPR 2006: squared distances of pairs, a squared hinge on others
    multi_positive  Khosla et al., "Supervised contrastive learning", NeurIPS 2020: several right
                    ones for each, by a group
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from polysense.train.heads.network import require_torch

START_TEMPERATURE = 0.07
"""Of CLIP; learned from there."""

LEAST_TEMPERATURE = 0.01
"""Below, the softmax is a maximum and gradients come from one pair alone: CLIP's bound."""

SIGLIP_TEMPERATURE, SIGLIP_BIAS = 0.1, -10.0
"""Where SigLIP starts: of n * n pairs n are right, so that most are held for wrong at first."""

TRIPLET_MARGIN = 0.2
"""Of FaceNet and VSE++."""

PUSH_MARGIN = 1.0
"""The distance, of 2 at most, under which two that do not belong together are pushed apart."""


class Loss(Protocol):
    """Called with a, b, (n, dim), and groups, (n,): pairs of one group belong together across."""

    def __call__(self, a: Any, b: Any, groups: Any) -> Any:
        """The mean over the batch."""
        ...

    @property
    def parameters(self) -> list[Any]:
        """What is learned with the heads."""
        ...


def info_nce(a: Any, b: Any, temperature: Any) -> Any:
    """Cross-entropy of finding b[i] among all of b by a[i], and a[i] among all of a by b[i]."""
    torch = require_torch("a loss")
    logits = a @ b.T / temperature
    right = torch.arange(len(a), device=a.device)
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(logits, right) + cross_entropy(logits.T, right)) / 2


def siglip(a: Any, b: Any, temperature: Any, bias: Any) -> Any:
    """Each of the n * n pairs by itself, right or wrong: the sum over a row, the mean over rows."""
    torch = require_torch("a loss")
    logits = a @ b.T / temperature + bias
    signs = 2 * torch.eye(len(a), device=a.device, dtype=a.dtype) - 1
    return -torch.nn.functional.logsigmoid(signs * logits).sum() / len(a)


def triplet(a: Any, b: Any, margin: float = TRIPLET_MARGIN) -> Any:
    """How much nearer than margin the hardest of the batch is than the right one, both ways."""
    torch = require_torch("a loss")
    cosines = a @ b.T
    right = cosines.diagonal()
    wrong = cosines - 4 * torch.eye(len(a), device=a.device, dtype=a.dtype)  # below any cosine
    by_a = torch.relu(margin + wrong.max(dim=1).values - right)
    by_b = torch.relu(margin + wrong.max(dim=0).values - right)
    return (by_a + by_b).mean() / 2


def pull_push(a: Any, b: Any, margin: float = PUSH_MARGIN) -> Any:
    """Squared distances of pairs, and over all others the squared lack to the margin: the mean of
    each.
    """
    torch = require_torch("a loss")
    squares = (2 - 2 * (a @ b.T)).clamp_min(1e-12)
    is_other = ~torch.eye(len(a), device=a.device, dtype=torch.bool)
    pull = squares.diagonal().mean()
    if len(a) < 2:
        return pull
    return pull + torch.relu(margin - squares[is_other].sqrt()).square().mean()


def multi_positive(a: Any, b: Any, groups: Any, temperature: Any) -> Any:
    """As info_nce, with all of a group right: the mean of their log-likelihoods, both ways."""
    logits = a @ b.T / temperature
    is_right = (groups[:, None] == groups[None, :]).to(logits.dtype)
    by_a = (logits.log_softmax(dim=1) * is_right).sum(dim=1) / is_right.sum(dim=1)
    by_b = (logits.T.log_softmax(dim=1) * is_right).sum(dim=1) / is_right.sum(dim=1)
    return -(by_a.mean() + by_b.mean()) / 2


@dataclass(frozen=True, eq=False)
class _Contrastive:
    """A loss with what it learns: the logarithm of the temperature, and a bias."""

    compute: Callable[..., Any]
    log_temperature: Any = None
    bias: Any = None
    by_groups: bool = False

    def __call__(self, a: Any, b: Any, groups: Any) -> Any:
        extra = [groups] if self.by_groups else []
        if self.log_temperature is not None:
            extra.append(self.log_temperature.exp().clamp_min(LEAST_TEMPERATURE))
        if self.bias is not None:
            extra.append(self.bias)
        return self.compute(a, b, *extra)

    @property
    def parameters(self) -> list[Any]:
        return [p for p in (self.log_temperature, self.bias) if p is not None]


def _learned(start: float) -> Any:
    torch = require_torch("a loss")
    return torch.nn.Parameter(torch.tensor(float(start)))


def _log(temperature: float) -> Any:
    import math

    return _learned(math.log(temperature))


LOSSES: Mapping[str, Callable[[], Loss]] = {
    "info_nce": lambda: _Contrastive(info_nce, _log(START_TEMPERATURE)),
    "siglip": lambda: _Contrastive(siglip, _log(SIGLIP_TEMPERATURE), _learned(SIGLIP_BIAS)),
    "triplet": lambda: _Contrastive(triplet),
    "pull_push": lambda: _Contrastive(pull_push),
    "multi_positive": lambda: _Contrastive(multi_positive, _log(START_TEMPERATURE), by_groups=True),
}
"""Losses by name, each new with what it learns."""
