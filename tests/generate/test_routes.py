"""Ways from evidence to what is wanted fall out of what plug-ins declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import NoRoute
from polysense.generate.routes import candidate_routes, routes_to
from polysense.protocols import Converter, Generator
from polysense.registry import OFFLINE, Kit, kit
from polysense.types import Evidence, Origin, Part, Query


class Says(Generator):
    """Anything, of anything."""

    def __init__(self, accepts: str, emits: str, cost: float, origin: Origin = "composed") -> None:
        self.accepts, self.emits, self.cost, self.origin = (
            frozenset(accepts.split()),
            emits,
            cost,
            origin,
        )

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        yield Part(self.emits, "said")


class Turns(Converter):
    """One modality into others."""

    def __init__(self, source: str, targets: str, cost: float, is_extractor: bool = False) -> None:
        self.source, self.targets, self.cost, self.is_extractor = (
            source,
            frozenset(targets.split()),
            cost,
            is_extractor,
        )

    def convert(self, part: Part) -> Iterator[Part]:
        yield from (Part(t, "turned") for t in sorted(self.targets))


def step_names(generators: dict[str, Generator], converters: dict[str, Converter]) -> Kit:
    return Kit({}, {}, {}, converters, {}, generators)


SMALL = step_names(
    {
        "quote": Says("text image 3d", "text", 0.2),
        "show": Says("image", "image", 0.1, "retrieved"),
        "card": Says("text", "image", 0.1),
    },
    {
        "speak": Turns("text", "audio", 0.1),
        "read": Turns("image", "text", 0.05, is_extractor=True),
        "views": Turns("3d", "image", 0.3, is_extractor=True),
        "relief": Turns("image", "3d", 0.4),
        "trace": Turns("image", "code", 0.4),
        "cast": Turns("code", "smell", 0.1),
    },
)


def test_ways_come_best_first() -> None:
    """A quality of 0.9 and one of 0.6 make 0.54; the content as it is is better than a picture of
    it.
    """
    assert [str(w) for w in candidate_routes(SMALL, "image", "code")] == [
        "image -> code (trace)",
        "image -> image (show) -> code (trace)",
    ]
    assert candidate_routes(SMALL, "image", "code")[1].cost == pytest.approx(1 - 0.9 * 0.6)


def test_native_and_bridged() -> None:
    """A step from a modality to itself saw it as it is."""
    assert [s.kind for s in candidate_routes(SMALL, "image", "image")[0].steps] == ["native"]
    assert [s.kind for s in candidate_routes(SMALL, "text", "audio")[0].steps] == [
        "native",
        "bridged",
    ]


def test_words_are_chosen_by_generators() -> None:
    """Speech is of the cited answer: not of the file that it is from, nor of what is read in it
    once more, though that were cheaper.
    """
    assert [str(w) for w in candidate_routes(SMALL, "image", "audio")] == [
        "image -> text (quote) -> audio (speak)"
    ]
    assert [str(w) for w in candidate_routes(SMALL, "text", "text")] == ["text -> text (quote)"]


def test_only_the_last_step_composes() -> None:
    """Views of a thing may be traced; a card of words is not made a relief, nor what was composed
    composed again.
    """
    assert [str(w) for w in candidate_routes(SMALL, "3d", "code")] == [
        "3d -> image (views) -> code (trace)"
    ]
    assert candidate_routes(SMALL, "text", "3d") == ()
    assert candidate_routes(SMALL, "image", "smell") == ()


def test_nothing_leads_there() -> None:
    """The error names what can be had."""
    assert candidate_routes(SMALL, "text", "video") == ()
    with pytest.raises(NoRoute, match="answers in video") as e:
        routes_to(SMALL, "video")
    assert "3d, audio, code, image, smell, text" in e.value.hint
    assert set(routes_to(SMALL, "audio")) == {"text", "image", "3d"}


MODALITIES = st.sampled_from(["text", "image", "audio", "smell"])
KITS = st.builds(
    lambda gs, cs: step_names(
        {f"g{i}": Says(*g) for i, g in enumerate(gs)},
        {f"c{i}": Turns(*c) for i, c in enumerate(cs)},
    ),
    st.lists(st.tuples(MODALITIES, MODALITIES, st.floats(0, 1)), max_size=4),
    st.lists(st.tuples(MODALITIES, MODALITIES, st.floats(0, 1)), max_size=5),
)


@given(KITS, MODALITIES, MODALITIES)
def test_a_way_is_a_chain(kit: Kit, source: str, target: str) -> None:
    """Whatever is declared: each step begins where the one before ended, first to last, and the
    list is in order of cost.
    """
    routes = candidate_routes(kit, source, target)
    for way in routes:
        assert way.steps[0].source == source
        assert way.steps[-1].target == target
        assert all(a.target == b.source for a, b in zip(way.steps, way.steps[1:], strict=False))
        assert 0 <= way.cost <= 1
    assert [w.cost for w in routes] == sorted(w.cost for w in routes)


@given(KITS, MODALITIES)
def test_more_plugins_open_more_ways(kit: Kit, target: str) -> None:
    """Adding a generator never closes a way."""
    more = step_names({**kit.generators, "new": Says("text", target, 0.9)}, dict(kit.converters))
    for source in ("text", "image", "audio", "smell"):
        assert {str(w) for w in candidate_routes(kit, source, target)} <= {
            str(w) for w in candidate_routes(more, source, target)
        }


def test_the_offline_profile_lights_the_grid() -> None:
    """From each kind of evidence to each kind of answer there is a way, whichever question found
    the evidence.
    """
    every = ("text", "image", "audio", "video", "3d", "code", "table", "graph")
    dark = [(e, m) for e in every for m in every if not candidate_routes(kit(), e, m)]
    assert not dark, f"{OFFLINE} has no way {dark}"


def test_a_second_voice_is_a_way_too() -> None:
    """What one converter cannot say, another may: after it, and each once."""
    voices = {"foreign": Turns("text", "audio", 0.05), **SMALL.converters}
    ways = candidate_routes(step_names(dict(SMALL.generators), voices), "text", "audio")
    assert [w.converters for w in ways] == [("foreign",), ("speak",)]


def test_of_what_is_retrieved_only_the_cheapest_converter_makes_something() -> None:
    """Another of the same kind changes no way but its own: languages are told of words alone."""
    turns = {"plot": Turns("image", "code", 0.1), "draw": Turns("image", "code", 0.2)}
    ways = candidate_routes(step_names(dict(SMALL.generators), turns), "image", "code")
    assert [w.converters for w in ways if w.generator == "show"] == [("plot",)]
    assert [w.converters for w in ways if not w.generator] == [("plot",), ("draw",)]
