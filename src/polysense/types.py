"""The values everything else passes around.

    Part      the atom of a query, a chunk and an answer: one piece of content in one modality
    Span      where in an asset: page, box, seconds, lines, cells, node, chars (its own file)
    Asset     a file's content, known by its hash
    Chunk     what is searched: a place in an asset, its words, its context
    Link      one asset mentions another, and with which words
    Space     where vectors of one model live; spaces are never mixed
    Hit       a chunk, its score and why
    Evidence  a hit in the form in which a generator saw it
    Route     the steps from what was given to what was wanted

Values are frozen and compare by content. What a call gives back is in `polysense.results`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeAlias

from polysense.calibration import Calibration as Calibration
from polysense.calibration import ScoreRange as ScoreRange
from polysense.span import Box as Box
from polysense.span import Span as Span

Modality: TypeAlias = str
"""An open set: "text" "image" "audio" "video" "3d" "code" "table" "graph", and any plug-in's own.
"""

PAGE: Modality = "page"
"""The native content of a chunk that shows a whole page of a document as it looks. Other chunks
have its words, so that it is found by its vectors alone: those of encoders that accept it.
"""

Role: TypeAlias = Literal["query", "document"]
Metric: TypeAlias = Literal["cosine", "dot", "maxsim", "sparse", "bm25"]
Origin: TypeAlias = Literal["retrieved", "composed", "generated"]


def _content_digest(data: Any) -> bytes:
    h = sha256()
    if isinstance(data, str):
        h.update(b"s" + data.encode("utf-8", "surrogatepass"))
    elif isinstance(data, bytes):
        h.update(b"b" + data)
    elif isinstance(data, Path):
        h.update(b"b")
        with data.open("rb") as f:
            while block := f.read(1 << 20):
                h.update(block)
    else:  # an array: anything with dtype, shape and tobytes
        h.update(f"a{data.dtype}{data.shape}".encode() + data.tobytes())
    return h.digest()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One piece of content in one modality: the atom of a query, a chunk and an answer.

    data is words (str), a file's bytes, a file (Path), or an array: RGB uint8 (height, width, 3)
    for an image, mono float32 in -1..1 for audio (its rate in `mime`: "audio/pcm;rate=16000"). A
    Path or bytes may be a larger file of which this part is the piece at `span`: a page's region, a
    video's second, a member of a container. `polysense.read` decodes all of these. Two parts are
    equal when their modality, content and span are.

    >>> Part("text", "hello") == Part("text", "hello")
    True
    """

    modality: Modality
    data: Any
    mime: str = ""
    name: str = ""
    span: Span = Span()
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The hash of modality, content and span, 32 hex digits.

        Reads the file where data is a Path.
        """
        place = json.dumps(self.span.to_dict(), sort_keys=True)
        key = f"{self.modality}\0{place}\0".encode()
        return sha256(key + _content_digest(self.data)).hexdigest()[:32]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Part) or (self.modality, self.span) != (
            other.modality,
            other.span,
        ):
            return False
        is_same_file = (
            isinstance(self.data, Path) and isinstance(other.data, Path) and self.data == other.data
        )
        return is_same_file or self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        if isinstance(self.data, str):
            content = repr(self.data if len(self.data) <= 60 else self.data[:57] + "...")
        elif isinstance(self.data, bytes):
            content = f"<{len(self.data)} bytes>"
        else:
            content = (
                str(self.data) if isinstance(self.data, Path) else f"<array {self.data.shape}>"
            )
        return f"Part({self.modality!r}, {content}{f', {self.span}' if self.span else ''})"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's content. id is the content's hash: the same content at two places is one asset.

    uri is an absolute path, or "/a/b.zip!/inner/name.txt" for a member of an archive. path is where
    its bytes can be read now.
    """

    id: str
    uri: str
    mime: str
    modality: Modality
    size: int
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)
    path: Path | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The last part of the uri."""
        return self.uri.replace("\\", "/").rsplit("/", 1)[-1]

    @property
    def label(self) -> str:
        """Its name, behind those of the files that it lies in.

        >>> Asset("", "/in/mail.eml!/bundle.zip!/a/note.txt", "", "text", 1).label
        'mail.eml > bundle.zip > note.txt'
        """
        return " > ".join(s.replace("\\", "/").rsplit("/", 1)[-1] for s in self.uri.split("!/"))

    @property
    def folder(self) -> str:
        """The name of the folder that holds it."""
        segments = self.uri.replace("\\", "/").rsplit("/", 2)
        return segments[-2].rstrip("!") if len(segments) > 1 else ""

    def __str__(self) -> str:
        return f"{self.name} ({self.mime}, {self.size} bytes)"


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Characters start..end of a chunk's text lie at `span` of its asset.

    A line's box, a cue's seconds, a row's cells.
    """

    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is searched: one place in an asset.

    modality is what the evidence *is* (a transcript is "audio"). part is the native content there
    (None where there are only words). text holds its own words, read or derived (transcript, OCR,
    serialisation); context the words around it (alt, caption, heading, nearby), kept apart. marks
    are spans of text with finer places, in order of start. `meta` holds JSON values. table are the
    chunks of the table that this one is a piece of, where a question has looked them up.
    """

    asset: Asset
    span: Span
    modality: Modality
    part: Part | None = None
    text: str = ""
    context: str = ""
    marks: tuple[TextSpan, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)
    table: tuple[Chunk, ...] = field(default=(), compare=False, repr=False)

    @property
    def id(self) -> str:
        """The hash of asset, modalities and span, 32 hex digits.

        Derived words can follow without a new id.
        """
        native = self.part.modality if self.part else ""
        place = json.dumps(self.span.to_dict(), sort_keys=True)
        key = f"{self.asset.id}\0{self.modality}\0{native}\0{place}"
        return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def words(self) -> str:
        """Context, then text: what the lexical index and text encoders read."""
        return f"{self.context}\n{self.text}".strip() if self.context else self.text

    @property
    def is_page(self) -> bool:
        """Whether it only shows what other chunks say."""
        return self.part is not None and self.part.modality == PAGE

    def place(self, start: int, end: int) -> Span:
        """The place of text[start:end] in the asset, as exactly as the marks tell it.

        Of several pages, the part on the first.
        """
        spans = [m.span for m in self.marks if m.start < end and start < m.end]
        return (
            reduce(Span.union, (s for s in spans if s.page == spans[0].page))
            if spans
            else self.span
        )

    def __hash__(self) -> int:
        return hash(self.id)

    def with_(self, **changes: Any) -> Chunk:
        """A copy with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Link:
    """An asset mentions another one.

    `target` is a uri, words are its alt text, caption, heading and what stands near it there.
    """

    target: str
    words: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Space:
    """Where the vectors of one model live. name and revision together identify it.

    Mixing two is an error.
    """

    name: str
    revision: str
    dim: int
    metric: Metric = "cosine"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ScoreExplanation:
    """One reason for a hit: its rank (from 1) and score in one space."""

    space: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk, its fused score, and why it was found.

    span narrows chunk.span to what the query asked for; also lists the other places where the same
    content lies.
    """

    chunk: Chunk
    score: float
    why: tuple[ScoreExplanation, ...] = ()
    span: Span = Span()
    also: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """The asset's address: an absolute path for local files."""
        return self.chunk.asset.uri

    @property
    def modality(self) -> Modality:
        """What the evidence is."""
        return self.chunk.modality

    @property
    def place(self) -> Span:
        """The narrowest place known."""
        return self.span or self.chunk.span

    def __str__(self) -> str:
        words = " ".join((self.chunk.text or self.chunk.context).split())
        return f"{self.score:.4f}  {self.chunk.asset.name}, {self.place}: {words[:100]}"


@dataclass(frozen=True, slots=True)
class Ranking(Sequence[Hit]):
    """Hits, best first, with timings (milliseconds by stage), warnings for the reader, and what
    each rewriter did to the question.
    """

    hits: tuple[Hit, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    warnings: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.hits)

    def __getitem__(self, i: Any) -> Any:
        return replace(self, hits=self.hits[i]) if isinstance(i, slice) else self.hits[i]

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __str__(self) -> str:
        return "\n".join(f"{n:3} {hit}" for n, hit in enumerate(self.hits, 1))


Query: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A hit, numbered as the [n] of an answer, in the form in which the generator saw it.

    part is the words that bear on the question, or the native content where the likeness of it is
    the evidence. forms are others of the same evidence, made for generators that need them: its
    picture, its words spoken; attachments are the files that stand with its words. about names the
    thing that it is evidence of, where its words do not and the question asks about several.
    """

    n: int
    hit: Hit
    part: Part
    span: Span
    score: float = 0.0
    forms: tuple[Part, ...] = ()
    about: str = ""
    attachments: tuple[Part, ...] = ()

    def form(self, modality: Modality) -> Part | None:
        """The form in one modality, if it could be made."""
        return next((p for p in self.forms if p.modality == modality), None)


StepKind: TypeAlias = Literal["native", "bridged"]


@dataclass(frozen=True, slots=True)
class Step:
    """One plug-in's part in a route.

    native where the model sees the modality itself, bridged where it goes through another.
    """

    source: Modality
    target: Modality
    plugin: str
    kind: StepKind = "native"
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The steps from the modalities given to the one wanted.

    Quality is measured, None where it has not been.
    """

    given: tuple[Modality, ...]
    wanted: Modality
    steps: tuple[Step, ...] = ()
    quality: float | None = None

    def __str__(self) -> str:
        return "; ".join(f"{s.source} -> {s.target} ({s.plugin}, {s.kind})" for s in self.steps)


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items without repetition, in their first order."""
    return tuple(dict.fromkeys(items))
