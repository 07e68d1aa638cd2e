"""LaTeX is found where it stands, exactly, and what is no formula is left alone."""

from __future__ import annotations

import time

import pytest

from polysense.read.formula.latex import (
    MAX_FORMULAS,
    MAX_LENGTH,
    find_formulas,
    is_balanced,
    is_formula,
)


def latex_in(words: str) -> list[str]:
    matches = find_formulas(words)
    assert all(words[f.start : f.end] == f.latex for f in matches)
    return [f.latex for f in matches]


def test_delimiters() -> None:
    """Every usual way to set a formula off, with the exact characters and nothing around them."""
    assert latex_in("a $x^2 + y$ b $$ a = b $$ c") == ["x^2 + y", "a = b"]
    assert latex_in("\\[ E = mc^2 \\] and \\(p \\to q\\)") == ["E = mc^2", "p \\to q"]
    assert latex_in("\\begin{align*}\na &= b \\\\\nc &= d\n\\end{align*}") == [
        "a &= b \\\\\nc &= d"
    ]
    assert latex_in("one \\\\[6pt] two \\] three") == []


@pytest.mark.parametrize(
    "words",
    [
        "It costs $5 or $6, that is all.",
        "echo $HOME and $PATH in a shell_script with under_scores",
        "C:\\Users\\me\\notes\\new.txt",
        "\\section{Tides} \\includegraphics{x_1.png}",
        "the regular expression \\d+\\s*[a-z]_{2} is used in many long sentences with other words",
        "plain words only, and nothing else at all.",
        "",
    ],
)
def test_what_is_no_formula(words: str) -> None:
    """Prices, shells, paths, markup and prose have none: they get no vector and cost nothing."""
    assert latex_in(words) == []


def test_values_of_a_row() -> None:
    """A row of a table as it is worded: the cell that is LaTeX, whole, though it holds semicolons."""
    row = "file: a.png; latex: Q_{a}(\\mu , \\nu ; N) = \\sum_{n} p_n; note: by hand."
    assert latex_in(row) == ["Q_{a}(\\mu , \\nu ; N) = \\sum_{n} p_n"]


def test_formal() -> None:
    """Cells that are LaTeX, and cells that are not."""
    assert is_formula("\\frac{a}{b} = c")
    assert is_formula("x_{1} + x_{2}")
    assert not is_formula("see my_file.txt")
    assert not is_formula("\\frac{a}{b")
    assert not is_formula("x^2" * MAX_LENGTH)
    assert not is_balanced("}{")


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["\\[", "$", "\\begin{equation}", "$$ a", "{", "\\(a_1 ", "_{", "; ", "\\x; "]
)
def test_hostile_words_take_bounded_time(piece: str) -> None:
    """Delimiters that never close, however many."""
    began = time.process_time()
    assert len(find_formulas(piece * (200_000 // len(piece)))) <= MAX_FORMULAS
    assert time.process_time() - began < 8
