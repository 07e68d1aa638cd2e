"""Checkpoints of torch without torch: the same numbers, and nothing else than numbers."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense.encoders.torch_checkpoint import MAGIC, PROTOCOL, read_state_dict
from polysense.errors import Unreadable


class Storage:
    """What torch's pickles refer to by a persistent id."""

    def __init__(self, key: str, values: np.ndarray[Any, Any]) -> None:
        self.key, self.values = key, values


class FakeTensor:
    def __init__(self, storage: Storage, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
        self.storage, self.shape, self.strides = storage, shape, strides


class Global:
    """Pickled as the global that it names, without that module being there."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


def dump(value: Any) -> bytes:
    """A pickle as torch writes it (protocol 2), with pickle's own opcodes."""
    out = io.BytesIO()

    class Pickler(pickle._Pickler):  # type: ignore[name-defined,misc]
        def persistent_id(self, obj: Any) -> Any:
            if isinstance(obj, Storage):
                kind = Global("torch", "FloatStorage")
                return ("storage", kind, obj.key, "cpu", obj.values.size)
            return None

        def save(self, obj: Any, save_persistent_id: bool = True) -> None:
            if isinstance(obj, Global):
                self.write(b"c" + f"{obj.module}\n{obj.name}\n".encode())
            elif isinstance(obj, FakeTensor):
                rebuild = Global("torch._utils", "_rebuild_tensor_v2")
                arguments = (obj.storage, 0, obj.shape, obj.strides, False, OrderedDict())
                self.save(rebuild)
                self.save(arguments)
                self.write(pickle.REDUCE)
            else:
                super().save(obj, save_persistent_id)

    Pickler(out, protocol=2).dump(value)
    return out.getvalue()


VALUES = np.arange(6, dtype="<f4")
STATE = OrderedDict(
    a=FakeTensor(Storage("0", VALUES), (2, 3), (3, 1)),
    inner={"b": FakeTensor(Storage("0", VALUES), (3, 2), (1, 3))},
)


def zipped(path: Path, state: Any = STATE, data: bytes = VALUES.tobytes()) -> Path:
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("archive/data.pkl", dump(state))
        z.writestr("archive/data/0", data)
    return path


def old(path: Path, state: Any = STATE, data: bytes = VALUES.tobytes()) -> Path:
    system = {"little_endian": True}
    pickles = b"".join(dump(value) for value in (MAGIC, PROTOCOL, system, state, ["0"]))
    path.write_bytes(pickles + np.int64(6).tobytes() + data)
    return path


@pytest.mark.parametrize("write", [zipped, old])
def test_tensors_are_read_in_both_formats(tmp_path: Path, write: Any) -> None:
    """Views of one storage, with their strides; nested dicts by joined names."""
    arrays = read_state_dict(write(tmp_path / "x.pth"))
    np.testing.assert_array_equal(arrays["a"], VALUES.reshape(2, 3))
    np.testing.assert_array_equal(arrays["inner.b"], VALUES.reshape(2, 3).T)


@pytest.mark.parametrize("write", [zipped, old])
def test_code_is_refused_before_it_runs(tmp_path: Path, write: Any) -> None:
    """A pickle can name anything to call; only tensors may be named here."""

    class Attack:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "ran"), "w"))

    path = write(tmp_path / "x.pth", OrderedDict(a=Attack()))
    with pytest.raises(Unreadable, match="no place in weights"):
        read_state_dict(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("write", [zipped, old])
@pytest.mark.parametrize(
    ("shape", "strides"),
    [((7,), (1,)), ((2, 4), (4, 1)), ((-1,), (1,)), ((2,), (-1,)), ((1 << 40,), (0,))],
)
def test_tensors_stay_in_their_storage(
    tmp_path: Path, write: Any, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    """A tensor that reaches further reads what is not its own, or fills the memory."""
    state = OrderedDict(a=FakeTensor(Storage("0", VALUES), shape, strides))
    with pytest.raises(Unreadable, match="tensor"):
        read_state_dict(write(tmp_path / "x.pth", state))


@pytest.mark.parametrize("write", [zipped, old])
def test_what_is_cut_short_or_empty_is_refused(tmp_path: Path, write: Any) -> None:
    """A download that broke off."""
    with pytest.raises(Unreadable, match=r"x\.pth"):
        read_state_dict(write(tmp_path / "x.pth", STATE, VALUES.tobytes()[:-1]))
    for size in (0, 1, 40):
        whole = write(tmp_path / "whole.pth").read_bytes()
        (tmp_path / "cut.pth").write_bytes(whole[:size])
        with pytest.raises(Unreadable):
            read_state_dict(tmp_path / "cut.pth")


@pytest.mark.parametrize("old_format", [False, True])
def test_what_torch_writes_is_read_as_torch_reads_it(tmp_path: Path, old_format: bool) -> None:
    """Real checkpoints of several element types, where torch is installed."""
    torch = pytest.importorskip("torch", reason="the extra `models` is not installed")
    state = {
        "half": torch.randn(3, 4).half(),
        "turned": torch.randn(3, 4).t(),
        "count": torch.tensor(7),
        "inner": {"flag": torch.tensor([True, False]), "double": torch.randn(2).double()},
    }
    path = tmp_path / "x.pth"
    torch.save(state, path, _use_new_zipfile_serialization=not old_format)
    arrays = read_state_dict(path)
    assert arrays.keys() == {"half", "turned", "count", "inner.flag", "inner.double"}
    np.testing.assert_array_equal(arrays["half"], state["half"].numpy())
    np.testing.assert_array_equal(arrays["turned"], state["turned"].numpy())
    np.testing.assert_array_equal(arrays["inner.double"], state["inner"]["double"].numpy())
    assert arrays["count"] == 7
    assert arrays["inner.flag"].tolist() == [True, False]
