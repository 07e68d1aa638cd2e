"""Code is cut where it is defined, to the line, and plain words find it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import TooLarge
from polysense.read.code.code import MAX_CHARS, MAX_LINES, CodeParser, identifier_words
from polysense.read.file import text
from polysense.read.file.mime import CODE_TYPES, sniff
from polysense.types import Asset, Chunk, Span

MODULE = '''"""Shapes and their areas."""

import math

PI = math.pi


class RoundShape(Shape):
    """Anything with a radius."""

    sides = 0

    def __init__(self, radius):
        self.radius = radius

    def getArea(self, unit_name="cm"):
        """How much room it takes."""
        # squared
        area = PI * self.radius**2
        return convert_units(area, unit_name)


def compute_total_area(shapes):
    return sum(s.getArea() for s in shapes)


print("done")
'''


def parse(path: Path, **settings: Any) -> list[Chunk]:
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime=sniff(path),
        modality="code",
        size=path.stat().st_size,
        path=path,
    )
    chunks = list(CodeParser(**settings).parse(asset))
    assert len({c.id for c in chunks}) == len(chunks)
    assert all(c.modality == "code" and c.span.lines for c in chunks)
    return chunks


def write(tmp_path: Path, name: str, source: str) -> Path:
    path = tmp_path / name
    path.write_text(source)
    return path


def test_definitions_and_what_lies_between(tmp_path: Path) -> None:
    """Module head, class head with its members, methods, functions, and the rest: each with symbol,
    kind and lines.
    """
    chunks = parse(write(tmp_path, "shapes.py", MODULE))
    assert [(c.meta["kind"], c.meta["symbol"], c.span.lines) for c in chunks] == [
        ("module", "", (1, 5)),
        ("class", "RoundShape", (8, 11)),
        ("method", "RoundShape.__init__", (13, 14)),
        ("method", "RoundShape.getArea", (16, 20)),
        ("function", "compute_total_area", (23, 24)),
        ("module", "", (27, 27)),
    ]
    head, method = chunks[1], chunks[3]
    assert "Members: __init__(self, radius); getArea(self" in head.text
    assert method.context.splitlines()[0].endswith(
        'shapes.py > RoundShape(Shape) > getArea(self, unit_name="cm")'
    )
    assert {"round", "shape", "get", "convert", "units"} <= set(
        method.context.splitlines()[1].split()
    )
    at = method.text.index("return")
    assert method.place(at, at + 6) == Span(lines=(20, 20))
    assert method.meta["language"] == "python"


def test_long_functions_are_cut_by_lines(tmp_path: Path) -> None:
    """At blank or little indented lines; no piece is larger than a screen."""
    body = "".join(
        f"    if x == {i}:\n        y = {i}\n" + ("\n" if i % 10 == 9 else "") for i in range(100)
    )
    chunks = parse(write(tmp_path, "a.py", f"def long(x):\n{body}    return y\n"))
    assert len(chunks) > 3
    assert {c.meta["symbol"] for c in chunks} == {"long"}
    assert all(c.text.count("\n") < MAX_LINES and len(c.text) <= MAX_CHARS + 100 for c in chunks)
    assert all(c.text.lstrip().startswith("if") for c in chunks[1:-1])


def test_languages_without_grammar_are_cut_by_blank_lines(tmp_path: Path) -> None:
    """In blocks of about forty lines."""
    chunks = parse(
        write(
            tmp_path,
            "a.lua",
            "".join(f"local v{i} = {i}\n" + ("\n" if i % 7 == 6 else "") for i in range(100)),
        )
    )
    assert [c.span.lines for c in chunks] == [(1, 39), (41, 79), (81, 114)]
    assert chunks[0].meta == {"language": "lua", "symbol": "", "kind": "module"}


def test_minified_code_is_one_chunk_that_says_so(tmp_path: Path) -> None:
    """Half a megabyte on one line costs one chunk and little time."""
    (chunk,) = parse(
        write(tmp_path, "three.min.js", "var animateScene=function(t){return t};" * 13_000)
    )
    assert chunk.text.startswith("Minified javascript, 507,000 characters")
    assert "animateScene" in chunk.text
    assert len(chunk.text) < 1500
    assert chunk.span == Span(lines=(1, 1))


def test_a_long_line_is_cut_not_the_file(tmp_path: Path) -> None:
    """Data inside code does not crowd out the code."""
    chunks = parse(
        write(
            tmp_path,
            "a.py",
            "def f():\n    return 1\n\n\nDATA = '" + "x" * 4000 + "'\n\n\ndef g():\n    return 2\n",
        )
    )
    assert [c.meta["symbol"] for c in chunks] == ["f", "", "g"]
    assert len(chunks[1].text) < 1100


def test_too_many_lines_are_told(tmp_path: Path) -> None:
    """What was read before stays."""
    asset_path = write(tmp_path, "a.py", "x = y\n" * 500)
    asset = Asset(
        id="0" * 32,
        uri=str(asset_path),
        mime="text/x-python",
        modality="code",
        size=1,
        path=asset_path,
    )
    source = CodeParser(lines=100).parse(asset)
    assert next(source).span.lines == (1, 40)
    with pytest.raises(TooLarge, match="first 100 of 501 lines"):
        list(source)


RAW = [
    b"",
    b"\n \n",
    "def f(): 1".encode("utf-16"),
    b"def f():\r\n    return 1\r\n",
    b"# gr\xf6\xdfe\ndef f(): pass\n",
    b"}" * 9000,
]


@pytest.mark.parametrize("raw", RAW)
def test_any_bytes_are_read(tmp_path: Path, raw: bytes) -> None:
    """Encodings, line ends and rubbish."""
    for ending in ("py", "js", "c", "zig"):
        path = tmp_path / f"a.{ending}"
        path.write_bytes(raw)
        assert all(c.text.strip() for c in parse(path))


def test_identifiers_are_split_into_words() -> None:
    """Humps, underscores, digits and abbreviations."""
    assert identifier_words("HTTPServerError") == ["http", "server", "error"]
    assert identifier_words("_load2d_mesh") == ["load", "2", "d", "mesh"]


REAL = [
    "code-networkx/networkx/algorithms/flow",
    "code-networkx/networkx/classes",
    "code-repoeval/deepmind--tracr",
    "mixed-web-course",
]


@pytest.mark.parametrize("folder", REAL)
def test_real_code_loses_no_line(data: Path, folder: str) -> None:
    """Every line with a letter lies in exactly one chunk, as it stands in the file."""
    file_count = 0
    for path in sorted((data / folder).rglob("*")):
        if not path.is_file() or sniff(path) not in CODE_TYPES:
            continue
        lines, lines_of_chunks = text.read_text(path).split("\n"), dict[int, str]()
        chunks = parse(path)
        if any(c.meta["kind"] == "minified" for c in chunks):
            continue
        for chunk in chunks:
            for mark in chunk.marks:
                (n, _) = mark.span.lines or (0, 0)
                assert n not in lines_of_chunks
                lines_of_chunks[n] = chunk.text[mark.start : mark.end]
        assert all(
            lines_of_chunks.get(n, "") == line
            for n, line in enumerate(lines, 1)
            if re.search(r"[^\W\d_]", line) and len(line) < 1000
        ), path
        file_count += 1
    assert file_count > 3
