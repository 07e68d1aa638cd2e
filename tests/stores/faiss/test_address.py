"""What stands behind faiss://."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.stores.faiss.address import Address
from polysense.stores.faiss.factory import Factory


def test_a_folder_and_its_index() -> None:
    """A folder here, one by its whole path, at home; its options; letters that an address cannot
    hold.
    """
    assert Address.parse("kb") == Address(Path.cwd() / "kb")
    assert Address.parse("/in/kb?index=IVF256,Flat&nprobe=4&efSearch=9") == Address(
        Path("/in/kb"), Factory.parse("IVF256,Flat"), 4, 9
    )
    assert Address.parse("~/kb").folder == Path.home() / "kb"
    assert Address.parse("/in/what%3F").folder == Path("/in/what?")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "needs a folder"),
        ("?index=Flat", "needs a folder"),
        ("kb?index=LSH", "'LSH' is no FAISS index"),
        ("kb?idx=Flat", "has no idx"),
        ("kb?nprobe=many", "no address"),
        ("kb?nprobe=0", "from 1"),
        ("kb?index", "no address"),
    ],
)
def test_what_is_no_address_is_refused(path: str, reason: str) -> None:
    """Each with what to write."""
    with pytest.raises(BadConfig, match=reason) as e:
        Address.parse(path)
    assert e.value.hint
