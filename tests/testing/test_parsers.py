"""The check of parsers: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense.protocols import Parser
from polysense.testing import ContractError, check_parser
from polysense.types import Asset, Chunk, Link, Part, Span, TextSpan

HERE = Span(lines=(1, 1))


class FakeParser(Parser):
    """Yields what it was given."""

    accepts = frozenset({"text/plain"})

    def __init__(self, make: Callable[[Asset], Sequence[Any]]) -> None:
        self.make = make

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        yield from self.make(asset)


def chunk(asset: Asset, span: Span = HERE, **more: Any) -> Chunk:
    return Chunk(asset, span, more.pop("modality", "text"), **{"text": "High water", **more})


def marked(asset: Asset, *marks: tuple[int, int, Span]) -> list[Chunk]:
    return [chunk(asset, marks=tuple(TextSpan(*m) for m in marks))]


def test_a_good_parser_passes(asset: Asset) -> None:
    good = [
        chunk(asset, marks=(TextSpan(0, 4, HERE), TextSpan(5, 10, HERE)), meta={"k": [1]}),
        chunk(asset, Span(page=2)),
        Link("/b.png", "a map"),
    ]
    check_parser(FakeParser(lambda a: good), asset)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda a: [], "no chunk"),
        (lambda a: ["words"], "only Chunk and Link"),
        (lambda a: [chunk(a), chunk(a, text="other")], "one id"),
        (lambda a: [chunk(a, Span())], "empty span"),
        (lambda a: [chunk(a, Span(page=0))], "pages count from 1"),
        (lambda a: [chunk(a, Span(box=(0.5, 0.0, 0.5, 1.0)))], "x0 < x1"),
        (lambda a: [chunk(a, Span(box=(0.0, 0.0, 1.2, 1.0)))], "fractions 0..1"),
        (lambda a: [chunk(a, Span(seconds=(4.0, 2.0)))], "start, then end"),
        (lambda a: [chunk(a, Span(seconds=(float("nan"), float("nan"))))], "start, then end"),
        (lambda a: [chunk(a, Span(seconds=("0", "1")))], "cannot be written as JSON"),
        (lambda a: [chunk(a, Span(lines=(1,)))], "JSON"),
        (lambda a: [chunk(a, Span(lines=(0, 3)))], "from 1"),
        (lambda a: [chunk(a, Span(chars=(3, 1)))], "chars"),
        (lambda a: [chunk(a, Span(page=np.int64(1)))], "JSON"),
        (lambda a: [chunk(a, modality="")], "no modality"),
        (lambda a: [chunk(a, text=" ")], "neither a part nor words"),
        (lambda a: [chunk(a, text=None)], "no str"),
        (
            lambda a: [chunk(a, part=Part("image", np.zeros((2, 2, 3), np.uint8)))],
            "carries its content",
        ),
        (lambda a: [chunk(a, part=Part("image", a.path, span=Span(page=-1)))], "its part"),
        (lambda a: [chunk(a, meta={"when": Path("x")})], "meta"),
        (lambda a: [chunk(a, meta={"nan": float("nan")})], "meta"),
        (lambda a: marked(a, (5, 9, HERE), (0, 4, HERE)), "marks out of order"),
        (lambda a: marked(a, (0, 99, HERE)), "marks characters 0-99"),
        (lambda a: marked(a, (0, 4, Span())), "a mark that says no place"),
        (lambda a: marked(a, (0, 4, Span(seconds=(0.0, float("nan"))))), "a mark has seconds"),
        (lambda a: [chunk(Asset("1" * 32, "/b.txt", "text/plain", "text", 1))], "another asset"),
        (lambda a: [chunk(a), Link("", "a map")], "without a target"),
        (lambda a: [chunk(a), Link("https://a.example/b.png", "a map")], "is no file"),
    ],
)
def test_a_broken_parser_is_caught(
    asset: Asset, make: Callable[[Asset], Sequence[Any]], message: str
) -> None:
    with pytest.raises(ContractError, match=message):
        check_parser(FakeParser(make), asset)


def test_a_parser_that_differs_each_time_is_caught(asset: Asset) -> None:
    pages = iter(range(1, 9))
    with pytest.raises(ContractError, match="twice"):
        check_parser(FakeParser(lambda a: [chunk(a, Span(page=next(pages)))]), asset)


def test_a_parser_is_checked_on_what_it_accepts(asset: Asset) -> None:
    """By mime type, or by ending in any case; a file that would never reach it proves nothing."""
    endings, others = FakeParser(lambda a: [chunk(a)]), FakeParser(lambda a: [chunk(a)])
    endings.accepts, others.accepts = frozenset({".txt"}), frozenset({"text/x-other"})  # type: ignore[misc]
    check_parser(endings, replace(asset, uri="/notes/A.TXT"))
    with pytest.raises(ContractError, match=r"does not accept a\.txt"):
        check_parser(others, asset)


def test_parsers_that_race_at_first_use_are_caught(asset: Asset, racing: Any) -> None:
    """Two threads begin together with a new plug-in: checked later, it is loaded already, and
    nothing shows.
    """
    with pytest.raises(ContractError, match="two threads"):
        check_parser(FakeParser(lambda a: [chunk(a, Span(page=1 + racing.load()))]), asset)


def test_messages_name_the_plugin(asset: Asset) -> None:
    """Whose rule was broken, and where."""
    with pytest.raises(ContractError) as error:
        check_parser(FakeParser(lambda a: [chunk(a, Span())]), asset)
    assert "FakeParser" in str(error.value)
    assert asset.name in str(error.value)
