"""The cache of a library stays below a size."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from polysense.ingest.cache import trim, with_local_file
from polysense.read.file.archive import local_path
from polysense.types import Asset, Chunk, Part, Span


def put(cache: Path, name: str, used: int) -> Path:
    path = cache / name / "member" / "x.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(100))
    os.utime(path, (used, 1))
    return path


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    """As much as must, with the folders that are left empty; the cache itself and what is beside it
    stay.
    """
    cache, later = tmp_path / "kb" / "cache", 1 << 33  # later than now, when these were made
    paths = [put(cache, name, later + used) for name, used in (("a", 3), ("b", 1), ("c", 2))]
    trim(cache, 300)
    assert all(p.exists() for p in paths)
    trim(cache, 250)
    assert [p.exists() for p in paths] == [True, False, True]
    assert not (cache / "b").exists()
    trim(cache, 150)
    assert [p.exists() for p in paths] == [True, False, False]
    trim(cache, 0)
    assert list(cache.iterdir()) == []
    trim(tmp_path / "none", 0)


def test_what_was_swept_is_made_again(tmp_path: Path) -> None:
    """Nobody notices but by the time it takes."""
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as z:
        z.writestr("in/a.txt", "hello")
    first = local_path(f"{tmp_path}/a.zip!/in/a.txt", tmp_path / "cache")
    trim(tmp_path / "cache", 0)
    assert not first.exists()
    assert local_path(f"{tmp_path}/a.zip!/in/a.txt", tmp_path / "cache").read_text() == "hello"


def test_what_lies_in_an_archive_can_be_opened(tmp_path: Path) -> None:
    """Its asset and its part name an unpacked copy; what is gone stays as it is, and so does what
    needs no unpacking.
    """
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as zip:
        zip.writestr("in/a.txt", "noon")
    uri = f"{tmp_path}/all.zip!/in/a.txt"
    chunk = Chunk(
        Asset("1", uri, "text/plain", "text", 4), Span(lines=(1, 1)), "text", Part("text", uri)
    )
    here = with_local_file(chunk, tmp_path / "cache")
    assert here.asset.path == here.part.data
    assert here.asset.path.read_text() == "noon"
    assert here.asset.uri == uri
    (tmp_path / "all.zip").unlink()
    assert with_local_file(chunk, tmp_path / "other") == chunk
    assert with_local_file(here, tmp_path / "other") is here
