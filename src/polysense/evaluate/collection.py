"""A small library of real files to measure on: some of each kind from a folder of data sets, else
the demo's own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

PICKED = {
    "shapes-objects/*/*": 66,
    "shapes-kaykit/**/*.glb": 20,
    "audio-esc10/*/*": 20,
    "speech-ljspeech/**/*.wav": 6,
    "speech-samples/**/*.wav": 4,
    "video-clips/*": 10,
    "mixed-imaging-course/**/*.md": 8,
    "mixed-imaging-course/**/*.jpg": 20,
    "photos-labelled/*.JPEG": 24,
    "tables-wikitable/csv/**/*.csv": 20,
    "code-networkx/networkx/algorithms/*.py": 20,
    "pdf-samples/**/*.pdf": 6,
    "receipts/**/*.jpg": 8,
    "diagrams-mermaid/http/**/*.svg": 8,
}
"""Pattern -> how many of what it finds are taken, evenly spread."""


def gather(folder: Path, data: str, otherwise: Path) -> Path:
    """Copies the collection (the folder `otherwise` where there is no data) to folder/files, once;
    gives where its library belongs.
    """
    files = folder / "files"
    if not files.is_dir():
        partly = folder / "gathering"
        shutil.rmtree(partly, ignore_errors=True)
        for source, target in _picked(Path(data)) if data else [(otherwise, Path("demo"))]:
            _copy(source, partly / target)
        os.replace(partly, files)
    return folder / ".polysense"


def _picked(data: Path) -> list[tuple[Path, Path]]:
    """(file, its place in the collection), folders kept: what lies together belongs together."""
    picked: list[tuple[Path, Path]] = []
    for pattern, most in PICKED.items():
        found = sorted(p for p in data.glob(pattern) if p.is_file())
        step = max(len(found) / most, 1.0)
        chosen = [found[int(i * step)] for i in range(min(most, len(found)))]
        picked += [(p, p.relative_to(data)) for p in chosen]
    return picked


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
