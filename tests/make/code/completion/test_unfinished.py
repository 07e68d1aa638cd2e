"""Half a function is known for one, in every language and wherever it stands; a question is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Code
from polysense.make.code.completion.generator import Completion
from polysense.types import Part

HALF_FUNCTIONS = {
    "py": ["def f(a, b):", 'def f(a):\n    """Split', "async def f(a):\n    # by size\n", "class A:\n    def f(self, a):\n        pass",
           "def f(\n    a: int,\n) -> int:\n    ...\n", "def f(a):\n    for x in a:\n", "def f(a):\n    return [x for", "@cache\ndef f(a):"],
    "js": ["function f(a, b) {", "class A {\n  f(a) {\n    for (const x of a) {\n", "const f = (a) => {\n  // todo\n", "function f(a) {}"],
    "ts": ["export function f(a: number): string {\n"],
    "java": ["class A {\n  // sum\n  int f(int a, List<String> b) {\n", "public int f(int a) throws IOException {"],
    "c": ["int f(int a, char *b[]) {\n  int c = a;\n"],
    "cpp": ["template<class T>\nT A::f(const T& a, int b = 3) const {\n"],
    "cs": ["class A {\n    public int F(int a)\n    {\n"],
    "go": ["func (s *S) f(a int) error {\n\tif a > 0 {\n"],
    "rs": ["impl A {\n    fn f(&self, a: u32) -> u32 {\n"],
    "rb": ["class A\n  def f(a, b = 2)\n    # adds\n"],
    "php": ["<?php\nfunction f($a, $b = 2) {\n"],
    "sh": ["f() {\n"],
    "kt": ['fun f(a: Int, b: String = "x"): Int {\n'],
    "swift": ["func f(_ a: Int) -> Int {\n"],
    "scala": ["object A {\n  def f(a: Int): Int = {\n"],
}  # fmt: skip


@pytest.mark.parametrize("ending", HALF_FUNCTIONS)
def test_half_a_function_is_known_in_every_language(ending: str, tmp_path: Path) -> None:
    """Pasted, fenced, among words, and as a file: there is something to look for, and it holds the
    function.
    """
    for half in HALF_FUNCTIONS[ending]:
        path = tmp_path / f"half.{ending}"
        path.write_text(half)
        for question in (
            Part("text", half),
            Part("text", f"Finish this:\n\n```{ending}\n{half}\n```\nThanks."),
            Code(path),
        ):
            search = Completion().seek((question,))
            assert len(search) == 1, (half, question)
            assert "f" in str(search[0].data).lower()
    assert Completion().seek(
        (Part("text", f"Please finish this one for me:\n\n{HALF_FUNCTIONS[ending][0]}"),)
    )


@pytest.mark.parametrize(
    "question",
    ["What does def f(x): do?", "retry a call, as def fetch_all(url, retries=3)", "def f(x): what does it do?", "def batched(items, size)",
     "How are you?\nI am (fine) {", "Explain:\ndef f(x):\n    return x", "function", "```python\nx = 1\n```", "def\n", "怎么写一个函数？",
     "What is a class:\n- a\n- b", "function f(a) { return a; }", "int main(void);", "Which method (if any) handles {this}?", "async def",
     "In which file (of those) is it {\n", "for x in y:\n    print(x)", "class A:\n    pass", "if (a) {\n  b();", "while (true) {",
     "for (int i = 0; i < 3; i++) {", "switch (x) {\n", "else if (x) {", "def f(x):\n    return x\n\nprint(x", "", " ", "I have a list (of all) {"],
)  # fmt: skip
def test_a_question_is_no_half_function(question: str) -> None:
    """Words about code, code that is whole, and blocks that are no functions look for nothing of
    the kind.
    """
    assert Completion().seek((Part("text", question),)) == ()


def test_other_parts_are_passed_over() -> None:
    """Pictures, folders that are gone, and bytes of anything."""
    odd = [
        Part("image", b"def f(x):"),
        Part("code", Path("/nowhere/half.py")),
        Part("code", b"\xff\xfe\0d"),
        Part("text", b"def f(x):"),
    ]
    for part in odd:
        assert Completion().seek((part,)) == ()
    assert Completion().seek((odd[0], Part("code", b"def f(x):\n", name="a.py")))
