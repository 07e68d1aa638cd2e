"""Words in requests: text without what is none, of a bounded length; and a conversation of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _check_printable(text: str) -> str:
    if any("\ud800" <= c <= "\udfff" for c in text) or "\0" in text:
        raise ValueError("holds what is no text")
    return text


ShortText = Annotated[str, Field(max_length=2_000), AfterValidator(_check_printable)]
LongText = Annotated[str, Field(max_length=20_000), AfterValidator(_check_printable)]
AnswerText = Annotated[str, Field(max_length=100_000), AfterValidator(_check_printable)]


class EarlierExchange(BaseModel):
    """A question that was asked before, and its answer, in words.

    >>> EarlierExchange(question="How tall is the tower?").answer
    ''
    """

    model_config = ConfigDict(extra="forbid")

    question: LongText = Field(description="As it was asked.")
    answer: AnswerText = Field("", description="What was answered.")
