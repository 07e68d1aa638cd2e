"""Code is cut where it is defined, to the line, and plain words find it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import TooLarge
from polysense.read.code.code import CHARS, LINES, CodeParser, split
from polysense.read.file import text
from polysense.read.file.mime import CODE, sniff
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
    found = list(CodeParser(**settings).parse(asset))
    assert len({c.id for c in found}) == len(found)
    assert all(c.modality == "code" and c.span.lines for c in found)
    return found


def written(tmp_path: Path, name: str, source: str) -> Path:
    path = tmp_path / name
    path.write_text(source)
    return path


def test_definitions_and_what_lies_between(tmp_path: Path) -> None:
    """Module head, class head with its members, methods, functions, and the rest: each with symbol,
    kind and lines.
    """
    found = parse(written(tmp_path, "shapes.py", MODULE))
    assert [(c.meta["kind"], c.meta["symbol"], c.span.lines) for c in found] == [
        ("module", "", (1, 5)),
        ("class", "RoundShape", (8, 11)),
        ("method", "RoundShape.__init__", (13, 14)),
        ("method", "RoundShape.getArea", (16, 20)),
        ("function", "compute_total_area", (23, 24)),
        ("module", "", (27, 27)),
    ]
    head, method = found[1], found[3]
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
    found = parse(written(tmp_path, "a.py", f"def long(x):\n{body}    return y\n"))
    assert len(found) > 3
    assert {c.meta["symbol"] for c in found} == {"long"}
    assert all(c.text.count("\n") < LINES and len(c.text) <= CHARS + 100 for c in found)
    assert all(c.text.lstrip().startswith("if") for c in found[1:-1])


def test_languages_without_grammar_are_cut_by_blank_lines(tmp_path: Path) -> None:
    """In blocks of about forty lines."""
    found = parse(
        written(
            tmp_path,
            "a.lua",
            "".join(f"local v{i} = {i}\n" + ("\n" if i % 7 == 6 else "") for i in range(100)),
        )
    )
    assert [c.span.lines for c in found] == [(1, 39), (41, 79), (81, 114)]
    assert found[0].meta == {"language": "lua", "symbol": "", "kind": "module"}


def test_minified_code_is_one_chunk_that_says_so(tmp_path: Path) -> None:
    """Half a megabyte on one line costs one chunk and little time."""
    (found,) = parse(
        written(tmp_path, "three.min.js", "var animateScene=function(t){return t};" * 13_000)
    )
    assert found.text.startswith("Minified javascript, 507,000 characters")
    assert "animateScene" in found.text
    assert len(found.text) < 1500
    assert found.span == Span(lines=(1, 1))


def test_a_long_line_is_cut_not_the_file(tmp_path: Path) -> None:
    """Data inside code does not crowd out the code."""
    found = parse(
        written(
            tmp_path,
            "a.py",
            "def f():\n    return 1\n\n\nDATA = '" + "x" * 4000 + "'\n\n\ndef g():\n    return 2\n",
        )
    )
    assert [c.meta["symbol"] for c in found] == ["f", "", "g"]
    assert len(found[1].text) < 1100


def test_too_many_lines_are_told(tmp_path: Path) -> None:
    """What was read before stays."""
    asset_path = written(tmp_path, "a.py", "x = y\n" * 500)
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
    assert split("HTTPServerError") == ["http", "server", "error"]
    assert split("_load2d_mesh") == ["load", "2", "d", "mesh"]


REAL = [
    "code-networkx/networkx/algorithms/flow",
    "code-networkx/networkx/classes",
    "code-repoeval/deepmind--tracr",
    "mixed-web-course",
]


@pytest.mark.parametrize("folder", REAL)
def test_real_code_loses_no_line(data: Path, folder: str) -> None:
    """Every line with a letter lies in exactly one chunk, as it stands in the file."""
    read = 0
    for path in sorted((data / folder).rglob("*")):
        if not path.is_file() or sniff(path) not in CODE:
            continue
        lines, seen = text.read(path).split("\n"), dict[int, str]()
        found = parse(path)
        if any(c.meta["kind"] == "minified" for c in found):
            continue
        for chunk in found:
            for mark in chunk.marks:
                (n, _) = mark.span.lines or (0, 0)
                assert n not in seen
                seen[n] = chunk.text[mark.start : mark.end]
        assert all(
            seen.get(n, "") == line
            for n, line in enumerate(lines, 1)
            if re.search(r"[^\W\d_]", line) and len(line) < 1000
        ), path
        read += 1
    assert read > 3
