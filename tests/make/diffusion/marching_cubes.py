"""The table of marching cubes (Lorensen and Cline 1987), as Shap-E numbers corners and edges: it
comes with the weights, and random ones have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

Triangle = tuple[int, int, int]


def triangles(inside: int) -> list[Triangle]:
    """Of the eight corners those whose bit is set are inside; triangles of edges, each turning
    counter-clockwise seen from outside.
    """
    following = {}
    for corners in _faces():
        signs = [bool(inside >> c & 1) for c in corners]
        edges = [_edge(corners[i], corners[(i + 1) % 4]) for i in range(4)]
        for i in range(4):  # where a run of corners that are inside begins, up to where it ends
            if signs[i] and not signs[i - 1]:
                end = next(i + n for n in range(4) if not signs[(i + n + 1) % 4])
                following[edges[i - 1]] = edges[end % 4]
    result: list[Triangle] = []
    while following:
        loop = [next(iter(following))]
        while (edge := following.pop(loop[-1])) != loop[0]:
            loop.append(edge)
        result += [(loop[0], b, c) for b, c in pairwise(loop[1:])]
    return result


def _faces() -> Iterator[list[int]]:
    """The corners of each, counter-clockwise seen from outside."""
    for axis in range(3):
        i, j = 1 << (axis + 1) % 3, 1 << (axis + 2) % 3
        around = [0, i, i + j, j]
        yield [c + (1 << axis) for c in around]
        yield around[::-1]


def _edge(a: int, b: int) -> int:
    """The number of the edge between two corners: four along each axis."""
    axis = (a ^ b).bit_length() - 1
    others = [k for k in range(3) if k != axis]
    return 4 * axis + (a >> others[0] & 1) + 2 * (a >> others[1] & 1)
