"""The weights of a Whisper model in CTranslate2's file format, read as numbers and nothing else."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Unreadable

VERSION = 6
"""Of the format: the one that was read to its end and compared with the model."""

NUMBER_TYPES = ("<f4", "i1", "<i2", "<i4", "<f2")
"""By their number in the file."""

Arrays = Mapping[str, NDArray[Any]]


def read_weights(path: Path) -> Arrays:
    """All arrays by their names, as the file has them. Raises Unreadable for a file that is cut,
    goes on after its end, or is of another version or model.
    """
    try:
        return _read(path.read_bytes())
    except (struct.error, ValueError, IndexError) as e:
        raise Unreadable(f"{path} is no model of Whisper: {e}") from e


def _read(content: bytes) -> Arrays:
    view, place = memoryview(content), 0

    def take(size: int) -> memoryview:
        nonlocal place
        if size > len(view) - place:
            raise ValueError(f"{size} bytes are missing at {place}")
        place += size
        return view[place - size : place]

    def number(kind: str) -> int:
        return int(struct.unpack("<" + kind, take(struct.calcsize(kind)))[0])

    def text() -> str:
        return bytes(take(number("H"))).rstrip(b"\0").decode("ascii")

    version, model = number("I"), text()
    if version != VERSION or model != "WhisperSpec":
        raise ValueError(f"it holds a {model} in version {version} of the format")
    number("I")  # the revision of the model's description
    arrays = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind, size = np.dtype(NUMBER_TYPES[number("B")]), number("I")
        if prod(shape) * kind.itemsize != size:
            raise ValueError(f"{name} has {size} bytes for the shape {shape}")
        arrays[name] = np.frombuffer(take(size), kind).reshape(shape)
    for _ in range(number("I")):
        alias, target = text(), text()
        if target not in arrays:
            raise ValueError(f"{alias} is another name of {target}, which is not there")
        arrays[alias] = arrays[target]
    if place != len(view):
        raise ValueError(f"{len(view) - place} bytes follow its end")
    return arrays
