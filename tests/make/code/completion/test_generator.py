"""Half a function is known for one, in every language; it is finished as its like goes, under its
own names, or not at all.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

from polysense import Code, Library, registry
from polysense.ingest.workers import Limits
from polysense.make.code.completion.generator import Completion
from polysense.read.code.code import CodeParser
from polysense.read.file.mime import sniff
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part

CHUNKS = '''"""Cutting."""
from __future__ import annotations

import itertools, os
from collections.abc import Iterator

from .units import LIMIT

WIDE = 3


def chunked(values, n):
    """Yield lists of at most n values."""
    it = iter(values)
    while part := list(itertools.islice(it, min(n, LIMIT, WIDE))):
        # never an empty one
        yield part


def total(values):
    """The sum of all of them."""
    return sum(values)
'''
UNITS = 'LIMIT = 100\n\n\ndef metres(feet):\n    """Feet in metres."""\n    return feet * 0.3048\n'
STUB = 'def batched(items, size):\n    """Yield lists of at most size."""'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A package of two modules."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name, source in (("__init__.py", ""), ("chunks.py", CHUNKS), ("units.py", UNITS)):
        (folder / name).write_text(source)
    return folder


def evidence(path: Path) -> list[Evidence]:
    """The pieces of a file, as the parser gives them."""
    asset = Asset("0" * 32, str(path), sniff(path), "code", path.stat().st_size, path=path)
    chunks = [c for c in CodeParser().parse(asset) if isinstance(c, Chunk)]
    return [Evidence(n, Hit(c, 1.0), Part("text", c.text), c.span) for n, c in enumerate(chunks, 1)]


def complete(question: str | Part, *paths: Path) -> Part | None:
    query = (Part("text", question) if isinstance(question, str) else question,)
    parts = list(Completion().generate(query, [e for p in paths for e in evidence(p)]))
    assert len(parts) <= 1
    return parts[0] if parts else None


def code(question: str | Part, *paths: Path) -> str:
    part = complete(question, *paths)
    assert part is not None
    return str(part.data)


def test_the_rest_comes_under_the_names_given_with_imports(shop: Path) -> None:
    """Parameters are renamed, imports come along: those of the file, relative ones made absolute,
    and what the file itself defines.
    """
    part = complete(STUB, shop / "chunks.py")
    assert part is not None
    assert part.data == (
        "import itertools\nfrom shop.units import LIMIT\nfrom shop.chunks import WIDE\n\n\n"
        + STUB
        + "\n"
        "    # from chunks.py, L12-17\n"
        "    it = iter(items)\n"
        "    while part := list(itertools.islice(it, min(size, LIMIT, WIDE))):\n"
        "        # never an empty one\n"
        "        yield part\n"
    )
    assert (part.name, part.mime, part.meta["missing"], part.meta["lines"]) == (
        "batched.py",
        "text/x-python",
        [],
        "L12-17",
    )
    assert (
        evidence(shop / "chunks.py")[part.meta["evidence"][0] - 1].hit.chunk.meta["symbol"]
        == "chunked"
    )


def test_it_runs(shop: Path) -> None:
    """Put in a file beside the package, it works."""
    (shop.parent / "own.py").write_text(
        code(STUB, shop / "chunks.py") + "\nprint(list(batched('abcde', 2)))\n"
    )
    process = subprocess.run(
        [sys.executable, "-W", "error", "own.py"],
        cwd=shop.parent,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert process.stdout == "[['a', 'b'], ['c', 'd'], ['e']]\n"


def test_a_function_broken_off_goes_on_from_there(shop: Path) -> None:
    """What is written stays, the line being written is finished, and nothing is said twice; where
    it leads elsewhere nothing is given.
    """
    for start in (
        "    it = iter(items)\n    while part := list(itertools.islice(it, size)):",
        "    it = iter(items)\n    while part := li",
    ):
        source = code(f"{STUB}\n{start}\n", shop / "chunks.py")
        body = source.partition('size."""\n')[2]
        assert body.startswith("    it = iter(items)\n")
        assert body.endswith("        yield part\n")
        assert body.count("while part") == 1
        ast.parse(source)
    assert complete(f"{STUB}\n    for number in range(10):\n", shop / "chunks.py") is None


def test_a_file_is_finished_in_its_place(shop: Path, tmp_path: Path) -> None:
    """The one function that has only words is filled in; all else in the file stays as it was, and
    imports that are there are not repeated.
    """
    path = tmp_path / "unfinished.py"
    path.write_text(
        f'"""Own."""\nimport itertools\n\n\n{STUB}\n\n\ndef other(it):\n    return os.sep\n'
    )
    part = complete(Code(path), shop / "chunks.py")
    assert part is not None
    source = str(part.data)
    assert source.startswith(
        '"""Own."""\nfrom shop.units import LIMIT\nfrom shop.chunks import WIDE\nimport itertools\n\n\ndef batched'
    )
    assert source.endswith("        yield part\n\n\ndef other(it):\n    return os.sep\n")
    assert part.name == "unfinished.py"


def test_methods_keep_their_class(tmp_path: Path) -> None:
    """A method is indented as its class is, its own calls are renamed, and those of other objects
    are not.
    """
    path = tmp_path / "store.py"
    path.write_text(
        "class Shelf:\n"
        + "    x = 1\n" * 12
        + '    def load(self, path, deep=2):\n        """Read the things kept at a path."""\n'
        "        found = [self.load(p) for p in path.walk(deep)]\n        return found or path.load(Shelf)\n"
    )
    source = code(
        'class Box:\n  def fetch(self, path):\n    """Read the things kept at a path."""\n', path
    )
    assert source == (
        'class Box:\n  def fetch(self, path):\n    """Read the things kept at a path."""\n    # from store.py, L14-17\n    deep = 2\n'
        "    found = [self.fetch(p) for p in path.walk(deep)]\n    return found or path.load(Box)\n"
    )


def test_what_a_default_needs_comes_too(tmp_path: Path) -> None:
    """A parameter too many gets its default in the body, and what that names is imported."""
    path = tmp_path / "grid.py"
    path.write_text(
        'SCALE = 2\n\n\ndef area(width, height, scale=SCALE):\n    """The area of a field."""\n    return width * height * scale\n'
    )
    part = complete('def area(width, height):\n    """The area of a field."""', path)
    assert part is not None
    assert "from grid import SCALE\n" in str(part.data)
    assert (
        "    # from grid.py, L4-6\n    scale = SCALE\n    return width * height * scale\n"
        in str(part.data)
    )


def test_what_nothing_gives_is_said(tmp_path: Path) -> None:
    """A parameter too many without a default, or a name from nowhere: the line that tells the
    source tells that too.
    """
    path = tmp_path / "grid.py"
    path.write_text(
        'def area(width, height, unit):\n    """The area of a field in square metres."""\n    return width * height * unit * FACTOR\n'
    )
    part = complete(
        'def area(width, height):\n    """The area of a field in square metres."""', path
    )
    assert part is not None
    assert part.meta["missing"] == ["unit", "FACTOR"]
    assert "    # from grid.py, L1-3; not given here: unit, FACTOR\n" in str(part.data)


def test_nothing_where_nothing_is_like_it(shop: Path) -> None:
    """Neither for other work, nor for a finished function or a question, nor from evidence of
    another language, nor from none.
    """
    for question in (
        'def moon(colour, /, *rest):\n    """Paint it."""',
        "How are lists cut?",
        f"{STUB}\n    return []",
        "",
    ):
        assert complete(question, shop / "chunks.py", shop / "units.py") is None
    (shop / "a.js").write_text(
        "// Yield lists of at most size.\nfunction batched(items, size) {\n  return items.slice(size);\n}\n"
    )
    assert complete(STUB, shop / "a.js") is None
    assert complete(STUB) is None
    own = shop / "own.py"
    own.write_text(STUB + "\n")
    assert complete(Code(own), own) is None


def test_a_file_that_is_gone_still_serves(shop: Path) -> None:
    """The words of the piece itself are enough for the body."""
    pieces = evidence(shop / "chunks.py")
    (shop / "chunks.py").unlink()
    (part,) = Completion().generate((Part("text", STUB),), pieces)
    assert (
        "    # from chunks.py, L12-17; not given here: LIMIT, WIDE, itertools\n    it = iter(items)\n"
        in str(part.data)
    )
    ast.parse(str(part.data))


TWINS = {
    "js": ("import { LIMIT } from './units.js';\n\nexport function chunked(values, n) {\n  // lists of at most n\n  const out = [];\n"
           "  for (let i = 0; i < values.length; i += n) {\n    out.push(values.slice(i, i + Math.min(n, LIMIT)));\n  }\n  return out;\n}\n",
           "function batched(items, size) {\n  // lists of at most size\n",
           "import { LIMIT } from './units.js';\n\nfunction batched(items, size) {\n  // lists of at most size\n  // from a.js, L3-10\n"
           "  const out = [];\n  for (let i = 0; i < items.length; i += size) {\n"
           "    out.push(items.slice(i, i + Math.min(size, LIMIT)));\n  }\n  return out;\n}\n"),
    "java": ("class Sums {\n  // the sum of a list of numbers\n  int sum(List<Integer> all) {\n    int t = 0;\n    for (int x : all) {\n"
             "      t += x;\n    }\n    return t;\n  }\n}\n",
             "class Totals {\n  // the sum of a list of numbers\n  int sum(List<Integer> these) {\n    int t = 0;\n    for (int x : these) {\n",
             "class Totals {\n  // the sum of a list of numbers\n  int sum(List<Integer> these) {\n    int t = 0;\n    for (int x : these) {\n"
             "      // from a.java, L3-9\n      t += x;\n    }\n    return t;\n  }\n}\n"),
    "go": ("package a\n\n// sum adds all numbers\nfunc sum(all []int) int {\n\tt := 0\n\tfor _, x := range all {\n\t\tt += x\n\t}\n\treturn t\n}\n",
           "package b\n\n// sum adds all numbers\nfunc sum(xs []int) int {\n",
           "package b\n\n// sum adds all numbers\nfunc sum(xs []int) int {\n\t// from a.go, L4-10\n\tt := 0\n\tfor _, x := range xs {\n\t\tt += x\n"
           "\t}\n\treturn t\n}\n"),
    "rb": ("# the sum of all numbers\ndef sum(all)\n  t = 0\n  all.each { |x| t += x }\n  t\nend\n",
           "# the sum of all numbers\ndef sum(these)\n",
           "# the sum of all numbers\ndef sum(these)\n    # from a.rb, L2-6\n    t = 0\n    these.each { |x| t += x }\n    t\nend\n"),
}  # fmt: skip


@pytest.mark.parametrize("ending", TWINS)
def test_other_languages_are_finished_too(ending: str, tmp_path: Path) -> None:
    """With their own comments, braces closed where they were opened, in the indent of what was
    given.
    """
    source, stub, expected = TWINS[ending]
    path, half = tmp_path / f"a.{ending}", tmp_path / f"half.{ending}"
    path.write_text(source)
    half.write_text(stub)
    assert code(Code(half), path) == expected


def test_hostile_questions_end(shop: Path) -> None:
    """Endless brackets, blanks, fences and heads are looked at for a moment only, and nothing is
    raised.
    """
    odd = ["def f(" * 5000, "def f(x):\n" + " " * 200_000, "def f(x):\n" + "(" * 100_000, "`" * 100_000, "a b(" + "x " * 100_000 + "\n",
           "def f(x):\n" * 3000, "f(x) {\n" * 3000, "class A:\n" * 2000 + "def f(x):", "def f(x):\n    y = 1\n" + "\n" * 100_000 + "    z = (",
           "import os\n" * 20_000 + "def f(x):", "\0" * 1000 + "def f(x):", "def f(\ud800):\n"]  # fmt: skip
    for question in odd:
        start = time.perf_counter()
        list(Completion().generate((Part("text", question),), evidence(shop / "chunks.py")))
        assert time.perf_counter() - start < 10, question[:30]


def test_a_library_finishes_in_rounds(shop: Path, tmp_path: Path, bare: registry.Kit) -> None:
    """Asked for code, half a function is finished, cited and called composed; asked for words, or
    as a question, it is as ever.
    """
    specs = bare.specs | {
        "generators": (*(s for s in bare.specs["generators"] if s != "completion"), "completion")
    }
    with Library(
        tmp_path / "kb", kit=registry.kit_from_specs(specs), limits=Limits(workers=1)
    ) as kb:
        kb.index(shop)
        answer = kb.ask(STUB, to="code")
        assert (answer.answered, answer.parts[0].origin) == (True, "composed")
        assert "it = iter(items)" in str(answer.parts[0].part.data)
        assert answer.evidence[0].hit.chunk.asset.name == "chunks.py"
        assert answer.parts[0].part.meta["evidence"] == [1]
        assert "completion" in str(answer.route)
        other_answer = kb.ask("Where is the sum of all values?", to="code")
        assert (other_answer.parts[0].origin, "completion" in str(other_answer.route)) == (
            "retrieved",
            False,
        )
        assert "completion" not in str(kb.ask(STUB, to="text").route)
        assert "completion" not in str(
            kb.ask('def moon(colour):\n    """Sum it."""', to="code").route
        )


def test_the_contract(shop: Path) -> None:
    """What is asked of every generator."""
    check_generator(Completion(), evidence(shop / "chunks.py"), STUB)


@pytest.mark.slow
def test_real_functions_always_parse(data: Path) -> None:
    """Functions of real files, cut in the middle or at their words, come out as Python or not at
    all.
    """
    tries = finished = 0
    for path in sorted((data / "code-networkx").rglob("*.py"))[::40]:
        pieces, lines = evidence(path), path.read_text().split("\n")
        for stop in range(5, len(lines), 60):
            tries += 1
            part = next(
                Completion().draft(
                    (Part("code", "\n".join(lines[:stop]), name="half.py"),), pieces
                ),
                None,
            )
            if part is not None:
                finished += 1
                ast.parse(str(part.data))
    assert tries > 50
    assert finished > 5
