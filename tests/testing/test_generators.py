"""The check of generators: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from polysense.protocols import Generator
from polysense.testing import ContractError, check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

HERE = Span(lines=(1, 1))


class FakeGenerator(Generator):
    accepts = frozenset({"text"})
    emits = "text"
    cost = 0.5

    def __init__(self, say: Callable[[int], list[Any]], **changed: Any) -> None:
        self.say = say
        vars(self).update(changed)

    def generate(self, query: Any, evidence: Sequence[Any]) -> Iterator[Part]:
        yield from self.say(len(evidence))


def test_a_good_generator_passes() -> None:
    check_generator(FakeGenerator(lambda n: [Part("text", f"noon [{i}]") for i in range(1, n + 1)]))


def test_a_generator_that_streams_letter_by_letter_passes() -> None:
    """Its citations are whole only when its parts are put together."""
    check_generator(
        FakeGenerator(
            lambda n: [Part("text", c) for c in "".join(f"noon [{i}] " for i in range(1, n + 1))]
        )
    )


def test_a_generator_is_checked_on_evidence_of_its_own() -> None:
    """One that takes no words is not asked about them."""
    asset = Asset("0" * 32, "/rain.csv", "text/csv", "table", 1)
    rows = [
        Evidence(4, Hit(Chunk(asset, HERE, "table", text="1,2"), 1.0), Part("table", "1,2"), HERE)
    ]
    plot = FakeGenerator(
        lambda n: [Part("image", b"x", meta={"evidence": [4]})] * n,
        accepts=frozenset({"table"}),
        emits="image",
    )
    assert len(check_generator(plot, rows)) == 1
    with pytest.raises(ContractError, match="takes no text"):
        check_generator(plot)


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        (FakeGenerator(lambda n: [Part("text", c) for c in f"noon [{n + 1}]"]), "cites"),
        (
            FakeGenerator(lambda n: [Part("image", b"x", meta={"evidence": [9]})], emits="image"),
            "cites",
        ),
        (FakeGenerator(lambda n: [Part("text", "noon [1]")] * n, needs={"image"}), "needs"),
        (FakeGenerator(lambda n: [Part("text", "noon [1]")] * n, origin="made"), "origin"),
        (FakeGenerator(lambda n: [Part("text", f"noon [{n + 1}]")]), "cites"),
        (FakeGenerator(lambda n: [Part("text", "noon [1]")]), "cites"),
        (FakeGenerator(lambda n: [Part("text", "noon")]), "where from"),
        (FakeGenerator(lambda n: []), "made nothing"),
        (FakeGenerator(lambda n: ["noon [1]"]), "only Part"),
        (FakeGenerator(lambda n: [Part("audio", b"x")]), "emits text"),
        (FakeGenerator(lambda n: [Part("text", "noon [1]")], cost=-1), "cost"),
    ],
)
def test_a_broken_generator_is_caught(generator: Generator, message: str) -> None:
    """The second cites [1] where there is no evidence at all."""
    with pytest.raises(ContractError, match=message):
        check_generator(generator)
