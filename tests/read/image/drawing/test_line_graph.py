"""Lines are traced along their skeletons, from their tails to their heads."""

from __future__ import annotations

import numpy as np

from polysense.read.image.drawing.line_graph import LineGraph, thin


def graph(component: np.ndarray, nearest: np.ndarray, distance: np.ndarray) -> LineGraph:
    holes = np.zeros_like(component)
    return LineGraph(component, (0, 0), component.copy(), holes, distance, nearest, 20.0)


def test_a_thick_line_is_thinned_to_one_pixel() -> None:
    mask = np.zeros((20, 60), np.uint8)
    mask[8:13, 5:55] = 1
    skeleton = thin(mask)
    assert skeleton.sum(axis=0).max() == 1
    assert skeleton[:, 10:50].any(axis=0).all()
    assert not (skeleton & (1 - mask)).any()


def test_a_line_with_a_head_points_to_it() -> None:
    """From node 0 at its left end to node 1 at its right, where a triangle is drawn."""
    component = np.zeros((40, 120), np.uint8)
    component[19:21, 10:110] = 1
    for i in range(12):
        component[20 - i : 20 + i, 108 - i] = 1
    columns = np.broadcast_to(np.arange(120, dtype=np.float32), component.shape)
    distance = np.minimum(abs(columns - 5), abs(columns - 115)).astype(np.float32)
    nearest = np.where(columns < 60, 0, 1).astype(np.int32)
    (connector,) = graph(component, nearest, distance).connectors()
    assert (connector.source, connector.target, connector.head) == (0, 1, "arrow")
    assert not connector.dashed
    assert connector.path[0][0] < connector.path[-1][0]


def test_a_line_that_reaches_one_node_joins_nothing() -> None:
    component = np.zeros((40, 120), np.uint8)
    component[19:21, 10:60] = 1
    columns = np.broadcast_to(np.arange(120, dtype=np.float32), component.shape)
    distance = np.abs(columns - 5).astype(np.float32)
    assert graph(component, np.zeros(component.shape, np.int32), distance).connectors() == []
