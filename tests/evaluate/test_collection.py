"""The collection to measure on: some of each modality, folders kept, gathered once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from polysense.evaluate.collection import MAX_PER_MODALITY, gather
from polysense.read.file.mime import modality_of, sniff
from polysense.read.image.decode import png


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """60 pictures, ten notes in two folders, a table, a program, and what is none of these."""
    folder = tmp_path / "data"
    for name in ("pictures", "notes/harbour", "notes/mill", ".hidden"):
        (folder / name).mkdir(parents=True)
    picture = png(np.full((8, 8, 3), 200, np.uint8))
    for n in range(60):
        # the content decides, not the name
        (folder / "pictures" / f"{n:02}{'.png' if n % 2 else ''}").write_bytes(picture)
    for n in range(5):
        for place in ("harbour", "mill"):
            (folder / "notes" / place / f"{n}.txt").write_text("High water is at noon.")
    (folder / "tides.csv").write_text("day,height\nMonday,4\nTuesday,5\n")
    (folder / "notes" / "mill" / "wheel.py").write_text("def turn():\n    return 32\n")
    (folder / ".hidden" / "secret.txt").write_text("Nobody reads this.")
    (folder / "noise").write_bytes(bytes(range(256)) * 4)
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    return folder


def gathered(tmp_path: Path, data: Path, each: int) -> list[Path]:
    place = gather(tmp_path / "eval", str(data), tmp_path, each)
    assert place == tmp_path / "eval" / ".polysense"
    files = tmp_path / "eval" / "files"
    return sorted(p.relative_to(files) for p in files.rglob("*") if p.is_file())


def test_some_of_each_modality(tmp_path: Path, data: Path) -> None:
    """At most so many of each, by what the files hold; nothing hidden, unknown or missing."""
    paths = gathered(tmp_path, data, 6)
    counts = Counter(modality_of(sniff(data / p)) for p in paths)
    assert counts == {"image": 6, "text": 6, "table": 1, "code": 1}


def test_they_are_evenly_spread_in_their_folders(tmp_path: Path, data: Path) -> None:
    """Over all that there is, not the first ones; each where it was."""
    paths = gathered(tmp_path, data, 6)
    pictures = [p for p in paths if p.parent == Path("pictures")]
    assert [p.stem for p in pictures] == ["00", "10", "20", "30", "40", "50"]
    assert {p.parent.name for p in paths if p.suffix == ".txt"} == {"harbour", "mill"}
    assert (tmp_path / "eval" / "files" / pictures[0]).read_bytes() == (
        data / pictures[0]
    ).read_bytes()


def test_nobody_has_to_say_how_many(tmp_path: Path, data: Path) -> None:
    """The number that `polysense eval grid` uses."""
    gather(tmp_path / "eval", str(data), tmp_path)
    assert len(list((tmp_path / "eval" / "files" / "pictures").iterdir())) == MAX_PER_MODALITY


def test_a_folder_with_nothing_in_it_is_an_empty_collection(tmp_path: Path) -> None:
    """No file that can be read is no error here."""
    (tmp_path / "data").mkdir()
    assert gathered(tmp_path, tmp_path / "data", 6) == []


def test_without_data_the_demo_is_measured_and_nothing_is_gathered_twice(tmp_path: Path) -> None:
    """What is there stays."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "a.txt").write_text("a")
    gather(tmp_path / "eval", "", tmp_path / "demo")
    (tmp_path / "eval" / "files" / "demo" / "a.txt").write_text("changed")
    gather(tmp_path / "eval", "", tmp_path / "demo")
    assert (tmp_path / "eval" / "files" / "demo" / "a.txt").read_text() == "changed"
