"""Folders that were renamed or moved between two runs."""

from __future__ import annotations

from pathlib import Path

from polysense.ingest.renames import find_departures


def test_of_a_folder_renamed_in_place_nothing_is_left(tmp_path: Path) -> None:
    """Nor what was changed or deleted in it meanwhile; other folders are as they were."""
    (tmp_path / "new").mkdir()
    old, new, other = (str(tmp_path / n) for n in ("old", "new", "older"))
    places = {f"{old}/a": "1", f"{old}/b": "2", f"{old}/z.zip": "", f"{other}/c": "3"}
    departures = find_departures([(f"{new}/a", "1")], places)
    assert departures == {f"{old}/a": "1", f"{old}/b": "2", f"{old}/z.zip": ""}


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
