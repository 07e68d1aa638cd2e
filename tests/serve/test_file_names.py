"""What files are called where folders are hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.serve.file_names import FileNames

ONE = Limits(workers=1)


@pytest.fixture
def names(tmp_path: Path, bare: Kit) -> tuple[FileNames, Path]:
    """Of a library of two folders that lie far from each other, and of uploads."""
    uploads = tmp_path / "kb-served" / "files"
    for name in (
        "home/ann/my work/letters/moon.txt",
        "home/ann/my work/letters/1871/oil.txt",
        "srv/archive/scans/a/one.txt",
        "srv/archive/scans/b/two.txt",
        "kb-served/files/talk/notes.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Words of {name}.")
    library = Library(tmp_path / "kb", kit=bare, limits=ONE)
    library.index(tmp_path / "home" / "ann", tmp_path / "srv", uploads)
    return FileNames(library, uploads), tmp_path


def test_no_folder_is_told_that_holds_no_file(names: tuple[FileNames, Path]) -> None:
    """However many folders were indexed, wherever they lie; uploads are called as they came."""
    file_names, root = names
    expected = {
        "home/ann/my work/letters/moon.txt": "letters/moon.txt",
        "home/ann/my work/letters/1871/oil.txt": "letters/1871/oil.txt",
        "srv/archive/scans/a/one.txt": "a/one.txt",
        "srv/archive/scans/b/two.txt": "b/two.txt",
        "kb-served/files/talk/notes.txt": "talk/notes.txt",
    }
    assert {name: file_names.name(str(root / name)) for name in expected} == expected
    archive = root / "home/ann/my work/letters/old.zip!/x/y.txt"
    assert file_names.name(str(archive)) == "letters/old.zip!/x/y.txt"
    assert file_names.name("/never/seen/by/it.txt") == "it.txt"


def test_a_file_that_has_just_come_has_its_name(names: tuple[FileNames, Path], bare: Kit) -> None:
    """Though names were asked for before."""
    file_names, root = names
    assert file_names.name(str(root / "home/ann/my work/letters/moon.txt"))
    path = root / "var" / "new" / "late.txt"
    path.parent.mkdir(parents=True)
    path.write_text("It came late.")
    Library(root / "kb", kit=bare, limits=ONE).index(path.parent)
    assert file_names.name(str(path)) == "new/late.txt"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{root}/home/ann/my work/letters/moon.txt is gone", "letters/moon.txt is gone"),
        ("there is no library at {root}/kb", "there is no library at kb"),
        ("{root}/kb-served/files/talk/notes.txt: too large", "talk/notes.txt: too large"),
        ("cannot read '/etc/ssl/private/key.pem'", "cannot read 'key.pem'"),
        (r"cannot read C:\Users\ann\x.txt", "cannot read x.txt"),
        ("3 of 4 and/or 1/2, at 12:30/45", "3 of 4 and/or 1/2, at 12:30/45"),
        ("List them: GET /api/libraries/main/assets", "List them: GET /api/libraries/main/assets"),
        ("see http://example.org/a/b", "see http://example.org/a/b"),
        ("there is nothing at /nowhere", "there is nothing at /nowhere"),
    ],
)
def test_sentences_tell_names_only(
    names: tuple[FileNames, Path], message: str, expected: str
) -> None:
    """Of files that the library knows, and of any other; what is no path of the machine stays."""
    file_names, root = names
    assert file_names.hide(message.format(root=root)) == expected
