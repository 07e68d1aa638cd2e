"""A question, its answer and its contexts, right and wrong; and how examples are divided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from polysense.train.data.pairs import Pair
from polysense.train.data.split import Split, split_pairs
from polysense.types import Part


@dataclass(frozen=True, slots=True)
class Context:
    """What was retrieved for a question: words or a picture, whether it holds the answer, how well
    it was found (above 0), and the name of the file that it is of.
    """

    part: Part
    is_right: bool
    score: float = 1.0
    name: str = ""

    @property
    def words(self) -> str:
        """Its words; "" of a picture."""
        return str(self.part.data) if self.part.modality == "text" else ""


@dataclass(frozen=True, slots=True)
class Example:
    """question is words, with pictures that are asked about in `shown`; contexts are in the order
    in which they were found. Examples of one source never stand on two sides of a split.
    """

    question: str
    answer: str
    contexts: tuple[Context, ...] = ()
    source: str = ""
    images: tuple[Part, ...] = ()

    @property
    def right(self) -> tuple[Context, ...]:
        """The contexts that hold the answer."""
        return tuple(c for c in self.contexts if c.is_right)

    @property
    def wrong(self) -> tuple[Context, ...]:
        """Those that do not."""
        return tuple(c for c in self.contexts if not c.is_right)

    def with_contexts(self, contexts: Iterable[Context]) -> Example:
        """The same question with other contexts."""
        return replace(self, contexts=tuple(contexts))


def split_examples(examples: Sequence[Example], seed: int) -> Split:
    """A split in which examples of one source, of one question, or with the same right contexts are
    on one side. The same examples and seed give the same split. Raises BadQuery where there are too
    few.

    >>> from polysense.types import Part
    >>> examples = [Example(f"q{i}", "a", source=f"page {i // 2}") for i in range(60)]
    >>> split = split_examples(examples, 0)
    >>> len(split.train), len(split.validation), len(split.test)
    (40, 8, 12)
    """
    pairs = [
        Pair(Part("text", e.question), Part("text", _evidence(e)), e.source or e.question)
        for e in examples
    ]
    nowhere = np.full((len(pairs), 1), np.nan, np.float32)
    return split_pairs(pairs, nowhere, seed, by_words=True)


def _evidence(example: Example) -> str:
    """What tells its right contexts from others'; where there are none, its question."""
    ids = sorted(p.id for p in (*(c.part for c in example.right), *example.images))
    return " ".join(ids) or f"question {example.question}"


def digest_of_examples(examples: Iterable[Example]) -> str:
    """16 hexadecimal digits that tell these examples from others, in whatever order."""
    lines = sorted(
        json.dumps(
            [
                e.question, e.answer, e.source, [p.id for p in e.images],
                [[c.part.id, c.is_right, c.score, c.name] for c in e.contexts],
            ]
        )
        for e in examples
    )  # fmt: skip
    return sha256("\n".join(lines).encode()).hexdigest()[:16]
