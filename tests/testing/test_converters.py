"""The check of converters: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
import pytest

from polysense.protocols import Converter
from polysense.testing import ContractError, check_converter
from polysense.types import Part, Span

TURNS = count()


class FakeConverter(Converter):
    source = "image"
    targets = frozenset({"text"})
    cost = 0.2

    def __init__(self, make: Callable[[], Sequence[Any]], **changed: Any) -> None:
        self.make = make
        vars(self).update(changed)

    def convert(self, part: Part) -> Iterator[Part]:
        yield from self.make()


def test_a_good_converter_passes() -> None:
    check_converter(
        FakeConverter(
            lambda: [Part("text", "noon", span=Span(box=(0, 0, 1, 0.5)), meta={"confidence": 0.9})]
        ),
        Part("image", b"x"),
    )


@pytest.mark.parametrize(
    ("converter", "message"),
    [
        (FakeConverter(list), "made nothing"),
        (FakeConverter(lambda: ["noon"]), "only Part"),
        (FakeConverter(lambda: [Part("audio", b"x")]), "targets"),
        (FakeConverter(lambda: [Part("text", "")]), "empty part"),
        (FakeConverter(lambda: [Part("text", "noon", span=Span(box=(0, 0, 40, 20)))]), "fractions"),
        (FakeConverter(lambda: [Part("text", "noon", meta={"confidence": np.float32(1)})]), "JSON"),
        (
            FakeConverter(lambda: [Part("text", "noon", span=Span(seconds=(float("nan"), 1.0)))]),
            "start, then end",
        ),
        (FakeConverter(lambda: [Part("text", "noon")], cost=3), "cost"),
        (FakeConverter(lambda: [Part("text", "noon")], origin="made"), "origin"),
        (
            FakeConverter(lambda: [Part("text", "noon")], convert=lambda part: None),
            "not an iterable",
        ),
        (FakeConverter(lambda: [Part("text", "noon")], source="audio"), "audio"),
        (FakeConverter(lambda: [Part("text", str(next(TURNS)))]), "twice"),
    ],
)
def test_a_broken_converter_is_caught(converter: Converter, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check_converter(converter, Part("image", b"x"))


def test_converters_that_race_at_first_use_are_caught(racing: Any) -> None:
    """Two threads begin together with a new plug-in: checked later, it is loaded already, and
    nothing shows.
    """
    with pytest.raises(ContractError, match="two threads"):
        check_converter(
            FakeConverter(lambda: [Part("text", f"noon {racing.load()}")]), Part("image", b"x")
        )
