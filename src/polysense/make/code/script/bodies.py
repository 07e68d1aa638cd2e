"""Models as programs: bodies that trimesh or OpenSCAD build again, or a file that is loaded and
told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from polysense.make.code.script.primitives import Floats, Solid
from polysense.read.solid.triangles import Mesh

_PART_FROM_FILE = '''SOURCE = {path!r}


def part_from_file(name):
    """A part that is no simple body, from the file itself."""
    scene = trimesh.load_scene(SOURCE)
    place, geometry = scene.graph[name]
    return scene.geometry[geometry].copy().apply_transform(place)


'''

_BUILD_PARTS = """
scene = trimesh.Scene()
for name, body, place, colour in PARTS:
    body.apply_transform(np.array(place))
    if colour is not None:
        body.visual.face_colors = [*colour, 255]
    scene.add_geometry(body, node_name=name, geom_name=name)

if __name__ == "__main__":
    target = sys.argv[1] if len(sys.argv) > 1 else "model.glb"
    scene.export(target)
    print(f"{target}: {len(PARTS)} parts, extents {scene.extents.round(4).tolist()}")
"""

_LOAD_PARTS = """
scene = trimesh.load_scene(SOURCE)
parts = {}
for node in scene.graph.nodes_geometry:
    place, geometry = scene.graph[node]
    parts[node] = scene.geometry[geometry].copy().apply_transform(place)
if ONLY is not None:
    parts = {n: p for n, p in parts.items() if n == ONLY} or parts

if __name__ == "__main__":
    for name, part in parts.items():
        print(f"{name}: {len(part.faces)} faces, extents {part.extents.round(4).tolist()}")
    if len(sys.argv) > 2:
        trimesh.Scene(parts).export(sys.argv[2])
"""


def trimesh_script(solids: Sequence[Solid], source: str, path: Path | None = None) -> str:
    """A program that builds the primitives with trimesh and writes them as one file."""
    rows = ""
    for solid in solids:
        colour = None if solid.kind == "file" else solid.color
        body, place = _trimesh_expression(solid), _matrix_source(solid.matrix)
        rows += f"    ({solid.name!r}, {body}, {place}, {colour!r}),\n"
    file_count = sum(solid.kind == "file" for solid in solids)
    summary = f"{len(solids) - file_count} simple bodies"
    if file_count:
        summary += f", {file_count} parts from the file"
    return (
        f'"""{_one_line(source)} built again: {summary}. Change sizes and places below."""\n'
        "\nimport sys\n"
        "\nimport numpy as np\nimport trimesh\nfrom trimesh import creation\n\n"
        + (_PART_FROM_FILE.format(path=str(path)) if file_count else "")
        + f"# name, body, place, colour\nPARTS = [\n{rows}]\n"
        + _BUILD_PARTS
    )


def _trimesh_expression(solid: Solid) -> str:
    sizes = _rounded_values(solid.sizes)
    match solid.kind:
        case "file":
            return f"part_from_file({solid.name!r})"
        case "lathe":
            return f"creation.revolve({_profile_points(solid)!r}, sections={solid.sides})"
        case "box":
            return f"creation.box(extents={sizes!r})"
        case "sphere":
            return f"creation.icosphere(subdivisions=4, radius={sizes[0]!r})"
        case _:
            size = f"radius={sizes[0]!r}, height={sizes[-1]!r}"
            return f"creation.cylinder({size}, sections={solid.sides})"


def openscad_script(solids: Sequence[Solid], source: str) -> str:
    """The primitives in OpenSCAD's words."""
    program = f"// {' '.join(source.split())} built again of {len(solids)} primitives\n"
    for solid in solids:
        r, g, b = (round(c / 255, 3) for c in solid.color)
        program += (
            f"\n// {' '.join(solid.name.split())}\nmultmatrix({_matrix_source(solid.matrix)})\n"
            f"  color([{r}, {g}, {b}]) {_openscad_expression(solid)}\n"
        )
    return program


def _openscad_expression(solid: Solid) -> str:
    sizes, sides = _rounded_values(solid.sizes), f"$fn = {solid.sides}"
    match solid.kind:
        case "lathe":
            points = [list(p) for p in _profile_points(solid)]
            return f"rotate_extrude({sides}) polygon({points});"
        case "box":
            return f"cube({list(sizes)}, center = true);"
        case "sphere":
            return f"sphere(r = {sizes[0]}, $fn = 64);"
        case _:
            return f"cylinder(r = {sizes[0]}, h = {sizes[-1]}, {sides}, center = true);"


def _profile_points(solid: Solid) -> list[tuple[float, float]]:
    """A turned body's profile as (radius, height)."""
    sizes = _rounded_values(solid.sizes)
    return list(zip(sizes[::2], sizes[1::2], strict=True))


def _one_line(value: str) -> str:
    return " ".join(value.replace("\\", "/").replace('"', "'").split())


def _rounded_values(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(f"{v:.6g}") for v in values)


def _matrix_source(matrix: Floats) -> str:
    rows = (
        "[" + ", ".join(f"{0.0 if abs(v) < 1e-9 else v:.6g}" for v in row) + "]" for row in matrix
    )
    return "[" + ", ".join(rows) + "]"


def loader_script(mesh: Mesh, path: str, node: str | None, source: str) -> str:
    """A program that loads the model, or its part, and tells what parts it has and how large they
    are.
    """
    names = [p.name or "model" for p in mesh.pieces][:40]
    part_comments = "".join(f"#   {' '.join(n.split())}\n" for n in dict.fromkeys(names))
    only_line = f"ONLY = {node!r}  # the part that was found\n" if node else "ONLY = None\n"
    return (
        f'"""Loads {_one_line(source)} and tells its parts and their sizes."""\n'
        "\nimport sys\nfrom pathlib import Path\n\nimport trimesh\n"
        f"\nSOURCE = Path(sys.argv[1] if len(sys.argv) > 1 else {path!r})\n"
        f"\n{only_line}\n# Its parts:\n{part_comments}{_LOAD_PARTS}"
    )
