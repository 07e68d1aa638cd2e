"""Requests and answers of the HTTP API: what the command line prints with --json, with links."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from polysense.serve.access import NAME_PATTERN as TOKEN_NAME
from polysense.serve.access import Scope
from polysense.serve.budgets import BudgetRequest
from polysense.serve.jobs import JobKind, JobState
from polysense.serve.texts import EarlierExchange, LongText, ShortText


class StrictRequest(BaseModel):
    """A request: what is not known is an error, not overlooked."""

    model_config = ConfigDict(extra="forbid")


def _with_example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Search(StrictRequest):
    """What to search for. Files come beside it, as multipart/form-data."""

    model_config = _with_example({"text": "a lighthouse at dusk", "modality": ["image"], "k": 5})

    text: LongText = Field("", description="Words.", examples=["a lighthouse at dusk"])
    modality: list[ShortText] = Field(
        [], description="Only these kinds of evidence.", max_length=20, examples=[["image"]]
    )
    where: LongText = Field(
        "",
        description="Only where this holds, written like SQL.",
        examples=["folder = 'letters' and page > 3"],
    )
    k: int = Field(10, ge=1, le=200, description="How many.")
    by: Literal["chunk", "asset"] = Field(
        "chunk", description="asset: each file's best place only."
    )
    using: ShortText = Field(
        "", description="A retriever.", examples=["bm25 % 200 + 2 * photo % 200"]
    )
    exclude_self: bool = Field(False, description="Leave out the query's own file.")


class Ask(StrictRequest):
    """What to ask. Files come beside it, as multipart/form-data."""

    model_config = _with_example(
        {"text": "How tall is the lighthouse tower?", "to": ["text", "image"]}
    )

    text: LongText = Field("", description="Words.", examples=["How tall is the lighthouse tower?"])
    to: list[ShortText] = Field(
        ["text"],
        min_length=1,
        max_length=8,
        description="Modalities of the answer.",
        examples=[["text", "image"]],
    )
    where: LongText = Field("", description="Only of what this holds for, written like SQL.")
    k: int = Field(12, ge=1, le=100, description="How many places are looked at.")
    using: ShortText = Field(
        "", description="A retriever.", examples=["bm25 % 200 + 2 * photo % 200"]
    )
    history: list[EarlierExchange] = Field(
        [],
        max_length=100,
        description="The conversation before, oldest first: what the question leaves to it is read "
        "from there, and a warning tells as what.",
        examples=[[{"question": "How tall is the water tower?", "answer": "38 metres. [1]"}]],
    )
    budget: BudgetRequest | None = Field(
        None,
        description="Lets the language model of the server search again first: {} for the usual.",
        examples=[{"rounds": 4}],
    )
    stream: bool = Field(
        False,
        description="Answer with server-sent events: steps, evidence, then parts as they are made, "
        "then the whole.",
    )


class Recommend(StrictRequest):
    """More like these."""

    model_config = _with_example({"liked": ["9f86d081884c7d659a2feaa0c55ad015"], "text": "but red"})

    liked: list[ShortText] = Field(min_length=1, max_length=50, description="Ids of assets.")
    disliked: list[ShortText] = Field([], max_length=50, description="Ids of assets.")
    text: LongText = Field("", description="What they should also be.", examples=["but red"])
    where: LongText = Field("", description="Only where this holds, written like SQL.")
    k: int = Field(10, ge=1, le=200, description="How many.")


class Why(BaseModel):
    """What one space found."""

    space: str
    rank: int
    score: float


class Links(BaseModel):
    """Where to look at it; paths on this server."""

    content: str = Field(description="The file, with byte ranges.")
    picture: str = Field(description="A picture of the place, marked.")
    page: str = Field(description="The place, to be seen in a browser.")


class Place(BaseModel):
    """A place in a file."""

    score: float
    modality: str
    uri: str
    asset: str
    chunk: str
    span: dict[str, Any] = Field(examples=[{"page": 3, "box": [0.1, 0.2, 0.5, 0.4]}])
    place: str = Field(examples=["p. 3"])
    text: str
    context: str
    why: list[Why]
    also: list[str] = Field([], description="Other places of the same content.")
    links: Links


class Hit(Place):
    """A place found."""

    rank: int


class Evidence(Place):
    """A place that an answer rests on."""

    n: int = Field(description="The [n] in the answer.")
    quote: str = Field(description="The words that answer.")


class QueryPart(BaseModel):
    """A part of the query."""

    modality: str
    text: str = ""
    name: str = ""


class SearchResult(BaseModel):
    """What a search found."""

    query: list[QueryPart]
    hits: list[Hit]
    timings_ms: dict[str, float]
    rewrites: list[str] = Field(description="What each rewriter did to the question.")
    warnings: list[str]


class Part(BaseModel):
    """A part of an answer."""

    modality: str
    origin: Literal["retrieved", "composed", "generated"]
    text: str = Field("", description="Words or code.")
    mime: str = ""
    name: str = ""
    url: str = Field("", description="The thing itself; a path on this server.")
    span: dict[str, Any] = Field({}, description="The part of it that is meant.")
    evidence: list[int] = Field([], description="What is in it.")
    values: dict[str, list[int]] = Field(
        {}, description="Of JSON: what bears out each value, by its JSON pointer."
    )


class Step(BaseModel):
    """A step of the way from what was given to what was wanted."""

    source: str = Field(alias="from", serialization_alias="from")
    to: str
    plugin: str
    kind: str


class TokenUsage(BaseModel):
    """What language models have read and written."""

    input_tokens: int
    output_tokens: int


class AskResult(BaseModel):
    """An answer."""

    answer: list[Part]
    evidence: list[Evidence]
    answered: bool = Field(description="False where the library holds no support.")
    route: list[Step]
    timings_ms: dict[str, float]
    missing: list[str] = Field(description="What the question names and nothing found is about.")
    confidence: float = Field(description="How probable it is that the evidence answers, 0..1.")
    rewrites: list[str] = Field(description="What each rewriter did, and the rounds asked.")
    warnings: list[str]
    usage: TokenUsage = Field(description="Zero where no language model took part.")


class Asset(BaseModel):
    """A file that the library holds."""

    asset: str
    uri: str
    name: str
    folder: str
    mime: str
    modality: str
    size: int
    meta: dict[str, Any]
    links: Links


class Assets(BaseModel):
    """Some of the files; `next` leads on."""

    assets: list[Asset]
    total: int
    next: int | None = Field(description="The `after` of the next request, or null at the end.")


class Chunk(BaseModel):
    """A searched piece of a file."""

    chunk: str
    modality: str
    span: dict[str, Any]
    place: str
    text: str
    context: str
    meta: dict[str, Any]


class Chunks(BaseModel):
    """All pieces of a file, in order."""

    chunks: list[Chunk]


class Waveform(BaseModel):
    """How loud a recording is, at even distances from its beginning to its end."""

    seconds: float
    peaks: list[float] = Field(description="0..1, the loudest being 1.")


class Failure(BaseModel):
    """A file that could not be read."""

    uri: str
    error: str
    hint: str


class Failures(BaseModel):
    """All of them."""

    failures: list[Failure]


class SpaceProgress(BaseModel):
    """How far a space is."""

    done: int
    of: int


class Library(BaseModel):
    """A library and how much is in it."""

    name: str
    assets: int
    places: int
    failures: int
    chunks: dict[str, int]
    spaces: dict[str, SpaceProgress]
    unread: int = Field(description="Pictures and recordings whose words are not read yet.")
    busy: bool = Field(description="Whether a job runs or waits.")


class Libraries(BaseModel):
    """All that this token may see."""

    libraries: list[str]


class NewLibrary(StrictRequest):
    """A library to make."""

    model_config = _with_example({"name": "letters"})

    name: str = Field(
        max_length=64,
        pattern="^[a-z0-9][a-z0-9_-]*$",
        description="Small letters, digits, - and _.",
    )


class Job(BaseModel):
    """Long work."""

    id: str
    kind: JobKind
    arguments: list[str]
    state: JobState
    stage: str = Field(examples=["reading"])
    done: int
    total: int
    detail: str
    result: dict[str, Any] = Field(description="What `polysense index --json` prints, when done.")
    error: str
    hint: str
    created: float = Field(description="Seconds since 1970.")
    started: float
    ended: float


class Jobs(BaseModel):
    """The latest first."""

    jobs: list[Job]


class UploadResult(BaseModel):
    """Files received, and the job that reads them."""

    files: list[str] = Field(description="Their names in the library.")
    job: Job


class RemoteFile(StrictRequest):
    """A file elsewhere."""

    model_config = _with_example({"url": "https://example.org/report.pdf"})

    url: ShortText = Field(examples=["https://example.org/report.pdf"])


class Sync(StrictRequest):
    """Folders of the server's machine."""

    model_config = _with_example({"paths": ["/data/manuals"]})

    paths: list[ShortText] = Field(
        min_length=1, max_length=100, description="Below folders that the server allows."
    )


class Health(BaseModel):
    """How the server is."""

    status: Literal["ok", "starting"]
    version: str


class NewToken(StrictRequest):
    """A token to make."""

    model_config = _with_example({"name": "reader", "scope": "read", "libraries": ["main"]})

    name: str = Field(
        max_length=80,
        pattern=f"^{TOKEN_NAME}$",
        description="Letters, digits, spaces and . _ @ + -",
    )
    scope: Scope = Field(
        "read", description="What its holder may do: each scope includes those before it."
    )
    libraries: list[ShortText] = Field(
        ["*"], min_length=1, max_length=100, description="Where; * is everywhere."
    )


class Token(BaseModel):
    """Who has a token, and what for."""

    name: str
    scope: Scope
    libraries: list[str]
    token: str = Field("", description="Told once, when it is made.")


class Tokens(BaseModel):
    """All of them."""

    tokens: list[Token]
