"""Captions of pictures by a model behind a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.llm.openai import OpenAI
from polysense.read.image.caption import Caption
from polysense.testing import check_converter
from polysense.types import Part

from ...llm.server import Server, running

pytest.importorskip("openai", reason="needs the extra llm")
PICTURE = Part("image", np.full((32, 48, 3), 200, np.uint8))


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def model(server: Server, name: str = "scripted", accepts: str = "text+image") -> OpenAI:
    return OpenAI(model=name, base_url=server.url, retries=0, accepts=accepts)


def sent_contents(server: Server) -> list[dict[str, Any]]:
    contents = server.requests[-1][0]["messages"][-1]["content"]
    assert isinstance(contents, list)
    return contents


def test_the_contract(server: Server) -> None:
    server.say = lambda words: "A red boat on a beach."
    check_converter(Caption(language_model=model(server)), PICTURE)


def test_the_picture_is_sent_and_described(server: Server) -> None:
    """On one line, with the model's name and what it cost."""
    server.say = lambda words: "A red boat\non a beach. "
    (part,) = Caption(language_model=model(server)).convert(PICTURE)
    assert part.data == "A red boat on a beach."
    assert part.meta["model"].startswith("scripted at")
    assert part.meta["usage"] == [11, 7]
    assert [c["type"] for c in sent_contents(server)] == ["image_url", "text"]


def test_in_a_language_and_by_a_prompt_of_ones_own(server: Server, tmp_path: Path) -> None:
    server.say = lambda words: "Ein rotes Boot."
    (tmp_path / "mine.txt").write_text("Describe it for a child.", "utf-8")
    own = Caption(language_model=model(server), language="de", prompt=str(tmp_path / "mine.txt"))
    list(own.convert(PICTURE))
    assert "Describe it for a child." in server.last_words
    assert "Write in this language: de" in server.last_words


def test_an_endless_one_is_cut(server: Server) -> None:
    server.say = lambda words: "and on " * 300
    (part,) = Caption(language_model=model(server)).convert(PICTURE)
    assert len(str(part.data)) <= 800


def test_a_model_that_does_not_see_is_refused(server: Server) -> None:
    """When the kit is made, with what to write."""
    with pytest.raises(BadConfig, match="a language model that sees") as raises:
        Caption(language_model=model(server, accepts="text"))
    assert "accepts=text+image" in raises.value.hint


@pytest.mark.parametrize("name", ["broken", "empty", "declines", "never-stops"])
def test_a_model_that_fails(server: Server, name: str) -> None:
    with pytest.raises(ModelFailed):
        list(Caption(language_model=model(server, name)).convert(PICTURE))
