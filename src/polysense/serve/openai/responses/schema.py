"""Requests to /v1/responses and its answers, as OpenAI has them; other fields are accepted and
ignored.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from polysense.messages import Usage as Tokens
from polysense.serve import schema
from polysense.serve.openai.schema import InputAudio, Lenient, PolysenseOptions
from polysense.serve.texts import ShortText


class InputContent(Lenient):
    """A part of a message; type names the field that holds it."""

    type: str = Field(examples=["input_text"])
    text: str = ""
    image_url: str | None = Field(None, description="A data: URL, or an address.")
    input_audio: InputAudio | None = None
    file_data: str | None = Field(None, description="Base64, or a data: URL.")
    file_url: str | None = None
    file_id: str | None = Field(None, description="Not supported: send the file itself.")
    filename: str | None = Field(None, max_length=2000)


class InputItem(Lenient):
    """A message. Items of other types (calls of tools and what they gave, reasoning) are no part of
    the question and passed over.
    """

    type: str = Field("message", examples=["message"])
    role: str = Field("", examples=["user"])
    content: str | list[InputContent] | None = None


class TextOptions(Lenient):
    """The form of the words."""

    format: dict[str, Any] | None = Field(
        None,
        description="text; with a language model also json_object and json_schema: each value is "
        "checked against the evidence.",
    )


class ResponseRequest(Lenient):
    """A question: a text, or the last message of the user among items."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        json_schema_extra={
            "examples": [{"model": "main", "input": "How tall is the lighthouse tower?"}]
        },
    )

    model: str = Field(description="A library's name.", examples=["main"], max_length=200)
    input: str | list[InputItem] = Field(
        max_length=20_000, examples=["How tall is the lighthouse tower?"]
    )
    instructions: str | None = Field(
        None,
        max_length=100_000,
        description="Wishes for tone, form and language, where a language model writes.",
    )
    previous_response_id: str | None = Field(
        None, max_length=200, description="Goes on from there, while it is kept."
    )
    store: bool | None = Field(True, description="Whether it is kept, to go on from.")
    stream: bool | None = False
    text: TextOptions | None = None
    tools: Any = Field(None, description="May be offered; none is called.")
    tool_choice: str | dict[str, Any] | None = Field(None, description="Only auto or none.")
    metadata: dict[ShortText, ShortText] | None = Field(None, max_length=16)
    conversation: Any = Field(None, description="Not supported: use previous_response_id.")
    background: bool | None = Field(None, description="Not supported.")
    prompt: Any = Field(None, description="Not supported: send the words themselves.")
    modalities: list[ShortText] | None = Field(
        None, max_length=8, description="text, always; and any that the library answers in."
    )
    polysense: PolysenseOptions | None = None


class UrlAnnotation(BaseModel):
    """A citation: characters start_index to end_index of the text are a [n]; where it leads."""

    type: Literal["url_citation"] = "url_citation"
    start_index: int
    end_index: int
    title: str
    url: str


class OutputText(BaseModel):
    """The answer: markdown with [n]."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[UrlAnnotation] = []
    logprobs: list[Any] = []


class OutputRefusal(BaseModel):
    """Why there is no JSON of the schema that was asked for."""

    type: Literal["refusal"] = "refusal"
    refusal: str


class OutputMessage(BaseModel):
    """The one message of a response."""

    id: str
    type: Literal["message"] = "message"
    role: Literal["assistant"] = "assistant"
    status: Literal["in_progress", "completed"] = "completed"
    content: list[OutputText | OutputRefusal]


class InputDetails(BaseModel):
    """Not counted: 0."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0


class OutputDetails(BaseModel):
    """Not counted: 0."""

    reasoning_tokens: int = 0


class ResponseUsage(BaseModel):
    """What a language model has read and written; zero where none took part."""

    input_tokens: int
    input_tokens_details: InputDetails = InputDetails()
    output_tokens: int
    output_tokens_details: OutputDetails = OutputDetails()
    total_tokens: int

    @classmethod
    def of(cls, tokens: Tokens) -> ResponseUsage:
        """As OpenAI counts them.

        >>> ResponseUsage.of(Tokens(11, 7)).total_tokens
        18
        """
        return cls(
            input_tokens=tokens.input_tokens,
            output_tokens=tokens.output_tokens,
            total_tokens=tokens.input_tokens + tokens.output_tokens,
        )


class ResponseFailure(BaseModel):
    """What went wrong on the way."""

    code: str
    message: str


class Response(BaseModel):
    """An answer in OpenAI's shape; `polysense` is the same as POST /api/libraries/NAME/ask gives
    it.
    """

    id: str
    object: Literal["response"] = "response"
    created_at: int
    completed_at: int | None = None
    status: Literal["in_progress", "completed", "failed"]
    error: ResponseFailure | None = None
    incomplete_details: None = None
    instructions: str | None = None
    model: str
    output: list[OutputMessage] = []
    parallel_tool_calls: bool = False
    previous_response_id: str | None = None
    store: bool = True
    text: dict[str, Any] = {"format": {"type": "text"}}
    tool_choice: str = "none"
    tools: list[Any] = Field(default=[], description="Empty: none is called.")
    metadata: dict[str, str] = {}
    usage: ResponseUsage | None = None
    polysense: schema.AskResult | None = None


class DeletedResponse(BaseModel):
    """A response that is kept no longer."""

    id: str
    object: Literal["response"] = "response"
    deleted: Literal[True] = True
