"""Files that come in: what they are called here, and that they come whole or not at all."""

from __future__ import annotations

import asyncio
import os
import resource
import time
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadQuery, LibraryError, StorageFull, TooLarge
from polysense.serve.uploads import (
    LONGEST_NAME,
    LONGEST_PATH,
    MOST_FOLDERS,
    atomic_write,
    receive,
    safe_path,
    sweep_partial,
)

NAMES = {
    "report.pdf": "report.pdf",
    "talks/2024/a.mp4": "talks/2024/a.mp4",
    "../../etc/passwd": "etc/passwd",
    "/etc/passwd": "etc/passwd",
    "C:\\Users\\me\\a.txt": "Users/me/a.txt",
    "\\\\host\\share\\a.txt": "host/share/a.txt",
    "a\0b.txt": "ab.txt",
    "a\r\nb: c.txt": "ab c.txt",
    ".htaccess": "htaccess",
    "a/.git/config": "a/git/config",
    "...": None,
    "": None,
    "/": None,
    " . ": None,
    "con.txt": "_con.txt",
    "dir/LPT1": "dir/_LPT1",
    "console.txt": "console.txt",
    'a<>:"|?*.txt': "a.txt",
    "trailing. . ": "trailing",
    "\u202egnp.exe": "gnp.exe",
    "cafe\u0301.txt": "caf\u00e9.txt",
    "\u6f6e\u6c50.txt": "\u6f6e\u6c50.txt",
    "a\ud800b.txt": "ab.txt",
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names(name: str) -> None:
    """What each becomes; what has nothing left is refused."""
    if NAMES[name] is None:
        with pytest.raises(BadQuery):
            safe_path(name)
    else:
        assert safe_path(name) == NAMES[name]


@given(
    st.text(alphabet=st.characters(), max_size=60) | st.text(alphabet="./\\:ab\0\r\n ", max_size=40)
)
def test_no_name_leaves_its_folder(name: str) -> None:
    """A law: whatever it was, it is a plain relative path of visible, printable pieces; and once
    safe it stays as it is.
    """
    try:
        path = safe_path(name)
    except BadQuery:
        return
    assert not path.startswith("/")
    for piece in path.split("/"):
        assert piece
        assert not piece.startswith((".", " "))
        assert not piece.endswith((".", " "))
        assert not any(unicodedata.category(c)[0] == "C" for c in piece)
        assert len(piece.encode()) <= LONGEST_NAME + 1
    assert len(path.split("/")) <= MOST_FOLDERS
    assert safe_path(path) == path


def test_long_names_keep_their_ending() -> None:
    """The ending tells the type; no system takes endless names, nor endless paths."""
    assert safe_path("\u6f6e" * 200 + ".pdf").endswith(".pdf")
    assert len(safe_path("\u6f6e" * 200 + ".pdf").encode()) <= LONGEST_NAME
    assert len(safe_path("x" * 5000)) <= LONGEST_NAME
    assert safe_path("/".join(["d"] * 100) + "/a.txt").count("/") == MOST_FOLDERS - 1
    with pytest.raises(BadQuery, match=str(LONGEST_PATH)):
        safe_path("/".join(["d" * 150] * 20))


def test_a_file_lands_whole_or_not_at_all(tmp_path: Path) -> None:
    """While it comes, and when it breaks off, what was there before stays."""
    with atomic_write(tmp_path, "a/b.txt") as (file, place):
        file.write(b"one")
        assert not place.exists()
    assert place == tmp_path / "a" / "b.txt"
    assert place.read_bytes() == b"one"
    with pytest.raises(ZeroDivisionError), atomic_write(tmp_path, "a/b.txt") as (file, _):
        file.write(b"two" * (1 // len(b"")))
    assert place.read_bytes() == b"one"
    assert list((tmp_path / ".incoming").iterdir()) == []


def test_a_file_and_a_folder_of_one_name(tmp_path: Path) -> None:
    """Told, not mixed up."""
    with atomic_write(tmp_path, "a/b.txt") as (file, _):
        file.write(b"one")
    for name in ("a", "a/b.txt/c.txt"):
        with pytest.raises(BadQuery), atomic_write(tmp_path, name) as (file, _):
            file.write(b"two")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """Also where it shows only as the file is closed; nothing of it stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StorageFull), atomic_write(tmp_path, "a.txt") as (file, _):
            file.write(b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_closed_folder_is_told(tmp_path: Path, common: Path, nobody: Any) -> None:
    """As what it is, not as a full disk."""
    (common / "closed").mkdir(0o755)
    with (
        nobody(),
        pytest.raises(LibraryError, match="Permission") as e,
        atomic_write(common / "closed" / "x", "a.txt"),
    ):
        pass
    assert not isinstance(e.value, StorageFull)


def test_bodies(tmp_path: Path) -> None:
    """In pieces, as they come; too large or empty leaves nothing."""

    async def body(*pieces: bytes) -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    pieces = [bytes([n]) * 300_000 for n in range(10)]
    place = asyncio.run(receive(body(*pieces), tmp_path, "big.bin", 1 << 22))
    assert place.read_bytes() == b"".join(pieces)
    with pytest.raises(TooLarge):
        asyncio.run(receive(body(*pieces), tmp_path, "larger.bin", 1 << 20))
    with pytest.raises(BadQuery, match="empty"):
        asyncio.run(receive(body(), tmp_path, "empty.bin", 1 << 20))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["big.bin"]
    assert list((tmp_path / ".incoming").iterdir()) == []


def test_what_was_cut_off_is_swept_away(tmp_path: Path) -> None:
    """Half a film after each crash would fill the disk; what still comes, in another server, stays."""
    (tmp_path / ".incoming").mkdir()
    for name, age in (("old", 7 * 3600), ("new", 60)):
        (tmp_path / ".incoming" / name).write_bytes(b"half")
        os.utime(tmp_path / ".incoming" / name, (time.time() - age,) * 2)
    sweep_partial(tmp_path)
    assert [p.name for p in (tmp_path / ".incoming").iterdir()] == ["new"]
    sweep_partial(tmp_path / "none")
