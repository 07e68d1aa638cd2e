"""Heads as torch trains them, and the numbers that are left of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from polysense.errors import BadConfig, MissingDependency
from polysense.train.heads.head import Affine, Gelu, Head, Layer, Normalise
from polysense.weights.pretrained import INSTALL

DROPOUT = 0.1
"""Share of what is inner that is left out at random while an MLP is trained. Judged."""


def require_torch(what: str) -> Any:
    """torch. Raises MissingDependency: `what` needs it."""
    try:
        import torch
    except ImportError as e:
        raise MissingDependency(f"{what} needs torch", INSTALL) from e
    return torch


def build_network(kind: str, width: int, dim: int, inner: int) -> Any:
    """A torch.nn.Sequential of a kind of HEADS from (n, width) to (n, dim), of random weights from
    torch's generator; inner is the width within, for those that have one. Raises BadConfig,
    MissingDependency.
    """
    torch = require_torch("training a head")
    if kind not in HEADS:
        raise BadConfig(f"there is no head called {kind!r}", f"Write one of {', '.join(HEADS)}.")
    return torch.nn.Sequential(*HEADS[kind](torch.nn, width, dim, inner))


def _linear(nn: Any, width: int, dim: int, _: int) -> list[Any]:
    return [nn.Linear(width, dim)]


def _low_rank(nn: Any, width: int, dim: int, rank: int) -> list[Any]:
    return [nn.Linear(width, rank, bias=False), nn.Linear(rank, dim)]


def _mlp(nn: Any, width: int, dim: int, inner: int) -> list[Any]:
    return [nn.Linear(width, inner), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(inner, dim)]


HEADS: Mapping[str, Callable[[Any, int, int, int], list[Any]]] = {
    "linear": _linear,
    "low_rank": _low_rank,
    "mlp": _mlp,
}
"""Kinds of heads: one matrix; a product of two thin ones; two with a GELU between."""


def start_from(network: Any, head: Head) -> None:
    """Give a network of kind "linear" the numbers of a linear head, such as ridge regression's."""
    torch = require_torch("training a head")
    affine = head.layers[0]
    assert isinstance(affine, Affine)
    with torch.no_grad():
        network[0].weight.copy_(torch.from_numpy(affine.weight.T.copy()))
        network[0].bias.copy_(torch.from_numpy(affine.bias.copy()))


def to_head(network: Any) -> Head:
    """What a network computes when it is asked, with unit length behind it."""
    layers: list[Layer] = []
    for module in network:
        name = type(module).__name__
        if name == "Linear":
            weight = module.weight.detach().cpu().numpy().T.astype(np.float32)
            has_bias = module.bias is not None
            bias = (
                module.bias.detach().cpu().numpy().astype(np.float32)
                if has_bias
                else np.zeros(weight.shape[1], np.float32)
            )
            layers.append(Affine(np.ascontiguousarray(weight), bias))
        elif name == "GELU":
            layers.append(Gelu())
    return Head((*layers, Normalise()))
