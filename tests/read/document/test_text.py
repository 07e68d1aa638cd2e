"""Plain text and data read as text."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from polysense.errors import TooLarge
from polysense.read.document import text as module
from polysense.read.document.blocks import Mention
from polysense.read.document.text import TextParser, _tex_document
from polysense.read.file import text as texts
from polysense.retrieve.pinpoint import passage_offsets
from polysense.types import Asset, Chunk, Link


def read(
    path: Path, content: str | bytes | None = None, mime: str = "text/plain"
) -> tuple[list[Chunk], list[Link]]:
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    asset = Asset(
        id="0" * 32, uri=str(path), mime=mime, modality="text", size=path.stat().st_size, path=path
    )
    items = list(TextParser().parse(asset))
    return [f for f in items if isinstance(f, Chunk)], [f for f in items if isinstance(f, Link)]


def test_paragraphs_with_their_lines(tmp_path: Path) -> None:
    (chunk,), links = read(tmp_path / "a.txt", "\nOne is\nhere.\n\n\nTwo: see dog.jpg\n")
    assert chunk.text == "One is\nhere.\n\n\nTwo: see dog.jpg"
    assert chunk.span.lines == (2, 6)
    assert [(link.target, link.words) for link in links] == [
        (str(tmp_path / "dog.jpg"), "Two: see\ndog.jpg")
    ]


def test_long_files_are_read_in_stretches_without_a_seam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WINDOW_CHARS", 2000)
    source = (
        "\n".join(f"{'Word number ' * (n % 7)}{n}." + "\n" * (n % 3 == 0) for n in range(2000))
        + "\n"
        + "long " * 3000
    )
    chunks, _ = read(tmp_path / "a.txt", source)
    assert "".join("".join(c.text for c in chunks).split()) == "".join(source.split())
    lines = source.split("\n")
    for chunk in chunks:
        assert chunk.span.lines
        assert chunk.text.split("\n")[0].strip() in lines[chunk.span.lines[0] - 1]
        if chunk.span.chars:
            assert source[slice(*chunk.span.chars)] == chunk.text
    assert len({c.id for c in chunks}) == len(chunks)


def test_data_is_cut_at_lines(tmp_path: Path) -> None:
    source = (
        "{\n"
        + "".join(f'  "key {n}": "some value. And more",\n' for n in range(100))
        + '  "z": 1\n}\n'
    )
    chunks, _ = read(tmp_path / "a.json", source, "application/json")
    assert len(chunks) > 2
    assert "\n".join(c.text for c in chunks) == source.rstrip("\n")
    assert all(c.modality == "text" and not c.span.chars for c in chunks)


def test_a_line_too_long_for_one_passage_is_told_by_its_characters(tmp_path: Path) -> None:
    source = "[\n" + '{"a": [1, 2, 3], "b": "c d"}, ' * 500 + "\n]"
    chunks, _ = read(tmp_path / "a.json", source, "application/json")
    assert len({c.id for c in chunks}) == len(chunks) > 5
    assert all(source[slice(*c.span.chars)] == c.text for c in chunks if c.span.chars)
    assert sum(c.span.chars is not None for c in chunks) > 5


def test_latex_has_sections_and_pictures_with_captions(tmp_path: Path) -> None:
    (tmp_path / "owl.png").touch()
    source = (
        "\\title{Night \\emph{birds}}\n\\section{Owls}\nThey hunt.\n\\begin{figure}\n"
        "\\includegraphics[width=3cm]{owl}\n\\caption{An \\textbf{owl}}\n\\end{figure}\n"
        "\\section*{Bats}\nThey fly.\n"
    )
    chunks, links = read(tmp_path / "a.tex", source, "application/x-tex")
    assert [c.context for c in chunks if "They" in c.text] == [
        "Night birds > Owls",
        "Night birds > Bats",
    ]
    assert [c.span.lines for c in chunks if "They fly" in c.text] == [(9, 9)]
    assert links[0].target == str(tmp_path / "owl.png")
    assert links[0].words.startswith("An owl\nNight birds > Owls")


def test_encodings(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "中文".encode("utf-16"))[0][0].text == "中文"
    assert read(tmp_path / "b.txt", b"")[0] == []


def test_a_file_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MAX_BYTES", 10)
    with pytest.raises(TooLarge, match=r"a\.txt"):
        read(tmp_path / "a.txt", "more than ten bytes")


@pytest.mark.parametrize(
    "source",
    [
        "a" * 100_000,
        "." * 50_000 + "x",
        "\n" * 50_000,
        "中" * 20_000,
        "\\section{" * 3000,
        "a/" * 9000,
    ],
)
@pytest.mark.parametrize("mime", ["text/plain", "application/json", "application/x-tex"])
def test_hostile_text_is_eaten(tmp_path: Path, source: str, mime: str) -> None:
    chunks, _ = read(tmp_path / "a", source, mime)
    assert all(len(c.text) < 3000 for c in chunks)


def test_naughty_strings(data: Path) -> None:
    path = data / "naughty-strings" / "blns.txt"
    chunks, _ = read(path)
    assert "".join("".join(c.text for c in chunks).split()) == "".join(
        texts.read_text(path).split()
    )


def test_many_pictures_in_one_section_are_read_at_once(tmp_path: Path) -> None:
    """Their lines are looked up, not counted again from the beginning of the section for each."""
    source = "\\section{A}\n" + "\\includegraphics{a.png}\n" * 100_000
    began = time.process_time()
    last = list(_tex_document(source, str(tmp_path)).blocks)[-2]
    assert isinstance(last, Mention)
    assert last.lines == (100_001, 100_001)
    assert time.process_time() - began < 10


def test_records_on_one_line_have_a_place_each(tmp_path: Path) -> None:
    """An export without line breaks: each record is a passage of its own, by its path."""
    source = json.dumps({"berths": [{"id": n, "boat": f"Heron {n}"} for n in range(120)]})
    chunks, _ = read(tmp_path / "a.json", source, "application/json")
    marks = {c.text[m.start : m.end]: m.span for c in chunks for m in c.marks}
    assert len(marks) == 120
    span = marks['{"id": 77, "boat": "Heron 77"}']
    assert str(span) == "L1, berths[77]"
    assert span.chars
    assert source[slice(*span.chars)] == '{"id": 77, "boat": "Heron 77"}'
    whole = {t for c in chunks for t in (c.text[a:b] for a, b in passage_offsets(c))}
    assert whole == set(marks)
    assert str(chunks[0].span).startswith("L1, berths[0]-berths[")


def test_a_long_text_in_a_record_is_read_whole(tmp_path: Path) -> None:
    """In passages, under the record's path."""
    story = " ".join(f"Sentence {n} of the story." for n in range(200))
    source = json.dumps([{"t": story}, {"t": "end"}])
    chunks, _ = read(tmp_path / "a.json", source, "application/json")
    hits = [c for c in chunks if "Sentence 199 of" in c.text]
    assert [str(c.span).split("-")[0] for c in hits] == ["L1, [0].t"]


@pytest.mark.parametrize("name", ["a.sty", "a.cls", "a.bib"])
def test_what_a_package_says_in_comments(tmp_path: Path, name: str) -> None:
    """Is all that many a one says."""
    (chunk,), _ = read(tmp_path / name, "% by Anna, LPPL\n\\def\\x{5}", "application/x-tex")
    assert "by Anna, LPPL" in chunk.text
