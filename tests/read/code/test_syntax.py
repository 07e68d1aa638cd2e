"""Definitions in fifteen languages."""

from __future__ import annotations

from itertools import pairwise

import pytest

from polysense.read.code.syntax import definitions

PYTHON = "import os\n\n@dec\nclass A(B):\n    x = 1\n\n    async def f(self, a: int) -> int:\n        return a\n"
C = "#include <a.h>\n/* doc */\nstatic int *f(int a)\n{\n  return 0;\n}\ntypedef struct {\n  int b;\n} T;\nstruct S *p;\n"
SCRIPT = "const h = (a) => {\n};\nexports.k = function () {\n};\nvar o = {\n  m() {\n  },\n  n: () => {\n  },\n};\n"
SOURCES = {
    "text/x-python": (PYTHON, "A(B)", "f(self, a: int) -> int"),
    "text/javascript": (
        "export class A extends B {\n  f(a) {\n    return a;\n  }\n}\n",
        "A extends B",
        "f(a)",
    ),
    "text/x-typescript": (
        "abstract class A<T> {\n  f(a: T): T {\n    return a;\n  }\n}\n",
        "A<T>",
        "f(a: T): T",
    ),
    "text/x-java": (
        "class A extends B {\n  @Override\n  int f(int a) {\n    return a;\n  }\n}\n",
        "A extends B",
        "f(int a)",
    ),
    "text/x-c++": (
        "namespace n {\nclass A : B {\n  int f(int a) { return a; }\n};\n}\n",
        "n",
        "A : B",
    ),
    "text/x-csharp": (
        "class A : B\n{\n  int F(int a)\n  {\n    return a;\n  }\n}\n",
        "A : B",
        "F(int a)",
    ),
    "text/x-rust": (
        "impl A {\n    pub fn f(&self) -> i32 {\n        1\n    }\n}\n",
        "A",
        "f(&self) -> i32",
    ),
    "text/x-ruby": ("class A < B\n  def f(x)\n    x\n  end\nend\n", "A < B", "f(x)"),
    "text/x-php": (
        "<?php\nnamespace X;\nclass A extends B {\n  function f($a) {\n  }\n}\n",
        "A extends B",
        "f($a)",
    ),
    "text/x-kotlin": (
        "class A {\n  fun f(a: Int): Int {\n    return a\n  }\n}\n",
        "A",
        "f(a: Int): Int",
    ),
    "text/x-swift": (
        "class A: B {\n  func f(a: Int) -> Int {\n    return a\n  }\n}\n",
        "A: B",
        "f(a: Int) -> Int",
    ),
    "text/x-scala": (
        "object A {\n  def f(a: Int): Int = {\n    a\n  }\n}\n",
        "A",
        "f(a: Int): Int",
    ),
}


@pytest.mark.parametrize("mime", SOURCES)
def test_classes_hold_methods(mime: str) -> None:
    """In each language the outer definition and the one inside it, by signature."""
    source, outer, inner = SOURCES[mime]
    (definition,) = definitions(source, mime)
    assert (definition.signature, definition.kind) == (outer, "class")
    assert [d.signature for d in definition.children] == [inner]


@pytest.mark.parametrize(
    ("mime", "source", "names"),
    [
        ("text/x-c", C, ["f", "T"]),
        (
            "text/x-go",
            "package a\n\n// Doc\nfunc (s *S) M(a int) int {\n\treturn a\n}\n\ntype S struct {\n\ta int\n}\n",
            ["M", "S"],
        ),
        (
            "text/x-shellscript",
            "#!/bin/sh\nset -e\nf() {\n  echo\n}\nfunction g {\n  echo\n}\n",
            ["f", "g"],
        ),
        ("text/javascript", SCRIPT, ["h", "exports.k", "m", "n"]),
        (
            "text/x-typescript",
            "interface I {\n  x: number;\n}\nexport const f = () => 1;\n",
            ["I", "f"],
        ),
        ("text/plain", "def f(): pass", []),
    ],
)
def test_functions_by_name(mime: str, source: str, names: list[str]) -> None:
    """Declarators, receivers and values assigned to names."""
    assert [d.name for d in definitions(source, mime)] == names


def test_jsx_and_tsx() -> None:
    """Elements in the language do not hide its functions."""
    source = "export function App() {\n  return <div>{x}</div>;\n}\n"
    assert [d.name for d in definitions(source, "text/javascript", "jsx")] == ["App"]
    assert [d.name for d in definitions(source, "text/x-typescript", "tsx")] == ["App"]


def test_what_stands_right_above_belongs_to_it() -> None:
    """Comments and decorators do, comments at the end of code and comments apart do not."""
    source = "x = 1  # trailing\n@one\n@two\ndef f():\n    pass\n\n# apart\n\n# right above\n# of g\ndef g():\n    pass\n"
    assert [(d.first, d.last) for d in definitions(source, "text/x-python")] == [(1, 4), (8, 11)]
    rust = "/// Doc\n#[derive(Debug)]\npub struct S {\n    a: i32,\n}\n"
    assert [(d.first, d.last) for d in definitions(rust, "text/x-rust")] == [(0, 4)]


INVALID_SOURCES = [
    "(\n" * 400_000,
    "def f(:\n" * 900,
    "\n".join(" " * i + "class A:" for i in range(800)),
    "",
    "\0\1\2",
    "é" * 1000,
]


@pytest.mark.parametrize("source", INVALID_SOURCES)
def test_broken_code_is_no_error(source: str) -> None:
    """Whatever is found lies in order and within the file."""
    outermost = definitions(source, "text/x-python")
    assert all(0 <= d.first <= d.last < source.count("\n") + 1 for d in outermost)
    assert all(a.last < b.first for a, b in pairwise(outermost))
