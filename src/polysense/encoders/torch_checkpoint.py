"""Checkpoints of torch (old and zip format) read without torch, and without running what they hold.

A checkpoint is a pickle; the one here may name tensors and ordered dicts, and nothing else.
"""

from __future__ import annotations

import io
import math
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Unreadable

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
"""What a checkpoint of the old format begins with."""

DTYPES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}

LARGEST = 4 << 30
"""Bytes that one storage may claim; a checkpoint cannot make us allocate more."""


def read_state_dict(path: Path) -> dict[str, NDArray[Any]]:
    """The tensors of a state dict as arrays; names of nested dicts are joined by dots.

    Raises Unreadable for anything that is not a whole checkpoint of tensors alone.
    """
    try:
        return dict(_flatten(_read_zip(path) if zipfile.is_zipfile(path) else _read_old(path)))
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError, KeyError, IndexError) as e:
        raise Unreadable(f"{path.name} is no checkpoint of tensors: {e}") from e
    except (AttributeError, TypeError, ValueError, OverflowError, MemoryError) as e:
        raise Unreadable(f"{path.name} is a damaged checkpoint: {e}") from e


class _Dtype(str):
    """A storage's element type, as numpy writes it."""


class _Storage:
    """One block of numbers that tensors look into."""

    def __init__(self, dtype: str, size: int) -> None:
        self.dtype, self.size = np.dtype(dtype), size
        self.values: NDArray[Any] | None = None
        if not 0 <= size * self.dtype.itemsize <= LARGEST:
            raise pickle.UnpicklingError("a storage of impossible size")

    def fill(self, values: NDArray[Any]) -> None:
        if len(values) != self.size:
            raise pickle.UnpicklingError("cut short")
        self.values = values


class _Tensor:
    """A view of a storage: offset, shape and strides count elements."""

    def __init__(
        self, storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def to_array(self) -> NDArray[Any]:
        values = self.storage.values
        if values is None or min((self.offset, *self.shape, *self.strides), default=0) < 0:
            raise pickle.UnpicklingError("a tensor without its numbers")
        if not math.prod(self.shape):
            return np.empty(self.shape, self.storage.dtype)
        steps = zip(self.shape, self.strides, strict=True)
        last = self.offset + sum((n - 1) * step for n, step in steps)
        if last >= len(values) or math.prod(self.shape) > len(values):
            raise pickle.UnpicklingError("a tensor reaches beyond its storage")
        strides = [step * values.itemsize for step in self.strides]
        view = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, strides)
        return view.copy()


def _rebuild(
    storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: Any
) -> _Tensor:
    return _Tensor(storage, int(offset), tuple(shape), tuple(strides))


class _Unpickler(pickle.Unpickler):
    """Knows tensors and ordered dicts; whatever else a pickle names is refused, uncalled."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in DTYPES:
            return _Dtype(DTYPES[name])
        raise pickle.UnpicklingError(f"{module}.{name} has no place in weights")

    def persistent_load(self, pid: Any) -> _Storage:
        """("storage", element type, key, device, how many), and what the format adds."""
        if not (isinstance(pid, tuple) and len(pid) >= 5 and pid[0] == "storage"):
            raise pickle.UnpicklingError("not a storage")
        if not isinstance(pid[1], _Dtype):
            raise pickle.UnpicklingError("a storage of unknown type")
        key = str(pid[2])
        if key not in self.storages:
            self.storages[key] = _Storage(str(pid[1]), int(pid[4]))
        return self.storages[key]


def _read_old(path: Path) -> Any:
    with path.open("rb") as f:
        if _Unpickler(f).load() != MAGIC or _Unpickler(f).load() != PROTOCOL:
            raise pickle.UnpicklingError("it does not begin as one")
        if not _Unpickler(f).load().get("little_endian"):
            raise pickle.UnpicklingError("big-endian")
        unpickler = _Unpickler(f)
        tensors = unpickler.load()
        for key in _Unpickler(f).load():
            storage = unpickler.storages[str(key)]
            (size,) = np.frombuffer(f.read(8), "<i8")
            if size != storage.size:
                raise pickle.UnpicklingError("two sizes for one storage")
            raw = f.read(storage.size * storage.dtype.itemsize)
            storage.fill(np.frombuffer(raw, storage.dtype))
    return tensors


def _read_zip(path: Path) -> Any:
    with zipfile.ZipFile(path) as z:
        pickles = [name for name in z.namelist() if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise pickle.UnpicklingError("not one data.pkl")
        unpickler = _Unpickler(io.BytesIO(z.read(pickles[0])))
        tensors = unpickler.load()
        for key, storage in unpickler.storages.items():
            member = f"{pickles[0].removesuffix('data.pkl')}data/{key}"
            if z.getinfo(member).file_size != storage.size * storage.dtype.itemsize:
                raise pickle.UnpicklingError("cut short")
            storage.fill(np.frombuffer(z.read(member), storage.dtype))
    return tensors


def _flatten(tensors: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    for name, value in tensors.items():
        if isinstance(value, _Tensor):
            yield f"{prefix}{name}", value.to_array()
        elif isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
