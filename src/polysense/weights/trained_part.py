"""What was trained of a network whose rest is frozen, in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polysense.errors import BadConfig


def save_trained(network: Any, path: Path) -> None:
    """Write what is trained of a network, and nothing frozen, as safetensors."""
    from safetensors.torch import save_file

    tensors = {n: p.detach().cpu().clone() for n, p in parameters_to_train(network).items()}
    save_file(tensors, path)


def load_trained(network: Any, path: Path) -> None:
    """Take what `save_trained` wrote. Raises BadConfig where it is of another network."""
    import torch
    from safetensors.torch import load_file

    tensors, parameters = load_file(path), parameters_to_train(network)
    shapes = [{n: tuple(t.shape) for n, t in own.items()} for own in (tensors, parameters)]
    if shapes[0] != shapes[1]:
        raise BadConfig(f"{path} was trained for another network", "Name the model of then.")
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(tensors[name])


def parameters_to_train(network: Any) -> dict[str, Any]:
    """The parameters of a network that are trained, by name."""
    return {name: p for name, p in network.named_parameters() if p.requires_grad}
