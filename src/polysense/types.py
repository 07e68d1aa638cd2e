"""The values everything else passes around. Imports nothing of ours.

    Part      the atom of a query, a chunk and an answer: one piece of content in one modality
    Span      where in an asset: page, box, seconds, lines, cells, node, chars
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
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeAlias

Modality: TypeAlias = str
"""An open set: "text" "image" "audio" "video" "3d" "code" "table" "graph", and any plug-in's own.
"""

Role: TypeAlias = Literal["query", "document"]
Metric: TypeAlias = Literal["cosine", "dot", "maxsim", "bm25"]
Origin: TypeAlias = Literal["retrieved", "composed", "generated"]
Box: TypeAlias = tuple[float, float, float, float]


def _format_clock(t: float) -> str:
    whole = int(t)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


_RANGE = re.compile(r"(?:(.*)!)?([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?", re.S)


def _union_of_cells(a: str, b: str) -> str:
    """The smallest range that covers both; the first where they are on two sheets."""
    one, two = _RANGE.fullmatch(a), _RANGE.fullmatch(b)
    if a == b or not one or not two or one[1] != two[1]:
        return a
    columns = sorted(filter(None, (one[2], one[4], two[2], two[4])), key=lambda c: (len(c), c))
    rows = sorted(int(r) for r in (one[3], one[5], two[3], two[5]) if r)
    sheet = "" if one[1] is None else f"{one[1]}!"
    return f"{sheet}{columns[0]}{rows[0]}:{columns[-1]}{rows[-1]}"


def _union_of_intervals(a: tuple[Any, Any] | None, b: tuple[Any, Any] | None) -> tuple[Any, Any] | None:
    """The smallest interval that covers both."""
    return (min(a[0], b[0]), max(a[1], b[1])) if a and b else a or b


@dataclass(frozen=True, slots=True)
class Span:
    """Where in its asset something lies; what does not apply is None.

    page counts from 1 (a slide is a page). box is x0, y0, x1, y1 as fractions of the page or
    picture, origin top left. seconds is (start, end). lines is (first, last), from 1. cells is
    "B2:D9", or "Sheet!B2:D9". node names a part inside the asset: a mesh part, a member of a
    container, a graph node. chars is (start, end) in the asset's text.

    >>> str(Span(page=3, box=(0.1, 0.2, 0.5, 0.4))), str(Span(seconds=(12, 18.4))), str(Span(lines=(10, 24)))
    ('p. 3', '00:12-00:18', 'L10-24')
    """

    page: int | None = None
    box: Box | None = None
    seconds: tuple[float, float] | None = None
    lines: tuple[int, int] | None = None
    cells: str | None = None
    node: str | None = None
    chars: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) is not None for f in fields(self))

    def __str__(self) -> str:
        places = []
        if self.page is not None:
            places.append(f"p. {self.page}")
        if self.seconds is not None:
            start, end = _format_clock(self.seconds[0]), _format_clock(self.seconds[1])
            places.append(start if start == end else f"{start}-{end}")
        if self.lines is not None:
            first, last = self.lines
            places.append(f"L{first}" if first == last else f"L{first}-{last}")
        if self.cells is not None:
            places.append(self.cells)
        if self.node is not None:
            places.append(self.node)
        if not places and self.box is not None and self.box != (0.0, 0.0, 1.0, 1.0):
            x0, y0, x1, y1 = (round(100 * v) for v in self.box)
            places.append(f"x {x0}-{x1} %, y {y0}-{y1} %")
        if not places and self.chars is not None:
            places.append(f"chars {self.chars[0]}-{self.chars[1]}")
        return ", ".join(places) or "whole"

    def within(self, outer: Span) -> Span:
        """This span, told relative to `outer`, as a span of outer's asset. Associative; Span() is
        its unit.

        >>> Span(box=(0.5, 0.5, 1, 1)).within(Span(page=2, box=(0, 0, 0.5, 0.5))).box
        (0.25, 0.25, 0.5, 0.5)
        """
        box, seconds, lines, chars = self.box, self.seconds, self.lines, self.chars
        if box and outer.box:
            (ox0, oy0, ox1, oy1), (x0, y0, x1, y1) = outer.box, box
            w, h = ox1 - ox0, oy1 - oy0
            box = (ox0 + x0 * w, oy0 + y0 * h, ox0 + x1 * w, oy0 + y1 * h)
        if seconds and outer.seconds:
            seconds = (outer.seconds[0] + seconds[0], outer.seconds[0] + seconds[1])
        if lines and outer.lines:
            lines = (outer.lines[0] + lines[0] - 1, outer.lines[0] + lines[1] - 1)
        if chars and outer.chars:
            chars = (outer.chars[0] + chars[0], outer.chars[0] + chars[1])
        return Span(
            page=outer.page if self.page is None else self.page,
            box=box or outer.box,
            seconds=seconds or outer.seconds,
            lines=lines or outer.lines,
            cells=self.cells or outer.cells,
            node=self.node or outer.node,
            chars=chars or outer.chars,
        )

    def union(self, other: Span) -> Span:
        """The smallest span that covers both; of page, sheet and node, this one's where they
        differ.

        >>> Span(cells="B2:D2").union(Span(cells="B4:D4")).cells
        'B2:D4'
        """
        a, b = self.box, other.box
        return Span(
            page=other.page if self.page is None else self.page,
            box=(min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
            if a and b
            else a or b,
            seconds=_union_of_intervals(self.seconds, other.seconds),
            lines=_union_of_intervals(self.lines, other.lines),
            cells=_union_of_cells(self.cells, other.cells)
            if self.cells and other.cells
            else self.cells or other.cells,
            node=self.node or other.node,
            chars=_union_of_intervals(self.chars, other.chars),
        )

    def to_dict(self) -> dict[str, Any]:
        """Only the fields that apply; tuples become lists, as JSON has them."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values if v is not None}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Span:
        """The inverse of `to_dict`."""
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
        return cls(**values)


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
        """The hash of modality, content and span, 32 hex digits. Reads the file where data is a
        Path.
        """
        place = json.dumps(self.span.to_dict(), sort_keys=True)
        return sha256(f"{self.modality}\0{place}\0".encode() + _content_digest(self.data)).hexdigest()[:32]

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
            content = str(self.data) if isinstance(self.data, Path) else f"<array {self.data.shape}>"
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
    def folder(self) -> str:
        """The name of the folder that holds it."""
        segments = self.uri.replace("\\", "/").rsplit("/", 2)
        return segments[-2].rstrip("!") if len(segments) > 1 else ""

    def __str__(self) -> str:
        return f"{self.name} ({self.mime}, {self.size} bytes)"


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Characters start..end of a chunk's text lie at `span` of its asset: a line's box, a cue's
    seconds, a row's cells.
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
    tell finer places inside text, in order of start. `meta` holds JSON values.
    """

    asset: Asset
    span: Span
    modality: Modality
    part: Part | None = None
    text: str = ""
    context: str = ""
    marks: tuple[TextSpan, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """The hash of asset, modalities and span, 32 hex digits: derived words can follow without a
        new id.
        """
        native = self.part.modality if self.part else ""
        key = f"{self.asset.id}\0{self.modality}\0{native}\0{json.dumps(self.span.to_dict(), sort_keys=True)}"
        return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def words(self) -> str:
        """Context, then text: what the lexical index and text encoders read."""
        return f"{self.context}\n{self.text}".strip() if self.context else self.text

    def place(self, start: int, end: int) -> Span:
        """The place of text[start:end] in the asset, as exactly as the marks tell it; of several
        pages, the part on the first.
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
    """An asset mentions another one: `target` is a uri, words are its alt text, caption, heading
    and what stands near it there.
    """

    target: str
    words: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Space:
    """Where the vectors of one model live. name and revision together identify it; mixing two is an
    error.
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
    """A chunk, its fused score, and why it was found. span narrows chunk.span to what the query
    asked for; also lists the other places where the same content lies.
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
    """Hits, best first, with how long each stage took (milliseconds) and what the reader should
    know.
    """

    hits: tuple[Hit, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict, compare=False)
    warnings: tuple[str, ...] = ()

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
    picture, its words spoken.
    """

    n: int
    hit: Hit
    part: Part
    span: Span
    score: float = 0.0
    forms: tuple[Part, ...] = ()

    def form(self, modality: Modality) -> Part | None:
        """The form in one modality, if it could be made."""
        return next((p for p in self.forms if p.modality == modality), None)


StepKind: TypeAlias = Literal["native", "bridged"]


@dataclass(frozen=True, slots=True)
class Step:
    """One plug-in's part in a route: native where the model sees the modality itself, bridged where
    it goes through another.
    """

    source: Modality
    target: Modality
    plugin: str
    kind: StepKind = "native"
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """The steps from the modalities given to the one wanted; quality is measured, None where it has
    not been.
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
