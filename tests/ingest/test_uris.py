"""Addresses of files, in archives and with bytes that are no letters."""

from __future__ import annotations

from polysense.ingest.uris import enclosing_uris, members_by_archive, printable_path


def test_a_member_lies_in_its_archive_and_in_folders() -> None:
    """From the inside out; the archive is named as a folder and as a file."""
    assert list(enclosing_uris("/a/b.zip!/c.zip!/d")) == [
        "/a/b.zip!/c.zip!/d",
        "/a/b.zip!/c.zip!",
        "/a/b.zip!/c.zip",
        "/a/b.zip!",
        "/a/b.zip",
        "/a",
        "/",
    ]
    assert list(enclosing_uris("name")) == ["name"]


def test_members_are_known_by_each_archive_above_them() -> None:
    """Also where a folder's name ends as an archive's uri does."""
    uris = ["/a.zip!/m", "/a.zip!/b.zip!/n", "/Wham!/c.zip", "/Wham!/c.zip!/o", "/d"]
    members = members_by_archive(uris)
    assert members["/a.zip"] == uris[:2]
    assert members["/a.zip!/b.zip"] == uris[1:2]
    assert members["/Wham!/c.zip"] == uris[3:4]
    assert "/d" not in members


def test_any_bytes_can_be_printed() -> None:
    """What is not UTF-8 is shown as a replacement, and nothing else changes."""
    path = printable_path("/notes/gr\udcfcn.txt")
    assert path == "/notes/gr\ufffdn.txt"
    assert path.encode() == path.encode("utf-8")
    assert printable_path("/notes/潮.txt") == "/notes/潮.txt"
