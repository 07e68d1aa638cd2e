"""What a library knows of what stands around a passage."""

from __future__ import annotations

import pytest

from polysense import registry
from polysense.library import Library
from polysense.retrieve.surroundings import OPENING_CHARACTERS, StoredSurroundings, neighbours
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Span, TextSpan


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> StoredSurroundings:
    """A report of three sections, and a Chinese note."""
    folder = tmp_path_factory.mktemp("report")
    sections = "\n\n".join(
        f"## Part {n}\n\n{'The wheel turns again and again. ' * 30}" for n in (1, 2)
    )
    (folder / "report.md").write_text(f"# Alder Mill, report of 2023\n\n{sections}\n", "utf-8")
    (folder / "注.txt").write_text("北门站的首班车六点开出。", "utf-8")
    kit = registry.kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders if e != "formula"])
    library = Library(folder / "kb", kit=kit)
    library.index(folder)
    return StoredSurroundings(library.store)


def test_the_opening_is_the_head_of_the_file(surroundings: StoredSurroundings) -> None:
    """Its title, of whatever passage is asked; of no file nothing."""
    ids = {r["asset"] for r in surroundings._store.scan("name = 'report.md'", ["asset"])}
    opening = surroundings.opening(ids.pop())
    assert "Alder Mill, report of 2023" in opening
    assert len(opening) <= OPENING_CHARACTERS
    assert surroundings.opening("0" * 32) == ""


def test_a_word_occurs_or_does_not(surroundings: StoredSurroundings) -> None:
    """In any form of it; of ideographs the word, not its characters alone."""
    assert surroundings.occurs("wheels")
    assert not surroundings.occurs("cherry")
    assert surroundings.occurs("北门")
    assert not surroundings.occurs("门北")


def test_the_language_of_the_others(surroundings: StoredSurroundings) -> None:
    """Of a question in one that hardly anything is in."""
    assert surroundings.language_besides("de") == "en"
    assert surroundings.language_besides("en") == ""


def test_what_stands_before_and_after(surroundings: StoredSurroundings) -> None:
    """In the same file, in order, and only where a condition holds."""
    store = surroundings._store
    ids = [r["id"] for r in store.scan("name = 'report.md'", ["id"])]
    chunks = sorted(store.get(ids).values(), key=lambda c: c.span.lines or (0, 0))
    first, second, *_ = chunks
    assert neighbours(store, first)[0] == second
    assert first in neighbours(store, second)
    assert all(c.asset.name == "report.md" for c in neighbours(store, second))
    assert neighbours(store, first, "name = '注.txt'") == []
    line = (second.span.lines or (0, 0))[0]
    assert first not in neighbours(store, second, f"line >= {line}")


def test_words_of_the_same_seconds() -> None:
    """What is said while a scene is shown, line by line; nothing beside what has no time."""
    film = Asset("f", "/film.mp4", "video/mp4", "video", 1)
    marks = tuple(
        TextSpan(6 * n, 6 * n + 5, Span(seconds=(2.0 * n, 2.0 * n + 2))) for n in range(3)
    )
    speech = Chunk(film, Span(seconds=(0.0, 6.0)), "video", None, "Alpha Bravo Delta", marks=marks)
    scene = Chunk(film, Span(seconds=(2.0, 4.0)), "video", Part("image", b"..."))
    store = Memory()
    store.add([speech, scene])
    around = StoredSurroundings(store)
    assert around.simultaneous(scene) == "Bravo"
    assert around.simultaneous(Chunk(film, Span(), "video")) == ""
