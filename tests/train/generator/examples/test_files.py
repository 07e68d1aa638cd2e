"""JSON lines of examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from polysense.errors import BadQuery, NotFound
from polysense.train.generator.examples.files import read_examples, write_examples

LINE = (
    '{"question": "Where?", "answer": "Rome", "right": ["In Rome."], '
    '"wrong": [{"file": "map.png", "score": 0.4}], "source": "a.md", "images": ["map.png"]}'
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of one example with a picture."""
    Image.new("RGB", (8, 8), "red").save(tmp_path / "map.png")
    (tmp_path / "examples.jsonl").write_text(LINE + "\n\n")
    return tmp_path / "examples.jsonl"


def test_read_and_written_again(file: Path) -> None:
    """Nothing is lost on the way."""
    (example,) = read_examples(file)
    assert [c.words for c in example.right] == ["In Rome."]
    assert (example.wrong[0].part.modality, example.wrong[0].score) == ("image", 0.4)
    assert (example.source, example.images[0].name) == ("a.md", "map.png")
    write_examples(file.with_name("again.jsonl"), [example])
    assert read_examples(file.with_name("again.jsonl")) == [example]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[1]", "no object"),
        ('{"question": "Where?"}', '"answer" is missing'),
        ('{"question": "Where?", "answer": "Rome", "rigth": []}', '"rigth" is not known'),
        ('{"question": "Where?", "answer": "Rome", "right": [{"file": "gone.png"}]}', "gone.png"),
        ('{"question": "Where?", "answer": "Rome", "right": [{"text": "a", "score": 0}]}', "score"),
        ('{"question": "Where?", "answer": "Rome", "contexts": ["a"]}', "true or false"),
        ('{"question": ', "line 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    """And how to write it."""
    path = tmp_path / "bad.jsonl"
    path.write_text(line)
    with pytest.raises(BadQuery, match="line 1") as raises:
        read_examples(path)
    assert words in str(raises.value)


def test_no_file_and_no_examples(tmp_path: Path) -> None:
    """Each is told."""
    with pytest.raises(NotFound):
        read_examples(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(BadQuery, match="no examples"):
        read_examples(tmp_path / "empty.jsonl")
