"""Small models that make things, each built once a run, when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PipelineFolder = Callable[[str], Path]
"""The name of a builder in `tests/make/diffusion/tiny_*.py` -> the folder it has filled."""


@pytest.fixture(scope="session")
def _pipelines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Path]]:
    return tmp_path_factory.mktemp("pipelines"), {}


@pytest.fixture
def pipeline_folder(_pipelines: tuple[Path, dict[str, Path]]) -> Iterator[PipelineFolder]:
    """A folder that holds a small pipeline of that name."""
    pytest.importorskip("diffusers", reason="needs the extra generate")
    import torch

    from polysense.weights.pipelines import import_diffusers

    from .diffusion import tiny_films, tiny_pictures, tiny_solids, tiny_sounds

    home, folders = _pipelines
    builders = (tiny_pictures, tiny_sounds, tiny_films, tiny_solids)

    def folder(name: str) -> Path:
        if name not in folders:
            build = next(getattr(m, name) for m in builders if hasattr(m, name))
            folders[name] = build(home / name)
        return folders[name]

    import_diffusers("a test")  # silent from now on
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    yield folder
    torch.set_num_threads(threads)
