"""Settings: the file, then the environment, then defaults."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from polysense.config import FILE, Settings, read
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, "utf-8")
    return folder


def test_defaults(tmp_path: Path) -> None:
    """No file and no variables are no error."""
    assert read(tmp_path, {}) == Settings()


def test_a_file(tmp_path: Path) -> None:
    """Everything that the documentation shows."""
    folder = write(
        tmp_path,
        'library = "kb"\nprofile = "offline"\nencoders = ["minilm:threads=1", "-conse"]\n'
        "[limits]\nseconds = 5\nmemory_mb = 512\nworkers = 1\n",
    )
    assert read(folder, {}) == Settings(
        "kb", "offline", ("minilm:threads=1", "-conse"), limits=Limits(5, 512, 1)
    )


def test_the_environment_wins(tmp_path: Path) -> None:
    """Over the file; an empty variable is none."""
    folder = write(tmp_path, 'library = "kb"\nencoders = ["minilm"]\n')
    there = {
        "POLYSENSE_LIBRARY": "other",
        "POLYSENSE_ENCODERS": " -minilm; -conse;",
        "POLYSENSE_PROFILE": "",
        "POLYSENSE_DATA": "/x",
    }
    assert read(folder, there) == Settings("other", encoders=("-minilm", "-conse"))


@pytest.mark.parametrize(
    "text",
    [
        "library = ", 'colour = "red"', "limits = 3", "encoders = 3", 'encoders = "minilm"',
        "encoders = [3]", "library = 3",
        "[limits]\nhours = 3", "[limits]\nseconds = 'long'", "[limits]\nseconds = -1",
        "[limits]\nworkers = 1.5",
        "[limits]\nmemory_mb = true", "[limits]\nseconds = inf", "[limits]\nseconds = nan",
        "[limits]\nmemory_mb = 1_000_000_000_000",
    ],
)  # fmt: skip
def test_nonsense_is_refused(tmp_path: Path, text: str) -> None:
    """Naming the file."""
    with pytest.raises(BadConfig, match=FILE) as error:
        read(write(tmp_path, text), {})
    assert error.value.hint


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Also named."""
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadConfig, match=FILE):
        read(tmp_path, {})


def test_settings_make_a_kit(tmp_path: Path) -> None:
    """Names are checked when the kit is made; that loads no model."""
    kit = read(write(tmp_path, 'encoders = ["-conse"]'), {}).kit()
    assert "minilm" in kit.encoders
    assert "conse" not in kit.encoders
    with pytest.raises(BadConfig, match="nonsense"):
        read(tmp_path, {"POLYSENSE_ENCODERS": "nonsense"}).kit()
    with pytest.raises(BadConfig, match="nonsense"):
        read(tmp_path, {"POLYSENSE_PROFILE": "nonsense"}).kit()


def test_a_file_that_may_not_be_read(
    common: Path, nobody: Callable[[], AbstractContextManager[None]]
) -> None:
    """Said, and not passed over: what it asks for would silently not happen."""
    write(common, 'library = "kb"').joinpath(FILE).chmod(0)
    with nobody(), pytest.raises(BadConfig, match="cannot be read") as error:
        read(common, {})
    assert "permissions" in error.value.hint
