"""LLaVA's conversations, in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from polysense.errors import BadQuery
from polysense.train.generator.examples.example import Example
from polysense.train.generator.examples.visual_instructions import (
    read_visual_instructions,
    write_visual_instructions,
)

CONVERSATION = [
    {"from": "human", "value": "<image>\nWhat is it?"},
    {"from": "gpt", "value": "A cup."},
    {"from": "human", "value": "What colour?"},
    {"from": "gpt", "value": "Red."},
]


def test_each_turn_is_an_example(tmp_path: Path) -> None:
    """With what was said before; of one source, so that none is tested on another."""
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    path = tmp_path / "talk.json"
    path.write_text(json.dumps([{"id": "1", "image": "a.png", "conversations": CONVERSATION}]))
    first, second = read_visual_instructions(path)
    assert (first.question, first.answer, first.source) == ("What is it?", "A cup.", "a.png")
    assert second.question == "What is it?\nA cup.\nWhat colour?"
    assert first.source == second.source
    assert first.images[0].modality == "image"

    write_visual_instructions(tmp_path / "again.json", [first])
    (again,) = read_visual_instructions(tmp_path / "again.json")
    assert (again.question, again.answer, again.images) == (
        first.question,
        first.answer,
        first.images,
    )
    row = json.loads((tmp_path / "again.json").read_text())[0]
    assert row["conversations"][0]["value"].startswith("<image>\n")


def test_what_is_no_conversation_is_told(tmp_path: Path) -> None:
    """With how one is written; and what the format has no place for."""
    path = tmp_path / "talk.json"
    for bad in ("{}", '[{"conversations": [{"from": "nobody", "value": "x"}]}]', "[1]", "["):
        path.write_text(bad)
        with pytest.raises(BadQuery, match="no conversations"):
            read_visual_instructions(path)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    from polysense.read.file.parts import part

    both = (part(tmp_path / "a.png"),) * 2
    with pytest.raises(BadQuery, match="2 pictures"):
        write_visual_instructions(path, [Example("q", "a", images=both)])
