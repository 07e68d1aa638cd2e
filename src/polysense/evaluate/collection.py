"""A small library of real files to measure on: some of each modality from a folder, or the demo."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from polysense.read.file.mime import modality_of, sniff
from polysense.types import Modality

MAX_PER_MODALITY = 30
"""Files of one modality in the collection: a few hundred in all, so that the grid takes minutes and
finding the right file among them is no accident. Judged, not measured.
"""


def gather(folder: Path, data: str, otherwise: Path, each: int = MAX_PER_MODALITY) -> Path:
    """Copy the collection to folder/files, once; gives where its library belongs.

    It is at most `each` files of each modality in the folder `data`, or the whole folder
    `otherwise` where no data is named.
    """
    files = folder / "files"
    if not files.is_dir():
        incomplete = folder / "gathering"
        shutil.rmtree(incomplete, ignore_errors=True)
        sample = _sample(Path(data), each) if data else [(otherwise, Path("demo"))]
        for source, target in sample:
            _copy(source, incomplete / target)
        incomplete.mkdir(parents=True, exist_ok=True)
        os.replace(incomplete, files)
    return folder / ".polysense"


def _sample(data: Path, each: int) -> list[tuple[Path, Path]]:
    """(file, its place in the collection), folders kept: what lies together belongs together."""
    by_modality: dict[Modality, list[Path]] = defaultdict(list)
    for path in _files(data):
        if modality := _modality(path):
            by_modality[modality].append(path)
    return [
        (path, path.relative_to(data))
        for modality in sorted(by_modality)
        for path in _evenly_spread(by_modality[modality], each)
    ]


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order of name; nothing hidden."""
    for path in sorted(folder.rglob("*")):
        is_hidden = any(name.startswith(".") for name in path.relative_to(folder).parts)
        if path.is_file() and not is_hidden:
            yield path


def _modality(path: Path) -> Modality:
    """By the file's content; "" for archives, and what is unknown or cannot be read."""
    try:
        return modality_of(sniff(path))
    except OSError:
        return ""


def _evenly_spread(paths: list[Path], count: int) -> list[Path]:
    """At most `count` of them, from all of their length.

    >>> [p.name for p in _evenly_spread([Path(c) for c in "abcdef"], 3)]
    ['a', 'c', 'e']
    """
    step = max(len(paths) / count, 1.0) if count else 1.0
    return [paths[int(i * step)] for i in range(min(count, len(paths)))]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
