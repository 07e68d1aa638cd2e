"""What a call gives back: an answer says where it is from, and saves itself as what a file's name
asks for.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import BadQuery, NotFound
from polysense.results import Answer, AnswerPart, Turn, turns
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Route, Span

ASSET = Asset("a" * 32, "/home/me/talk.pdf", "application/pdf", "text", 9)
EVIDENCE = (
    Evidence(
        1,
        Hit(Chunk(ASSET, Span(page=1), "text", text="Noon."), 1.0),
        Part("text", "Noon."),
        Span(page=1),
    ),
)
WORDS = AnswerPart(Part("text", "Noon. [1]"), "retrieved")


def answer_of(target: str, *parts: AnswerPart, answered: bool = True) -> Answer:
    return Answer(parts, EVIDENCE, answered, Route(("text",), target))


def test_words_are_saved_with_their_sources(tmp_path: Path) -> None:
    """As .md, .txt, or under any name that asks for nothing else."""
    for name in ("a.md", "a.txt", "answer"):
        assert (
            answer_of("text", WORDS).save(tmp_path / name).read_text()
            == "Noon. [1]\n\n[1] talk.pdf, p. 1\n"
        )


def test_a_thing_is_saved_as_the_file_that_it_is(tmp_path: Path) -> None:
    """What was asked for, or what the name asks for; a reference by the bytes of its file."""
    picture = tmp_path / "a.png"
    picture.write_bytes(b"pixels")
    picture_part = AnswerPart(Part("image", picture), "retrieved")
    code, sound = (
        AnswerPart(Part("code", "x = 1"), "generated"),
        AnswerPart(Part("audio", b"RIFF"), "generated"),
    )
    assert (
        answer_of("image", WORDS, picture_part).save(tmp_path / "b.png").read_bytes() == b"pixels"
    )
    assert answer_of("text", WORDS, picture_part).save(tmp_path / "c.png").read_bytes() == b"pixels"
    assert answer_of("code", WORDS, code, sound).save(tmp_path / "d.py").read_text() == "x = 1\n"
    assert answer_of("code", WORDS, code, sound).save(tmp_path / "d.wav").read_bytes() == b"RIFF"
    assert answer_of("audio", code, sound).save(tmp_path / "e.wav", part=1).read_bytes() == b"RIFF"


def test_nothing_is_not_saved(tmp_path: Path) -> None:
    """No support, no file; a modality that the answer has no part of is an error that says what can
    be.
    """
    with pytest.raises(NotFound, match="nothing to write"):
        answer_of(
            "video", AnswerPart(Part("text", "Nothing found."), "composed"), answered=False
        ).save(tmp_path / "a.mp4")
    with pytest.raises(BadQuery, match=r"text cannot be written as \.mp4"):
        answer_of("text", WORDS).save(tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_code_is_saved_under_the_ending_of_its_language(tmp_path: Path) -> None:
    """Python is not written into page.html: the error names the endings of the code that there is,
    and words are no page.
    """
    chart = AnswerPart(
        Part("code", "graph TD\n", mime="text/x-mermaid", name="diagram.mmd"), "composed"
    )
    program = AnswerPart(
        Part("code", "x = 1\n", mime="text/x-python", name="diagram.py"), "composed"
    )
    page = AnswerPart(Part("code", "<p>1</p>\n", mime="text/html", name="page.html"), "composed")
    with pytest.raises(BadQuery, match=r"code \(\.mmd, \.py\) cannot be written as \.html") as e:
        answer_of("code", WORDS, chart, program).save(tmp_path / "page.html")
    assert e.value.hint == "Name a file that ends in .mmd, .py."
    assert answer_of("code", WORDS, chart, program).save(tmp_path / "a.py").read_text() == "x = 1\n"
    assert (
        answer_of("code", WORDS, program, page).save(tmp_path / "page.htm").read_text()
        == "<p>1</p>\n"
    )
    with pytest.raises(BadQuery, match=r"text cannot be written as \.html"):
        answer_of("text", WORDS).save(tmp_path / "page.html")
    assert {p.name for p in tmp_path.iterdir()} == {"a.py", "page.htm"}


def test_turns_are_pairs_or_turns() -> None:
    """A question and its answer, in words or whole; turns stay as they are."""
    reply = Answer((), (), True, Route(("text",), "text"))
    last = Turn("user", (Part("text", "And then?"),))
    conversation = turns([("How tall?", "Twenty."), ("How old?", reply), last])
    assert [t.role for t in conversation] == ["user", "assistant", "user", "assistant", "user"]
    assert [t.text for t in conversation[:2]] == ["How tall?", "Twenty."]
    assert conversation[3].answer is reply
    assert conversation[4] is last
