"""The cache of a library: files made from others, which can be made again. Kept below a size; may
be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

from polysense.errors import PolysenseError
from polysense.read.file.archive import local
from polysense.types import Chunk

BOUND = 2 << 30
"""Bytes that stay."""


def trim(cache: Path, bound: int = BOUND) -> None:
    """Delete what has not been used for longest until `bound` bytes are left. What is read
    meanwhile by others stays readable to them.
    """
    held: list[tuple[float, int, str]] = []
    for folder, _, names in os.walk(cache):
        for name in names:
            path = os.path.join(folder, name)
            with contextlib.suppress(OSError):  # gone meanwhile
                st = os.lstat(path)
                # not mtime: that is its archive's
                held.append((max(st.st_atime, st.st_ctime), st.st_size, path))
    left = sum(size for _, size, _ in held)
    for _, size, path in sorted(held):
        if left <= bound:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
            left -= size
            os.rmdir(os.path.dirname(path))
            os.rmdir(os.path.dirname(os.path.dirname(path)))


def readable(chunk: Chunk, cache: Path) -> Chunk:
    """The chunk with its file where it can be opened: a member of an archive is unpacked. What is
    gone stays as it is.
    """
    if chunk.asset.path is not None:
        return chunk
    try:
        path = local(chunk.asset.uri, cache)
    except (PolysenseError, OSError):
        return chunk
    part = replace(chunk.part, data=path) if chunk.part is not None else None
    return replace(chunk, asset=replace(chunk.asset, path=path), part=part)
