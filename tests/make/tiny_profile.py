"""A profile of small models of the true architecture, for both ways of the grid:

    python -m tests.make.tiny_profile FOLDER
    polysense eval grid --profile FOLDER/tiny.toml --note "$NOTE" -o docs/grid.md

Their weights are random: that what they make is sound and of the right evidence is measured, how
good it is can't be.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .diffusion.tiny_films import text_to_video
from .diffusion.tiny_pictures import stable_diffusion
from .diffusion.tiny_solids import shap_e
from .diffusion.tiny_sounds import audioldm

MODELS = {
    "stable_diffusion": (stable_diffusion, "steps=2"),
    "audioldm": (audioldm, "steps=2,length=1"),
    "video_diffusion": (text_to_video, "steps=2,frames=8"),
    "shap_e": (shap_e, "steps=2,grid=12"),
}


def write_profile(folder: Path) -> Path:
    """A folder of each model, and tiny.toml, which names them over the offline profile."""
    specs = []
    for name, (build, options) in MODELS.items():
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        specs.append(f"{name}:model={build(home)},{options},device=cpu")
    lines = ['base = "offline"', "generators = [", *(f'    "{s}",' for s in specs), "]", ""]
    profile = folder / "tiny.toml"
    profile.write_text("\n".join(lines), "utf-8")
    return profile


if __name__ == "__main__":
    write_profile(Path(sys.argv[1]).absolute())
