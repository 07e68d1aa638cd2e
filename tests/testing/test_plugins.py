"""The contract checks themselves: a plug-in that keeps the rules passes, and each broken rule is
caught and named.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from polysense import testing
from polysense.errors import PolysenseError
from polysense.protocols import Converter, Encoder, Generator, Match, Parser, Reranker, Store
from polysense.stores.memory import Memory
from polysense.testing import (
    ContractError,
    check_converter,
    check_encoder,
    check_generator,
    check_parser,
    check_reranker,
    check_store,
)
from polysense.types import Asset, Chunk, Evidence, Hit, Link, Mark, Part, Space, Span

HERE = Span(lines=(1, 1))
TURNS = count()


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    path = tmp_path / "a.txt"
    path.write_text("High water is at noon.")
    return Asset("0" * 32, str(path), "text/plain", "text", 22, path=path)


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
    return [chunk(asset, marks=tuple(Mark(*m) for m in marks))]


def test_errors_are_ours() -> None:
    """A ContractError is caught with everything else, and says what to do."""
    assert issubclass(ContractError, PolysenseError)
    assert "polysense.protocols" in ContractError("broken").hint
    assert all(hasattr(testing, name) for name in testing.__all__)


def test_a_good_parser_passes(asset: Asset) -> None:
    good = [
        chunk(asset, marks=(Mark(0, 4, HERE), Mark(5, 10, HERE)), meta={"k": [1]}),
        chunk(asset, Span(page=2)),
        Link("/b.png", "a map"),
    ]
    check_parser(FakeParser(lambda a: good), asset)


@pytest.mark.parametrize(
    ("make", "said"),
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
    asset: Asset, make: Callable[[Asset], Sequence[Any]], said: str
) -> None:
    with pytest.raises(ContractError, match=said):
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


@pytest.mark.parametrize("kind", [Parser, Encoder, Converter, Reranker, Generator, Store])
def test_a_method_left_out_is_missed(kind: Any, asset: Asset) -> None:
    """A protocol's own method does nothing, so inheriting it is not having it."""
    name = kind.__name__
    check: Any = getattr(testing, f"check_{name.lower()}")
    given = {
        "Parser": [asset],
        "Encoder": [WORDS],
        "Converter": [Part("image", b"x")],
        "Reranker": [(), []],
    }.get(name, [])
    fields: dict[str, Any] = dict.fromkeys(kind.__annotations__)
    with pytest.raises(ContractError, match=r"lacks (parse|encode|convert|score|generate|add)"):
        check(type("Lazy", (kind,), fields)(), *given)


WORDS = [Part("text", "a"), Part("text", "a longer one"), Part("text", "")]


class FakeEncoder(Encoder):
    """Two letters counted; blank is NaN. `spoil` changes the rows of a call."""

    accepts = frozenset({"text"})
    space = Space("letters", "1", 2)

    def __init__(self, spoil: Callable[[Any], Any] = lambda rows: rows, **changed: Any) -> None:
        self.spoil = spoil
        vars(self).update(changed)

    def encode(self, parts: Sequence[Part], role: str = "document") -> Any:
        rows = np.array(
            [[1, len(p.data)] if p.data else [np.nan] * 2 for p in parts], np.float32
        ).reshape(-1, 2)
        return self.spoil(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def centred(rows: Any) -> Any:
    """What leaks the batch into each row."""
    moved = rows - np.nan_to_num(rows).sum(axis=0) / 10 + 2
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def wandering(rows: Any) -> Any:
    """Another direction at each call."""
    angle = 0.1 * next(TURNS)
    return (
        rows @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ).astype(np.float32)


def half(rows: Any) -> Any:
    rows[:, 0] = np.nan
    return rows


def test_a_good_encoder_passes() -> None:
    check_encoder(FakeEncoder(), WORDS)


@pytest.mark.parametrize(
    ("encoder", "said"),
    [
        (FakeEncoder(lambda rows: rows.astype(np.float64)), "float32"),
        (FakeEncoder(lambda rows: rows.tolist()), "array"),
        (FakeEncoder(lambda rows: rows[:, :1]), "shape"),
        (FakeEncoder(lambda rows: rows if len(rows) else np.zeros(0, np.float32)), r"\(0, 2\)"),
        (FakeEncoder(lambda rows: rows * np.float32(2)), "length"),
        (FakeEncoder(half), "partly NaN"),
        (FakeEncoder(lambda rows: rows * np.float32("nan")), "made nothing"),
        (FakeEncoder(centred), "in a batch"),
        (FakeEncoder(lambda rows: rows * 0 + np.float32(0.5**0.5)), "every part the same"),
        (FakeEncoder(wandering), "twice"),
        (FakeEncoder(accepts=frozenset()), "accepts"),
        (FakeEncoder(accepts=frozenset({"image"})), "takes no text"),
        (FakeEncoder(space=Space("", "1", 2)), "space"),
        (FakeEncoder(floor=0.9, sure=0.1), "floor"),
        (FakeEncoder(asks=["text"]), "asks"),
        (FakeEncoder(languages="en"), "languages"),
    ],
)
def test_a_broken_encoder_is_caught(encoder: Encoder, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        check_encoder(encoder, WORDS)


def test_an_encoder_is_checked_on_several_parts() -> None:
    """One part cannot show that rows come in order, and differ."""
    with pytest.raises(ContractError, match="1 parts"):
        check_encoder(FakeEncoder(), WORDS[:1])


class Racing:
    """Loads at first use: what comes meanwhile finds it half loaded."""

    def __init__(self) -> None:
        self.loaded: list[str] = []

    def load(self) -> int:
        """0, or 1 where another thread is still loading."""
        if not self.loaded:
            self.loaded.append("half")
            time.sleep(0.2)
            self.loaded.append("whole")
        return 2 - len(self.loaded)


def test_plugins_that_race_at_first_use_are_caught(asset: Asset) -> None:
    """Two threads begin together with a new plug-in: checked later, it is loaded already, and
    nothing shows.
    """
    racing = [Racing() for _ in range(4)]
    with pytest.raises(ContractError, match="two threads"):
        check_parser(FakeParser(lambda a: [chunk(a, Span(page=1 + racing[0].load()))]), asset)
    with pytest.raises(ContractError, match="two threads"):
        check_encoder(FakeEncoder(lambda rows: rows[:, :: 1 - 2 * racing[1].load()]), WORDS)
    with pytest.raises(ContractError, match="two threads"):
        check_converter(
            FakeConverter(lambda: [Part("text", f"noon {racing[2].load()}")]), Part("image", b"x")
        )
    with pytest.raises(ContractError, match="two threads"):
        check_reranker(
            FakeReranker(lambda chunks: [float(racing[3].load())] * len(chunks)),
            (),
            [chunk(asset)] * 2,
        )


def test_an_encoder_that_forgets_queries_is_caught() -> None:
    class Documents(FakeEncoder):
        def encode(self, parts: Sequence[Part], role: str = "document") -> Any:
            return super().encode(parts, role) if role == "document" else None

    with pytest.raises(ContractError, match="queries"):
        check_encoder(Documents(), WORDS)


def test_what_only_looks_like_an_encoder_is_caught() -> None:
    """Attributes suffice, but all of them."""
    with pytest.raises(ContractError, match="lacks"):
        check_encoder(
            SimpleNamespace(accepts=frozenset({"text"}), encode=FakeEncoder().encode), WORDS
        )  # type: ignore[arg-type]


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
    ("converter", "said"),
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
def test_a_broken_converter_is_caught(converter: Converter, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        check_converter(converter, Part("image", b"x"))


class FakeReranker(Reranker):
    accepts = frozenset({"text"})

    def __init__(self, score: Callable[[Sequence[Chunk]], Sequence[float]]) -> None:
        self.made = score

    def score(self, query: Any, chunks: Sequence[Chunk]) -> Sequence[float]:
        return self.made(chunks)


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (lambda chunks: [len(c.text) for c in chunks], ""),
        (lambda chunks: [1.0], "1 scores for 2"),
        (lambda chunks: [float("nan")] * len(chunks), "finite"),
        (lambda chunks: list(range(len(chunks))), "order"),
    ],
)
def test_rerankers(
    asset: Asset, score: Callable[[Sequence[Chunk]], Sequence[float]], said: str
) -> None:
    """The first keeps the rules."""
    chunks = [chunk(asset), chunk(asset, Span(page=2), text="Noon")]
    if not said:
        check_reranker(FakeReranker(score), WORDS[:1], chunks)  # type: ignore[arg-type]
        return
    with pytest.raises(ContractError, match=said):
        check_reranker(FakeReranker(score), WORDS[:1], chunks)  # type: ignore[arg-type]


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
    ("generator", "said"),
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
def test_a_broken_generator_is_caught(generator: Generator, said: str) -> None:
    """The second cites [1] where there is no evidence at all."""
    with pytest.raises(ContractError, match=said):
        check_generator(generator)


def test_a_good_store_passes_and_is_left_empty() -> None:
    store = Memory()
    check_store(store)
    assert (store.count(), list(store.scan())) == (0, [])


def test_a_store_with_something_in_it_is_left_alone(asset: Asset) -> None:
    store = Memory()
    store.add([chunk(asset)])
    with pytest.raises(ContractError, match="not empty"):
        check_store(store)
    assert store.count() == 1


def worst_first(store: Memory, *given: Any) -> list[Match]:
    return Memory.nearest(store, *given)[::-1]


def unfiltered(store: Memory, text: str, k: int, where: str = "") -> list[Match]:
    return Memory.lexical(store, text, k)


def only_new(store: Memory, chunks: Sequence[Chunk]) -> None:
    held = store.get([c.id for c in chunks])
    Memory.add(store, [c for c in chunks if c.id not in held])


def no_marks(store: Memory, ids: Sequence[str]) -> dict[str, Chunk]:
    return {i: c.with_(marks=()) for i, c in Memory.get(store, ids).items()}


def only_numbers(store: Memory, space: Space, chunks: Sequence[Chunk], vectors: Any) -> None:
    real = [i for i, v in enumerate(vectors) if np.isfinite(v).all()]
    Memory.add_vectors(store, space, [chunks[i] for i in real], vectors[real])


def all_of_it(store: Memory, where: str = "") -> int:
    return Memory.count(store)


def all_missing(store: Memory, space: Space, where: str = "") -> list[str]:
    return Memory.missing(store, space)


def whole_rows(
    store: Memory, where: str = "", columns: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    return Memory.scan(store, where)


def nothing(store: Memory, *given: Any) -> None:
    """Does not do it."""


@pytest.mark.parametrize(
    ("method", "broken", "said"),
    [
        ("nearest", worst_first, "nearest"),
        ("lexical", unfiltered, "lexical does not filter"),
        ("count", all_of_it, "count does not filter"),
        ("add", only_new, "replace"),
        ("get", no_marks, "marks"),
        ("add_vectors", only_numbers, "missing"),
        ("forget", nothing, "forget"),
        ("delete", nothing, "delete leaves chunks"),
        ("drop", nothing, "drop"),
        ("holds", lambda store, space: True, "holds"),
        ("holds", lambda store, space: False, "holds"),
        ("missing", all_missing, "missing does not filter"),
        ("scan", whole_rows, "scan"),
    ],
)
def test_a_broken_store_is_caught(method: str, broken: Callable[..., Any], said: str) -> None:
    """Memory with one method spoilt."""
    with pytest.raises(ContractError, match=said):
        check_store(type("Spoilt", (Memory,), {method: broken})())


def test_messages_name_the_plugin(asset: Asset) -> None:
    """Whose rule was broken, and where."""
    with pytest.raises(ContractError) as caught:
        check_parser(FakeParser(lambda a: [chunk(a, Span())]), asset)
    assert "FakeParser" in str(caught.value)
    assert asset.name in str(caught.value)
