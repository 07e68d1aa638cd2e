"""Moments that stand for stretches: who takes the whole, and who the moment."""

from __future__ import annotations

import numpy as np

from polysense.protocols import Encoder, Vectors
from polysense.registry import kit
from polysense.stretch import chunk_part, whole
from polysense.types import Asset, Chunk, Part, Role, Space, Span

FILM = Asset("a" * 32, "/film.mp4", "video/mp4", "video", 9)
STILL = Part("image", b"film", "video/mp4", span=Span(seconds=(3.0, 3.0)))
SCENE = Chunk(FILM, Span(seconds=(2.0, 4.0)), "video", STILL)


class Takes(Encoder):
    """An encoder that takes what it is told."""

    signal = "perceptual"
    space = Space("takes", "1", 2)

    def __init__(self, *accepts: str) -> None:
        self.accepts = frozenset(accepts)

    def encode(self, parts: list[Part], role: Role = "document") -> Vectors:
        return np.ones((len(parts), 2), np.float32) / np.float32(np.sqrt(2))


def test_a_scene_is_whole_for_encoders_of_films_and_a_frame_for_those_of_pictures() -> None:
    """Each gets what it understands most of, stored or asked."""
    own, part = kit(), chunk_part(SCENE)
    assert part == STILL
    for role in ("document", "query"):
        (film,) = own.adapt(Takes("video"), part, role)
        assert (film.modality, film.span.seconds, film.data) == ("video", (2.0, 4.0), b"film")
        assert not film.meta
        assert own.adapt(Takes("image", "video"), part, role) == [film]
        assert own.adapt(Takes("image"), part, role) == [STILL]
        assert own.takes(Takes("video"), part, role)
        assert not own.takes(Takes("audio"), part, role)


def test_what_is_no_moment_stays_as_it_is() -> None:
    """A sound track spans its chunk; a picture has no seconds; a frame may be all there is."""
    sound = Part("audio", b"film", "video/mp4", span=Span(seconds=(2.0, 4.0)))
    for chunk in (
        Chunk(FILM, sound.span, "video", sound),
        Chunk(FILM, Span(box=(0, 0, 1, 1)), "image", Part("image", b"picture")),
        Chunk(FILM, STILL.span, "video", STILL),
        Chunk(FILM, Span(seconds=(0.0, 9.0)), "video", None, "words"),
    ):
        assert chunk_part(chunk) is chunk.part
    assert whole(STILL) is None
