"""Long lines of code: rows and sentences in pieces, data abridged, packed scripts summed up."""

from __future__ import annotations

import base64
import random
from pathlib import Path

from polysense.read.code.code import CodeParser
from polysense.read.code.long_lines import PIECE_CHARS, abridge_blobs, is_packed
from polysense.types import Asset, Chunk


def parse(path: Path, mime: str, source: str) -> list[Chunk]:
    path.write_text(source, "utf-8")
    chunks = list(CodeParser().parse(Asset("0", str(path), mime, "code", 1, path=path)))
    assert len({c.id for c in chunks}) == len(chunks)
    return chunks


def blob(size: int) -> str:
    return base64.b64encode(random.Random(1).randbytes(size)).decode()


def test_a_picture_inside_code_leaves_the_functions(tmp_path: Path) -> None:
    """Base64 of many kilobytes is abridged; what stands above and below is read whole."""
    source = f'def up():\n    return 1\n\nLOGO = "{blob(9000)}"\n\ndef down():\n    return 2\n'
    chunks = parse(tmp_path / "a.py", "text/x-python", source)
    assert [(c.meta["symbol"], c.span.lines) for c in chunks] == [
        ("up", (1, 2)),
        ("", (4, 4)),
        ("down", (6, 7)),
    ]
    assert "12,000 characters" in chunks[1].text
    assert len(chunks[1].text) < 100


def test_each_row_of_a_dump_on_one_line_is_found(tmp_path: Path) -> None:
    """A mark for each row, at its characters; none is lost."""
    rows = ",".join(f"({n},'pier {n}','berth {n * 7}')" for n in range(900))
    source = f"CREATE TABLE piers (id int);\nINSERT INTO piers VALUES {rows};\nCOMMIT;\n"
    chunks = parse(tmp_path / "dump.sql", "text/x-sql", source)
    marks = {c.text[m.start : m.end]: m.span for c in chunks for m in c.marks}
    span = marks["(713,'pier 713','berth 4991'),"]
    assert span.lines == (2, 2)
    assert span.chars
    assert source[slice(*span.chars)].strip() == "(713,'pier 713','berth 4991'),"
    assert sum(text.startswith("(") for text in marks) == 899
    assert max(len(c.text) for c in chunks) < 1.2 * PIECE_CHARS


def test_long_sentences_in_strings_are_read_to_their_end(tmp_path: Path) -> None:
    """Nothing behind the first thousand characters of a line is lost."""
    words = "the gate of the lock opens at dawn " * 60
    source = f'const a = "{words}";\nconst b = "{words} unless the heron sleeps";\n'
    chunks = parse(tmp_path / "a.ts", "text/x-typescript", source)
    hits = [c for c in chunks if "heron sleeps" in c.text]
    assert [c.span.lines for c in hits] == [(2, 2)]


def test_a_packed_line_leaves_the_others(tmp_path: Path) -> None:
    """A script that a program packed is summed up where it stands; the function below is read."""
    packed = "var a=function(t){return t.b};" * 400
    source = f"/* licence */\n{packed}\nfunction openGate(x) {{\n  return x;\n}}\n"
    chunks = parse(tmp_path / "a.js", "text/javascript", source)
    assert [c.meta["kind"] for c in chunks] == ["module", "minified", "function"]
    assert chunks[1].span.lines == (2, 2)


def test_what_is_packed() -> None:
    """Rows of SQL, sentences and data are not, however long."""
    assert is_packed("var a=function(t){return t.b};" * 400, "text/javascript")
    assert not is_packed("(1,'a','b')," * 400, "text/x-sql")
    assert not is_packed('"the gate is open" ' * 400, "text/javascript")
    assert not is_packed(f"const a = '{blob(9000)}'", "text/javascript")
    assert abridge_blobs("x = 1") == "x = 1"
