"""Folders of weights, made once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import tiny


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of words, with a chat template."""
    return tiny.reader(tmp_path_factory.mktemp("weights") / "tiny-reader")


@pytest.fixture(scope="session")
def plain_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One without a template, which goes on with the next question."""
    return tiny.reader(tmp_path_factory.mktemp("weights") / "tiny-plain", template=None)


@pytest.fixture(scope="session")
def seer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sees."""
    return tiny.seer(tmp_path_factory.mktemp("weights") / "tiny-seer")
