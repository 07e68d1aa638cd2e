"""Stages by themselves: caps by file and by section, sections before passages."""

from __future__ import annotations

from collections import Counter

import pytest

from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.algebra import bm25, by_section
from polysense.retrieve.context import Search
from polysense.retrieve.fusion import Candidate
from polysense.retrieve.search import search
from polysense.retrieve.sections import section_of
from polysense.retrieve.stages import STAGES, Cap
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Span

MANUAL = Asset("a" * 32, "/kb/manual.md", "text/markdown", "text", 1)


def line(n: int, heading: str, text: str) -> Chunk:
    return Chunk(MANUAL, Span(lines=(n, n)), "text", text=text, context=f"Manual > {heading}")


@pytest.fixture
def kit() -> Kit:
    return Kit({}, {}, {}, {}, {}, {})


@pytest.fixture
def faults(kit: Kit) -> Search:
    """A manual of which one section has the words of the question again and again."""
    memory = Memory()
    memory.add([line(n, "Faults", f"pump pump pump fault {n}") for n in range(1, 100)])
    memory.add([line(100 + n, f"Part {n}", f"the pump of part {n}") for n in range(20)])
    return Search(memory, kit, understand(["pump"], kit))


def test_a_cap_by_section_leaves_a_long_file_its_other_sections(faults: Search) -> None:
    """As many results as were asked for, of one file; with a cap by file there are three."""
    ranking = search(faults, 12, bm25, cap=Cap("section", 3))
    counts = Counter(section_of(h.chunk) for h in ranking)
    assert len(ranking) == 12
    assert max(counts.values()) == 3
    assert len(search(faults, 12, bm25, cap=Cap("asset", 3))) == 3


def test_a_section_that_fills_all_that_arms_give_is_looked_behind(kit: Kit) -> None:
    """More passages than an arm is asked for, all of one section, hide no other."""
    memory = Memory()
    memory.add([
        Chunk(MANUAL, Span(lines=(1, 1), chars=(n, n + 1)), "text", text="pump pump", context="A > B")
        for n in range(700)
    ])  # fmt: skip
    memory.add([line(300 + n, f"Part {n}", f"the pump of part {n}") for n in range(5)])
    context = Search(memory, kit, understand(["pump"], kit))
    ranking = search(context, 6, cap=Cap("section", 1))
    assert len({section_of(h.chunk) for h in ranking}) == 6


def test_a_passage_rises_by_its_section(kit: Kit) -> None:
    """Of two that are equally near, the one whose neighbours answer too; nothing is lost."""
    memory = Memory()
    chunks = [line(1, "Alone", "one"), line(2, "Pump", "two"), line(3, "Pump", "three")]
    memory.add(chunks)
    context = Search(memory, kit, understand(["pump"], kit))
    alone, first, second = (Candidate(c.id, s) for c, s in zip(chunks, (1, 0.99, 0.5), strict=True))
    order = [c.id for c in STAGES["by_section"](context, (alone, first, second))]
    assert order == [first.id, alone.id, second.id]


def test_a_section_of_many_weak_passages_does_not_win(kit: Kit) -> None:
    """Each further passage counts for less: length alone raises nothing far."""
    memory = Memory()
    strong, weak = line(1, "Answer", "one"), [line(n, "Long", "two") for n in range(2, 60)]
    memory.add([strong, *weak])
    context = Search(memory, kit, understand(["pump"], kit))
    candidates = (Candidate(strong.id, 1.0), *(Candidate(c.id, 0.6) for c in weak))
    assert STAGES["by_section"](context, candidates)[0].id == strong.id


def test_sections_are_a_stage_that_can_be_named(faults: Search) -> None:
    """The repr is what `using` takes."""
    assert repr(bm25 % 50 >> by_section()) == "bm25 % 50 >> by_section"
    assert len(search(faults, 9, bm25 % 50 >> by_section())) == 9
