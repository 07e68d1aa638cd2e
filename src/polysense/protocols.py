"""What a plug-in is: eight protocols, one required method each.

Subclass one (for its defaults) or just have its attributes; `polysense.testing` checks either. A
plug-in's constructor takes plain keyword arguments (they are what a spec like
"clip:model=/models/clip" sets), does no work and imports nothing heavy: that happens in the method,
on first use. It must be usable from several threads.

A plug-in may declare `extra`, the extra of its own package that brings what it needs ("models"),
and have `check()`, which raises MissingDependency or BadConfig where it cannot run as it is
configured: `polysense doctor` asks for both. It may have `composition()`, which names what stands
where in its model, as (place, name), from the input on: `polysense doctor` draws it.

One that is built on encoders has the keyword `load_encoder: LoadEncoder`: it is given what makes
an encoder of its spec.

A plug-in that asks a language model has the keyword `language_model: LanguageModel`: it is given
the first that the settings name, and refused (BadConfig) where they name none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from polysense.events import GenerationStep
from polysense.messages import Chat, Usage
from polysense.question import Exchange, Question, Rewrite
from polysense.types import (
    Asset,
    Chunk,
    Evidence,
    Link,
    Modality,
    Origin,
    Part,
    Query,
    Role,
    Space,
    Span,
)

Vectors = NDArray[np.float32]
Signal: TypeAlias = Literal["semantic", "perceptual"]

Encoding: TypeAlias = Any
"""What an encoder gives: Vectors, one row a part; in a space whose metric is "maxsim" a list of
Vectors, of each part its (tokens, dim), and where it is "sparse" its (nonzeros, 2).
`polysense.vectors.late_interaction` and `polysense.vectors.sparse` handle them.
"""


class Match(NamedTuple):
    """A chunk's id, its score in one space, and what the evidence is."""

    id: str
    score: float
    modality: Modality


@runtime_checkable
class Parser(Protocol):
    """Reads one kind of file.

    `accepts` lists mime types, and endings such as ".thermal" for types that nothing here knows.
    """

    accepts: ClassVar[frozenset[str]]

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The chunks of the file at asset.path with their exact spans, and links to other files.

        It is lazy.

        Raises Unreadable when nothing can be read; what was yielded before stays.
        """
        ...


@runtime_checkable
class PageReader(Protocol):
    """A parser that can show a file's pages as they look, beside what `parse` gives."""

    def pages(self, asset: Asset) -> Iterator[Chunk]:
        """A chunk a page, its part of modality `PAGE`, drawn only when it is encoded.

        Asked for where an encoder accepts `PAGE`. Raises Unreadable.
        """
        ...


@runtime_checkable
class Encoder(Protocol):
    """Puts parts of the accepted modalities into a space.

    What follows `space` has defaults; all of it is measured, not guessed.

    signal            what nearness means there. semantic: the two say alike, so a passage that is
                      near a question may answer it. perceptual: the two look or sound alike, or
                      one shows what the other names, so that the near thing is itself the evidence
    query_modalities  those that may be queries there, beside those accepted
    languages         ISO 639-1 codes of those it reads; None: any
    min_score         the similarity below which a match means nothing
    confident_score   the similarity from which a match is one; where a semantic encoder declares
                      neither, both are measured when a library first uses it (ingest.calibrate)
    bridges_languages whether it is there for languages that others do not read: a question that
                      another encoder of meaning reads too is put to it for passages in other
                      languages alone
    adapts_views      whether views of something else (a mesh) may stand in for what it takes
    fusion_weight     its weight in fusion, by (query modality, chunk modality) or query modality;
                      1.0 where it says nothing
    """

    accepts: frozenset[Modality]
    space: Space
    signal: Signal = "semantic"
    query_modalities: frozenset[Modality] = frozenset()
    languages: frozenset[str] | None = None
    min_score: float = -1.0
    confident_score: float = 1.0
    bridges_languages: bool = False
    adapts_views: bool = True
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {}

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Encoding:
        """float32 (len(parts), space.dim), unit length for cosine.

        A row of NaN means: nothing to encode there (silence, a blank).

        Late interaction, where space.metric is "maxsim": a list with a float32 array (tokens,
        space.dim) for each part, its rows of unit length. One without rows means: nothing there.

        Where it is "sparse": a list with a float32 array (nonzeros, 2) for each part, of dimensions
        (each once, below space.dim) and their weights, above 0. space.dim is 2**24 at most.
        """
        ...


LoadEncoder: TypeAlias = Callable[[str], Encoder]
"""Makes the encoder of a spec, such as "clip:model=FOLDER". Raises BadConfig."""


@runtime_checkable
class DerivedEncoder(Protocol):
    """An encoder whose vectors are made of another's: a library that keeps those need not encode
    its files again.
    """

    def base(self, modality: Modality) -> Space | None:
        """The space of which it makes its vectors for a modality; None where it makes them anew."""
        ...

    def derive(self, vectors: Vectors, modality: Modality) -> Vectors:
        """(n, dim) of that space's vectors, (n, width): the same as `encode` gives."""
        ...


@runtime_checkable
class SelectiveEncoder(Protocol):
    """An encoder that is asked with some queries alone, or with some of their words: it tells
    something of a thing beside what it is, as its colour.
    """

    def asked_by(self, part: Part) -> Part | None:
        """What of a query's part is put to it; None where it is not asked."""
        ...


@runtime_checkable
class Locator(Protocol):
    """An encoder that can tell where in a part that is what a query is near to."""

    def locate(self, part: Part, query: Vectors, vectors: Vectors) -> Span | None:
        """The place within the part; None where it cannot be told, or is all of it.

        query is what it gave for the question, vectors what it gave for the part: (tokens, dim)
        each in a space whose metric is "maxsim".
        """
        ...


@runtime_checkable
class Converter(Protocol):
    """Turns one modality into others: OCR, speech recognition, views of a mesh, a page of a sketch.

    is_extractor is True where the results are words or views of the source itself, so that indexing
    and queries may use them; is_captioner where they are words about it that a model has written:
    indexing puts them around what they describe, and queries do not use them. cost is 0..1, one
    minus the measured quality. origin says whether they are composed by rule or generated by a
    model; request is a pattern that a question's words must have for that to be an answer. Words
    that are not quoted as if they stood there say how they come about, as meta["manner"] ("heard");
    those that are neither to be quoted nor asked with have meta["uncertain"].
    """

    source: Modality
    targets: frozenset[Modality]
    cost: float
    is_extractor: bool = False
    is_captioner: bool = False
    origin: Origin = "composed"
    request: str = ""

    def convert(self, part: Part) -> Iterable[Part]:
        """The parts made, each with its span relative to `part`.

        Nothing where there is nothing to make.
        """
        ...


@runtime_checkable
class Store(Protocol):
    """Keeps chunks (the truth: words, metadata) and, beside them, vectors by space.

    Writes are durable when the call returns.

    capabilities are among "bm25", "filters", "multivector", "sparse", "persistent".

    `where` is a condition that `polysense.retrieve.filters.compile_where` wrote, in the columns of
    `polysense.columns`. What a store cannot evaluate it raises as BadFilter.
    """

    capabilities: frozenset[str]

    def add(self, chunks: Sequence[Chunk]) -> None:
        """Insert, or replace by id."""
        ...

    def add_vectors(
        self, space: Space, chunks: Sequence[Chunk], vectors: Vectors | Sequence[Vectors]
    ) -> None:
        """Insert, or replace by chunk id, what the space's encoder gave for each chunk.

        Rows of NaN, and arrays without rows, are remembered as having none. A space whose metric
        is "maxsim" needs the capability "multivector", one whose metric is "sparse" the capability
        "sparse"; without it: MissingDependency.
        """
        ...

    def lexical(self, text: str, k: int, where: str = "") -> list[Match]:
        """By BM25, best first; nothing for words that occur nowhere."""
        ...

    def nearest(self, space: Space, vector: Vectors, k: int, where: str = "") -> list[Match]:
        """By similarity (cosine or dot: larger is nearer), best first.

        In a space whose metric is "maxsim", vector is (tokens, dim), and the score the sum over its
        rows of the largest cosine with one of the chunk's. Where it is "sparse", vector is
        (nonzeros, 2), the score the dot product; chunks that share no dimension are left out.

        May name chunks that are gone; `get` knows.
        """
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """The chunks that exist among `ids`."""
        ...

    def scan(self, where: str = "", columns: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Rows of the chunks table, in no order; only `columns` where given."""
        ...

    def missing(self, space: Space, where: str = "") -> list[str]:
        """Ids of chunks without an entry in `space`."""
        ...

    def vectors(self, space: Space, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors among `ids`: (dim,), or (tokens, dim) where the metric is "maxsim",
        (nonzeros, 2) where it is "sparse".
        """
        ...

    def holds(self, space: Space) -> bool:
        """Whether the space has any vector: if not, a query need not be encoded for it."""
        ...

    def forget(self, space: str, ids: Sequence[str]) -> None:
        """Forget the vectors of these chunks in a space: their words have changed."""
        ...

    def delete(self, assets: Sequence[str]) -> None:
        """Forget the chunks and vectors of these asset ids."""
        ...

    def drop(self, space: str) -> None:
        """Forget a whole space."""
        ...

    def optimize(self) -> None:
        """Compact, index, sweep. Safe at any time."""
        ...

    def count(self, where: str = "") -> int:
        """How many chunks."""
        ...

    def close(self) -> None:
        """Release what is held."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Scores a short list of chunks against the query, with more care than a first search can."""

    accepts: frozenset[Modality]

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        """One score a chunk, larger is better; none at all for a query in which there is nothing
        that it reads.
        """
        ...


@runtime_checkable
class Rewriter(Protocol):
    """Makes a better question of a question, or several, before it is searched for.

    languages are ISO 639-1 codes of those it reads; None: any. is_addition says that it leaves the
    words as they are and only adds to what is searched or asked: it runs once others have changed
    them.
    """

    languages: frozenset[str] | None = None
    is_addition: bool = False

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        """What is made of it; None where it is best left as it is, as most questions are.

        history is what was asked and answered before, oldest first. store is the library's, for
        what must know its words or what they find. It runs for every question: be quick. Where a
        language model that it asks fails (ModelFailed), the question stays as it is.
        """
        ...


@runtime_checkable
class LanguageModel(Protocol):
    """Writes what comes next in a chat.

    accepts are the modalities that its messages may hold, "text" always. name tells people which
    model it is, without a key. context is how many tokens it reads and writes together.
    """

    accepts: frozenset[Modality]
    name: str
    context: int

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        """What it says, piece by piece as it comes, then its Usage.

        schema is a JSON schema that what it says must follow. most bounds the tokens written.
        Raises ModelFailed where nothing came, and where what came was cut off before its end: then
        what has been said is no whole answer.
        """
        ...


@runtime_checkable
class Generator(Protocol):
    """Makes an answer in one modality out of evidence of those accepted.

    cost is 0..1, one minus the measured quality.
    origin says whether what it gives is the thing itself (retrieved), composed of evidence by rule,
    or generated by a model. needs are modalities in which it wants to have each piece of evidence:
    they lie in `Evidence.forms`, as far as they can be made. is_conclusive says that it makes
    something only where the question leaves no doubt: it is asked before others, on the hits as
    they are, and what it makes is its own support; the span of its parts narrows their evidence.
    is_writer: it writes sentences of its own out of many passages, is asked in the place of a
    language model and checked as one. endings: of the code it writes; (): they are the evidence's.
    """

    accepts: frozenset[Modality]
    emits: Modality
    cost: float
    origin: Origin = "composed"
    needs: frozenset[Modality] = frozenset()
    is_conclusive: bool = False
    is_writer: bool = False
    endings: tuple[str, ...] = ()

    def generate(
        self, query: Query, evidence: Sequence[Evidence]
    ) -> Iterator[Part] | Iterator[Part | GenerationStep]:
        """Parts of modality `emits`, most fitting first; text cites evidence n as [n].

        Streams as it goes. What takes long yields a GenerationStep now and then: it is closed
        there, and ends its work, where nobody waits for it any more.

        evidence is in order of use: the first is what the answer is about. Nothing where nothing
        good can be made of it: another way is tried then. A part that used other evidence than the
        first says so: meta["evidence"] lists the numbers.
        """
        ...
