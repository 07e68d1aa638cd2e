"""Tables of pairs: files and words, what is left out and why, and which pairs are right besides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.train.tiny import picture

from polysense.errors import BadQuery, NotFound
from polysense.train.data.pairs import digest_of, modalities_of, read_pairs
from polysense.train.data.sidecars import pairs_of_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for i, colour in enumerate(("red", "blue")):
        (tmp_path / f"{colour}.png").write_bytes(bytes(picture(colour, "top", i).data))
    return tmp_path


def test_a_table_of_files_and_words(folder: Path) -> None:
    """A path from the table's folder on is that file; rows that lack one are told by their line."""
    table = folder / "pairs.csv"
    table.write_text("image,text,source\nred.png,a red field,a\nblue.png,,b\ngone.png,x,c\n")
    pairs, left_out = read_pairs(table)
    assert [(p.first.modality, p.second.data, p.source) for p in pairs] == [
        ("image", "a red field", "a")
    ]
    assert [line.partition(":")[0] for line in left_out] == [
        "pairs.csv, line 3",
        "pairs.csv, line 4",
    ]
    assert modalities_of(pairs) == ("image", "text")


def test_json_lines_and_columns_by_name(folder: Path) -> None:
    """Other columns than the first two, where they are named."""
    table = folder / "pairs.jsonl"
    rows = [
        {"id": 1, "photo": "red.png", "what": "red"},
        {"id": 2, "photo": "blue.png", "what": "b"},
    ]
    table.write_text("\n".join(map(json.dumps, rows)))
    pairs, _ = read_pairs(table, ["photo", "what"])
    assert [p.first.name for p in pairs] == ["red.png", "blue.png"]
    with pytest.raises(BadQuery, match="no column colour"):
        read_pairs(table, ["photo", "colour"])


def test_pairs_of_the_same_words_are_right_together(folder: Path) -> None:
    """Two pictures called the same; the order of pairs does not change what they are."""
    table = folder / "pairs.csv"
    table.write_text("image,text\nred.png,a field\nblue.png,a field\n")
    pairs, _ = read_pairs(table)
    assert pairs[0].right == pairs[1].right
    assert digest_of(pairs) == digest_of(pairs[::-1])


def test_files_with_words_beside_them(folder: Path) -> None:
    """A text, or a JSON with a caption; a series has one source."""
    (folder / "red.txt").write_text("a red field")
    (folder / "blue.png.json").write_text('{"caption": "a blue field"}')
    (folder / "cat_01.png").write_bytes((folder / "red.png").read_bytes())
    (folder / "cat_02.png").write_bytes((folder / "blue.png").read_bytes())
    (folder / "cat_01.txt").write_text("a cat")
    (folder / "cat_02.json").write_text("{")
    pairs, left_out = pairs_of_folder(folder)
    assert {p.second.data for p in pairs} == {"a red field", "a blue field", "a cat"}
    assert any(line.startswith("cat_02.json") for line in left_out)
    assert len({p.source for p in pairs}) == 3


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    """No file, no two columns, no lines of JSON."""
    with pytest.raises(NotFound):
        read_pairs(tmp_path / "none.csv")
    (tmp_path / "one.csv").write_text("text\nx\n")
    (tmp_path / "bad.jsonl").write_text("{\n")
    for name in ("one.csv", "bad.jsonl"):
        with pytest.raises(BadQuery):
            read_pairs(tmp_path / name)
