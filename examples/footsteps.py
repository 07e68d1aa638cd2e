"""The sound of footsteps -> the sole of a shoe as a 3D model, through pairs of a sound and the
thing that makes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import trimesh
from _things import RATE, bell, footsteps, glass, kettle, ringing, save_sound, sole, whistle

from polysense import Audio, Library


def pairs(folder: Path) -> Path:
    """Sounds, and beside each, under the same name, the thing that makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sound, thing in (
        ("footsteps", footsteps(8, seed=1), sole()),
        ("bell", ringing((0.5, 1, 1.2, 1.5, 2, 2.7), 440, 1.6), bell()),
        ("kettle", whistle(), kettle()),
        ("glass", ringing((1, 2.3, 4.1), 1250, 5), glass()),
    ):
        save_sound(folder / f"{name}.wav", sound)
        thing.export(folder / f"{name}.glb")
    return folder


def another_walk(path: Path) -> Path:
    """Somebody else's steps, begun in the middle of one, quiet, in a noisy room."""
    walk = footsteps(12, seed=7)[int(1.37 * RATE) : int(5.2 * RATE)]
    return save_sound(path, walk + 0.05 * np.random.default_rng(5).normal(0, 1, len(walk)))


def main(folder: Path = Path("polysense-examples/footsteps")) -> None:
    """Make the pairs and the recording, ask with the recording alone."""
    things, recording = pairs(folder / "things"), another_walk(folder / "heard.wav")
    with Library(folder / "kb") as kb:
        kb.index(things)
        answer = kb.ask(Audio(recording), to="3d")
    print(f"asked: heard.wav, for 3d\n{answer}\n")
    for name in ("sole.glb", "sole.stl"):
        mesh = trimesh.load(answer.save(folder / name), force="mesh")
        print(f"got:   {name}, {' x '.join(f'{1000 * x:.0f}' for x in mesh.extents)} mm")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
