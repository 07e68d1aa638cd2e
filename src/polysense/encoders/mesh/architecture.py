"""Networks in folders: config.json with the sizes, model.safetensors with the weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from polysense.encoders.mesh.graph_convolution import (
    GraphConvolutionConfig,
    graph_network,
    graph_of,
    join_graphs,
)
from polysense.encoders.mesh.pointnet import (
    PointNetConfig,
    point_network,
    points_of,
    stack_points,
)
from polysense.errors import BadConfig, MissingDependency
from polysense.weights.pretrained import INSTALL, load_faults, read_config

MeshConfig: TypeAlias = PointNetConfig | GraphConvolutionConfig

CONFIG, WEIGHTS = "config.json", "model.safetensors"

MAX_SIZE = 1 << 20
"""No width, number of points or faces may be larger: a config is a file of somebody's."""


class Architecture(NamedTuple):
    """A kind of network: its sizes, the network of them, what it makes of a mesh (None: nothing),
    and the arguments of the network for several of those on a device.
    """

    config: type[Any]
    build: Callable[[Any], Any]
    prepare: Callable[[Any, Any], Any]
    join: Callable[[Any, Any], tuple[Any, ...]]


ARCHITECTURES: Mapping[str, Architecture] = {
    PointNetConfig.architecture: Architecture(
        PointNetConfig, point_network, points_of, stack_points
    ),
    GraphConvolutionConfig.architecture: Architecture(
        GraphConvolutionConfig, graph_network, graph_of, join_graphs
    ),
}


def build(config: MeshConfig) -> Any:
    """The network of these sizes, a torch.nn.Module with weights at random. Raises
    MissingDependency.
    """
    try:
        import torch  # noqa: F401 - the networks are made of it
    except ImportError as e:
        raise MissingDependency("networks over 3D models need torch", INSTALL) from e
    return ARCHITECTURES[config.architecture].build(config)


def save(network: Any, folder: Path) -> None:
    """Write a network that `build` made into a folder, which `load` and `mesh:model=` read."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = {"architecture": network.config.architecture, **asdict(network.config)}
    (folder / CONFIG).write_text(json.dumps(config, indent=2), "utf-8")
    weights = {n: t.detach().cpu().contiguous() for n, t in network.state_dict().items()}
    save_file(weights, folder / WEIGHTS)


def load(folder: Path) -> Any:
    """The network that `save` wrote, ready to be used or trained on. Raises BadConfig,
    MissingDependency.
    """
    network = build(load_config(folder))
    with load_faults(folder, "polysense"):
        from safetensors.torch import load_file

        network.load_state_dict(load_file(folder / WEIGHTS))
    return network.eval()


def load_config(folder: Path) -> MeshConfig:
    """The sizes of the network in a folder. Raises BadConfig for a folder of something else."""
    values = read_config(folder, CONFIG)
    architecture = ARCHITECTURES.get(str(values.pop("architecture", "")))
    if architecture is None:
        raise BadConfig(
            f"{folder} holds no network over 3D models: its {CONFIG} names no architecture of "
            f"{', '.join(ARCHITECTURES)}",
            "Give a folder that polysense.encoders.mesh.architecture.save wrote.",
        )
    defaults = {f.name: f.default for f in fields(architecture.config)}
    sizes = {n: tuple(v) if isinstance(v, list) else v for n, v in values.items() if n in defaults}
    if not all(_is_sound(value, defaults[name]) for name, value in sizes.items()):
        raise BadConfig(f"{folder / CONFIG} has sizes that no network has", "Save it again.")
    config: MeshConfig = architecture.config(**sizes)
    if len(config.widths) < config.min_layers:
        raise BadConfig(
            f"{folder / CONFIG} has {len(config.widths)} layers, of {config.min_layers} at least",
            "Save it again.",
        )
    return config


def _is_sound(value: Any, default: Any) -> bool:
    """Whether a size is of the kind of its default, and not beyond all reason."""
    if isinstance(default, tuple):
        return isinstance(value, tuple) and all(_is_sound(v, 1) for v in value)
    return type(value) is type(default) and (isinstance(value, bool) or 1 <= value <= MAX_SIZE)
