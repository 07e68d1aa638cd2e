"""What a terminal shows of an answer in the making."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from polysense.cli.answers import answer_listener, check_code, check_output, modalities_of
from polysense.errors import BadQuery
from polysense.events import GenerationStep
from polysense.library import Library
from polysense.types import Part


def test_a_bar_that_was_given_up_is_left_on_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said next is not glued to it; while a model is loaded no line is drawn at all."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    hear = answer_listener(True)
    hear(GenerationStep(0, 0))
    hear(Part("text", "High water is at noon."))
    assert capsys.readouterr().err == ""
    hear(GenerationStep(1, 30))
    hear(Part("text", "The moon pulls the sea."))
    output = capsys.readouterr().err
    assert "1/30" in output
    assert output.count("\n") == 1
    hear(GenerationStep(30, 30))
    hear(Part("image", b"x"))
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("streams", [True, False])
def test_sentences_and_steps(streams: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences where they are asked for; steps never among them, for they may be read by a
    program.
    """
    hear = answer_listener(streams)
    hear(GenerationStep(1, 2))
    hear(Part("text", "High water is at noon."))
    hear(Part("image", b"x"))
    assert capsys.readouterr().out == ("High water is at noon.\n" if streams else "")


@pytest.mark.parametrize(
    ("to", "output", "modalities"),
    [
        ("", "", ["text"]),
        ("", "notes.md", ["text"]),
        ("", "sums.xlsx", ["table"]),
        ("", "page.html", ["code"]),
        ("", "chair.glb", ["3d"]),
        ("image", "x.csv", ["image"]),
        ("text, image", "x.csv", ["text", "image"]),
    ],
)
def test_the_ending_says_what_is_wanted(to: str, output: str, modalities: list[str]) -> None:
    """Where nothing else does: words cannot be a spreadsheet, and were refused after the work."""
    assert modalities_of(to, output) == modalities


def test_where_nothing_can_be_written_is_told_first(tmp_path: Path) -> None:
    """A folder that is not there, and a folder in place of a file."""
    with pytest.raises(FileNotFoundError, match="none"):
        check_output(str(tmp_path / "none" / "a.png"), ["image"])
    with pytest.raises(IsADirectoryError):
        check_output(str(tmp_path), ["image"])
    with pytest.raises(BadQuery, match="cannot be written as"):
        check_output(str(tmp_path / "a.mp3"), ["image"])
    with pytest.raises(BadQuery, match="-o names a file"):
        check_output("-", ["text"])
    check_output(str(tmp_path / "a.png"), ["image"])
    check_output("", ["image"])


def test_a_folder_is_never_written_as_a_file(tmp_path: Path) -> None:
    """What ends in a slash is a folder, there or not; what is a file holds no other."""
    with pytest.raises(FileNotFoundError, match="none"):
        check_output(f"{tmp_path}/none/", ["text"])
    with pytest.raises(IsADirectoryError):
        check_output(f"{tmp_path}/", ["text"])
    (tmp_path / "notes").write_text("High water is at noon.")
    for name in ("notes/", "notes/x.txt", "notes/deep/x.txt"):
        with pytest.raises(NotADirectoryError, match=r"notes'$"):
            check_output(f"{tmp_path}/{name}", ["text"])


@pytest.mark.parametrize(
    ("name", "modality"), [("a.webm", "video"), ("a.avif", "image"), ("a.zip", "the answer")]
)
def test_what_is_never_written_is_called_by_its_kind(
    name: str, modality: str, tmp_path: Path
) -> None:
    """Nobody who names a film asks for words."""
    with pytest.raises(BadQuery, match=f"^{modality} cannot be written as"):
        check_output(str(tmp_path / name), modalities_of("", name))


def test_code_that_nothing_writes_is_refused_first(tmp_path: Path) -> None:
    """Of notes a page is made and no program; of code a program may be, but no drawing."""
    (tmp_path / "notes.txt").write_text("High water is at noon.")
    with Library(tmp_path / "library") as kb:
        kb.index(tmp_path / "notes.txt")
        check_code(kb, "a.html", ["code"])
        check_code(kb, "a.png", ["image"])
        for name in ("a.py", "a.svg"):
            with pytest.raises(BadQuery, match="nothing here can be written as"):
                check_code(kb, name, ["code"])
        (tmp_path / "tide.rs").write_text("fn tide() -> u32 {\n    12\n}\n")
        kb.index(tmp_path / "tide.rs")
        check_code(kb, "a.rs", ["code"])
        with pytest.raises(BadQuery, match="nothing here can be written as"):
            check_code(kb, "a.svg", ["code"])
