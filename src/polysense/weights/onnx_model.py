"""Models kept as ONNX: exported once from the weights in an installed package, cached on disk,
served without torch.

The cache is $POLYSENSE_CACHE, else the user's cache folder. A model is a folder whose name tells
its weights and what wrote it; its weights lie beside the graph, so that they are mapped into memory
rather than read. A folder appears whole or not at all.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from polysense.errors import ReadOnly, StorageFull
from polysense.weights.cache_folder import cache_folder

FORMAT = 2
"""Raised whenever an export changes in what it computes or how it is written."""

_loading = Lock()


def folder() -> Path:
    """Where models are cached."""
    return cache_folder()


def load(name: str, digest: str, make: Callable[[Path], None], *, threads: int = 0) -> Any:
    """The onnxruntime session of a model; `make(path)` writes it where the cache has none, or a
    broken one.

    `digest` identifies the weights. Sessions are shared within the process and run from any thread.
    threads=0 takes every core.
    """
    with _loading:
        return _load(name, digest, make, threads or _cores(), folder())


def cached(name: str, make: Callable[[Path], None], *, again: bool = False) -> Path:
    """The cached folder `name`; `make(folder)` fills a new one where it is missing, or `again`
    where it is broken.

    Processes may race: each fills a folder of its own, and the first to finish wins. Raises
    ReadOnly and StorageFull.
    """
    home = folder() / name
    if home.is_dir() and not again:
        return home
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=".making-", dir=home.parent, ignore_cleanup_errors=True
        ) as scratch:
            fresh = Path(scratch, "fresh")
            fresh.mkdir()
            make(fresh)
            _settle(fresh, home, Path(scratch, "broken") if again else None)
    except OSError as e:
        message, hint = (
            f"Models cannot be cached in {home.parent}: {e.strerror}",
            "Name another folder in POLYSENSE_CACHE.",
        )
        if e.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise ReadOnly(message, hint) from e
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(message, hint) from e
        raise
    return home


def _settle(fresh: Path, home: Path, aside: Path | None) -> None:
    for path in fresh.iterdir():
        with path.open("rb+") as f:
            os.fsync(f.fileno())  # else a power cut could leave a whole-looking file of zeros
    try:
        if aside:
            with suppress(FileNotFoundError):  # another process has moved it already
                home.rename(aside)
        fresh.rename(home)
    except OSError:
        if not home.is_dir():  # otherwise another process was faster, with the same content
            raise


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=16)
def _load(name: str, digest: str, make: Callable[[Path], None], threads: int, _folder: Path) -> Any:
    import onnxruntime

    def fill(fresh: Path) -> None:
        raw = fresh / "raw.onnx"
        make(raw)
        _optimise(raw, fresh / "model.onnx")
        raw.unlink()

    key = f"{name}-{digest[:12]}-{FORMAT}-{onnxruntime.__version__}"
    home = cached(key, fill)
    try:
        return open_session(home / "model.onnx", threads)
    # onnxruntime has an error type for each way in which a file is broken
    except Exception:  # noqa: BLE001 - a second failure is raised
        return open_session(cached(key, fill, again=True) / "model.onnx", threads)


def _optimise(raw: Path, path: Path) -> None:
    """Write the graph as onnxruntime has optimised it, for any processor, with its weights in a
    file beside it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_file_name", "model.bin"
    )
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_min_size_in_bytes", "1024"
    )
    onnxruntime.InferenceSession(str(raw), options, providers=["CPUExecutionProvider"])


def open_session(path: Path, threads: int = 0) -> Any:
    """The onnxruntime session of a graph in a file; threads=0 takes every core."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # busy waiting is slower where others need the cores
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
