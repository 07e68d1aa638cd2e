"""The cache of exported models: made once, whole or not at all, mended when broken."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import MissingDependency, ReadOnly
from polysense.weights import onnx_model


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Doubling:
    """Writes y = w * x as ONNX, w large enough to lie in a file of its own, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, path: Path) -> None:
        import onnx
        from onnx.helper import (
            make_graph,
            make_model,
            make_node,
            make_opsetid,
            make_tensor_value_info,
        )
        from onnx.numpy_helper import from_array

        self.count += 1
        x, y = (make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1024]) for name in "xy")
        graph = make_graph(
            [make_node("Mul", ["x", "w"], ["y"])],
            "g",
            [x],
            [y],
            [from_array(np.full(1024, 2, np.float32), "w")],
        )
        onnx.save(make_model(graph, opset_imports=[make_opsetid("", 17)], ir_version=10), path)


def double(make: Doubling) -> float:
    session = onnx_model.load("double", "0" * 64, make, threads=1)
    return float(session.run(["y"], {"x": np.ones(1024, np.float32)})[0][0])


def test_made_once_then_served_from_disk(cache: Path) -> None:
    """A second process must not export again."""
    first, second = Doubling(), Doubling()
    assert double(first) == 2.0
    assert double(second) == 2.0
    assert (first.count, second.count) == (1, 0)
    assert [p.name for p in cache.iterdir() if p.name.startswith(".")] == []
    assert sorted(p.name for p in next(cache.iterdir()).iterdir()) == ["model.bin", "model.onnx"]


@pytest.mark.parametrize(
    ("file", "content"),
    [("model.onnx", b""), ("model.onnx", b"\xff" * 99), ("model.bin", b"\0" * 7)],
)
def test_broken_file_is_made_again(cache: Path, file: str, content: bytes) -> None:
    """A cut or overwritten cache must mend itself."""
    double(Doubling())
    (next(cache.iterdir()) / file).write_bytes(content)
    again = Doubling()
    assert double(again) == 2.0
    assert again.count == 1
    assert double(Doubling()) == 2.0


def test_missing_file_is_made_again(cache: Path) -> None:
    """A half-emptied cache must mend itself."""
    double(Doubling())
    (next(cache.iterdir()) / "model.bin").unlink()
    assert double(Doubling()) == 2.0


def test_racing_processes_agree(cache: Path) -> None:
    """Whoever comes second finds the first's folder, and leaves nothing behind."""
    barrier = threading.Barrier(4)

    def make(folder: Path) -> None:
        barrier.wait(5)
        (folder / "data").write_bytes(b"same")

    threads = [threading.Thread(target=onnx_model.cached, args=("raced", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [p.name for p in cache.iterdir()] == ["raced"]
    assert (cache / "raced" / "data").read_bytes() == b"same"


def test_two_that_mend_at_once_agree(cache: Path) -> None:
    """Who finds the broken one gone already puts its own there."""
    onnx_model.cached("broken", lambda folder: None)

    def make(folder: Path) -> None:
        (cache / "broken").rmdir()  # as another process does, which is a step ahead
        (folder / "data").write_bytes(b"whole")

    assert (onnx_model.cached("broken", make, again=True) / "data").read_bytes() == b"whole"


def test_a_failure_leaves_nothing(cache: Path) -> None:
    """An interrupted export must not look like a model."""

    def make(folder: Path) -> None:
        (folder / "half").write_bytes(b"x")
        raise MissingDependency("no weights")

    with pytest.raises(MissingDependency):
        onnx_model.cached("failed", make)
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_is_said(cache: Path) -> None:
    """Where nothing may be written, the error names the way out."""
    cache.mkdir(mode=0o500)
    with pytest.raises(ReadOnly) as e:
        double(Doubling())
    assert "POLYSENSE_CACHE" in e.value.hint
