"""One declaration for a modality: ours are whole, and somebody's shows up everywhere without any
other edit.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from polysense import doctor, modalities, registry
from polysense.evaluate.cases import cases, input_names
from polysense.evaluate.faithfulness import faithfulness
from polysense.evaluate.grid import measure, outputs, report
from polysense.evaluate.validity import InvalidPart, check
from polysense.generate.answer import _native_parts
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.make.file import provenance
from polysense.make.file.export import ending, export, fits
from polysense.modalities import ModalityDescription, all_modalities, describe
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.serve.page.translations import translator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

WARM = '''
from polysense.evaluate.validity import InvalidPart
from polysense.modalities import ModalityDescription
from polysense.protocols import Generator, Parser
from polysense.types import Chunk, Part, Span

class WarmParser(Parser):
    """Reads recordings of warmth."""
    accepts = frozenset({".warm"})
    def parse(self, asset):
        text = asset.path.read_text()
        part = Part("warmth", asset.path, name=asset.name)
        yield Chunk(asset, Span(chars=(0, len(text))), "warmth", part, text=text)

class WarmMaker(Generator):
    """The recording itself."""
    accepts, emits, cost, origin = frozenset({"warmth", "text"}), "warmth", 0.05, "retrieved"
    def generate(self, query, evidence):
        yield Part("warmth", b"WARM" + evidence[0].hit.chunk.words.encode(), "application/x-warm")

def query(chunk, asset):
    return Part("text", chunk.text[:40]) if asset.name.endswith(".warm") else None

def check(part):
    if not part.data.startswith(b"WARM"):
        raise InvalidPart("it is not warm")

def carried(part, native, e):
    return 1.0 if native.data.read_bytes() in part.data else 0.0

def write(data, data_ending, suffix):
    return data.decode().upper().encode()

def note(data, note):
    return data + b"|" + note.encode()

def read_note(data):
    return data.partition(b"|")[2].decode()

WARMTH = ModalityDescription(
    "warmth", title="heat", title_zh="热度", icon="M1 1h2", is_encoded_whole=True, is_shown=True,
    endings=(".warm", ".hot"), writer="polysense_warm:write", query_maker="polysense_warm:query",
    provenance=(("application/x-warm", "polysense_warm:note", "polysense_warm:read_note"),),
    checker="polysense_warm:check", likeness=(("warmth", "polysense_warm:carried"),),
)
'''
POINTS = {
    "parsers": {"warm": "WarmParser"},
    "generators": {"warm": "WarmMaker"},
    "modalities": {"warmth": "WARMTH"},
}


@pytest.fixture
def warmth(install: Any) -> None:
    """A package with a modality of its own: how it is read, made, and what there is to know."""
    install("polysense-warm", WARM, POINTS)


def evidence(path: Path) -> Evidence:
    asset = Asset("0" * 32, str(path), "application/x-warm", "warmth", 1, path=path)
    part = Part("warmth", path)
    return Evidence(
        1,
        Hit(Chunk(asset, Span(chars=(0, 4)), "warmth", part, text="roof"), 1.0),
        part,
        Span(),
        1.0,
    )


@pytest.mark.parametrize("name", modalities.BUILT_IN)
def test_ours_name_functions_that_are_there(name: str) -> None:
    """They are text, so that nobody imports what is above: a name that is wrong would be seen late."""
    m = describe(name)
    assert m.title
    assert m.title_zh != m.title
    paths = [m.writer, m.query_maker, m.checker, m.words_reader, *dict(m.likeness).values()]
    paths += [path for _, *both in m.provenance for path in both]
    for path in filter(None, paths):
        assert callable(modalities.function(path)), path


def test_the_page_has_it(warmth: None) -> None:
    """In the filter, the answers and the grid, with its names and its sign."""
    assert list(all_modalities()) == [*modalities.BUILT_IN, "warmth"]
    assert translator("zh")("warmth") == "热度"
    assert translator("en")("warmth") == "heat"
    assert describe("warmth").icon == "M1 1h2"


def test_it_is_exported_and_says_where_it_came_from(warmth: None) -> None:
    """Under its own endings, by its own writer, and with its provenance."""
    part = Part("warmth", b"WARM roof", "application/x-warm")
    assert ending(part) == ".warm"
    assert export(part, ".hot") == b"WARM ROOF"
    assert export(part) == b"WARM roof"
    assert not fits(part, ".png")
    assert not fits(Part("image", b""), ".warm")
    source = provenance.Source("/kb/a.warm", "the whole", "0")
    stamped = provenance.stamp(part, "composed", "warmth -> warmth", [source])
    assert isinstance(stamped.data, bytes)
    claim = provenance.read(stamped.data, "application/x-warm")
    assert claim is not None
    assert claim["ingredients"][0]["title"] == "a.warm"


def test_it_is_asked_with_whole_and_shown_beside_words(warmth: None, tmp_path: Path) -> None:
    """As it says of itself; a modality that says nothing is parsed, and cited by its words."""
    path = tmp_path / "a.warm"
    path.write_text("roof")
    part = Part("warmth", path)
    assert understand([part], registry.kit()).parts == (part,)
    assert [p.part for p in _native_parts([evidence(path)])] == [part]
    assert not describe("smell").is_encoded_whole
    assert not describe("smell").is_shown


def test_the_grid_measures_it(warmth: None, tmp_path: Path) -> None:
    """A row and a column of its own: asked by its own queries, checked by its own readers."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "roof.warm").write_text("granite slates of the mill roof in January")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )
    assert "warmth" in input_names()
    assert "warmth" in outputs()
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(folder)
        questions = [c for c in cases(kb, 1) if c.input == "warmth"]
        (cell,) = measure(kb, kit, questions, ["warmth"], lambda _: None)
    assert cell.lit
    assert cell.faithful == 1.0
    assert "| **warmth** |" in report([cell], "A test.")


def test_what_is_not_sound_is_told_and_what_is_not_carried(warmth: None, tmp_path: Path) -> None:
    """By its own checks; and nobody can say that a modality is sound which nobody declares."""
    path = tmp_path / "a.warm"
    path.write_text("roof")
    check(Part("warmth", b"WARM roof"))
    with pytest.raises(InvalidPart, match="not warm"):
        check(Part("warmth", b"cold"))
    with pytest.raises(InvalidPart, match="nothing here can check smell"):
        check(Part("smell", b"rose"))
    assert faithfulness(Part("warmth", b"WARM roof"), [evidence(path)], {}) == 1.0
    assert faithfulness(Part("warmth", b"WARM wall"), [evidence(path)], {}) == 0.0


def test_doctor_tells_it(warmth: None) -> None:
    """Beside ours, and with its package."""
    rows = json.loads(json.dumps(doctor.examine()))["modalities"]
    assert {"name": "warmth", "from": "polysense-warm", "problem": ""} in rows
    assert "  + warmth (polysense-warm)" in list(doctor.report_lines(doctor.examine()))


@pytest.mark.parametrize(
    ("source", "name", "problem"),
    [
        ("import nothing_of_that_name", "warmth", "ModuleNotFoundError"),
        ("WARMTH = 3", "warmth", "is no ModalityDescription"),
        (WARM, "cold", "is no ModalityDescription of 'cold'"),
        (WARM, "image", "it is declared already"),
    ],
)
def test_a_declaration_that_is_none_is_told_and_breaks_nothing(
    install: Any, source: str, name: str, problem: str
) -> None:
    """Ours stay as they are; `doctor` says what is wrong."""
    before = dict(all_modalities())
    install("polysense-warm", source, {"modalities": {name: "WARMTH"}})
    assert dict(all_modalities()) == before
    examined = doctor.examine()
    assert not examined["ok"]
    assert any(problem in line for line in doctor.report_lines(examined))


def test_a_description_needs_a_name_alone() -> None:
    """Everything else has a default; titles are the name."""
    assert ModalityDescription("smell").title_zh == "smell"
    assert ModalityDescription("smell").usual_ending == ".bin"
    assert len(fields(ModalityDescription)) < 21


def test_evidence_of_a_modality_without_a_generator_answers_by_its_words(
    thermal_kit: Kit, tmp_path: Path
) -> None:
    """A parser alone makes files findable; what it found must be answered from, and cited, though
    no generator here has heard of the modality.
    """
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "roof.thermal").write_text("The granite slates of the mill roof are warm in January.")
    with Library(tmp_path / "kb", kit=thermal_kit, limits=Limits(workers=1)) as kb:
        kb.index(folder)
        answer = kb.ask("Are the granite slates warm in January?")
        page = kb.ask("Are the granite slates warm in January?", to="image")
    assert answer.answered
    assert "granite slates" in answer.text
    assert answer.evidence[0].hit.modality == "thermal"
    assert [s.source for s in answer.route.steps if s.target == "text"] == ["thermal"]
    assert page.answered
    assert any(p.part.modality == "image" for p in page.parts)
