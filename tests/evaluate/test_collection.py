"""The collection to measure on: some of each kind, folders kept, gathered once."""

from __future__ import annotations

from pathlib import Path

from polysense.evaluate.collection import PICKED, gather


def test_some_of_each_kind_are_taken(tmp_path: Path) -> None:
    """Evenly spread over what there is, never more than wanted; patterns that find nothing are no
    error.
    """
    many = tmp_path / "data" / "photos-labelled"
    many.mkdir(parents=True)
    for n in range(60):
        (many / f"{n:02}.JPEG").write_bytes(b"x")
    place = gather(tmp_path / "eval", str(tmp_path / "data"), tmp_path)
    taken = sorted(p.name for p in (tmp_path / "eval" / "files" / "photos-labelled").iterdir())
    assert len(taken) == PICKED["photos-labelled/*.JPEG"]
    assert (taken[0], taken[-1]) == ("00.JPEG", "57.JPEG")
    assert place == tmp_path / "eval" / ".polysense"


def test_without_data_the_demo_is_measured_and_nothing_is_gathered_twice(tmp_path: Path) -> None:
    """What is there stays."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "a.txt").write_text("a")
    gather(tmp_path / "eval", "", tmp_path / "demo")
    (tmp_path / "eval" / "files" / "demo" / "a.txt").write_text("changed")
    gather(tmp_path / "eval", "", tmp_path / "demo")
    assert (tmp_path / "eval" / "files" / "demo" / "a.txt").read_text() == "changed"
