"""Archives are folders; hostile ones do no harm."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from polysense.errors import Encrypted, NotFound, TooLarge, Unreadable, Unsupported
from polysense.read.file.archive import Limits, extract, local_path, members


def write_zip(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, raw in content.items():
            z.writestr(name, raw)
    return path


def write_tar(path: Path, content: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as t:
        for name, raw in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            t.addfile(info, io.BytesIO(raw))
    return path


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_members_are_listed_and_read(tmp_path: Path, ending: str) -> None:
    """Every kind of archive gives the same names and bytes."""
    content = {"a.txt": b"alpha", "in/b.txt": b"beta", "in/ü 中.txt": b"gamma"}
    path = tmp_path / f"x.{ending}"
    if ending == "zip":
        write_zip(path, content)
    else:
        write_tar(
            path,
            content,
            {"tar": "w", "tar.gz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}[ending],
        )
    assert [(m.name, m.size, m.reason) for m in members(path)] == [
        (n, len(r), "") for n, r in content.items()
    ]
    for name, raw in content.items():
        place = local_path(f"{path}!/{name}", tmp_path / "cache")
        assert place.read_bytes() == raw
        assert place.name == name.rsplit("/", 1)[-1]
    extract(path, "in/b.txt", tmp_path / "out" / "b.txt")
    assert (tmp_path / "out" / "b.txt").read_bytes() == b"beta"


def test_a_single_packed_file_is_a_folder_of_one(tmp_path: Path) -> None:
    """x.txt.gz holds x.txt."""
    path = tmp_path / "x.txt.gz"
    path.write_bytes(gzip.compress(b"hello"))
    assert [m.name for m in members(path)] == ["x.txt"]
    assert local_path(f"{path}!/x.txt", tmp_path / "c").read_bytes() == b"hello"


def test_archives_within_archives(tmp_path: Path) -> None:
    """ "!/" nests, to a limit; what is no archive's member is its own local file."""
    inner = write_zip(tmp_path / "inner.zip", {"deep.txt": b"deep"})
    outer = write_zip(tmp_path / "outer.zip", {"in/inner.zip": inner.read_bytes()})
    assert local_path(f"{outer}!/in/inner.zip!/deep.txt", tmp_path / "c").read_bytes() == b"deep"
    assert local_path(str(inner), tmp_path / "c") == inner
    with pytest.raises(TooLarge, match="deep"):
        local_path(f"{outer}!/a!/b!/c!/d", tmp_path / "c")


def test_unpacked_once_until_the_archive_changes(tmp_path: Path) -> None:
    """The cache is used again, and a changed archive is not served from it."""
    path = write_zip(tmp_path / "x.zip", {"a.txt": b"one"})
    first = local_path(f"{path}!/a.txt", tmp_path / "c")
    assert local_path(f"{path}!/a.txt", tmp_path / "c") == first
    write_zip(path, {"a.txt": b"three"})
    assert local_path(f"{path}!/a.txt", tmp_path / "c").read_bytes() == b"three"
    assert not list((tmp_path / "c").rglob(".unpacking-*"))


def test_names_that_lead_outside_stay_inside(tmp_path: Path) -> None:
    """Absolute paths, .., links and devices are named with a reason and never written."""
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as t:
        for name in ("/etc/x", "../up", "ok/../../up", "C:\\x", "good"):
            info = tarfile.TarInfo(name)
            t.addfile(info)
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"k{int(kind)}")
            info.type, info.linkname = kind, "/etc/passwd"
            t.addfile(info)
    reasons = {m.name: m.reason for m in members(path)}
    assert reasons.pop("good") == ""
    assert len(reasons) == 7
    assert all(reasons.values())
    for name in reasons:
        with pytest.raises((Unreadable, NotFound)):
            local_path(f"{path}!/{name}", tmp_path / "c")
    assert {p.name for p in (tmp_path / "c").rglob("*") if p.is_file()} == {"good"}
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as z:
        z.writestr(link, "/etc/passwd")
        z.writestr("..\\up.txt", "x")
    assert [m.reason for m in members(tmp_path / "l.zip")] == [
        "is a link",
        "points outside the archive",
    ]


def test_bombs_are_refused_before_they_unpack(tmp_path: Path) -> None:
    """Too high a ratio, too many members, too many bytes."""
    bomb = write_zip(tmp_path / "bomb.zip", {"zeros": bytes(80 << 20)})
    with pytest.raises(TooLarge, match="would unpack"):
        list(members(bomb))
    squeezed = tmp_path / "bomb.gz"
    squeezed.write_bytes(gzip.compress(bytes(80 << 20)))
    with pytest.raises(TooLarge, match="far more"):
        local_path(f"{squeezed}!/bomb", tmp_path / "c")
    heavy = write_tar(tmp_path / "heavy.tar.gz", {"zeros": bytes(80 << 20), "after": b""})
    with pytest.raises(TooLarge):
        list(members(heavy))
    many = write_zip(tmp_path / "many.zip", {str(i): b"" for i in range(30)})
    with pytest.raises(TooLarge, match="more than 20 files"):
        list(members(many, Limits(members=20)))
    with pytest.raises(TooLarge, match="more than 8 bytes"):
        list(
            members(
                write_tar(tmp_path / "t.tar", {"a": b"12345", "b": b"12345"}, "w"), Limits(total=8)
            )
        )


def test_passwords_damage_and_strangers_are_told_apart(tmp_path: Path) -> None:
    """Each has its own error, which names the file."""
    path = write_zip(tmp_path / "x.zip", {"a.txt": b"hello"})
    raw = bytearray(path.read_bytes())
    locked = tmp_path / "locked.zip"
    for at in (raw.index(b"PK\x03\x04") + 6, raw.index(b"PK\x01\x02") + 8):
        raw[at] |= 1
    locked.write_bytes(raw)
    assert [m.reason for m in members(locked)] == ["needs a password"]
    with pytest.raises(Encrypted, match=r"a\.txt in locked\.zip"):
        local_path(f"{locked}!/a.txt", tmp_path / "c")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(path.read_bytes()[:40])
    with pytest.raises(Unreadable, match=r"cut\.zip"):
        list(members(cut))
    text = tmp_path / "x.txt"
    text.write_text("words")
    with pytest.raises(Unsupported):
        list(members(text))
    truncated = tmp_path / "torn.tar.gz"
    truncated.write_bytes(
        write_tar(tmp_path / "t.tar.gz", {"a": bytes(range(256)) * 4000}).read_bytes()[:800]
    )
    with pytest.raises(Unreadable):
        list(members(truncated))
    with pytest.raises(NotFound):
        local_path(f"{path}!/nothing", tmp_path / "c")
    with pytest.raises(NotFound):
        local_path(f"{tmp_path}/no.zip!/a", tmp_path / "c")


def test_real_archives_open(data: Path, tmp_path: Path) -> None:
    """Zips of the web course unpack member by member."""
    count = 0
    for path in sorted((data / "mixed-web-course").rglob("*.zip")):
        for member in members(path):
            if not member.reason:
                assert local_path(f"{path}!/{member.name}", tmp_path).stat().st_size == member.size
                count += 1
    assert count > 5


def test_what_stands_before_the_end_of_a_cut_archive_is_read(tmp_path: Path) -> None:
    """Though it is unpacked as a whole."""
    content = {f"{n}.txt": bytes((n * k) % 251 for k in range(20_000)) for n in range(1, 9)}
    whole = write_tar(tmp_path / "a.tar.gz", content)
    raw = whole.read_bytes()
    whole.write_bytes(raw[: len(raw) * 2 // 3])
    entries = members(whole)
    assert next(entries).name == "1.txt"
    with pytest.raises(Unreadable, match=r"a\.tar\.gz"):
        list(entries)
    first = local_path(f"{whole}!/1.txt", tmp_path / "cache")
    assert first.read_bytes() == content["1.txt"]
    with pytest.raises(Unreadable):
        local_path(f"{whole}!/8.txt", tmp_path / "cache")
