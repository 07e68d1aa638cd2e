"""Formulas as people write them are drawn: old forms, words inside, rows, and commands that nobody
knows.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from polysense.read.formula.mathtext import draw, rewrite


@pytest.mark.parametrize(
    "latex",
    [
        r"E = mc^2",
        r"{a \over b} + {\cal L}",
        r"\frac12 + \frac ab + \sqrt 2 + \sqrt[3]{x}",
        r"\left( \frac{1}{2} \right. x",
        r"x \mbox{ if $y > 0$ and} z \label{eq:one}",
        r"\stackrel{a}{b} \hspace{2cm} \Big[ c \Big]",
        r"\begin{array}{cc} a & b \\[6pt] c & d \end{array}",
        r"\unheardof{x} + y",
        r"%a\sp2 + b\sb1",
        r"\textstyle{g^2 \over 2} {} ^* d",
    ],
)
def test_drawn(latex: str) -> None:
    """There is ink."""
    ink = draw(latex)
    assert ink is not None
    assert ink.dtype == np.uint8
    assert ink.max() > 200


def test_what_only_numbers_or_sizes_changes_nothing() -> None:
    """Labels, tags, comments and sizes are not seen."""
    one, other = (
        draw(r"a + \frac{b}{c}"),
        draw("a \\displaystyle + \\frac{b} {c} \\label{eq} \\nonumber % as above"),
    )
    assert one is not None
    assert other is not None
    assert np.array_equal(one, other)


def test_rows_lie_below_one_another() -> None:
    """An environment's rows are drawn as rows."""
    one, two = draw("a = b"), draw(r"\begin{aligned} a &= b \\ a &= b \end{aligned}")
    assert one is not None
    assert two is not None
    assert two.shape[0] > 2 * one.shape[0] * 0.8


@pytest.mark.parametrize(
    "latex",
    [
        "",
        " ",
        "{",
        "}",
        "\\",
        "\\frac",
        "^",
        "$",
        "漢字",
        "\x00",
        "{" * 400 + "}" * 400,
        "x" * 5000,
        "\\left(" * 200,
    ],
)
def test_hostile(latex: str) -> None:
    """Nothing, or ink; no error, and no long time."""
    began = time.process_time()
    ink = draw(latex)
    assert ink is None or ink.any()
    assert time.process_time() - began < 10


def test_rewritten_refuses_what_does_not_close() -> None:
    """No half of a formula is drawn."""
    assert rewrite("a}{b") == []
