"""One writer in a folder of its own, and disks that are full or may only be read."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from polysense.errors import (
    ForeignLibrary,
    LibraryError,
    ReadOnly,
    StorageFull,
)
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit

ONE = Limits(workers=1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True
    ).returncode:
        pytest.skip("needs the right to mount a file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_told_and_nothing_is_lost(
    small_disk: Path, tmp_path: Path, notes: Path, bare: Kit
) -> None:
    """StorageFull with a hint; what was indexed is still found; with room again the same command
    goes on.
    """
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        kb.index(notes)
    many = tmp_path / "many"
    many.mkdir()
    chance = random.Random(3)
    for n in range(60):
        (many / f"{n}.txt").write_text(
            "\n\n".join(
                " ".join(f"{chance.getrandbits(64):x}" for _ in range(120)) for _ in range(12)
            )
        )
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    with (
        Library(small_disk / "kb", kit=bare, limits=ONE) as kb,
        pytest.raises(StorageFull) as error,
    ):
        kb.index(many)
    assert "Free some space" in error.value.hint
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        report = kb.index(many, notes)
        assert report.failed == ()
        assert report.indexed + report.unchanged == 63
        assert len({r["asset"] for r in kb.store.scan("", ["asset"])}) == 63


def test_a_full_disk_while_an_archive_is_unpacked(small_disk: Path, notes: Path, bare: Kit) -> None:
    """No room for a member is no fault of the member: it must not count as broken for ever."""
    import wave
    import zipfile

    with (
        zipfile.ZipFile(notes / "big.zip", "w") as z,
        z.open("silence.wav", "w") as member,
        wave.open(member, "wb") as out,
    ):
        out.setparams((1, 2, 16_000, 2_500_000, "NONE", ""))
        out.writeframes(bytes(5_000_000))
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb, pytest.raises(StorageFull):
        kb.index(notes)
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        assert kb.index(notes).failed == ()


def test_a_folder_that_may_only_be_read(
    common: Path, notes: Path, bare: Kit, nobody: Callable[[], AbstractContextManager[None]]
) -> None:
    """Indexing into it is refused with a hint; a library there can still be searched, and is not
    changed.
    """
    with Library(common / "kb", kit=bare, limits=ONE) as kb:
        kb.index(notes)
    for path in (common, *common.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted((str(p), p.stat().st_mtime_ns) for p in common.rglob("*"))
    with nobody():
        for location in (common / "kb", common / "new"):
            with Library(location, kit=bare, limits=ONE) as kb, pytest.raises(ReadOnly) as error:
                kb.index(common / "kb" / "manifest.json")
            assert error.value.hint
        with Library(common / "kb", kit=bare, limits=ONE) as kb:
            assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
            assert kb.status()["assets"] == 3
            assert len(kb.assets()) == 3
    assert sorted((str(p), p.stat().st_mtime_ns) for p in common.rglob("*")) == before
    for path in (common, *common.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, notes: Path, bare: Kit) -> None:
    """Neither written to nor read as a library."""
    before = {p: p.read_bytes() for p in notes.rglob("*") if p.is_file()}
    with (
        Library(notes, kit=bare) as kb,
        pytest.raises(ForeignLibrary, match="is no polysense library") as error,
    ):
        kb.index(notes)
    assert error.value.hint
    assert {p: p.read_bytes() for p in notes.rglob("*") if p.is_file()} == before
    with pytest.raises(ForeignLibrary):
        Library(notes / "moon.txt", kit=bare)
    with pytest.raises(LibraryError), Library(notes / "moon.txt" / "kb", kit=bare) as kb:
        kb.index(notes)
