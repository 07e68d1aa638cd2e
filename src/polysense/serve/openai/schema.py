"""Requests and answers of /v1, as OpenAI has them; other fields are accepted and ignored."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from polysense.messages import Usage as Tokens
from polysense.serve import schema
from polysense.serve.budgets import BudgetRequest
from polysense.serve.texts import LongText, ShortText

MOST_INPUTS = 2048
"""Inputs of one request for embeddings, as OpenAI has it."""
LONGEST_INPUT = 100_000
"""Characters of an input; judged, not measured."""


class Lenient(BaseModel):
    """A request: temperature and the like are no error, since there is nothing here that they could
    change.
    """

    model_config = ConfigDict(extra="ignore", strict=True)


def _with_example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="ignore", strict=True, json_schema_extra={"examples": [example]})


class UrlInput(Lenient):
    """A file: a data: URL, or an address at one of the hosts that the server may fetch from."""

    url: str = Field(examples=["data:image/png;base64,iVBORw0KGgo="])


class InputAudio(Lenient):
    """A recording."""

    data: str = Field(description="Base64.")
    format: str = Field("", max_length=20, description="Such as wav or mp3; the content decides.")


class FileInput(Lenient):
    """Any other file."""

    file_data: str = Field("", description="Base64, or a data: URL.")
    filename: str = Field("", max_length=2000)
    file_id: str | None = Field(None, description="Not supported: send the file itself.")


class ContentPart(Lenient):
    """A part of a message; type names the field that holds it."""

    type: str = Field(examples=["text"])
    text: str = ""
    image_url: UrlInput | str | None = None
    audio_url: UrlInput | str | None = None
    video_url: UrlInput | str | None = None
    input_audio: InputAudio | None = None
    file: FileInput | None = None
    file_url: str | None = None


class Message(Lenient):
    """What somebody said."""

    role: str = Field(examples=["user"])
    content: str | list[ContentPart] | None = None


class StreamOptions(Lenient):
    """How to stream."""

    include_usage: bool | None = None


class AudioOptions(Lenient):
    """The sound wanted; there is one voice."""

    format: Literal["wav", "mp3", "flac", "opus", "pcm16"] = "wav"


class PolysenseOptions(schema.StrictRequest):
    """What only polysense knows."""

    where: LongText = Field(
        "",
        description="Only of what this holds for, written like SQL.",
        examples=["folder = 'letters'"],
    )
    k: int = Field(12, ge=1, le=100, description="How many places are looked at.")
    budget: BudgetRequest | None = Field(
        None,
        description="Lets the language model of the server search again first: {} for the usual.",
        examples=[{"rounds": 4}],
    )


class ChatRequest(Lenient):
    """A question: the last message of the user."""

    model_config = _with_example(
        {
            "model": "main",
            "messages": [{"role": "user", "content": "How tall is the lighthouse tower?"}],
        }
    )

    model: str = Field(description="A library's name.", examples=["main"], max_length=200)
    messages: list[Message] = Field(
        min_length=1,
        max_length=10_000,
        examples=[[{"role": "user", "content": "How tall is the tower?"}]],
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    modalities: list[ShortText] | None = Field(
        None,
        max_length=8,
        description="text, always; audio; and any that the library answers in.",
        examples=[["text", "audio"]],
    )
    audio: AudioOptions | None = None
    n: int | None = Field(None, description="1: there is one answer.")
    response_format: dict[str, Any] | None = Field(
        None,
        description="text; with a language model also json_object and json_schema: each value is "
        "checked against the evidence.",
    )
    tools: Any = Field(None, description="May be offered; none is called.")
    tool_choice: str | dict[str, Any] | None = Field(None, description="Only auto or none.")
    function_call: str | dict[str, Any] | None = Field(None, description="Only auto or none.")
    polysense: PolysenseOptions | None = None


class UrlCitation(BaseModel):
    """Characters start_index to end_index of the content are a [n]; where it leads."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AudioOutput(BaseModel):
    """The answer to be heard."""

    id: str
    data: str = Field(description="Base64.")
    expires_at: int = Field(description="Not kept for later turns.")
    transcript: str


class AssistantMessage(BaseModel):
    """The answer: markdown with [n]."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: str | None = Field(None, description="Why there is no JSON of the schema asked for.")
    annotations: list[Annotation] = []
    audio: AudioOutput | None = None


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AssistantMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """What a language model has read and written; zero where none took part."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0

    @classmethod
    def of(cls, tokens: Tokens) -> Usage:
        """As OpenAI counts them.

        >>> Usage.of(Tokens(11, 7)).total_tokens
        18
        """
        read, written_tokens = tokens.input_tokens, tokens.output_tokens
        return cls(
            prompt_tokens=read,
            completion_tokens=written_tokens,
            total_tokens=read + written_tokens,
        )


class Completion(BaseModel):
    """An answer in OpenAI's shape; `polysense` is the same as POST /api/libraries/NAME/ask gives
    it.
    """

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage = Usage()
    polysense: schema.AskResult


class EmbeddingRequest(Lenient):
    """Words to encode."""

    model_config = _with_example({"model": "minilm", "input": ["a red bicycle", "tax law"]})

    model: str = Field(
        description="An encoder's name, or its space's.", examples=["minilm"], max_length=200
    )
    input: str | list[str] | list[int] | list[list[int]] = Field(
        description="Words, or a list of them; no tokens.", examples=["a red bicycle"]
    )
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(None, description="Only the encoder's own.")
    input_type: Literal["query", "document"] | None = Field(
        None, description="As what; most encoders make no difference."
    )


class Embedding(BaseModel):
    """One vector."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str = Field(description="Numbers; or base64 of little-endian float32.")


class EmbeddingUsage(BaseModel):
    """Zero: tokens are not counted."""

    prompt_tokens: int = 0
    total_tokens: int = 0


class Embeddings(BaseModel):
    """Vectors, in the order of the inputs."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage = EmbeddingUsage()


class Model(BaseModel):
    """A library, to be asked, or an encoder of words."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(default=0, description="Not known: 0.")
    owned_by: Literal["polysense"] = "polysense"
    kind: Literal["library", "encoder"]


class Models(BaseModel):
    """All that this token may use."""

    object: Literal["list"] = "list"
    data: list[Model]


class ErrorBody(BaseModel):
    """What went wrong, and what to do."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = None
    code: str | None = Field(None, examples=["model_not_found"])


class ErrorResponse(BaseModel):
    """An error as OpenAI's clients read it."""

    error: ErrorBody
