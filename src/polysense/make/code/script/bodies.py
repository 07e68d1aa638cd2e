"""Models as programs: bodies that trimesh or OpenSCAD build again, or a file that is loaded and
told.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from polysense.make.code.script.primitives import Floats, Solid
from polysense.read.solid.triangles import Mesh


def trimesh_script(found: Sequence[Solid], source: str, path: Path | None = None) -> str:
    """A program that builds the primitives with trimesh and writes them as one file."""
    rows = ""
    for s in found:
        sizes = _round(s.sizes)
        if s.kind == "file":
            made = f"taken({s.name!r})"
        elif s.kind == "lathe":
            made = f"creation.revolve({_pairs(s)!r}, sections={s.sides})"
        else:
            made = {
                "box": f"creation.box(extents={sizes!r})",
                "sphere": f"creation.icosphere(subdivisions=4, radius={sizes[0]!r})",
                "cylinder": f"creation.cylinder(radius={sizes[0]!r}, height={sizes[-1]!r}, sections={s.sides})",
            }[s.kind]
        rows += f"    ({s.name!r}, {made}, {_rows(s.matrix)}, {None if s.kind == 'file' else s.color!r}),\n"
    kept = sum(s.kind == "file" for s in found)
    taken = (
        f'SOURCE = {str(path)!r}\n\n\ndef taken(name):\n    """A part that is no simple body, from the file itself."""\n'
        "    scene = trimesh.load_scene(SOURCE)\n    place, geometry = scene.graph[name]\n"
        "    return scene.geometry[geometry].copy().apply_transform(place)\n\n\n"
    )
    told = f"{len(found) - kept} simple bodies" + (f", {kept} parts from the file" if kept else "")
    return (
        f'"""{_plain(source)} built again: {told}. Change sizes and places below."""\n\nimport sys\n\nimport numpy as np\n'
        f"import trimesh\nfrom trimesh import creation\n\n{taken if kept else ''}# name, body, place, colour\nPARTS = [\n{rows}]\n\n"
        "scene = trimesh.Scene()\nfor name, body, place, colour in PARTS:\n    body.apply_transform(np.array(place))\n"
        "    if colour is not None:\n        body.visual.face_colors = [*colour, 255]\n"
        '    scene.add_geometry(body, node_name=name, geom_name=name)\n\nif __name__ == "__main__":\n'
        '    target = sys.argv[1] if len(sys.argv) > 1 else "model.glb"\n    scene.export(target)\n'
        '    print(f"{target}: {len(PARTS)} parts, extents {scene.extents.round(4).tolist()}")\n'
    )


def openscad(found: Sequence[Solid], source: str) -> str:
    """The primitives in OpenSCAD's words."""
    out = f"// {' '.join(source.split())} built again of {len(found)} primitives\n"
    for s in found:
        sizes = _round(s.sizes)
        if s.kind == "lathe":
            made = f"rotate_extrude($fn = {s.sides}) polygon({[list(p) for p in _pairs(s)]});"
        else:
            made = {
                "box": f"cube({list(sizes)}, center = true);",
                "sphere": f"sphere(r = {sizes[0]}, $fn = 64);",
                "cylinder": f"cylinder(r = {sizes[0]}, h = {sizes[-1]}, $fn = {s.sides}, center = true);",
            }[s.kind]
        r, g, b = (round(c / 255, 3) for c in s.color)
        out += f"\n// {' '.join(s.name.split())}\nmultmatrix({_rows(s.matrix)})\n  color([{r}, {g}, {b}]) {made}\n"
    return out


def _pairs(s: Solid) -> list[tuple[float, float]]:
    """A turned body's profile as (radius, height)."""
    sizes = _round(s.sizes)
    return list(zip(sizes[::2], sizes[1::2], strict=True))


def _plain(said: str) -> str:
    return " ".join(said.replace("\\", "/").replace('"', "'").split())


def _round(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(f"{v:.6g}") for v in values)


def _rows(matrix: Floats) -> str:
    return (
        "["
        + ", ".join(
            "[" + ", ".join(f"{0.0 if abs(v) < 1e-9 else v:.6g}" for v in row) + "]"
            for row in matrix
        )
        + "]"
    )


def loader(mesh: Mesh, path: str, node: str | None, source: str) -> str:
    """A program that loads the model, or its part, and tells what parts it has and how large they
    are.
    """
    parts = [p.name or "model" for p in mesh.pieces][:40]
    told = "".join(f"#   {' '.join(n.split())}\n" for n in dict.fromkeys(parts))
    chosen = f"\nONLY = {node!r}  # the part that was found\n" if node else "\nONLY = None\n"
    return (
        f'"""Loads {_plain(source)} and tells its parts and their sizes."""\n\nimport sys\nfrom pathlib import Path\n\nimport trimesh\n\n'
        f"SOURCE = Path(sys.argv[1] if len(sys.argv) > 1 else {path!r})\n{chosen}\n# Its parts:\n{told}\n"
        "scene = trimesh.load_scene(SOURCE)\nparts = {}\nfor node in scene.graph.nodes_geometry:\n"
        "    place, geometry = scene.graph[node]\n    parts[node] = scene.geometry[geometry].copy().apply_transform(place)\n"
        "if ONLY is not None:\n    parts = {n: p for n, p in parts.items() if n == ONLY} or parts\n\n"
        'if __name__ == "__main__":\n    for name, part in parts.items():\n'
        '        print(f"{name}: {len(part.faces)} faces, extents {part.extents.round(4).tolist()}")\n'
        "    if len(sys.argv) > 2:\n        trimesh.Scene(parts).export(sys.argv[2])\n"
    )
