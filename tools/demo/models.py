"""3D models in metres, Y up: the keeper's chair, a milking stool, a mill gear, the lighthouse; and
a plain picture of a model.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import trimesh
from numpy.typing import NDArray
from trimesh.visual.material import PBRMaterial

from demo.art import Pixels
from demo.facts import GEAR_TEETH

Points = NDArray[np.float64]

OAK, DARK_OAK, WHITE, RED, IRON, GLASS = (
    (168, 112, 62),
    (112, 72, 40),
    (242, 238, 228),
    (196, 52, 46),
    (70, 74, 82),
    (250, 226, 140),
)


def _lathe(profile: list[tuple[float, float]], sections: int) -> trimesh.Trimesh:
    """A turned solid: (radius, height) from bottom to top, round the Y axis."""
    closed = [(0.0, profile[0][1]), *profile, (0.0, profile[-1][1])]
    mesh = trimesh.creation.revolve(np.array(closed), sections=sections)
    mesh.apply_transform(trimesh.transformations.rotation_matrix(-math.pi / 2, (1, 0, 0)))
    return mesh


def _between(
    mesh: trimesh.Trimesh, foot: tuple[float, float, float], head: tuple[float, float, float]
) -> trimesh.Trimesh:
    """A unit-high upright mesh, stretched to reach from foot to head."""
    a, b = np.array(foot), np.array(head)
    length = float(np.linalg.norm(b - a))
    mesh.apply_scale((1, length, 1))
    mesh.apply_transform(trimesh.geometry.align_vectors((0, 1, 0), (b - a) / length))
    mesh.apply_translation(a)
    return mesh


def _rod(
    radius: float, foot: tuple[float, float, float], head: tuple[float, float, float]
) -> trimesh.Trimesh:
    return _between(
        _lathe([(0.75 * radius, 0), (radius, 0.25), (radius, 0.75), (0.75 * radius, 1)], 8),
        foot,
        head,
    )


def _slab(width: float, height: float, depth: float, bow: float, n: int = 8) -> trimesh.Trimesh:
    """A board standing up, bowed backwards (towards -Z) in the middle by `bow`."""
    x = np.linspace(-1, 1, n + 1)
    z = -bow * (1 - x**2)
    ring = [
        np.column_stack([x * width / 2, np.full(n + 1, y), z + d])
        for y, d in ((0, 0), (height, 0), (height, depth), (0, depth))
    ]
    points = np.concatenate(ring)
    faces = []
    for i in range(n):
        for r in range(4):
            a, b = r * (n + 1) + i, (r + 1) % 4 * (n + 1) + i
            faces += [(a, a + 1, b), (a + 1, b + 1, b)]
    for i in (0, n):
        a, b, c, d = (r * (n + 1) + i for r in range(4))
        faces += [(a, b, c), (a, c, d)] if i == 0 else [(a, c, b), (a, d, c)]
    mesh = trimesh.Trimesh(points, faces, process=False)
    mesh.fix_normals()
    return mesh


def _scene(parts: list[tuple[str, trimesh.Trimesh, tuple[int, int, int]]]) -> trimesh.Scene:
    scene = trimesh.Scene()
    for name, mesh, colour in parts:
        shiny = colour == IRON
        mesh.visual = trimesh.visual.TextureVisuals(
            material=PBRMaterial(
                name=bytes(colour).hex(),
                baseColorFactor=[*colour, 255],
                metallicFactor=0.7 * shiny,
                roughnessFactor=0.5 if shiny else 0.8,
            )
        )
        scene.add_geometry(mesh, node_name=name, geom_name=name)
    return scene


_LEG = [
    (0.013, 0),
    (0.017, 0.06),
    (0.024, 0.34),
    (0.019, 0.40),
    (0.026, 0.46),
    (0.019, 0.52),
    (0.025, 0.60),
    (0.022, 1),
]


def chair() -> trimesh.Scene:
    """The keeper's ladder-back chair: turned legs, three bowed slats, a seat 44 cm high."""
    parts = []
    for side, x in (("left", -1), ("right", 1)):
        parts.append(
            (
                f"leg_front_{side}",
                _between(_lathe(_LEG, 10), (0.215 * x, 0, 0.2), (0.205 * x, 0.43, 0.185)),
                OAK,
            )
        )
        parts.append(
            (
                f"leg_back_{side}",
                _between(_lathe(_LEG, 10), (0.185 * x, 0, -0.22), (0.17 * x, 0.43, -0.18)),
                OAK,
            )
        )
        parts.append(
            (f"post_{side}", _rod(0.02, (0.17 * x, 0.42, -0.18), (0.185 * x, 0.98, -0.27)), OAK)
        )
        parts.append(
            (
                f"finial_{side}",
                _between(
                    _lathe([(0.010, 0), (0.022, 0.4), (0.018, 0.8), (0.006, 1)], 10),
                    (0.185 * x, 0.975, -0.269),
                    (0.187 * x, 1.03, -0.278),
                ),
                OAK,
            )
        )
        for i, y in enumerate((0.14, 0.25), 1):
            parts.append(
                (
                    f"stretcher_{side}_{i}",
                    _rod(0.011, (0.212 * x, y, 0.195), (0.182 * x, y, -0.206)),
                    DARK_OAK,
                )
            )
    parts.append(
        ("stretcher_front", _rod(0.012, (-0.21, 0.2, 0.193), (0.21, 0.2, 0.193)), DARK_OAK)
    )
    parts.append(("stretcher_back", _rod(0.011, (-0.18, 0.2, -0.2), (0.18, 0.2, -0.2)), DARK_OAK))
    seat = trimesh.creation.box((0.48, 0.028, 0.44))
    seat.vertices[seat.vertices[:, 2] < 0, 0] *= 0.84
    seat.apply_translation((0, 0.44 - 0.014, 0.005))
    parts.append(("seat", seat, DARK_OAK))
    for i, y in enumerate((0.56, 0.70, 0.84), 1):
        slat = _slab(0.345, 0.075, 0.014, 0.028)
        slat.apply_transform(trimesh.transformations.rotation_matrix(-0.16, (1, 0, 0)))
        slat.apply_translation((0, y, -0.18 - 0.16 * (y - 0.42)))
        parts.append((f"slat_{i}", slat, OAK))
    return _scene(parts)


def stool() -> trimesh.Scene:
    """A three-legged milking stool."""
    parts = [
        (
            "seat",
            _lathe(
                [(0.145, 0.275), (0.16, 0.285), (0.16, 0.305), (0.15, 0.315), (0.05, 0.308)], 28
            ),
            OAK,
        )
    ]
    for i in range(3):
        a = math.tau * i / 3 + 0.5
        foot, head = (
            (0.17 * math.cos(a), 0.0, 0.17 * math.sin(a)),
            (0.09 * math.cos(a), 0.28, 0.09 * math.sin(a)),
        )
        parts.append((f"leg_{i + 1}", _between(_lathe(_LEG, 10), foot, head), DARK_OAK))
    return _scene(parts)


def gear() -> trimesh.Scene:
    """The iron pinion of the mill: GEAR_TEETH teeth, five arms and a square hole."""
    step = math.tau / GEAR_TEETH
    outer = [
        (r, step * (i + f))
        for i in range(GEAR_TEETH)
        for f, r in ((-0.27, 0.26), (-0.14, 0.30), (0.14, 0.30), (0.27, 0.26))
    ]
    rim = _plate(outer, [0.215] * len(outer), 0.08)
    square = [(math.pi / 4 + math.tau * i / 16) for i in range(16)]
    hub = _plate(
        [(0.075, a) for a in square],
        [0.032 / max(abs(math.cos(a)), abs(math.sin(a))) for a in square],
        0.11,
    )
    parts = [("rim", rim, IRON), ("hub", hub, IRON)]
    for i in range(5):
        arm = trimesh.creation.box((0.16, 0.036, 0.05))
        arm.apply_translation((0.145, 0, 0))
        arm.apply_transform(
            trimesh.transformations.rotation_matrix(math.tau * i / 5 + 0.3, (0, 0, 1))
        )
        parts.append((f"arm_{i + 1}", arm, IRON))
    return _scene(parts)


def _plate(outer: list[tuple[float, float]], inner: list[float], thick: float) -> trimesh.Trimesh:
    """A flat ring between an outline (radius, angle) and inner radii at the same angles, with its
    axis along Z.
    """
    n = len(outer)
    angle = np.array([a for _, a in outer])
    turn = np.column_stack([np.cos(angle), np.sin(angle)])
    rings = [np.array([r for r, _ in outer])[:, None] * turn, np.array(inner)[:, None] * turn]
    points = np.concatenate(
        [np.column_stack([ring, np.full(n, z)]) for z in (-thick / 2, thick / 2) for ring in rings]
    )
    faces = []
    for i in range(n):
        j = (i + 1) % n
        # lower outer and inner ring, upper outer and inner ring
        for a, b in ((0, 1), (1, 3), (3, 2), (2, 0)):
            faces += [(a * n + i, b * n + i, a * n + j), (a * n + j, b * n + i, b * n + j)]
    mesh = trimesh.Trimesh(points, faces, process=False)
    mesh.fix_normals()
    return mesh


def lighthouse() -> trimesh.Scene:
    """Wrenholm Light at a hundredth of its size: 23 cm from rock to lamp."""

    def radius(y: float) -> float:
        return 0.042 - 0.016 * y / 0.2

    heights = [0.012, 0.05, 0.085, 0.125, 0.16, 0.196]
    parts = [("rock", _rock(), (104, 102, 96))]
    for i, (a, b) in enumerate(pairwise(heights)):
        parts.append(
            (
                f"tower_{i + 1}",
                _lathe([(radius(a), a), (radius(b), b)], 28),
                RED if i % 2 else WHITE,
            )
        )
    parts += [
        ("gallery", _lathe([(0.030, 0.194), (0.036, 0.199), (0.036, 0.204)], 28), IRON),
        ("lantern", _lathe([(0.018, 0.204), (0.018, 0.228)], 12), GLASS),
        (
            "dome",
            _lathe(
                [(0.022, 0.228), (0.019, 0.236), (0.011, 0.243), (0.002, 0.247), (0.0015, 0.262)],
                20,
            ),
            RED,
        ),
    ]
    for i in range(12):
        a = math.tau * i / 12
        parts.append(
            (
                f"rail_{i + 1}",
                _rod(
                    0.0011,
                    (0.034 * math.cos(a), 0.203, 0.034 * math.sin(a)),
                    (0.034 * math.cos(a), 0.216, 0.034 * math.sin(a)),
                ),
                IRON,
            )
        )
    return _scene(parts)


def _rock() -> trimesh.Trimesh:
    mesh = trimesh.creation.icosphere(subdivisions=2, radius=0.075)
    bumps = np.random.default_rng(4).uniform(0.86, 1.1, (len(mesh.vertices), 1))
    mesh.vertices *= bumps * np.array([1.25, 0.32, 1.05])
    return mesh


def picture(
    scene: trimesh.Scene, size: tuple[int, int] = (640, 640), turn: float = 0.6, tilt: float = 0.32
) -> Pixels:
    """A model on a pale floor, shaded flat, drawn far to near at twice the size."""
    from PIL import Image, ImageDraw, ImageFilter

    w, h = 2 * size[0], 2 * size[1]
    look = trimesh.transformations.rotation_matrix(
        tilt, (1, 0, 0)
    ) @ trimesh.transformations.rotation_matrix(-turn, (0, 1, 0))
    triangles, colours, ground = [], [], []
    for name in sorted(scene.graph.nodes_geometry):
        matrix, geometry = scene.graph[name]
        mesh = scene.geometry[geometry].copy()
        mesh.apply_transform(matrix)
        for _ in range(2):
            mesh = mesh.subdivide() if len(mesh.faces) < 200 else mesh
        corners = mesh.triangles
        floor = corners * (1, 0, 1) + corners[..., 1:2] * (0.35, 0, -0.2)
        triangles.append(trimesh.transform_points(corners.reshape(-1, 3), look).reshape(-1, 3, 3))
        ground.append(trimesh.transform_points(floor.reshape(-1, 3), look).reshape(-1, 3, 3))
        facing = mesh.face_normals @ look[:3, :3].T
        light = np.clip(facing @ np.array([-0.45, 0.7, 0.55]), 0, 1)
        tint = np.array(scene.geometry[geometry].visual.material.baseColorFactor[:3])
        colours.append(np.where(facing[:, 2:] > -0.01, tint * (0.42 + 0.62 * light[:, None]), -1))
    world, tints, shadow = (
        np.concatenate(triangles),
        np.concatenate(colours),
        np.concatenate(ground),
    )
    low, high = world.reshape(-1, 3).min(0), world.reshape(-1, 3).max(0)
    scale = 0.78 * min(w / (high[0] - low[0]), h / (high[1] - low[1]))
    middle = (low + high) / 2

    def place(points: Points) -> Points:
        return np.stack(
            [
                w / 2 + (points[..., 0] - middle[0]) * scale,
                h / 2 - (points[..., 1] - middle[1]) * scale,
            ],
            -1,
        )

    floor_mask = Image.new("L", (w, h), 0)
    pen = ImageDraw.Draw(floor_mask)
    for corners in place(shadow):
        pen.polygon([tuple(c) for c in corners], fill=105)
    canvas = Image.new("RGB", (w, h), (233, 228, 217))
    canvas.paste((120, 112, 104), mask=floor_mask.filter(ImageFilter.GaussianBlur(w / 160)))
    pen = ImageDraw.Draw(canvas)
    flat = place(world)
    for i in np.argsort(world[..., 2].mean(1), kind="stable"):
        if tints[i, 0] >= 0:
            colour = tuple(int(v) for v in tints[i].clip(0, 255))
            pen.polygon([tuple(c) for c in flat[i]], fill=colour, outline=colour)
    return np.asarray(canvas.resize(size, Image.Resampling.LANCZOS))
