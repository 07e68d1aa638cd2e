"""The folder that a new tower is added to."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from polysense.encoders.aligned.folder import (
    CONFIG,
    AlignedConfig,
    Tower,
    read_config,
    write_config,
)
from polysense.train.align.settings import Side
from polysense.train.heads.head import Head
from polysense.types import Modality


def towers_there(anchor: Side, existing: Path | None, name: str) -> AlignedConfig:
    """What the space holds before: the towers of a trained folder; else the anchor itself, for each
    modality that it takes. Raises BadConfig.
    """
    if existing is not None:
        return read_config(existing)
    encoder = anchor.encoder
    modalities = sorted(encoder.accepts | encoder.query_modalities)
    tower = Tower(anchor.spec, encoder.space.revision)
    languages = tuple(sorted(encoder.languages or ()))
    towers = dict.fromkeys(modalities, tower)
    return AlignedConfig(name, encoder.space.dim, towers, tuple(modalities), languages)


def add_tower(
    folder: Path,
    before: AlignedConfig,
    existing: Path | None,
    modality: Modality,
    source: Side,
    head: Head,
) -> None:
    """Write the space with one more tower. Heads that are there keep every byte: where the folder
    is another one, they are copied.

    The graph is written first, then what names it: a folder that was killed half written is the
    space of before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = before.name
    if existing is not None and existing.resolve() != folder.resolve():
        for file in sorted({head for t in before.towers.values() for head in t.heads}):
            shutil.copyfile(existing / file, folder / file)
        name = folder.name
    space = source.encoder.space
    graph = f"{modality}.onnx"
    scratch = folder / f"{graph}.{os.getpid()}"
    head.export(scratch, space.dim, before.dim)
    scratch.replace(folder / graph)
    towers = {**before.towers, modality: Tower(source.spec, space.revision, graph)}
    indexed = tuple(dict.fromkeys((*before.indexed, modality)))
    write_config(replace(before, name=name, towers=towers, indexed=indexed), folder)


def is_space(folder: Path) -> bool:
    """Whether a folder holds a trained space."""
    return (folder / CONFIG).is_file()
