"""What stands behind chroma://, and the names of collections."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from polysense.errors import BadConfig, MissingDependency
from polysense.stores.chroma.client import Client, collection_name, folder_of


def test_an_address_is_a_folder() -> None:
    """Here, at home, by its whole path, with letters that an address cannot hold."""
    assert folder_of("kb") == Path.cwd() / "kb"
    assert folder_of("/in/a%3Fb") == Path("/in/a?b")
    assert folder_of("~/kb") == Path.home() / "kb"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "needs a folder"),
        ("/", "needs a folder"),
        ("kb?x=1", "no options"),
        ("localhost:8000/kb", "localhost:8000 is a server"),
        ("me:secret@host/kb", "host is a server"),
    ],
)
def test_what_is_no_folder_is_refused(path: str, reason: str) -> None:
    """A server too, which this store does not reach: with what to use, and without a password."""
    with pytest.raises(BadConfig, match=reason) as e:
        folder_of(path)
    assert "chroma://FOLDER" in e.value.hint
    assert "secret" not in str(e.value)


def test_collections_have_names_that_chroma_takes() -> None:
    """Names that look alike stay apart."""
    names = {collection_name(s) for s in ("a-b", "a_b", "a b", "a/b", "..", "é")}
    assert len(names) == 6
    assert all(n.isascii() and ".." not in n and "/" not in n for n in names)


def test_without_chroma_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exact line."""
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with pytest.raises(MissingDependency, match="needs chromadb") as e:
        Client(tmp_path).drop("words")
    assert e.value.hint == "Install it: pip install 'polysense[chroma]'"
