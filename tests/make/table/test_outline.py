"""Outline: what a file of code defines; compared with what Python's own ast says."""

from __future__ import annotations

import ast
import csv
import inspect
import io
from pathlib import Path

import pytest

from polysense.errors import NotFound
from polysense.make.table import outline
from polysense.make.table.outline import Outline
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

MIMES = {"py": "text/x-python", "js": "text/javascript", "rs": "text/x-rust"}


def evidence(path: Path, lines: tuple[int, int] = (1, 1)) -> Evidence:
    asset = Asset(path.name, str(path), MIMES[path.suffix[1:]], "code", 1, path=path)
    chunk = Chunk(asset, Span(lines=lines), "code", text="x")
    return Evidence(1, Hit(chunk, 1.0), Part("text", "x"), chunk.span)


def rows(e: Evidence) -> list[dict[str, str]]:
    parts = list(Outline().generate((), [e]))
    return list(csv.DictReader(io.StringIO(parts[0].data.decode()))) if parts else []


def test_every_definition_of_a_real_file() -> None:
    """Names and last lines as ast finds them, in this package's own source; with the first line of
    each docstring.
    """
    path = Path(outline.__file__)
    line = inspect.getsourcelines(outline.Outline.generate)[1]
    row_of_name = {r["name"]: r for r in rows(evidence(path, (line, line + 1)))}
    tree = ast.parse(path.read_text("utf-8"))
    definitions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    assert definitions.keys() <= row_of_name.keys()
    for name, node in definitions.items():
        assert row_of_name[name]["lines"].split("-")[1] == str(node.end_lineno)
        documented = ast.get_docstring(node)
        assert row_of_name[name]["documentation"] == (
            documented.split("\n")[0] if documented else ""
        )
    assert row_of_name["Outline.generate"]["kind"] == "method"
    assert [name for name, r in row_of_name.items() if r["cited"] == "yes"] == [
        "Outline",
        "Outline.generate",
    ]


def test_comments_of_other_languages(tmp_path: Path) -> None:
    """What stands above a function tells what it does."""
    path = tmp_path / "tide.js"
    path.write_text(
        "/**\n * Hours to high water.\n */\nfunction tide(moon) {\n  return 1;\n}\n\n"
        "// Rings.\nconst bell = () => 2;\n"
    )
    assert [(r["name"], r["documentation"], r["place"]) for r in rows(evidence(path))] == [
        ("tide", "Hours to high water.", "L1-6"),
        ("bell", "Rings.", "L8-9"),
    ]


def test_the_questions_own_code() -> None:
    """Words without a file."""
    asset = Asset("q", "q.py", "text/x-python", "code", 1)
    part = Part("code", "def f(x):\n    return x\n", "text/x-python")
    assert [
        r["signature"]
        for r in rows(Evidence(1, Hit(Chunk(asset, Span(), "code", part), 1.0), part, Span()))
    ] == ["f(x)"]


def test_nothing_where_nothing_is_defined(tmp_path: Path) -> None:
    """Plain statements, no lines, broken and deeply nested code: no empty table, no crash."""
    for n, code in enumerate(
        ["x = 1\n", "", "(" * 5000, "def f(:\n  \0", "\ufeff" + "class \n" * 50]
    ):
        path = tmp_path / f"{n}.py"
        path.write_text(code, "utf-8")
        assert all(r["name"] for r in rows(evidence(path)))
    with pytest.raises(NotFound, match=r"gone\.py"):
        rows(evidence(tmp_path / "gone.py"))


def test_contract(tmp_path: Path) -> None:
    """The public check."""
    (tmp_path / "a.py").write_text("def f():\n    '''Does.'''\n")
    check_generator(Outline(), [evidence(tmp_path / "a.py")])
