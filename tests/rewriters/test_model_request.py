"""What rewriters that ask a model have in common."""

from __future__ import annotations

import pytest

from polysense.errors import ModelFailed
from polysense.llm.openai import OpenAI
from polysense.model_reply import Reply
from polysense.question import Question
from polysense.rewriters.model_request import one_question, words_alone
from polysense.types import Part

MODEL = OpenAI(model="any", base_url="http://127.0.0.1:9/v1")


def test_words_alone() -> None:
    words, file = Part("text", "Where is\n this?"), Part("image", b"...", "image/png")
    assert words_alone(Question((words,), ((words,),))) == "Where is this?"
    assert words_alone(Question((words, file), ((words,), (file,)))) == ""


@pytest.mark.parametrize(
    "text", ["Where is it?", ' "Where is it?"\n', "Question: Where is it?", "**Where is it?**"]
)
def test_a_line_is_a_question(text: str) -> None:
    assert one_question(Reply(text), MODEL, "en") == "Where is it?"


@pytest.mark.parametrize("text", ["", "Where?\nWhen?", '""', "a" * 401])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ModelFailed, match="no question of one line"):
        one_question(Reply(text), MODEL, "")
