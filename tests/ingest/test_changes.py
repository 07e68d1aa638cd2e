"""What counts as new, changed, gone or as it was; archives as folders."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from polysense.ingest.catalogue import Catalogue
from polysense.ingest.changes import (
    Changes,
    IdentifiedFile,
    compare,
    identify_files,
    sidecar_state,
)
from polysense.ingest.indexed_file import IndexedFile
from polysense.ingest.scan import File, scan
from polysense.results import Failure, Skip


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(":memory:")


def sync(catalogue: Catalogue, root: Path) -> Changes:
    """Compare, then say that everything new is done."""
    changes = compare([root], catalogue, None)
    catalogue.forget_places(changes.missing)
    items = [
        o
        for o in identify_files(changes.new, root.parent / "cache")
        if isinstance(o, IdentifiedFile)
    ]
    catalogue.record_indexed(
        [IndexedFile(o.file, o.asset, sidecar_state=sidecar_state(o.file.path)) for o in items]
    )
    return changes


def new(changes: Changes) -> list[str]:
    return [f.path.name for f in changes.new]


def outcomes(root: Path, cache: Path) -> dict[str, str]:
    """uri below root -> type, the error, or the reason."""
    files = [f for f in scan(root) if isinstance(f, File)]
    reasons = {}
    for o in identify_files(files, cache):
        uri = o.file.uri if isinstance(o, IdentifiedFile) else o[1].uri
        what = (
            o.asset.mime
            if isinstance(o, IdentifiedFile)
            else o[1].error
            if isinstance(o[1], Failure)
            else o[1].reason
        )
        reasons[os.path.relpath(uri, root)] = what
    return reasons


def test_new_changed_gone_and_as_it_was(notes: Path, catalogue: Catalogue) -> None:
    """One stat a file tells all four."""
    assert new(sync(catalogue, notes)) == ["bell.txt", "mill.txt", "moon.txt"]
    again = sync(catalogue, notes)
    assert (again.new, again.missing, len(again.unchanged)) == ([], [], 3)
    (notes / "moon.txt").write_text("Low water follows too.")
    (notes / "mill.txt").unlink()
    (notes / "star.txt").write_text("Stars.")
    changes = sync(catalogue, notes)
    assert new(changes) == ["moon.txt", "star.txt"]
    assert changes.missing == [str(notes / "mill.txt")]


def test_only_what_lies_under_the_paths_given_can_be_gone(
    notes: Path, catalogue: Catalogue
) -> None:
    """Indexing one folder says nothing about another."""
    sync(catalogue, notes)
    (notes / "mill.txt").unlink()
    assert sync(catalogue, notes / "deep").missing == []
    assert sync(catalogue, notes).missing == [str(notes / "mill.txt")]


def test_overlapping_paths_count_each_file_once(notes: Path, catalogue: Catalogue) -> None:
    """`index . ./deep` is `index .`."""
    assert len(compare([notes / "deep", notes, notes / "moon.txt"], catalogue, None).new) == 3


def test_what_is_ignored_or_empty_now_is_gone(notes: Path, catalogue: Catalogue) -> None:
    """A file that is passed over from now on must not be found any more."""
    sync(catalogue, notes)
    (notes / ".polysenseignore").write_text("mill.txt\n")
    (notes / "moon.txt").write_text("")
    assert set(sync(catalogue, notes).missing) == {str(notes / "mill.txt"), str(notes / "moon.txt")}


def test_a_folder_that_cannot_be_listed_is_not_gone(
    common: Path, catalogue: Catalogue, nobody
) -> None:  # type: ignore[no-untyped-def]
    """A share that is offline for a moment must not empty the library."""
    (common / "shut").mkdir()
    (common / "shut" / "a.txt").write_text("x")
    sync(catalogue, common)
    (common / "shut").chmod(0)
    with nobody():
        changes = compare([common], catalogue, None)
    (common / "shut").chmod(0o755)
    assert changes.missing == []
    assert "cannot list" in changes.failed[0].error


def test_subtitles_belong_to_their_clip(tmp_path: Path, catalogue: Catalogue) -> None:
    """A .vtt beside its recording is skipped with the reason; changing or deleting it makes the
    recording new.
    """
    root = tmp_path / "clips"
    root.mkdir()
    (root / "talk.mp3").write_bytes(b"ID3" + bytes(500))
    (root / "alone.vtt").write_text("WEBVTT\n")
    (root / "talk.en.vtt").write_text("WEBVTT\n")
    first = sync(catalogue, root)
    assert new(first) == ["alone.vtt", "talk.mp3"]
    assert [(Path(s.uri).name, s.reason) for s in first.skipped] == [
        ("talk.en.vtt", "subtitles of talk.mp3")
    ]
    assert new(sync(catalogue, root)) == []
    (root / "talk.en.vtt").write_text("WEBVTT\n\n")
    assert new(sync(catalogue, root)) == ["talk.mp3"]
    (root / "talk.en.vtt").unlink()
    assert new(sync(catalogue, root)) == ["talk.mp3"]


def test_subtitles_indexed_alone_are_gone_when_their_clip_comes(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """Their words are then found in the clip, once."""
    root = tmp_path / "clips"
    root.mkdir()
    (root / "talk.vtt").write_text("WEBVTT\n")
    sync(catalogue, root)
    (root / "talk.mp3").write_bytes(b"ID3" + bytes(500))
    assert sync(catalogue, root).missing == [str(root / "talk.vtt")]


def test_a_sidecar_that_leads_nowhere_is_no_sidecar(tmp_path: Path) -> None:
    """A dangling link beside a recording must not stop a run."""
    (tmp_path / "talk.mp3").write_bytes(b"ID3")
    (tmp_path / "talk.vtt").symlink_to(tmp_path / "gone.vtt")
    assert sidecar_state(tmp_path / "talk.mp3") == ""


def test_a_large_folder_is_compared_quickly(tmp_path: Path, catalogue: Catalogue) -> None:
    """Looking for sidecars must not cost the square of a folder's size."""
    import time

    for n in range(3000):
        (tmp_path / f"{n}.txt").touch()
        (tmp_path / f"{n}.srt").touch()
    began = time.process_time()
    for n in range(3000):
        assert sidecar_state(tmp_path / f"{n}.txt")
    assert time.process_time() - began < 1.5


def test_archives_are_folders(notes: Path, tmp_path: Path) -> None:
    """Members of zips and tars, nested, each with a uri of its own; hidden and empty ones with the
    reason.
    """
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as tar:
        tar.add(notes / "moon.txt", "tides/moon.txt")
    with zipfile.ZipFile(notes / "all.zip", "w") as zip:
        zip.writestr("inner.tar.gz", inner.getvalue())
        zip.writestr("a/mill.txt", "wheel")
        zip.writestr(".hidden/x.txt", "x")
        zip.writestr("__MACOSX/._a", "x")
        zip.writestr("none.txt", "")
    assert outcomes(notes, tmp_path / "cache") == {
        "all.zip": "application/zip",
        "all.zip!/inner.tar.gz": "application/x-tar",
        "all.zip!/inner.tar.gz!/tides/moon.txt": "text/plain",
        "all.zip!/a/mill.txt": "text/plain",
        "all.zip!/.hidden/x.txt": "hidden",
        "all.zip!/__MACOSX/._a": "a cache",
        "all.zip!/none.txt": "empty",
        "deep/bell.txt": "text/plain",
        "mill.txt": "text/plain",
        "moon.txt": "text/plain",
    }


def test_hostile_members_are_told_and_stay_inside(notes: Path, tmp_path: Path) -> None:
    """A path that climbs out, a link, an absolute path, a bomb: each a failure; the good member is
    opened.
    """
    with zipfile.ZipFile(notes / "evil.zip", "w", zipfile.ZIP_DEFLATED) as zip:
        zip.writestr("../../escaped.txt", "out")
        zip.writestr("/etc/absolute.txt", "out")
        zip.writestr("zeros", bytes(70 << 20))
        zip.writestr("good.txt", "fine")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        zip.writestr(link, "/etc/passwd")
    reasons = outcomes(notes, tmp_path / "cache")
    inside = {name: what for name, what in reasons.items() if "evil.zip" in name}
    bad = {name for name, what in inside.items() if "/" not in what or " " in what}
    if "evil.zip" in bad:  # refused whole: the bomb
        assert "unpack" in inside["evil.zip"]
    else:
        assert len(bad) == 4
        assert inside["evil.zip!/good.txt"] == "text/plain"
    assert not (tmp_path / "escaped.txt").exists()
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_climbing_members_do_not_lose_their_neighbours(notes: Path, tmp_path: Path) -> None:
    """Only the unsafe member fails, with a hint."""
    with tarfile.open(notes / "odd.tar", "w") as tar:
        for name, text in (
            ("../up.txt", b"up"),
            ("good.txt", b"good"),
            ("bad\udcff.txt", b"odd name"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    reasons = outcomes(notes, tmp_path / "cache")
    assert reasons["odd.tar!/good.txt"] == "text/plain"
    assert "points outside" in next(what for name, what in reasons.items() if "up.txt" in name)
    assert reasons["odd.tar!/bad\ufffd.txt"] == "bad\ufffd.txt has a name that is not UTF-8"


def test_archives_too_deep_are_told(notes: Path, tmp_path: Path) -> None:
    """A zip in a zip in a zip ... ends."""
    raw = b"deep words"
    name = "core.txt"
    for depth in range(6):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as zip:
            zip.writestr(name, raw)
        raw, name = buffer.getvalue(), f"{depth}.zip"
    (notes / "nest.zip").write_bytes(raw)
    reasons = outcomes(notes, tmp_path / "cache")
    assert any("within" in what or "deep" in what for what in reasons.values())
    assert not any(name.endswith("core.txt") for name in reasons)


def test_a_file_that_vanishes_between_look_and_read_fails(notes: Path, tmp_path: Path) -> None:
    """Files move while a run goes on."""
    files = [f for f in scan(notes) if isinstance(f, File)]
    (notes / "mill.txt").unlink()
    problems = [
        o for o in identify_files(files, tmp_path / "cache") if not isinstance(o, IdentifiedFile)
    ]
    assert [(p[0].path.name, type(p[1])) for p in problems] == [("mill.txt", Failure)]
    assert not any(isinstance(p[1], Skip) for p in problems)


def test_a_name_that_looks_like_an_archive_is_not_gone(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    """The songs of Wham! are in a folder of that name."""
    root = tmp_path / "songs"
    (root / "Wham!").mkdir(parents=True)
    (root / "Wham!" / "freedom.txt").write_text("x")
    sync(catalogue, root)
    again = sync(catalogue, root)
    assert (again.new, again.missing, len(again.unchanged)) == ([], [], 1)
    (root / "Wham!" / "freedom.txt").unlink()
    assert sync(catalogue, root).missing == [f"{root}/Wham!/freedom.txt"]


@pytest.mark.parametrize("order", [1, -1])
def test_a_hidden_file_that_is_named_is_not_gone_for_its_folder(
    notes: Path, catalogue: Catalogue, order: int
) -> None:
    """`index . .draft.txt`, in whichever order, and every time."""
    (notes / ".draft.txt").write_text("secret")
    roots = [notes, notes / ".draft.txt"][::order]
    first = compare(roots, catalogue, None)
    catalogue.record_indexed(
        [
            IndexedFile(o.file, o.asset)
            for o in identify_files(first.new, notes.parent / "cache")
            if isinstance(o, IdentifiedFile)
        ]
    )
    again = compare(roots, catalogue, None)
    assert (again.new, again.missing, len(again.unchanged)) == ([], [], 4)


def test_thousands_of_paths_are_compared_quickly(tmp_path: Path, catalogue: Catalogue) -> None:
    """`index *.txt` must not cost the square of their number."""
    import time

    files = [tmp_path / f"{n}.txt" for n in range(3000)]
    for path in files:
        path.write_text("x")
    stats = [path.stat() for path in files]
    catalogue.add_locations(
        [
            (File(str(p), p, s.st_size, s.st_mtime_ns), "A", "")
            for p, s in zip(files, stats, strict=True)
        ]
    )
    began = time.process_time()
    assert len(compare(files, catalogue, None).unchanged) == 1
    assert time.process_time() - began < 2.0


def test_whatever_an_archive_does_to_its_reader_is_told(
    notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bad file never stops the run."""

    def odd(*_: object) -> None:
        raise IndexError("odd one")

    monkeypatch.setattr("polysense.ingest.changes.members", odd)
    with zipfile.ZipFile(notes / "odd.zip", "w") as z:
        z.writestr("a.txt", "x")
    reasons = outcomes(notes, tmp_path / "cache")
    assert reasons.pop("odd.zip") == "cannot be read: IndexError: odd one"
    assert set(reasons.values()) == {"text/plain"}


def test_subtitles_are_no_recording_of_themselves(tmp_path: Path, catalogue: Catalogue) -> None:
    """The table of the system takes .ass for a sound; lyrics belong to their song."""
    root = tmp_path / "songs"
    root.mkdir()
    (root / "talk.ass").write_text("[Script Info]\n")
    (root / "song.lrc").write_text("[00:01.00]One\n")
    (root / "song.mp3").write_bytes(b"ID3" + bytes(500))
    assert new(sync(catalogue, root)) == ["song.mp3", "talk.ass"]
