"""More like these: over the store in memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from polysense.protocols import Encoder, Vectors
from polysense.registry import Kit
from polysense.retrieve.recommend import DEPTH, Likeness, Taste, items, recommend
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Hit, Part, Role, Space, Span


class Angle(Encoder):
    """A number of degrees, on a circle."""

    accepts = frozenset({"text"})
    signal = "perceptual"
    space = Space("angle", "1", 2)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        degrees = np.radians([float(p.data) for p in parts]).reshape(-1, 1)
        return np.hstack([np.cos(degrees), np.sin(degrees)]).astype(np.float32)


ENCODER = Angle()
KIT = Kit({}, {}, {"angle": ENCODER}, {}, {}, {})
WORDLESS_KIT = Kit({}, {}, {}, {}, {}, {})
NAMES = {
    "near.txt": 5,
    "nearer.txt": 2,
    "far.txt": 90,
    "liked.txt": 0,
    "liked.jpg": 1,
    "below.txt": -30,
}
CHUNKS = {
    name: Chunk(Asset(name, f"/shop/{name}", "", "text", 1), Span(page=1), "text", text=str(degrees)) for name, degrees in NAMES.items()
}  # fmt: skip


def at(*degrees: float) -> Vectors:
    return ENCODER.encode([Part("text", str(d)) for d in degrees])


@pytest.fixture
def store() -> Memory:
    memory = Memory()
    memory.add(list(CHUNKS.values()))
    memory.add_vectors(ENCODER.space, list(CHUNKS.values()), at(*NAMES.values()))
    return memory


def recommended_names(
    store: Memory,
    liked: Sequence[float],
    disliked: Sequence[float] = (),
    where: str = "",
    out: str = "liked.txt",
) -> list[str]:
    taste = Taste(ENCODER.space, at(*liked), at(*disliked))
    return [
        h.chunk.asset.name for h in recommend(store, KIT, [taste], frozenset({out}), where).values()
    ]


def test_the_nearest_of_what_is_not_known(store: Memory) -> None:
    """The liked item is left out with all its files: the photo of a product belongs to its
    description.
    """
    assert recommended_names(store, [0]) == ["nearer.txt", "near.txt", "below.txt", "far.txt"]


def test_an_item_is_left_out_however_far_its_liked_file_is(store: Memory) -> None:
    """A product's description may look like nothing near it: its photo is no recommendation all the
    same.
    """
    many = [
        Chunk(Asset(f"x{n}", f"/shop/x{n}.txt", "", "text", 1), Span(page=1), "text", text="x")
        for n in range(DEPTH)
    ]
    store.add(many)
    store.add_vectors(ENCODER.space, many, at(*[1.0] * DEPTH))
    store.add_vectors(ENCODER.space, [CHUNKS["liked.txt"]], at(180))
    names = recommended_names(store, [1])
    assert "x0.txt" in names
    assert not {"liked.txt", "liked.jpg"} & set(names)


def test_the_disliked_push_away(store: Memory) -> None:
    """What lies on the disliked one's side falls behind what lies on the other: the centre moves
    from 30 to 60 degrees.
    """
    assert recommended_names(store, [30])[:2] == ["near.txt", "nearer.txt"]
    assert recommended_names(store, [30], [-40]) == [
        "far.txt",
        "near.txt",
        "nearer.txt",
        "below.txt",
    ]
    centre = Taste(ENCODER.space, at(0), at(-60)).centre
    assert float(np.linalg.norm(centre)) == pytest.approx(1)
    assert centre[1] > 0


def test_filters_hold(store: Memory) -> None:
    """Recommended from what the filter leaves."""
    assert recommended_names(store, [0], where="name LIKE 'f%'") == ["far.txt"]


def test_an_item_is_one_result_with_its_best_chunk(store: Memory) -> None:
    """Two files of one stem come once, and say why."""
    taste = Taste(ENCODER.space, at(1), at())
    hits = recommend(store, KIT, [taste], frozenset())
    assert [h.chunk.asset.name for h in hits.values()][:2] == ["liked.jpg", "nearer.txt"]
    assert len(hits) == 5
    assert [w.space for w in hits["/shop/liked"].why] == ["angle"]
    assert list(hits) == sorted(hits, key=lambda k: -hits[k].score)


def test_items_are_stems() -> None:
    """A name without a dot is its own item; dots in folders do not count."""
    chunks = [
        Chunk(Asset(u, u, "", "text", 1), Span(), "text")
        for u in ("/a/b.jpg", "/a/b.txt", "/a.b/c", "/a/b.c.txt", "/a/.b", "/a/.c")
    ]
    assert items(chunks) == {
        "/a/.b": "/a/.b",
        "/a/.c": "/a/.c",
        "/a/b.jpg": "/a/b",
        "/a/b.txt": "/a/b",
        "/a.b/c": "/a.b/c",
        "/a/b.c.txt": "/a/b.c",
    }


def test_no_taste_no_recommendation(store: Memory) -> None:
    """Nothing that any space knows."""
    assert recommend(store, KIT, [], frozenset()) == {}


def test_likeness_is_over_shared_spaces() -> None:
    """The mean of the cosines, none below 0; 0 where nothing is shared."""
    a, b, c = (Hit(CHUNKS[n], 1.0) for n in ("near.txt", "nearer.txt", "far.txt"))
    one, two = at(0)[0], at(60)[0]
    alike = Likeness(
        {"x": {a.chunk.id: one, b.chunk.id: two}, "y": {a.chunk.id: one, b.chunk.id: -one}}
    )
    assert alike(a, b) == pytest.approx(0.25)
    assert alike(a, c) == 0.0


def test_whole_things_are_recommended_not_their_parts() -> None:
    """Who likes a chair is not shown the leg of a stool; what has parts alone shows them."""
    memory = Memory()

    def model_chunk(name: str, node: str) -> Chunk:
        asset = Asset(name, f"/shop/{name}", "model/gltf-binary", "3d", 1)
        part = Part("3d", asset.uri, asset.mime, name, Span(node=node) if node else Span())
        return Chunk(asset, Span(node=node or "model"), "3d", part, text=f"{name} {node}")

    degrees = {
        model_chunk("stool.glb", ""): 40,
        model_chunk("stool.glb", "leg"): 1,
        model_chunk("chair.glb", ""): 20,
        model_chunk("legs.glb", "leg"): 30,
    }
    memory.add(list(degrees))
    memory.add_vectors(ENCODER.space, list(degrees), at(*degrees.values()))
    taste = Taste(ENCODER.space, at(0), at())
    hits = recommend(memory, KIT, [taste], frozenset()).values()
    assert [h.chunk.text for h in hits] == ["chair.glb ", "legs.glb leg", "stool.glb "]


def test_words_beside_a_liking_must_hold_too(store: Memory) -> None:
    """What is alike and as the words say comes before what is only one of both."""
    taste = Taste(ENCODER.space, at(0), np.empty((0, 2), np.float32))
    texts = {"near.txt": "5 wooden", "nearer.txt": "2 iron", "far.txt": "90 wooden"}
    phrase = Memory()
    chunks = [
        Chunk(CHUNKS[n].asset, Span(page=1), "text", text=texts.get(n, str(d)))
        for n, d in NAMES.items()
    ]
    phrase.add(chunks)
    phrase.add_vectors(ENCODER.space, chunks, at(*NAMES.values()))
    hits = recommend(phrase, WORDLESS_KIT, [taste], frozenset({"liked.txt"}), words="but wooden")
    assert [h.chunk.asset.name for h in hits.values()][:2] == ["near.txt", "nearer.txt"]
