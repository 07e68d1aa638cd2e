"""An answer in a language model's words, sentence by sentence, each checked against what it cites.

The evidence goes to the model as whole passages, fenced as data, the most useful first and last,
where models read best (Liu et al., "Lost in the middle", TACL 2024). What comes back is cut into
sentences as it streams; one that says what its evidence does not is struck, and the reader is told.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files

from polysense.augment.guard import looks_like_injection
from polysense.errors import ModelFailed
from polysense.generate.citations.check import Nearness, citations, faults
from polysense.generate.writing.instructions import instruction_block, languages_named
from polysense.generate.writing.prose import (
    fault_of_form,
    plain,
    unknown_addresses,
)
from polysense.messages import Message, Usage
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.detect import detect_language
from polysense.read.language.negation import is_negative
from polysense.read.language.questions import content_terms
from polysense.retrieve.pinpoint import passage_offsets, pinpoint
from polysense.types import Chunk, Evidence, Hit, Modality, Part, Span

NO_ANSWER = "NO ANSWER"
"""What a model writes where the evidence does not hold the answer."""

MAX_PIECES = 8
"""Pieces of evidence that a model is given: more help little and cost more. Judged."""

EVIDENCE_SHARE = 0.5
"""Of a model's context, what evidence may fill; the rest is for instructions and the answer."""

MAX_EVIDENCE_TOKENS = 3000
"""Tokens of evidence at most, however much a model reads: a bound on cost and time. Judged."""

MAX_ANSWER_TOKENS = 600
"""Tokens that a model may write; an answer of three sentences has a hundred."""

CHARACTERS_PER_TOKEN = 3.5
"""Of Latin script, on the short side, so that a budget is not overrun; an ideograph is a token."""

MIN_ATTRIBUTION = 0.5
"""The share of a sentence's words that a piece must have to be cited for it, where the model names
none that bears it out. Judged.
"""

MAX_REPEATS = 3
"""How often a sentence may come before a model is stopped; it is shown once. Judged."""

PROMPT = files("polysense.generate") / "prompts" / "answer.txt"
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LATE_CITATION = re.compile(r"([.!?。！？]+)\s*((?:\[\d+(?:\s*[,;]\s*\d+)*\]\s?)+)")
_OF_ANSWERS = frozenset(terms("answer question evidence asks about document passage text"))
"""Words that speak of the answer itself."""


@dataclass(slots=True)
class Writing:
    """What a model made of the evidence: `evidence` is what its sentences cite, numbered anew.

    has_refused where it found no answer, rejections what it said that the evidence does not.
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

    def sentences(self, notify: Callable[[Evidence | Part], object]) -> Iterator[Part]:
        """The sentences that are borne out, as they come, each with its [n]; new evidence goes to
        `notify` before the sentence that cites it.
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
        return [*self.warnings, *rejections, *refusals]

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
        except ModelFailed as e:
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

    def _faults(self, sentence: str, pieces: Sequence[Evidence]) -> tuple[str, ...]:
        """What a sentence says and these pieces do not, nor their files' names."""
        chunks = [e.hit.chunk for e in pieces]
        names = (c.asset.name for c in chunks)
        evidence = "\n".join((*map(evidence_text, pieces), *map(_readable_name, names)))
        languages = {str(c.meta.get("lang", "")) for c in chunks}
        language = languages.pop() if len(languages) == 1 else ""
        addresses = unknown_addresses(sentence, evidence)
        return tuple(f"{a} is not in the evidence" for a in addresses) + faults(
            sentence,
            evidence,
            self.question.words,
            language,
            asks_whether=self.question.kind == "yes-no",
            nearness=self.nearness,
        )

    def _number(
        self, e: Evidence, sentence: str, notify: Callable[[Evidence | Part], object]
    ) -> int:
        result = e.form("text")
        span = e.span if result else pinpoint(e.hit.chunk, sentence)
        for other in self.evidence:
            if other.hit.chunk.id == e.hit.chunk.id and other.span == span:
                return other.n
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


def pack(evidence: Sequence[Evidence], hits: Sequence[Hit], context: int) -> list[Evidence]:
    """Whole passages for a model that reads so many tokens: those of the evidence, then of further
    hits, each once, numbered from 1 in the order of their use. What was worked out, a form in words
    of its evidence, comes first and stands in the place of that evidence's words.
    """
    left = min(MAX_EVIDENCE_TOKENS, EVIDENCE_SHARE * context)
    results = [e for e in evidence if e.form("text")]
    pieces = {f"{e.hit.chunk.id} {evidence_text(e)}": e for e in results}
    for hit in (*(e.hit for e in evidence if e not in results), *hits):
        if hit.chunk.id in pieces or not hit.chunk.words.strip() or len(pieces) >= MAX_PIECES:
            continue
        text = Part("text", hit.chunk.text or hit.chunk.context)
        piece = Evidence(0, hit, text, hit.chunk.span, hit.score)
        if pieces and token_count(evidence_text(piece)) > left:
            continue
        left -= token_count(evidence_text(piece))
        pieces[hit.chunk.id] = piece
    return [replace(e, n=n) for n, e in enumerate(pieces.values(), 1)]


def messages(
    question: Question, pieces: Sequence[Evidence], accepts: frozenset[Modality] = frozenset()
) -> list[Message]:
    """What a model is told: the rules, the wishes of whoever asks, the evidence within fences that
    no evidence can know, the question, with those of its files that the model accepts.
    """
    fence = f"evidence-{secrets.token_hex(4)}"
    blocks = (fenced(e, fence) for e in best_at_both_ends(pieces))
    wish = instruction_block(question.instructions, f"wish-{secrets.token_hex(4)}")
    own_files = [p for p in question.query if p.modality != "text" and p.modality in accepts]
    return [
        Message.of("system", "\n\n".join(filter(None, (PROMPT.read_text("utf-8"), wish)))),
        Message.of("user", "\n\n".join(blocks), *own_files, f"Question: {question.words}"),
    ]


def fenced(e: Evidence, fence: str) -> str:
    """A piece of evidence within a fence, with its number and its place."""
    head = f"number={e.n} from={e.hit.chunk.asset.name!r} place={str(e.span)!r}"
    return f"<{fence} {head}>\n{evidence_text(e)}\n</{fence}>"


def best_at_both_ends(pieces: Sequence[Evidence]) -> list[Evidence]:
    """The most useful first, the next last, the least in the middle.

    >>> best_at_both_ends("abcde")
    ['a', 'c', 'e', 'd', 'b']
    """
    return [*pieces[::2], *reversed(pieces[1::2])]


def evidence_text(e: Evidence) -> str:
    """All that a piece says: its headings and its words, or what was worked out there."""
    chunk, result = e.hit.chunk, e.form("text")
    return "\n".join(filter(None, (chunk.context, str(result.data) if result else chunk.text)))


def token_count(text: str) -> int:
    """About how many tokens a text has.

    >>> token_count("七个字在这里。"), token_count("a" * 35)
    (6, 10)
    """
    ideographs = len(_IDEOGRAPH.findall(text))
    return ideographs + round((len(text) - ideographs) / CHARACTERS_PER_TOKEN)


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
