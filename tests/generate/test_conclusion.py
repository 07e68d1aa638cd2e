"""A generator that concludes is asked first, on the hits; what it makes is its own support."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from polysense.generate.answer import answer
from polysense.generate.conclusion import conclude
from polysense.messages import Usage
from polysense.protocols import Generator
from polysense.question import Question
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Query, Ranking, Span


class Verdict(Generator):
    """Says a word of the third hit, with its place."""

    accepts: frozenset[Modality] = frozenset({"text"})
    emits: Modality = "text"
    cost = 0.1
    is_conclusive = True

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if len(evidence) > 2:
            n = evidence[2].n
            span = Span(lines=(7, 7))
            yield Part("text", f"Seven [{n}]", span=span, meta={"evidence": [n]})


class Guess(Verdict):
    """Makes the same, but does not conclude."""

    is_conclusive = False


def hits(count: int) -> list[Hit]:
    chunks = [
        Chunk(Asset(str(n), f"/{n}.txt", "text/plain", "text", 1), Span(), "text", text=f"word {n}")
        for n in range(count)
    ]
    return [Hit(c, 1.0) for c in chunks]


def kit(generator: Generator) -> Kit:
    return cast(Kit, SimpleNamespace(generators={"verdict": generator}, converters={}))


def question() -> Question:
    part = Part("text", "how many?")
    return Question((part,), ((part,),))


def test_only_its_own_evidence_numbered_from_one() -> None:
    """The third hit is [1], at the place that the part names."""
    warnings: list[Any] = []
    conclusion = conclude(question(), hits(3), kit(Verdict()), warnings.append)
    assert conclusion is not None
    (made_part,) = conclusion.parts
    (e,) = conclusion.support.evidence
    assert (made_part.part.data, made_part.evidence) == ("Seven [1]", (1,))
    assert (e.n, e.hit.chunk.text, str(e.span)) == (1, "word 2", "L7")
    assert conclusion.support.is_sufficient
    assert not warnings


def test_no_conclusion() -> None:
    """Where it makes nothing, and of generators that need support from elsewhere."""
    assert conclude(question(), hits(2), kit(Verdict()), print) is None
    assert conclude(question(), hits(3), kit(Guess()), print) is None


class Costly(Verdict):
    """The same, by a language model: it tells what that took."""

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        for part in super().generate(query, evidence):
            yield replace(part, meta={**part.meta, "usage": [11, 7]})


def test_what_a_conclusion_took_is_counted() -> None:
    """In the answer, with all other tokens."""
    own = Kit({}, {}, {}, {}, {}, {"verdict": Costly()})
    result = answer(question(), Ranking(tuple(hits(3))), own)
    assert result.text == "Seven [1]"
    assert result.usage == Usage(11, 7)
