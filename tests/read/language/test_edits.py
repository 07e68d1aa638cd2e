"""How far two words are apart."""

from __future__ import annotations

import pytest

from polysense.read.language.edits import edits


@pytest.mark.parametrize(
    ("a", "b", "count"), [("lamp", "lamp", 0), ("lmap", "lamp", 1), ("lam", "lamp", 1), ("limb", "lamp", 2), ("oak", "elm", 3)]
)  # fmt: skip
def test_edits(a: str, b: str, count: int) -> None:
    """A swap of neighbours is one."""
    assert edits(a, b, 2) == edits(b, a, 2) == count
