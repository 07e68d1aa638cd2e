"""What worker processes are asked."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.errors import Unsupported
from polysense.ingest.jobs import ParseFile, pool_vectors
from polysense.registry import Kit
from polysense.types import Asset, Space

SPACE, TOKENS = Space("one", "1", 2), Space("several", "1", 2, "maxsim")


def test_one_vector_stays_and_several_are_averaged() -> None:
    """A space compared by dot product keeps its lengths; views of a mesh count the same each, blank
    ones not at all.
    """
    one = np.array([[3.0, 4.0]], np.float32)
    assert pool_vectors(SPACE, one).tolist() == [3.0, 4.0]
    blank = np.full(2, np.nan, np.float32)
    views = np.array([[1.0, 0.0], [0.0, 1.0], blank], np.float32)
    assert np.allclose(pool_vectors(SPACE, views), [0.5**0.5, 0.5**0.5])
    assert np.isnan(pool_vectors(SPACE, views[2:])).all()
    assert np.isnan(pool_vectors(SPACE, views[[2, 2]])).all()


def test_the_views_of_a_thing_are_all_its_tokens() -> None:
    """Where each view has tokens, none is lost in a mean; a view with nothing in it adds none."""
    views = [
        np.ones((3, 2), np.float32),
        np.empty((0, 2), np.float32),
        np.zeros((1, 2), np.float32),
    ]
    assert pool_vectors(TOKENS, views).shape == (4, 2)
    assert pool_vectors(TOKENS, views[1:2]).shape == (0, 2)


@pytest.mark.parametrize(
    ("name", "mime", "hint"),
    [
        ("a.doc", "application/msword", "Save it as .docx in"),
        ("a.ppt", "application/vnd.ms-powerpoint", "Save it as .pptx in"),
        ("a.bin", "application/octet-stream", "Convert it to a common type"),
    ],
)
def test_what_is_not_read_says_what_helps(bare: Kit, name: str, mime: str, hint: str) -> None:
    """By what its own program can do, where that is known."""
    with pytest.raises(Unsupported) as error:
        list(ParseFile(Asset("0" * 32, name, mime, "text", 1)).run(bare))
    assert error.value.hint.startswith(hint)
