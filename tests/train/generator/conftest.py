"""Folders of weights, made once a run, and torch on one thread: more only wait for each other on
so little.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import tiny


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of words."""
    return tiny.llama(tmp_path_factory.mktemp("weights") / "tiny-llama")


@pytest.fixture(scope="session")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with an encoder and a decoder."""
    return tiny.t5(tmp_path_factory.mktemp("weights") / "tiny-t5")


@pytest.fixture(scope="session")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another one."""
    return tiny.bart(tmp_path_factory.mktemp("weights") / "tiny-bart")


@pytest.fixture(scope="session")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sees."""
    return tiny.llava(tmp_path_factory.mktemp("weights") / "tiny-llava")
