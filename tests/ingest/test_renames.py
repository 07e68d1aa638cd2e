"""Folders that were renamed or moved between two runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.ingest.renames import find_departures


def test_of_a_folder_renamed_in_place_nothing_is_left(tmp_path: Path) -> None:
    """Nor what was changed or deleted in it meanwhile; other folders are as they were."""
    (tmp_path / "new").mkdir()
    old, new, other = (str(tmp_path / n) for n in ("old", "new", "older"))
    in_old = {f"{old}/a": "1", f"{old}/in/c": "3", f"{old}/b": "2", f"{old}/z.zip": ""}
    places = {**in_old, f"{other}/c": "4"}
    departures = find_departures([(f"{new}/a", "1"), (f"{new}/in/c", "3")], places)
    assert departures == in_old


def test_a_disk_with_a_few_of_the_same_files_is_no_renamed_folder(tmp_path: Path) -> None:
    """What lay on the one that is not there today is still known when it comes again."""
    (tmp_path / "disk-2").mkdir()
    old, new = str(tmp_path / "disk-1"), str(tmp_path / "disk-2")
    places = {f"{old}/licence": "1", **{f"{old}/{n}": str(n) for n in range(2, 9)}}
    assert find_departures([(f"{new}/licence", "1")], places) == {f"{old}/licence": "1"}


def test_what_is_mounted_is_no_renamed_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup holds most of a disk."""
    (tmp_path / "backup").mkdir()
    old, new = str(tmp_path / "disk"), str(tmp_path / "backup")
    monkeypatch.setattr("os.path.ismount", lambda path: path == new)
    places = {f"{old}/{n}": str(n) for n in range(9)}
    arrivals = [(f"{new}/{n}", str(n)) for n in range(8)]
    assert f"{old}/8" not in find_departures(arrivals, places)


def test_of_a_folder_moved_elsewhere_what_arrived_is_gone(tmp_path: Path) -> None:
    """The rest may lie on a disk that is not there today."""
    (tmp_path / "here").mkdir()
    places = {"/disk-not-there/docs/a": "1", "/disk-not-there/docs/b": "2"}
    arrivals = [(str(tmp_path / "here/docs/a"), "1")]
    assert find_departures(arrivals, places) == {"/disk-not-there/docs/a": "1"}


def test_a_copy_is_a_second_place(tmp_path: Path) -> None:
    """What is still there is not gone, members of archives neither."""
    for name in ("a.txt", "b.zip"):
        (tmp_path / name).write_text("x")
    places = {str(tmp_path / "a.txt"): "1", f"{tmp_path}/b.zip!/c.txt": "2"}
    arrivals = [(f"{tmp_path}/copy/a.txt", "1"), (f"{tmp_path}/copy/c.txt", "2")]
    assert find_departures(arrivals, places) == {}
