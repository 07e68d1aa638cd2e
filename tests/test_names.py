"""Names are nouns of the field, read from the source: a past participle alone says nothing of what it
stands for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

_WORDS = """
said told made held asked shown found given kept wanted taken seen known drawn begun worn
written sought meant heard spoken named called gone lost chosen looked tried filled covered
listed joined quoted cited picked placed got met led fed laid paid sold understood thought
brought bought caught taught felt dealt struck torn thrown grown hidden broken forgotten driven
shaken whence beside elsewhere fitted worth
"""
PARTICIPLES = frozenset(_WORDS.split())
"""Words that stood for things here. What they stood for has a name: words, matches, cells, boxes."""

CONTRACT = {
    ("src/polysense/types.py", "given"),
    ("src/polysense/types.py", "wanted"),
    ("src/polysense/serve/mcp/content.py", "made"),
}
"""Fields that clients read: of a Route, of an agent's answer."""

SOURCES = sorted(
    path
    for folder in ("src", "tests", "benchmarks", "examples", "tools")
    for path in (ROOT / folder).rglob("*.py")
    if "demo/files" not in path.as_posix()
)


def bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement or expression gives to something."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.alias(asname=str(name)):
            yield name


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_participle_stands_for_a_thing(path: Path) -> None:
    """`found` is a list here, a mesh there: the reader has to look. A name tells."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for name in bound(node):
            if (path.relative_to(ROOT).as_posix(), name) not in CONTRACT:
                line = getattr(node, "lineno", 0)
                assert name.strip("_").lower() not in PARTICIPLES, f"{path}:{line} binds {name}"


def test_files_are_of_a_size_to_read() -> None:
    """400 lines at most: a longer one has more than one subject."""
    own = [p for p in SOURCES if ROOT / "src" in p.parents]
    sizes = {p: len(p.read_text("utf-8").splitlines()) for p in own}
    assert not {str(p.relative_to(ROOT)): n for p, n in sizes.items() if n > 400}
