"""Layouts of small graphs: near in the graph is near in the plane, and boxes have room."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from polysense.make.image.graph_layout import BOX_GAP, place_boxes, separate_boxes, stress_layout


def steps(graph: nx.Graph) -> np.ndarray:
    """Links between any two nodes."""
    return np.asarray(nx.floyd_warshall_numpy(graph)).astype(int)


def stress(distances: np.ndarray, points: np.ndarray) -> float:
    """Kamada and Kawai's, at the scale that suits the points best."""
    pairs = np.triu_indices(len(points), 1)
    lengths = np.linalg.norm(points[:, None] - points[None], axis=2)[pairs]
    expected = distances[pairs].astype(float)
    scale = (lengths / expected).sum() / (lengths**2 / expected**2).sum()
    return float(((scale * lengths / expected - 1) ** 2).sum())


def test_a_path_is_straight_and_a_ring_round() -> None:
    """Both have a layout that every distance fits, or nearly."""
    path = stress_layout(steps(nx.path_graph(6)))
    ends = np.linalg.norm(path[0] - path[-1])
    assert ends == pytest.approx(5, rel=0.01)
    ring = stress_layout(steps(nx.cycle_graph(12)))
    radius = np.linalg.norm(ring - ring.mean(0), axis=1)
    assert np.ptp(radius) < 0.01 * radius.mean()


def test_no_more_stress_than_kamada_and_kawai() -> None:
    """networkx minimises the same stress by L-BFGS, from a circle alone; it needs scipy.

    Of one graph either may end in the better of its minima: of twelve together, ours.
    """
    pytest.importorskip("scipy")
    ours = theirs = 0.0
    for seed in range(12):
        graph = nx.gnm_random_graph(16, 21, seed=seed)
        largest = graph.subgraph(max(nx.connected_components(graph), key=len))
        graph = nx.convert_node_labels_to_integers(largest)
        layout = nx.kamada_kawai_layout(graph, pos=nx.circular_layout(graph))
        distances = steps(graph)
        theirs += stress(distances, np.array([layout[i] for i in range(len(graph))]))
        ours += stress(distances, stress_layout(distances))
    assert ours <= theirs


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_nodes(n: int) -> None:
    """One, two and a triangle are finite and apart."""
    points = stress_layout(steps(nx.complete_graph(n)))
    assert points.shape == (n, 2)
    assert all(np.linalg.norm(a - b) > 0.5 for a, b in combinations(points, 2))


def test_boxes_are_apart_and_components_side_by_side() -> None:
    """A star of wide boxes and a pair: no two are nearer than words need."""
    sizes = np.array([[200.0, 60.0]] * 9 + [[90.0, 60.0]] * 2)
    links = [(0, i) for i in range(1, 9)] + [(9, 10)]
    centers = place_boxes(links, sizes)
    for i, j in combinations(range(len(sizes)), 2):
        free = np.abs(centers[i] - centers[j]) - (sizes[i] + sizes[j]) / 2
        assert (free > np.array(BOX_GAP) - 1).any()
    assert centers[:9, 0].max() < centers[9:, 0].min()


def test_boxes_in_one_place_are_parted() -> None:
    """Even where nothing says in which direction."""
    points = separate_boxes(np.zeros((3, 2)), np.full((3, 2), 50.0))
    assert all(np.abs(a - b).max() > 50 for a, b in combinations(points, 2))


def test_it_needs_no_scipy() -> None:
    """The base install may be without it."""
    code = (
        "import sys; sys.modules['scipy'] = None\n"
        "import numpy as np\n"
        "from polysense.make.image.graph_layout import place_boxes\n"
        "place_boxes([(0, 1), (1, 2), (2, 3), (3, 0)], np.full((5, 2), 50.0))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
