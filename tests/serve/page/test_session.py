"""Files in hand: whose they are, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.serve.access import LOCAL, Grant
from polysense.serve.page.session import QueryFile, QueryFiles
from polysense.types import Part


@pytest.fixture
def query_files() -> QueryFiles:
    query_files = QueryFiles(max_files=3)
    yield query_files
    query_files.close()


def give(query_files: QueryFiles, who: Grant = LOCAL, since: float | None = None) -> str:
    id, folder = query_files.new_folder()
    (folder / "a.txt").write_text("a")
    query_files.add(
        QueryFile(id, Part("text", folder / "a.txt"), who)
        if since is None
        else QueryFile(id, Part("text", folder / "a.txt"), who, since)
    )
    return id


def test_only_its_owner_sees_a_file(query_files: QueryFiles) -> None:
    """Who guesses or learns an id has nothing of it."""
    ann, bob = Grant("ann", "read"), Grant("bob", "read")
    id = give(query_files, ann)
    assert query_files.get(id, ann)
    assert query_files.get(id, bob) is None
    assert query_files.get("no such", ann) is None


def test_put_down_is_gone(query_files: QueryFiles) -> None:
    """From memory and from disk."""
    id = give(query_files)
    query_files.remove(id)
    query_files.remove(id)
    assert query_files.get(id, LOCAL) is None
    assert list(query_files.folder.iterdir()) == []


def test_the_oldest_go_first(query_files: QueryFiles) -> None:
    """A server is no place to leave files; nor are they left for ever."""
    first, *others = [give(query_files) for _ in range(4)]
    assert query_files.get(first, LOCAL) is None
    assert all(query_files.get(i, LOCAL) for i in others)
    stale = give(query_files, since=-10_000.0)
    assert query_files.get(stale, LOCAL) is None


def test_a_file_in_use_stays(query_files: QueryFiles) -> None:
    """However long ago it came: who asks with it, or comes back to the page, still has it."""
    first, second = give(query_files), give(query_files)
    assert query_files.get(first, LOCAL)
    give(query_files)
    give(query_files)
    assert query_files.get(first, LOCAL)
    assert query_files.get(second, LOCAL) is None


def test_closing_leaves_nothing(tmp_path: Path) -> None:
    """The folder itself is gone."""
    query_files = QueryFiles()
    give(query_files)
    query_files.close()
    assert not query_files.folder.exists()
