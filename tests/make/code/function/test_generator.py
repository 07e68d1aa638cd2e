"""Code answers are the very lines of their file, with what they need on top; a name or signature
that is asked for is put in.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from polysense.make.code.function.generator import Function
from polysense.read.code.code import CodeParser
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

SOURCE = '''"""Ask the gauge."""

from __future__ import annotations

import json, os
import time
from typing import Any, Callable

WAIT = 0.5


class Silent(Exception):
    """No reading."""


def pause(attempt):
    time.sleep(WAIT * 2**attempt)


# tries again
def with_retry(call: Callable[[], Any], attempts: int = 4) -> Any:
    """Call until it works."""
    for attempt in range(attempts):
        try:
            return call()
        except OSError:
            print(f"attempt {attempt} of {attempts}")
            pause(0 * attempt)
    raise Silent(f"no answer after {attempts}")


def unused():
    return os.getcwd()


class Gauge:
    """Reads."""

    def level(self, raw: str) -> float:
        return float(json.loads(raw)["level"])
'''


def evidence_of(path: Path, source: str, symbol: str, mime: str = "text/x-python") -> Evidence:
    """The piece of a file that defines a symbol, as the parser gives it."""
    path.write_text(source)
    asset = Asset("0" * 32, str(path), mime, "code", len(source), path=path)
    chunks = [c for c in CodeParser().parse(asset) if isinstance(c, Chunk)]
    chunk = next(c for c in chunks if symbol in c.meta["symbol"] or symbol in c.text)
    return Evidence(1, Hit(chunk, 1.0), Part("text", chunk.text), chunk.span)


def code(e: Evidence, question: str = "how?") -> str:
    (part,) = Function().generate((Part("text", question),), [e])
    assert part.modality == "code"
    return str(part.data)


def test_the_function_comes_with_what_it_uses_and_nothing_else(tmp_path: Path) -> None:
    """Its lines are exact; imports, a constant, a helper and an exception that it needs come along,
    others stay away.
    """
    e = evidence_of(tmp_path / "fetch.py", SOURCE, "with_retry")
    (part,) = Function().generate((Part("text", "how?"),), [e])
    assert part.meta["place"] == "L9, L12-13, L16-17, L20-29"
    source = code(e)
    assert source.startswith("from __future__ import annotations\n")
    body = SOURCE[SOURCE.index("# tries again") : SOURCE.index("\n\n\ndef unused")]
    assert body in source
    assert "WAIT = 0.5" in source
    assert "class Silent" in source
    assert "def pause" in source
    assert "import time" in source
    assert "json" not in source
    assert "unused" not in source
    ast.parse(source)


def test_it_runs_on_its_own(tmp_path: Path) -> None:
    """Copied into an empty file it works: nothing that it needs is missing."""
    (tmp_path / "own.py").write_text(
        code(evidence_of(tmp_path / "fetch.py", SOURCE, "with_retry"))
        + "\nprint(with_retry(lambda: 42))\n"
    )
    process = subprocess.run(
        [sys.executable, "-W", "error", tmp_path / "own.py"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert process.stdout == "42\n"


def test_a_signature_that_is_asked_for(tmp_path: Path) -> None:
    """Function, parameters, their uses (in f-strings too) and the default change; annotations and
    layout stay.
    """
    source = code(
        evidence_of(tmp_path / "fetch.py", SOURCE, "with_retry"),
        "retry a call, as def fetch_all(url, retries=3)",
    )
    tree = ast.parse(source)
    function = next(
        n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "fetch_all"
    )
    assert ast.unparse(function.args) == "url: Callable[[], Any], retries: int=3"
    assert "return url()" in source
    assert 'f"attempt {attempt} of {retries}"' in source
    assert "with_retry" not in source
    assert "attempts" not in source.replace("fetch.py", "")


@pytest.mark.parametrize(
    "question",
    [
        "as def f(a, b, c, d)",
        "as def fetch_all(call, *rest)",
        "as def pause(x",
        "as def fetch_all(attempt, n)",
        "as def class(x)",
    ],
)
def test_what_is_no_mere_renaming_is_left(tmp_path: Path, question: str) -> None:
    """Too many parameters, stars, half a signature, a name that is taken inside: the parameters
    stay as they are.
    """
    source = code(evidence_of(tmp_path / "fetch.py", SOURCE, "with_retry"), question)
    ast.parse(source)
    assert "(call: Callable[[], Any], attempts: int = 4)" in source


def test_a_method_comes_in_its_class(tmp_path: Path) -> None:
    """A method alone would be of no use."""
    source = code(evidence_of(tmp_path / "fetch.py", SOURCE, "level"))
    assert "\nimport json\n" in source
    assert "os" not in source.split("class")[0].split("json")[1]
    assert "class Gauge:" in source
    assert "def level" in source


@pytest.mark.parametrize(
    ("name", "mime", "source", "symbol", "expected"),
    [
        ("a.js", "text/javascript", "import { a, b } from './x.js';\nimport { c } from './y.js';\n\nfunction go(n) {\n  return b(n);\n}\n", "go",
         "import { a, b } from './x.js';\n\nfunction go(n) {\n  return b(n);\n}\n"),
        ("A.java", "text/x-java", "import java.util.List;\nimport java.io.File;\n\nclass A {\n  List<String> all;\n}\n", "A",
         "// from A.java, L4-6\nimport java.util.List;\n\nclass A {\n  List<String> all;\n}\n"),
        ("a.c", "text/x-c", "#include <stdio.h>\n\nint one(void) {\n  return 1;\n}\n\nint two(void) {\n  return one() + 1;\n}\n", "two",
         "// from a.c, L3-5, L7-9\n#include <stdio.h>\n\nint one(void) {\n  return 1;\n}\n\nint two(void) {\n  return one() + 1;\n}\n"),
    ],
)  # fmt: skip
def test_other_languages(
    tmp_path: Path, name: str, mime: str, source: str, symbol: str, expected: str
) -> None:
    """Their import lines that name something used, then the lines themselves."""
    assert code(evidence_of(tmp_path / name, source, symbol, mime)) == expected


def test_nothing_broken_comes_out(tmp_path: Path) -> None:
    """Python that does not parse is no answer; a file that is gone gives its words, where it has
    any.
    """
    unparsable = evidence_of(tmp_path / "broken.py", "def half(:\n    return 1\n" * 3, "half")
    assert list(Function().generate((), [unparsable])) == []
    e = evidence_of(tmp_path / "fetch.py", SOURCE, "with_retry")
    (tmp_path / "fetch.py").unlink()
    assert "def with_retry" in code(e)
    empty = Chunk(
        Asset("0" * 32, "/gone.py", "text/x-python", "code", 0), Span(lines=(1, 1)), "code"
    )
    assert (
        list(Function().generate((), [Evidence(1, Hit(empty, 1.0), Part("text", ""), Span())]))
        == []
    )
    assert list(Function().generate((), [])) == []


@pytest.mark.slow
def test_real_packages_always_parse(data: Path) -> None:
    """Every function of some hundred real files comes out as Python, under a name that is asked for
    as well.
    """
    for path in sorted((data / "code-networkx").rglob("*.py"))[::12]:
        asset = Asset("0" * 32, str(path), "text/x-python", "code", path.stat().st_size, path=path)
        for chunk in [c for c in CodeParser().parse(asset) if isinstance(c, Chunk)][:4]:
            for question in ("how?", "as def renamed(first, second=2)"):
                e = Evidence(1, Hit(chunk, 1.0), Part("text", chunk.text), chunk.span)
                for part in Function().generate((Part("text", question),), [e]):
                    ast.parse(str(part.data))
