"""Going a way: what each step makes, of which evidence, and whether it was found or made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.errors import Unreadable
from polysense.generate.routes import ways
from polysense.generate.run_route import Made, make
from polysense.protocols import Converter, Generator
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Query, Span

QUERY = (Part("text", "what?"),)


def evidence(n: int, modality: str, said: str = "") -> Evidence:
    part = Part(modality, said.encode() or b"x")
    chunk = Chunk(
        Asset(f"{n}", f"/kb/{n}.{modality}", "", modality, 1), Span(page=n), modality, part, said
    )
    return Evidence(n, Hit(chunk, 1.0), Part("text", said) if said else part, chunk.span)


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
        shown = [e.form("image") for e in evidence]
        yield Part(
            "video",
            b"+".join(p.data for p in shown if p),
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


def gone(source: str, wanted: str, *given: Evidence, at: int = 0) -> tuple[list[Made], list[str]]:
    heard: list[str] = []
    return list(make(ways(KIT, source, wanted)[at], KIT, QUERY, given, heard.append)), heard


def test_an_answer_is_read_out_as_one() -> None:
    """Sentences become one recording, which says of itself that it was composed, of all the
    evidence.
    """
    [made], _ = gone("text", "audio", evidence(1, "text", "a"), evidence(2, "text", "b"))
    assert made.part.meta["sources"] == {"1": "1.text, p. 1", "2": "2.text, p. 2"}
    assert (made.part, made.origin, made.used) == (Part("audio", b"1\n2"), "composed", (1, 2))


def test_a_thing_itself_is_of_the_first_evidence_alone() -> None:
    """The others were not used, and are not cited."""
    [made], _ = gone("image", "image", evidence(1, "image"), evidence(2, "image"))
    assert (made.part.data, made.origin, made.used) == (b"shown1", "retrieved", (1,))


def test_forms_are_made_for_those_that_need_them() -> None:
    """A film gets the picture of what is one, and a drawing of what is words; evidence of
    modalities it does not take stays out.
    """
    [made], _ = gone(
        "image", "video", evidence(1, "image"), evidence(2, "text", "b"), evidence(3, "audio")
    )
    assert (made.part.data, made.used) == (b"shown1+drawn", (1, 2))


def test_evidence_can_be_converted_as_it_is() -> None:
    """No generator stands between a thing and what turns it into another."""

    class Relief(Speak):
        source = "image"
        targets = frozenset({"3d"})

        def convert(self, part: Part) -> Iterator[Part]:
            yield Part("3d", part.data + str(part.meta["title"]).encode())

    kit = Kit({}, {}, {}, {"relief": Relief()}, {}, {"show": Show()})
    direct, shown = ways(kit, "image", "3d")
    assert [m.part.data for m in make(direct, kit, QUERY, [evidence(1, "image")], print)] == [
        b"x1.image"
    ]
    assert str(shown) == "image -> image (show) -> 3d (relief)"


def test_a_plugin_that_fails_makes_nothing_and_is_heard() -> None:
    """The next way can be tried, and the reader learns why."""

    class Failing(Quote):
        def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
            yield Part("text", "fail")

    kit = Kit({}, {}, {}, {"speak": Speak()}, {}, {"quote": Failing()})
    heard: list[str] = []
    assert (
        list(
            make(
                ways(kit, "text", "audio")[0], kit, QUERY, [evidence(1, "text", "a")], heard.append
            )
        )
        == []
    )
    assert heard == ["text -> text (quote) -> audio (speak): the voice is gone. Rest."]


def test_what_is_spoken_goes_along() -> None:
    """Words for the ear where a generator gives them, else those that are written, in one order."""

    class Told(Quote):
        def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
            yield Part("text", "a.jpg (0.92 alike) [1]", meta={"spoken": "The ferry [1]"})
            yield Part("text", "At noon. [2]")

    class Voice(Speak):
        def convert(self, part: Part) -> Iterator[Part]:
            yield Part("audio", str(part.meta["spoken"]).encode())

    kit = Kit({}, {}, {}, {"voice": Voice()}, {}, {"told": Told()})
    [made] = make(ways(kit, "image", "audio")[0], kit, QUERY, [evidence(1, "image")], print)
    assert made.part.data == b"The ferry [1]\nAt noon. [2]"
