"""Going a way: what each step makes, of which evidence, and whether it was found or made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from polysense.errors import Cancelled, Unreadable
from polysense.events import GenerationStep
from polysense.generate.routes import candidate_routes
from polysense.generate.run_route import MadePart, run_route
from polysense.protocols import Converter, Generator
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Query, Span

QUERY = (Part("text", "what?"),)


def evidence(n: int, modality: str, texts: str = "") -> Evidence:
    part = Part(modality, texts.encode() or b"x")
    chunk = Chunk(
        Asset(f"{n}", f"/kb/{n}.{modality}", "", modality, 1), Span(page=n), modality, part, texts
    )
    return Evidence(n, Hit(chunk, 1.0), Part("text", texts) if texts else part, chunk.span)


class Quote(Generator):
    """Says each."""

    accepts = frozenset({"text", "image"})
    emits = "text"
    cost = 0.1
    origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        yield from (Part("text", f"{e.n}") for e in evidence)


class Film(Generator):
    """Needs a picture of each."""

    accepts = frozenset({"text", "image"})
    emits = "video"
    cost = 0.1
    needs = frozenset({"image"})

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        frames = [e.form("image") for e in evidence]
        yield Part(
            "video",
            b"+".join(p.data for p in frames if p),
            meta={"evidence": [e.n for e in evidence]},
        )


class Show(Generator):
    """The picture."""

    accepts = frozenset({"image"})
    emits = "image"
    cost = 0.1
    origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        yield Part("image", b"shown" + evidence[0].hit.chunk.asset.name[:1].encode())


class Speak(Converter):
    """Words into sound; fails where it is told to."""

    source = "text"
    targets = frozenset({"audio", "image"})
    cost = 0.2

    def convert(self, part: Part) -> Iterator[Part]:
        if "fail" in str(part.data):
            raise Unreadable("the voice is gone", "Rest.")
        yield Part("audio", str(part.data).encode(), meta={"sources": part.meta["sources"]})
        yield Part("image", b"drawn")


KIT = Kit({}, {}, {}, {"speak": Speak()}, {}, {"quote": Quote(), "film": Film(), "show": Show()})


def run(
    source: str, target: str, *pieces: Evidence, at: int = 0
) -> tuple[list[MadePart], list[str]]:
    warnings: list[str] = []
    return list(
        run_route(candidate_routes(KIT, source, target)[at], KIT, QUERY, pieces, warnings.append)
    ), warnings


def test_an_answer_is_read_out_as_one() -> None:
    """Sentences become one recording, which says of itself that it was composed, of all the
    evidence.
    """
    [parts], _ = run("text", "audio", evidence(1, "text", "a"), evidence(2, "text", "b"))
    assert parts.part.meta["sources"] == {"1": "1.text, p. 1", "2": "2.text, p. 2"}
    assert (parts.part, parts.origin, parts.evidence) == (
        Part("audio", b"1\n2"),
        "composed",
        (1, 2),
    )


def test_a_thing_itself_is_of_the_first_evidence_alone() -> None:
    """The others were not used, and are not cited."""
    [parts], _ = run("image", "image", evidence(1, "image"), evidence(2, "image"))
    assert (parts.part.data, parts.origin, parts.evidence) == (b"shown1", "retrieved", (1,))


def test_forms_are_made_for_those_that_need_them() -> None:
    """A film gets the picture of what is one, and a drawing of what is words; evidence of
    modalities it does not take stays out.
    """
    [parts], _ = run(
        "image", "video", evidence(1, "image"), evidence(2, "text", "b"), evidence(3, "audio")
    )
    assert (parts.part.data, parts.evidence) == (b"shown1+drawn", (1, 2))


def test_evidence_can_be_converted_as_it_is() -> None:
    """No generator stands between a thing and what turns it into another."""

    class Relief(Speak):
        source = "image"
        targets = frozenset({"3d"})

        def convert(self, part: Part) -> Iterator[Part]:
            yield Part("3d", part.data + str(part.meta["title"]).encode())

    kit = Kit({}, {}, {}, {"relief": Relief()}, {}, {"show": Show()})
    direct, parts = candidate_routes(kit, "image", "3d")
    assert [m.part.data for m in run_route(direct, kit, QUERY, [evidence(1, "image")], print)] == [
        b"x1.image"
    ]
    assert str(parts) == "image -> image (show) -> 3d (relief)"


def test_a_plugin_that_fails_makes_nothing_and_is_heard() -> None:
    """The next way can be tried, and the reader learns why."""

    class Failing(Quote):
        def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
            yield Part("text", "fail")

    kit = Kit({}, {}, {}, {"speak": Speak()}, {}, {"quote": Failing()})
    warnings: list[str] = []
    assert (
        list(
            run_route(
                candidate_routes(kit, "text", "audio")[0],
                kit,
                QUERY,
                [evidence(1, "text", "a")],
                warnings.append,
            )
        )
        == []
    )
    assert warnings == ["text -> text (quote) -> audio (speak): the voice is gone. Rest."]


def test_what_is_spoken_goes_along() -> None:
    """Words for the ear where a generator gives them, else those that are written, in one order."""

    class Titled(Quote):
        def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
            yield Part("text", "a.jpg (0.92 alike) [1]", meta={"spoken": "The ferry [1]"})
            yield Part("text", "At noon. [2]")

    class Voice(Speak):
        def convert(self, part: Part) -> Iterator[Part]:
            yield Part("audio", str(part.meta["spoken"]).encode())

    kit = Kit({}, {}, {}, {"voice": Voice()}, {}, {"told": Titled()})
    [parts] = run_route(
        candidate_routes(kit, "image", "audio")[0], kit, QUERY, [evidence(1, "image")], print
    )
    assert parts.part.data == b"The ferry [1]\nAt noon. [2]"


class Slow(Generator):
    """Tells its steps; knows whether it was closed."""

    accepts = frozenset({"text"})
    emits = "image"
    cost = 0.1
    origin = "generated"

    def __init__(self) -> None:
        self.is_closed = False

    def generate(
        self, query: Query, evidence: Sequence[Evidence]
    ) -> Iterator[Part | GenerationStep]:
        try:
            for n in range(3):
                yield GenerationStep(n, 2)
            yield Part("image", b"new")
        finally:
            self.is_closed = True


def test_what_a_model_makes_is_no_form_of_the_evidence() -> None:
    """A film of evidence shows what rules make of it, though a model would go before them."""
    model = Slow()
    kit = Kit(
        {}, {}, {}, {"speak": Speak()}, {}, {"model": model, "quote": Quote(), "film": Film()}
    )
    [pipeline] = [p for p in candidate_routes(kit, "text", "video") if p.generator == "film"]
    [film] = run_route(pipeline, kit, QUERY, [evidence(1, "text", "words")], print)
    assert b"new" not in film.part.data


def test_steps_are_heard_and_whoever_hears_them_can_stop() -> None:
    """Steps are no parts; what is raised on one comes out, and the generator is closed at once."""
    slow, steps = Slow(), list[GenerationStep]()
    kit = Kit({}, {}, {}, {}, {}, {"slow": slow})
    [pipeline] = candidate_routes(kit, "text", "image")
    pieces = [evidence(1, "text", "words")]
    [made_part] = run_route(pipeline, kit, QUERY, pieces, print, steps.append)
    assert (made_part.part.data, made_part.origin) == (b"new", "generated")
    assert steps == [GenerationStep(n, 2) for n in range(3)]
    slow.is_closed = False

    def leave(step: GenerationStep) -> None:
        raise Cancelled("left")

    with pytest.raises(Cancelled):
        list(run_route(pipeline, kit, QUERY, pieces, print, leave))
    assert slow.is_closed
