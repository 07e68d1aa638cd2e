"""The bin: what was uploaded and removed is there for a day; nothing else is ever touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import NotFound
from polysense.serve.bin import Bin

ID = "ab" * 16


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """With one file in it."""
    folder = tmp_path / "served" / "files"
    (folder / "talks").mkdir(parents=True)
    (folder / "talks" / "a.txt").write_text("a")
    return folder


@pytest.fixture
def trash(uploads: Path) -> Bin:
    """Beside the uploads."""
    return Bin(uploads.parent / "bin", uploads)


def test_an_upload_comes_back(trash: Bin, uploads: Path) -> None:
    """Under its name, with its content; once."""
    path = uploads / "talks" / "a.txt"
    trash.put(ID, [str(path)])
    assert not path.exists()
    assert trash.restore(ID) == [str(path)]
    assert path.read_text() == "a"
    with pytest.raises(NotFound):
        trash.restore(ID)


def test_files_of_elsewhere_stay(trash: Bin, uploads: Path, tmp_path: Path) -> None:
    """The same content may lie in a folder of the server's owner, which may be linked into the
    uploads: that file is theirs.
    """
    own = tmp_path / "work" / "a.txt"
    own.parent.mkdir()
    own.write_text("a")
    (uploads / "link").symlink_to(own.parent)
    places = [str(own), str(uploads / "link" / "a.txt"), str(uploads / "talks" / "a.txt")]
    trash.put(ID, places)
    assert own.read_text() == "a"
    assert not (uploads / "talks" / "a.txt").exists()
    assert trash.restore(ID) == places


def test_what_came_meanwhile_stays(trash: Bin, uploads: Path) -> None:
    """A new file of the same name is not overwritten by the old one."""
    path = uploads / "talks" / "a.txt"
    trash.put(ID, [str(path)])
    path.write_text("new")
    trash.restore(ID)
    assert path.read_text() == "new"


def test_it_is_emptied_in_time(trash: Bin, uploads: Path) -> None:
    """What people removed is gone in the end."""
    trash.put(ID, [str(uploads / "talks" / "a.txt")])
    trash.sweep()
    assert len(list(uploads.parent.glob("bin/*/files/talks/a.txt"))) == 1
    Bin(uploads.parent / "bin", uploads, seconds=-1.0).sweep()
    assert list(uploads.parent.glob("bin/*")) == []


@pytest.mark.parametrize("id", ["", "..", "../files", "no such", "ab" * 16])
def test_only_what_is_in_it(trash: Bin, id: str) -> None:
    """Ids come from requests."""
    with pytest.raises(NotFound):
        trash.restore(id)
