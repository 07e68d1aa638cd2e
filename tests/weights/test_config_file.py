"""What says what lies in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.weights.config_file import read_config_file, write_config_file


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """With letters of any language, and nothing else left in the folder."""
    path = tmp_path / "space.json"
    write_config_file(path, 3, {"name": "潮汐", "dim": 4})
    assert read_config_file(path, 3, "space", "") == {"format": 3, "name": "潮汐", "dim": 4}
    assert [p.name for p in tmp_path.iterdir()] == ["space.json"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "holds no space: there is no space.json"),
        ("{", "cannot be read"),
        ("[3]", "no format"),
        ('{"format": 4}', "no format"),
    ],
)
def test_anything_else_is_told(tmp_path: Path, text: str | None, match: str) -> None:
    """With the cure that the caller knows."""
    path = tmp_path / "space.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadConfig, match=match) as refusal:
        read_config_file(path, 3, "space", "Train it.")
    assert refusal.value.hint == "Train it."
