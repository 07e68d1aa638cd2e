"""The cache of a library: files made from others, which can be made again.

Kept below a size; may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

from polysense.errors import PolysenseError
from polysense.read.file.archive import local_path
from polysense.types import Chunk

MAX_BYTES = 2 << 30
"""Bytes that stay; judged, not measured."""


def trim(cache: Path, max_bytes: int = MAX_BYTES) -> None:
    """Delete what has not been used for longest until `max_bytes` are left.

    What is read meanwhile by others stays readable to them.
    """
    files: list[tuple[float, int, str]] = []
    for folder, _, names in os.walk(cache):
        for name in names:
            path = os.path.join(folder, name)
            with contextlib.suppress(OSError):  # gone meanwhile
                st = os.lstat(path)
                # not mtime: that is its archive's
                files.append((max(st.st_atime, st.st_ctime), st.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= max_bytes:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
            total -= size
            os.rmdir(os.path.dirname(path))
            os.rmdir(os.path.dirname(os.path.dirname(path)))


def with_local_file(chunk: Chunk, cache: Path) -> Chunk:
    """The chunk with its file where it can be opened: a member of an archive is unpacked.

    What is gone stays as it is.
    """
    if chunk.asset.path is not None:
        return chunk
    try:
        path = local_path(chunk.asset.uri, cache)
    except (PolysenseError, OSError):
        return chunk
    part = replace(chunk.part, data=path) if chunk.part is not None else None
    return replace(chunk, asset=replace(chunk.asset, path=path), part=part)
