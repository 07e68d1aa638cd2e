"""Where the boxes of a diagram stand: by stress, wider than high, and no two on each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

EDGE_LENGTH = 270
"""Pixels of a link of the median length, before boxes are pushed apart."""

BOX_GAP = (74, 58)
"""Pixels that boxes stay apart across and down: a relation's words fit between. Judged."""

_COMPONENT_GAP = 120
_STRETCH = (1.15, 0.95)
_ROUNDS, _TOLERANCE = 500, 1e-5
"""Rounds of the majorisation at most, and the share of the stress below which a gain ends it.

From a circle and from classical scaling, the better taken, 58 graphs of 3 to 20 nodes have a mean
stress of 4.8 (random trees, random graphs, grid, cliques), by networkx' Kamada-Kawai 5.5.
"""


def place_boxes(links: Sequence[tuple[int, int]], sizes: Points) -> Points:
    """The middles of boxes of these sizes (n, 2), what hangs together side by side."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(sizes)))
    graph.add_edges_from(links)
    centers = np.zeros((len(sizes), 2))
    right_edge = 0.0
    components = (sorted(c) for c in nx.connected_components(graph))
    for component in sorted(components, key=lambda c: (-len(c), c[0])):
        subgraph, own_sizes = graph.subgraph(component), sizes[component]
        steps = dict(nx.all_pairs_shortest_path_length(subgraph))
        points = stress_layout(np.array([[steps[a][b] for b in component] for a in component]))
        points = _rotate_wide(points - points.mean(0))
        number = {node: i for i, node in enumerate(component)}
        lengths = [np.hypot(*(points[number[a]] - points[number[b]])) for a, b in subgraph.edges]
        points *= EDGE_LENGTH / max(float(np.median(lengths)) if lengths else 1.0, 1e-6)
        points = separate_boxes(points, own_sizes)
        points -= (points - own_sizes / 2).min(0) - [right_edge, 0]
        right_edge = float((points + own_sizes / 2).max(0)[0]) + _COMPONENT_GAP
        centers[component] = points
    return centers


def stress_layout(steps: NDArray[np.int64]) -> Points:
    """Points (n, 2) as far apart as nodes are by links (n, n), near ones most exactly.

    Kamada and Kawai's stress (1989), made less by majorisation (SMACOF; Gansner, Koren and North,
    Graph Drawing by Stress Majorization, 2004).
    """
    n, distances = len(steps), steps.astype(np.float64)
    if n < 3:
        return np.stack([np.arange(n, dtype=np.float64), np.zeros(n)], axis=1)
    angle = 2 * np.pi * np.arange(n) / n
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1) * distances.max() / 2
    centering = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centering @ distances**2 @ centering)
    scaling = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0))  # classical (Torgerson 1952)
    # a little of the circle, for nodes that scaling puts into one place
    results = [_majorise(distances, start) for start in (circle, scaling + 1e-3 * circle)]
    return min(results, key=lambda r: r[0])[1]


def _majorise(distances: Points, points: Points) -> tuple[float, Points]:
    """(stress, points) at the end of the rounds."""
    weights = 1 / (distances + np.eye(len(points))) ** 2 - np.eye(len(points))
    inverse = np.linalg.pinv(np.diag(weights.sum(1)) - weights)
    stress = np.inf
    for _ in range(_ROUNDS):
        lengths = np.linalg.norm(points[:, None] - points[None], axis=2)
        before, stress = stress, float((weights * (lengths - distances) ** 2).sum() / 2)
        if before - stress < _TOLERANCE * stress or stress < 1e-9:
            break
        ratios = weights * distances / np.maximum(lengths, 1e-9)
        points = inverse @ (np.diag(ratios.sum(1)) - ratios) @ points
    return stress, points


def _rotate_wide(points: Points) -> Points:
    """The points turned so that they are wider than high, as pictures are."""
    if len(points) < 3:
        return points
    _, _, axes = np.linalg.svd(points, full_matrices=False)
    axes = axes * np.sign(axes[np.arange(2), np.abs(axes).argmax(1)])[:, None]
    return np.asarray(points @ axes.T * _STRETCH)


def separate_boxes(points: Points, sizes: Points) -> Points:
    """Move boxes until no two are nearer than BOX_GAP, so that words fit between them."""
    for _ in range(400):
        overlapping = False
        for i, j in combinations(range(len(points)), 2):
            gap = points[j] - points[i]
            overlap = (sizes[i] + sizes[j]) / 2 + BOX_GAP - np.abs(gap)
            if (overlap > 0.5).all():
                axis = int(overlap[1] < overlap[0])
                push = overlap[axis] / 2 * (1 if gap[axis] >= 0 else -1)
                points[i, axis] -= push
                points[j, axis] += push
                overlapping = True
        if not overlapping:
            break
    return points
