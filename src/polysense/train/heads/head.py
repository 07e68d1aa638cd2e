"""A head as numbers: what a map into another space computes, without what trained it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Vectors

EPSILON = 1e-12
"""What the length of a vector is at least, where it is divided by."""

_SQRT_HALF = 0.7071067811865476


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """x @ weight + bias: (n, a) to (n, b)."""

    weight: Vectors
    bias: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """x + offset."""

    offset: Vectors


@dataclass(frozen=True, slots=True)
class Gelu:
    """x * Phi(x), with the normal distribution itself (Hendrycks & Gimpel, arXiv:1606.08415)."""


@dataclass(frozen=True, slots=True)
class Normalise:
    """To unit length."""


@dataclass(frozen=True, slots=True)
class Softmax:
    """Shares of 1, by the exponentials of a row's numbers."""


Layer: TypeAlias = Affine | Shift | Gelu | Normalise | Softmax


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Layers, one after the other; rows of NaN stay so.

    >>> head = Head((Affine(np.eye(2, dtype=np.float32) * 2, np.zeros(2, np.float32)), Normalise()))
    >>> head(np.array([[3, 4]], np.float32)).astype(float).round(3).tolist()
    [[0.6, 0.8]]
    """

    layers: tuple[Layer, ...]

    def __call__(self, features: Vectors) -> Vectors:
        """(n, width) to (n, dim), float32."""
        x = np.asarray(features, np.float32)
        for layer in self.layers:
            x = _apply(layer, x)
        return x

    def then(self, *layers: Layer) -> Head:
        """The head with further layers behind."""
        return Head((*self.layers, *layers))

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return sum(a.size for layer in self.layers for a in _constants(layer))

    def export(self, path: Path, width: int, dim: int) -> None:
        """Write it as ONNX: "features" (n, width) -> "vectors" (n, dim), float32."""
        import onnx
        from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
        from onnx.numpy_helper import from_array

        constants: dict[str, NDArray[Any]] = {}
        nodes = list(_nodes(self.layers, constants))
        kind = onnx.TensorProto.FLOAT
        graph = make_graph(
            nodes,
            "head",
            [make_tensor_value_info("features", kind, ["n", width])],
            [make_tensor_value_info("vectors", kind, ["n", dim])],
            [from_array(np.ascontiguousarray(v), name) for name, v in constants.items()],
        )
        model = make_model(graph, opset_imports=[make_opsetid("", 17)], ir_version=10)
        onnx.checker.check_model(model)
        onnx.save(model, path)


def _apply(layer: Layer, x: Vectors) -> Vectors:
    if isinstance(layer, Affine):
        return np.asarray(x @ layer.weight + layer.bias, np.float32)
    if isinstance(layer, Shift):
        return np.asarray(x + layer.offset, np.float32)
    if isinstance(layer, Gelu):
        from scipy.special import erf

        return np.asarray(x * (0.5 * (1 + erf(x * _SQRT_HALF))), np.float32)
    if isinstance(layer, Softmax):
        raised = np.exp(x - x.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    return np.asarray(x / np.maximum(lengths, EPSILON), np.float32)


def _constants(layer: Layer) -> Sequence[Vectors]:
    if isinstance(layer, Affine):
        return (layer.weight, layer.bias)
    return (layer.offset,) if isinstance(layer, Shift) else ()


def _nodes(layers: Sequence[Layer], constants: dict[str, NDArray[Any]]) -> Iterator[Any]:
    """The nodes in order; `constants` fills on the way."""
    from onnx.helper import make_node

    x = "features"
    for i, layer in enumerate(layers):
        y = "vectors" if i == len(layers) - 1 else f"x{i}"
        names = [f"c{i}.{j}" for j in range(len(_constants(layer)))]
        constants |= dict(zip(names, _constants(layer), strict=True))
        if isinstance(layer, Affine):
            yield make_node("Gemm", [x, *names], [y])
        elif isinstance(layer, Shift):
            yield make_node("Add", [x, *names], [y])
        elif isinstance(layer, Gelu):
            yield from _gelu_nodes(x, y, i, constants)
        elif isinstance(layer, Softmax):
            yield make_node("Softmax", [x], [y], axis=-1)
        else:
            constants["epsilon"] = np.array(EPSILON, np.float32)
            yield make_node("ReduceL2", [x], [f"length{i}"], axes=[1], keepdims=1)
            yield make_node("Max", [f"length{i}", "epsilon"], [f"divisor{i}"])
            yield make_node("Div", [x, f"divisor{i}"], [y])
        x = y


def _gelu_nodes(x: str, y: str, i: int, constants: dict[str, NDArray[Any]]) -> Iterator[Any]:
    from onnx.helper import make_node

    constants |= dict(_GELU)
    yield make_node("Mul", [x, "sqrt_half"], [f"scaled{i}"])
    yield make_node("Erf", [f"scaled{i}"], [f"erf{i}"])
    yield make_node("Add", [f"erf{i}", "one"], [f"twice{i}"])
    yield make_node("Mul", [f"twice{i}", "half"], [f"share{i}"])
    yield make_node("Mul", [x, f"share{i}"], [y])


_GELU: Mapping[str, NDArray[Any]] = {
    "sqrt_half": np.array(_SQRT_HALF, np.float32),
    "one": np.array(1, np.float32),
    "half": np.array(0.5, np.float32),
}
