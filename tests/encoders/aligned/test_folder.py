"""A folder of heads is taken whole, or refused with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polysense.encoders.aligned.folder import (
    CONFIG,
    AlignedConfig,
    Tower,
    read_config,
    revision_of_heads,
    write_config,
)
from polysense.errors import BadConfig

CONFIGURATION = AlignedConfig(
    "stamps", 4, {"text": Tower("minilm", "a"), "image": Tower("photo", "b", "image.onnx")},
    ("image",), ("en",),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "image.onnx").write_bytes(b"graph")
    write_config(CONFIGURATION, tmp_path)
    return tmp_path


def change(folder: Path, **values: Any) -> None:
    document = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(document | values))


def test_what_is_written_is_read(folder: Path) -> None:
    """And its revision is of the heads: another graph is another space."""
    assert read_config(folder) == CONFIGURATION
    before = revision_of_heads(folder, CONFIGURATION)
    (folder / "card.json").write_text("{}")
    assert revision_of_heads(folder, CONFIGURATION) == before
    (folder / "image.onnx").write_bytes(b"another")
    assert revision_of_heads(folder, CONFIGURATION) != before


@pytest.mark.parametrize(
    "values",
    [
        {"format": 2},
        {"dim": "wide"},
        {"towers": {}},
        {"indexed": ["audio"]},
        {"signal": "loud"},
        {"towers": {"image": {"encoder": "photo", "revision": "b", "head": "../x.onnx"}}},
        {"towers": {"image": {"encoder": "photo"}}},
    ],
)
def test_what_makes_no_sense_is_refused(folder: Path, values: dict[str, Any]) -> None:
    """Of another format, without towers, with a head outside the folder."""
    change(folder, **values)
    with pytest.raises(BadConfig):
        read_config(folder)


def test_a_missing_head_is_named(folder: Path) -> None:
    """A folder that was copied in part."""
    (folder / "image.onnx").unlink()
    with pytest.raises(BadConfig, match=r"lacks image\.onnx"):
        read_config(folder)
    with pytest.raises(BadConfig, match="holds no trained space"):
        read_config(folder / "none")
