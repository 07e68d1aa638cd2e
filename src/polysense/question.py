"""A question, understood: what was given, the pieces that encoders take, its words; and what a
rewriter makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from polysense.messages import Usage
from polysense.types import Modality, Part, Query, Role

MAX_CHARACTERS = 2_000
"""Characters of words that a question is asked by; judged, not measured."""

AnswerKind = Literal[
    "",
    "amount",
    "money",
    "duration",
    "length",
    "extent",
    "mass",
    "frequency",
    "year",
    "date",
    "clock",
    "person",
    "place",
    "reason",
    "manner",
    "definition",
    "yes-no",
]
"""What kind of answer a question expects; "" where its words do not tell. "extent" is what "how
long is" asks for: a length or a duration.
"""

Intent = Literal["fact", "list", "comparison", "how-to", "definition", "topic"]
"""What a question wants: one thing, several, two beside each other, steps, what something is, or
whatever is told of a topic.
"""

ValueOrder = Literal["", "greatest first", "least first"]
"""In which order of their values compared things are told; "" as they were named."""

ConstraintKind = Literal["code", "number", "year", "quote", "name"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """Something that a question names and that its answer must be about: a code (E15), a number, a
    year, quoted words, a name. text is as it stands in the question.
    """

    kind: ConstraintKind
    text: str

    def __str__(self) -> str:
        return self.text


Granularity = Literal["passage", "section", "page", "file"]
"""How much a question asks for."""

Aim = Literal["passage", "contents", "which", "length"]
"""What a question wants of the place that it names: a passage of it, all that it says, to be told
which one it is, or how many pages it has.
"""


Pages = tuple[tuple[int, int], ...]
"""Ranges of pages, each its first and its last, from 1; -1 is a file's last page."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How much a question asks for, and of which place, as its own words say.

    file and section are named as in the question ("" where they are not). rest is what is asked of
    the place, without the words that name it; "" where that is nothing more. reason are the words
    that tell.
    """

    granularity: Granularity = "passage"
    aim: Aim = "passage"
    file: str = ""
    pages: Pages = ()
    section: str = ""
    rest: str = ""
    reason: str = ""

    @property
    def is_anywhere(self) -> bool:
        """Whether any passage of any file may answer."""
        return self == Scope()

    @property
    def place(self) -> str:
        """The place that is named, in words."""
        ranges = [str(a) if a == b else f"{a}-{b}" for a, b in self.pages]
        is_one = len(ranges) == 1 and ranges[0].isdecimal()
        pages = f"{'page' if is_one else 'pages'} {' and '.join(ranges)}" if ranges else ""
        pages = "the last page" if self.pages == ((-1, -1),) else pages
        parts = (f"section {self.section}" if self.section else "", pages)
        return " of ".join(filter(None, (*parts, self.file)))

    def __str__(self) -> str:
        match self.aim:
            case "which":
                return f"which {self.granularity}"
            case "length":
                return f"how many pages {self.file or 'it'} has"
            case "contents":
                return f"the contents of {self.place or 'the file'}"
        return f"a passage of {self.place}" if self.place else "any passage"


LINK = "{}"
"""Where the answer to the question before stands in a later one of a chain."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked before and its answer, in words."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class SubQuestion:
    """A question that answers a part of another one.

    thing is what it asks about, as the question names it; kind the noun that says what its answer
    is, where the question has one ("the yard that built the Heron": a yard).
    """

    words: str
    thing: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SearchText:
    """Words that are searched for beside a question's own, by full text and by meaning.

    role is "query" where they ask, "document" where they read like a passage that answers. language
    is their ISO 639-1 code, "" for the question's. weight is what they count for, for 1 of the
    question's own words. Nothing of them is ever told as evidence.
    """

    words: str
    role: Role = "query"
    language: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What a rewriter made of a question.

    words stand in the question's place, terms are looked for beside it by full text, search_texts
    by full text and by meaning; sub_questions
    are asked in its place: of each thing of a comparison, or in a chain, where each but the first
    has a LINK for the answer to the one before. order is in which of their values what is compared
    is told. What is empty changes nothing. why tells people what was changed and why. usage are the
    tokens of a language model that it took. rewriter is the plug-in's name; who runs it fills it
    in.

    >>> Rewrite("two hops", sub_questions=(SubQuestion("a"), SubQuestion("Where is {}?"))).is_chain
    True
    """

    why: str
    words: str = ""
    terms: tuple[str, ...] = ()
    sub_questions: tuple[SubQuestion, ...] = ()
    rewriter: str = ""
    order: ValueOrder = ""
    search_texts: tuple[SearchText, ...] = ()
    usage: Usage = Usage()

    @property
    def is_chain(self) -> bool:
        """Whether each sub-question after the first needs the answer to the one before."""
        return any(LINK in q.words for q in self.sub_questions)

    def __str__(self) -> str:
        questions = (self.words, *self.terms, *(q.words for q in self.sub_questions))
        texts = (*questions, *(t.words for t in self.search_texts))
        return f"{self.rewriter}: {self.why}: {'; '.join(filter(None, texts))}"


@dataclass(frozen=True)
class Question:
    """A query with what it asks.

    query is as it was given; pieces[i] are what of query[i] is put to encoders: itself, the words
    read in it, the passages of a document. language is the ISO 639-1 code of its words, "" where
    that is not certain. typed_share is what the typed words count for, 0..1, where a file is given
    beside them; the rest is the files'. has_read_words: whether enough words to ask with were read
    in files. expected are modalities in which an answer is looked for first; none for most. intent
    is what is wanted, kind what the answer is to be, constraints what it must be about, scope how
    much is asked for, and of which place. rewrites are what was made of it before it was searched
    for, in their order; original_text is what was typed, where they changed that. instructions are
    what whoever asks wants of every answer's tone, form and language.

    >>> question = Question((Part("text", "moon"),), ((Part("text", "moon"),),))
    >>> question.words, question.weight(0)
    ('moon', 1.0)
    """

    query: Query
    pieces: tuple[Query, ...]
    language: str = ""
    typed_share: float = 1.0
    has_read_words: bool = False
    expected: frozenset[Modality] = frozenset()
    intent: Intent = "topic"
    kind: AnswerKind = ""
    constraints: tuple[Constraint, ...] = ()
    scope: Scope = Scope()
    warnings: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    instructions: str = ""
    original_text: str = ""

    @cached_property
    def parts(self) -> Query:
        """All pieces, in the order given."""
        return tuple(p for pieces in self.pieces for p in pieces)

    @cached_property
    def query_text(self) -> str:
        """The words as they were typed, on one line, with their quotes; not those of files."""
        texts = (p.data for p in self.query if p.modality == "text" and isinstance(p.data, str))
        return " ".join(" ".join(texts).split())[:MAX_CHARACTERS]

    @property
    def search_texts(self) -> tuple[SearchText, ...]:
        """What rewriters want searched beside its own words."""
        return tuple(t for rewrite in self.rewrites for t in rewrite.search_texts)

    @property
    def explanations(self) -> tuple[str, ...]:
        """What was read in it and made of it, for people: its scope, each rewrite."""
        scope = (
            () if self.scope.is_anywhere else (f'scope: {self.scope}, for "{self.scope.reason}"',)
        )
        return (*scope, *map(str, self.rewrites))

    @cached_property
    def typed_words(self) -> str:
        """The words that were given as words, not read in files."""
        return _words(p for p in self.parts if not _is_read(p))

    @cached_property
    def read_words(self) -> str:
        """The words read in the files given: a document's, a picture's, a recording's."""
        return _words(p for p in self.parts if _is_read(p))

    @cached_property
    def words(self) -> str:
        """All words of the question, typed ones first."""
        both = (self.typed_words, self.read_words)
        return "\n".join(w for w in both if w.strip())[:MAX_CHARACTERS]

    @property
    def leading_words(self) -> str:
        """The words by which a place is judged: the typed ones, where they say enough alone."""
        return self.typed_words if self.typed_share > 0.5 and self.typed_words else self.words

    @property
    def usage(self) -> Usage:
        """What language models have read and written to make it what it is."""
        return sum((r.usage for r in self.rewrites), Usage())

    def weight(self, i: int) -> float:
        """What query[i] weighs beside the others, however many pieces each has: typed words share
        `typed_share`, files the rest.
        """
        typed = [not any(_is_read(p) or p.modality != "text" for p in ps) for ps in self.pieces]
        if all(typed) or not any(typed):
            return 1.0
        share = self.typed_share if typed[i] else 1.0 - self.typed_share
        return share / typed.count(typed[i])


def _is_read(part: Part) -> bool:
    """Whether these are words that were read in a file."""
    return "from" in part.meta


def _words(parts: Iterable[Part]) -> str:
    """The words of text parts; quotes around them say nothing, and are syntax to an index."""
    texts = (str(p.data) for p in parts if p.modality == "text")
    return "\n".join(texts)[:MAX_CHARACTERS].replace('"', " ")
