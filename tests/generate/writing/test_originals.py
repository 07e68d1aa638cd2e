"""What of a chunk goes to a model as it is."""

from __future__ import annotations

from pathlib import Path

from polysense.generate.writing.originals import original
from polysense.types import PAGE, Asset, Chunk, Part, Span

FILM = Asset("f", "/film.mp4", "video/mp4", "video", 1, path=Path("/film.mp4"))
SECONDS = Span(seconds=(2.0, 4.0))
FRAME = Part("image", FILM.path, "video/mp4", span=Span(seconds=(3.0, 3.0)))


def test_a_film_is_its_seconds_or_the_moment_that_stands_for_them() -> None:
    """By what the model accepts; subtitles, which have no part, too."""
    for part in (FRAME, Part("audio", FILM.path, "video/mp4", span=SECONDS), None):
        chunk = Chunk(FILM, SECONDS, "video", part, text="High water.")
        clip = original(chunk, {"text", "image", "video"})
        assert clip is not None
        assert (clip.modality, clip.data, clip.span) == ("video", FILM.path, SECONDS)
    assert original(Chunk(FILM, SECONDS, "video", FRAME), {"text", "image"}) == FRAME
    sound = Part("audio", FILM.path, "video/mp4", span=SECONDS)
    assert original(Chunk(FILM, SECONDS, "video", sound), {"text", "audio"}) == sound


def test_a_page_is_a_picture() -> None:
    """What encoders of pages have found, a model that sees can look at."""
    paper = Asset("p", "/p.pdf", "application/pdf", "text", 1)
    page = Part(PAGE, b"...", "application/pdf", span=Span(page=3))
    chunk = Chunk(paper, Span(page=3), "text", page)
    picture = original(chunk, {"text", "image"})
    assert picture is not None
    assert (picture.modality, picture.span.page) == ("image", 3)


def test_words_are_sent_as_words() -> None:
    """Of a passage there is no original, nor of what the model does not take."""
    paper = Asset("p", "/p.md", "text/markdown", "text", 1)
    words = Chunk(paper, Span(lines=(1, 2)), "text", text="High water.")
    assert original(words, {"text", "image", "video"}) is None
    assert original(Chunk(FILM, SECONDS, "video", FRAME), {"text"}) is None
