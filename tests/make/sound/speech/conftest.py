"""Small voices, each built once a run, when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import tiny_voices

VoiceFolder = Callable[[str], Path]
"""The name of a builder in `tiny_voices` -> the folder it has filled."""


@pytest.fixture(scope="session")
def _voices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path]]:
    return tmp_path_factory.mktemp("voices"), {}


@pytest.fixture
def voice_folder(_voices: tuple[Path, dict[str, Path]]) -> Iterator[VoiceFolder]:
    """A folder that holds a small voice of that family."""
    torch = pytest.importorskip("torch", reason="needs the extra generate")
    pytest.importorskip("sentencepiece", reason="needs the extra generate")
    from polysense.weights.pretrained import import_transformers

    import_transformers("a test")
    home, folders = _voices

    def folder(name: str) -> Path:
        if name not in folders:
            folders[name] = getattr(tiny_voices, name)(home / name)
        return folders[name]

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    yield folder
    torch.set_num_threads(threads)
