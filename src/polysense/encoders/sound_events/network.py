"""How likely each kind of sound is in recordings."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.audio_window import is_silent, listen
from polysense.encoders.sound_events.graph import CLASSES, export
from polysense.encoders.sound_events.mel import RATE, patches
from polysense.types import Part
from polysense.weights import onnx_model
from polysense.weights.packaged import YAMNET

LONGEST = 120.0
"""Seconds of a part that are heard, as by `sound`."""
BATCH = 32
"""Patches computed at once."""


def event_likelihoods(part: Part, *, threads: int = 0) -> NDArray[np.float32] | None:
    """(521,), 0 to 1 each: how likely the part has each kind of sound; None for silence.

    The geometric mean of a kind's mean over time and its peak: a bark in ten seconds of street
    counts, and a moment's mistake does not. Raises as `read.sound.decode.samples`.
    """
    sound = listen(part, LONGEST, RATE)
    if is_silent(sound):
        return None
    session = onnx_model.load("yamnet", YAMNET.sha256, _export, threads=threads)
    inputs = patches(sound)
    logits = np.concatenate(
        [
            session.run(["logits"], {"patches": inputs[at : at + BATCH]})[0]
            for at in range(0, len(inputs), BATCH)
        ]
    )
    likely = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
    return np.asarray(np.sqrt(likely.mean(axis=0) * likely.max(axis=0)), np.float32)


@cache
def class_names() -> tuple[str, ...]:
    """The kinds, in the order of the network's outputs.

    >>> class_names()[74], len(class_names())
    ('Growling', 521)
    """
    folder = files("polysense.encoders.sound_events")
    names = tuple(folder.joinpath("audioset_classes.txt").read_text("utf-8").splitlines())
    if len(names) != CLASSES:
        raise ValueError(f"audioset_classes.txt holds {len(names)} names, not {CLASSES}")
    return names


def _export(path: Path) -> None:
    export(YAMNET.verified(), path)
