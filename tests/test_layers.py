"""The import layers, read from the source: who may import whom, no cycles, nothing heavy before it
is needed.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src"

VALUES = {"polysense.span", "polysense.calibration"}
LAYERS: tuple[tuple[str, ...], ...] = (
    ("span", "calibration"),
    ("errors", "types"),
    ("events",),
    ("messages", "weights"),
    ("question",),
    ("protocols", "columns", "modalities"),
    ("vectors", "json_schema", "stretch", "import_path"),
    ("model_reply", "endpoints"),
    ("read",),
    ("chat_models",),
    ("encoders", "rerankers", "rewriters", "llm", "stores", "make"),
    ("registry", "results"),
    ("ingest",),
    ("query",),
    ("retrieve",),
    ("augment",),
    ("generate",),
    ("library", "config", "conversation", "doctor", "render"),
    ("evaluate", "testing"),
    ("train",),
    ("",),
    ("demo",),
    ("connect",),
    ("serve",),
    ("cli",),
)
"""Parts of the package from the bottom up ("" is its __init__). Each imports what stands above it
in this list, and itself.
"""

PLUGINS = {"read", "encoders", "rerankers", "rewriters", "llm", "stores", "make"}
"""Plug-ins import values, protocols, what `read` decodes, and their own kind; nothing of the
pipeline, nor other kinds.
"""


def name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SERVING = {
    "fastapi", "starlette", "pydantic", "anyio", "opentelemetry", "httpcore",
    "filelock", "nicegui", "mcp", "mcp_types",
}  # fmt: skip
"""What a server is made of; its modules stand in declarations, so that they cannot wait. Nobody
else may import it at once.
"""

FRAMEWORKS = {
    "polysense.connect.langchain": {"langchain_core", "pydantic"},
    "polysense.connect.llama_index": {"llama_index"},
    "polysense.connect.haystack": {"haystack"},
}
"""What our classes are subclasses of, each in a module of its own, which only its user imports."""

FILES = {
    name(p): p for p in sorted(SOURCE.rglob("*.py")) if "files" not in p.relative_to(SOURCE).parts
}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


def imports_of(nodes: Iterator[ast.AST], module: str) -> set[str]:
    """Modules that these statements import."""
    modules: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            modules |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            modules |= {
                f"{node.module}.{a.name}"
                if f"{node.module}.{a.name}" in FILES
                else str(node.module)
                for a in node.names
            }
    return modules


def at_once(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: no functions, nothing under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        typing = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
        if not typing and not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        ):
            yield child
            yield from at_once(child)


def folder(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
ARROWS = {m: imports_of(ast.walk(tree(m)), m) & set(FILES) - {m} for m in FILES}
"""Module -> modules of ours that it imports, at once or later, or names for a type checker."""


@pytest.mark.parametrize("part", sorted({folder(m) for m in FILES}))
def test_each_part_imports_only_what_lies_below(part: str) -> None:
    """The layers of the design, the four stages in their order, late imports too."""
    assert part in LEVEL, f"give {part} a place among the layers"
    for module in (m for m in FILES if folder(m) == part):
        upwards = {
            m for m in ARROWS[module] if folder(m) != part and LEVEL[folder(m)] >= LEVEL[part]
        }
        assert not upwards, f"{module} imports {', '.join(sorted(upwards))}"
        if part in PLUGINS:
            others = {m for m in ARROWS[module] if folder(m) in PLUGINS - {"read", part}}
            assert not others, f"{module} imports {', '.join(sorted(others))}"
        assert "polysense" not in ARROWS[module], (
            f"{module} imports polysense itself: name the module"
        )


PACKAGES = sorted({".".join(m.split(".")[:n]) for m in FILES for n in range(1, m.count(".") + 1)})


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_has_a_cycle(package: str) -> None:
    """What lies in a folder, files and folders alike, imports one another in one direction only,
    late imports too.
    """
    depth = package.count(".") + 2
    graph: dict[str, set[str]] = defaultdict(set)
    for module, others in ARROWS.items():
        for other in others:
            if module.startswith(f"{package}.") and other.startswith(f"{package}."):
                ends = [".".join(m.split(".")[:depth]) for m in (module, other)]
                graph[ends[0]] |= {ends[1]} - {ends[0]}
    finished: set[str] = set()

    def visit(part: str, above: tuple[str, ...]) -> None:
        assert part not in above, " -> ".join([*above[above.index(part) :], part])
        if part not in finished:
            for other in sorted(graph[part]):
                visit(other, (*above, part))
            finished.add(part)

    for part in sorted(graph):
        visit(part, ())


@pytest.mark.parametrize("module", FILES)
def test_importing_a_module_is_light(module: str) -> None:
    """At module level: the standard library, numpy and ourselves. torch, lancedb, av, PIL and their
    like wait for the first use.
    """
    heavy = (
        {m.split(".")[0] for m in imports_of(at_once(tree(module)), module)}
        - sys.stdlib_module_names
        - {"numpy", "polysense"}
    )
    heavy -= SERVING if folder(module) == "serve" else FRAMEWORKS.get(module, set())
    assert not heavy, (
        f"{module} imports {', '.join(sorted(heavy))} when it is imported; "
        "do it in the function that needs it"
    )


def test_nobody_imports_the_server_at_once() -> None:
    """Only `polysense serve`, `mcp` and `token` load its frameworks, and no other command."""
    for module in (m for m in FILES if folder(m) != "serve"):
        assert not {m for m in imports_of(at_once(tree(module)), module) if folder(m) == "serve"}, (
            module
        )


def test_nobody_imports_a_framework_at_once() -> None:
    """A module over somebody's framework is for those who have it: nothing of ours imports one."""
    for module in FILES:
        assert not imports_of(ast.walk(tree(module)), module) & FRAMEWORKS.keys(), module


def test_the_values_import_nothing_of_ours() -> None:
    """types and errors stand at the bottom, on the standard library alone (and Span)."""
    for module in (*sorted(VALUES), "polysense.types", "polysense.errors"):
        others = imports_of(ast.walk(tree(module)), module) - VALUES
        assert {m.split(".")[0] for m in others} <= sys.stdlib_module_names


def test_every_folder_is_mirrored_in_the_tests() -> None:
    """The test of src/polysense/read/image/svg.py is tests/read/image/test_svg.py, and no test
    stands anywhere else.
    """
    folders = {
        p.parent.relative_to(SOURCE / "polysense")
        for p in FILES.values()
        if p.name != "__init__.py"
    }
    tests = {p.parent.relative_to(TESTS) for p in TESTS.rglob("test_*.py")}
    assert not folders - tests, f"no tests for {', '.join(sorted(map(str, folders - tests)))}"
    assert not tests - folders, f"no source for {', '.join(sorted(map(str, tests - folders)))}"
