"""An answer in a language model's words, sentence by sentence, each checked against what it cites.

What comes back of the evidence that a model is given (`packing`) is cut into sentences as it
streams; one that says what its evidence does not is struck, and the reader is told. What it says of
a picture, sound or clip that it was given itself no words can bear out: there only what words say
of it is compared, and the reader is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from polysense.augment.guard import looks_like_injection
from polysense.errors import BadConfig, Cancelled, MissingDependency, PolysenseError
from polysense.generate.citations.check import Nearness, citations, faults
from polysense.generate.whole_evidence import whole_chunk_evidence
from polysense.generate.writing.instructions import languages_named
from polysense.generate.writing.originals import originals
from polysense.generate.writing.packing import evidence_text, messages
from polysense.generate.writing.prose import (
    fault_of_form,
    plain,
    unknown_addresses,
)
from polysense.messages import Usage
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.detect import detect_language
from polysense.read.language.negation import is_negative
from polysense.read.language.questions import content_terms
from polysense.retrieve.pinpoint import passage_offsets, pinpoint
from polysense.types import Chunk, Evidence, Part, Span

NO_ANSWER = "NO ANSWER"
"""What a model writes where the evidence does not hold the answer."""

MAX_ANSWER_TOKENS = 600
"""Tokens that a model may write; an answer of three sentences has a hundred."""

MIN_ATTRIBUTION = 0.5
"""The share of a sentence's words that a piece must have to be cited for it, where the model names
none that bears it out. Judged.
"""

MAX_REPEATS = 3
"""How often a sentence may come before a model is stopped; it is shown once. Judged."""

_LATE_CITATION = re.compile(r"([.!?。！？]+)\s*((?:\[\d+(?:\s*[,;]\s*\d+)*\]\s?)+)")
_OF_ANSWERS = frozenset(terms("answer question evidence asks about document passage text"))
"""Words that speak of the answer itself."""


@dataclass(slots=True)
class Writing:
    """What a model made of the evidence: `evidence` is what its sentences cite, numbered anew.

    has_refused where it found no answer, rejections what it said that the evidence does not,
    perceived the files of which it says what no words bear out.
    nearness tells how near a sentence in another language than its evidence is to it.
    """

    model: LanguageModel
    question: Question
    pieces: Sequence[Evidence]
    nearness: Nearness | None = None
    evidence: list[Evidence] = field(default_factory=list)
    rejections: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    has_refused: bool = False
    perceived: dict[str, None] = field(default_factory=dict)

    def sentences(self, notify: Callable[[Evidence | Part], object]) -> Iterator[Part]:
        """The sentences that are borne out, as they come, each with its [n]; new evidence goes to
        `notify` before the sentence that cites it. A model that fails ends them with a warning;
        raises BadConfig and MissingDependency where it can never answer.
        """
        texts = Counter[str]()
        for text in self._stream():
            texts[text.strip()] += 1
            if texts[text.strip()] > MAX_REPEATS:
                self.warnings.append(f"{self.model.name} repeated itself, and was stopped")
                return
            if texts[text.strip()] > 1:
                continue
            if text.strip(" .\n").upper().startswith(NO_ANSWER):
                self.has_refused = not self.evidence
                return
            if part := self._checked(text, notify):
                yield part

    @property
    def report(self) -> list[str]:
        """What the reader must know: what was struck, and what failed."""
        rejections = [
            f"{self.model.name} said what the evidence does not: {s}" for s in self.rejections
        ]
        refusals = (
            [f"{self.model.name} found no answer in the evidence"] if self.has_refused else []
        )
        perceptions = [
            f"what is said of {name} is {self.model.name}'s own reading; no words bear it out"
            for name in self.perceived
        ]
        return [*self.warnings, *rejections, *refusals, *perceptions]

    def _stream(self) -> Iterator[str]:
        buffer = ""
        try:
            for piece in self.model.chat(
                messages(self.question, self.pieces, self.model.accepts), most=MAX_ANSWER_TOKENS
            ):
                if isinstance(piece, Usage):
                    self.usage += piece
                    continue
                complete, buffer = split_complete(buffer + piece)
                yield from complete
        except (BadConfig, Cancelled, MissingDependency):
            raise  # no answer of this model will ever come, or none is wanted any more
        except PolysenseError as e:  # of the model, or of a file that it was to be sent
            self.warnings.append(f"{e}. {e.hint}")
            return  # what is in the buffer is no whole sentence
        text = _early_citations(buffer)
        for line in text.split("\n"):
            yield from (line[a:b] for a, b in sentences(line))

    def _checked(self, text: str, notify: Callable[[Evidence | Part], object]) -> Part | None:
        sentence, numbers = citations(plain(text))
        if not sentence:
            return None
        if fault := fault_of_form(sentence):
            self.rejections.append(f"{sentence!r} {fault}")
            return None
        own = self.question.language
        languages = {own, *languages_named(self.question.instructions)}
        if own and (language := detect_language(sentence)) and language not in languages:
            self.rejections.append(f"{sentence!r} is in another language ({language})")
            return None
        if self._is_echo(sentence):
            self.rejections.append(f"{sentence!r} says no more than the question")
            return None
        pieces, reasons = self._bearing(sentence, numbers)
        if not pieces:
            self.rejections.append(f"{sentence!r}: {'; '.join(reasons)}")
            return None
        if any(looks_like_injection(_cited_words(e, sentence)) for e in pieces):
            self.rejections.append(f"{sentence!r}: what it cites gives orders to its reader")
            return None
        if any(map(originals, pieces)) and self._faults(sentence, pieces, is_perceived=False):
            self.perceived |= {e.hit.chunk.asset.label: None for e in pieces if originals(e)}
        numbers_here = [self._number(e, sentence, notify) for e in pieces]
        marks = "".join(f"[{n}]" for n in numbers_here)
        return Part(
            "text", f"{sentence} {marks}", meta={"evidence": numbers_here, "model": self.model.name}
        )

    def _is_echo(self, sentence: str) -> bool:
        """Whether a sentence has most of the question's words and none besides: "The person who
        mended the wheel." Where it asks yes or no, or to choose, the same words are an answer.
        """
        question = self.question
        if question.kind == "yes-no" or question.intent == "comparison" or is_negative(sentence):
            return False
        language = question.language
        words = f"{question.original_text} {question.words}"
        theirs, own = ({*content_terms(text, language)} for text in (words, sentence))
        has_new = own - {*terms(words, language)} - _OF_ANSWERS
        return not has_new and 2 * len(own & theirs) > len(theirs)

    def _bearing(
        self, sentence: str, numbers: Sequence[int]
    ) -> tuple[list[Evidence], tuple[str, ...]]:
        """The pieces that say what a sentence says: those it cites, else the nearest of all; and
        what those it cites do not say.
        """
        by_number = {e.n: e for e in self.pieces}
        pieces = [by_number[n] for n in numbers if n in by_number]
        if not numbers and len(self.pieces) == 1 and originals(self.pieces[0]):
            pieces = list(self.pieces)  # it can be of nothing else
        reasons: tuple[str, ...] = (
            ("it cites no evidence that it was given",) if numbers else ("it cites no evidence",)
        )
        if pieces and not (reasons := self._faults(sentence, pieces)):
            return pieces, ()
        nearest = max(self.pieces, key=lambda e: _overlap(sentence, e))
        is_bearing = nearest not in pieces and _overlap(sentence, nearest) >= MIN_ATTRIBUTION
        if is_bearing and not self._faults(sentence, [nearest]):
            return [nearest], ()
        return [], reasons

    def _faults(
        self, sentence: str, pieces: Sequence[Evidence], is_perceived: bool = True
    ) -> tuple[str, ...]:
        """What a sentence says and these pieces do not, nor their files' names. What the model may
        have perceived is no fault where it cites nothing but what it was given itself: beside a
        passage that it cites, the words are held to that. With `is_perceived=False` it is one.
        """
        chunks = [e.hit.chunk for e in pieces]
        names = (c.asset.label for c in chunks)
        evidence = "\n".join((*map(evidence_text, pieces), *map(_readable_name, names)))
        languages = {str(c.meta.get("lang", "")) for c in chunks}
        language = languages.pop() if len(languages) == 1 else ""
        addresses = tuple(
            f"{a} is not in the evidence" for a in unknown_addresses(sentence, evidence)
        )
        is_perceived &= all(map(originals, pieces))
        if is_perceived and not any(e.hit.chunk.text.strip() for e in pieces):
            return addresses
        return addresses + faults(
            sentence,
            evidence,
            self.question.words,
            language,
            asks_whether=self.question.kind == "yes-no",
            nearness=self.nearness,
            is_perceived=is_perceived,
        )

    def _number(
        self, e: Evidence, sentence: str, notify: Callable[[Evidence | Part], object]
    ) -> int:
        result = e.form("text")
        is_whole = result is not None or not e.hit.chunk.text.strip()
        span = e.span if is_whole else pinpoint(e.hit.chunk, sentence)
        for other in self.evidence:
            if other.hit.chunk.id == e.hit.chunk.id and other.span == span:
                return other.n
        if originals(e) and not e.hit.chunk.text.strip():
            part = whole_chunk_evidence(e.hit, e.n).part
        else:
            part = result or Part("text", _words_at(e.hit.chunk, span))
        new = replace(e, n=len(self.evidence) + 1, part=part, span=span)
        self.evidence.append(new)
        notify(new)
        return new.n


def _cited_words(e: Evidence, sentence: str) -> str:
    """The words of a piece that a sentence is borne out by."""
    if result := e.form("text"):
        return str(result.data)
    return _words_at(e.hit.chunk, pinpoint(e.hit.chunk, sentence))


def split_complete(text: str) -> tuple[list[str], str]:
    """The sentences of a stream that are complete, and what is left of it: a sentence is complete
    once another has begun, for its citations may come behind its stop.

    >>> split_complete("It is 23 m tall. [1] It was buil")
    (['It is 23 m tall [1].'], 'It was buil')
    """
    *lines, text = _early_citations(text).split("\n")
    before = [line[a:b] for line in lines for a, b in sentences(line)]
    spans = list(sentences(text))
    while len(spans) > 1 and text[spans[-1][0]] == "[":
        spans = [*spans[:-2], (spans[-2][0], spans[-1][1])]
    if len(spans) < 2:
        return before, text
    return [*before, *(text[a:b] for a, b in spans[:-1])], text[spans[-1][0] :]


def _early_citations(text: str) -> str:
    return _LATE_CITATION.sub(lambda m: f" {m[2].strip()}{m[1]} ", text)


def _readable_name(name: str) -> str:
    """A file's name, and the words of which it is made.

    >>> _readable_name("tower-plans_1887.pdf")
    'tower-plans_1887.pdf tower plans 1887 pdf'
    """
    return f"{name} {re.sub(r'[^A-Za-z0-9]+', ' ', name) if name.isascii() else ''}".strip()


def _words_at(chunk: Chunk, span: Span) -> str:
    """The passage of a chunk at a place; all its words where the place is the whole."""
    passages = (chunk.text[a:b] for a, b in passage_offsets(chunk) if chunk.place(a, b) == span)
    return next(passages, "") or chunk.text or chunk.context


def _overlap(sentence: str, e: Evidence) -> float:
    own = set(terms(sentence))
    return len(own & set(terms(evidence_text(e)))) / max(len(own), 1)
