"""What likeness found is told by what is known of it; what words found is left to be quoted."""

from __future__ import annotations

from polysense.make.text.describe import Describe
from polysense.types import Asset, Chunk, Evidence, Hit, Part, ScoreExplanation, Span, TextSpan

PICTURE = Part("image", b"pixels")


def evidence(n: int, context: str, text: str = "", *why: ScoreExplanation) -> Evidence:
    chunk = Chunk(
        Asset(f"{n}", f"/kb/ferry-{n}.jpg", "image/jpeg", "image", 1),
        Span(box=(0, 0, 1, 1)),
        "image",
        PICTURE,
        text,
        context,
    )
    return Evidence(n, Hit(chunk, 1.0, why), PICTURE, chunk.span)


def descriptions(*evidence: Evidence) -> list[str]:
    return [str(p.data) for p in Describe().generate((PICTURE,), evidence)]


def test_a_caption_is_told_before_the_words_in_the_picture() -> None:
    """What people wrote about it says more than what stands in it; its similarity comes too."""
    assert descriptions(
        evidence(
            1,
            "The ferry at noon\nOther words",
            "HARBOUR",
            ScoreExplanation("photo", 2, 0.81),
            ScoreExplanation("bm25", 1, 7.0),
        )
    ) == ["ferry-1.jpg: The ferry at noon (0.81 alike) [1]"]
    assert descriptions(evidence(1, "", "HARBOUR")) == ["ferry-1.jpg: HARBOUR [1]"]


def test_what_nothing_is_known_of_is_named() -> None:
    """A name and a place are an answer still."""
    assert descriptions(evidence(2, "")) == ["ferry-2.jpg, whole [2]"]


def test_long_captions_are_cut_at_a_word() -> None:
    """A page around a picture is not its description."""
    text = descriptions(evidence(1, "word " * 100))[0]
    assert len(text) < 200
    assert text.endswith("word … [1]")


def test_quoted_words_are_left_to_others() -> None:
    """Evidence that is a sentence is no likeness: nothing is told, so that the next generator is
    asked.
    """
    passage = Evidence(
        1, evidence(1, "The ferry").hit, Part("text", "The ferry leaves at noon."), Span()
    )
    assert descriptions(passage) == []


def test_what_is_spoken_is_its_own_words() -> None:
    """A narrator reads its caption, the subtitles of a film, else its name in words; never
    "ferry-1.jpg (0.81 alike)".
    """

    def narrations(*evidence: Evidence) -> list[str]:
        return [str(p.meta["spoken"]) for p in Describe().generate((PICTURE,), evidence)]

    assert narrations(
        evidence(1, "The ferry at noon\nOther words", "HARBOUR", ScoreExplanation("photo", 2, 0.81))
    ) == ["The ferry at noon [1]"]
    assert narrations(evidence(3, "", "", ScoreExplanation("photo", 2, 0.81))) == ["ferry 3"]
    film = Chunk(
        Asset("9", "/kb/a.mp4", "video/mp4", "video", 1), Span(), "video", PICTURE,
        "The gate opens.\nThe wheel turns.", "Encoded by x",
        (TextSpan(0, 15, Span(seconds=(0, 1))), TextSpan(16, 32, Span(seconds=(1, 2)))),
    )  # fmt: skip
    assert narrations(Evidence(2, Hit(film, 1.0), PICTURE, Span())) == [
        "The gate opens. The wheel turns. [2]"
    ]
