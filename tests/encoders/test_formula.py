"""Pictures of formulas and LaTeX lie by each other; everything else has no place, and so disturbs
nothing.
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from polysense.demo import FILES
from polysense.encoders.formula import Formula
from polysense.read.formula import mathtext
from polysense.testing import check_encoder
from polysense.types import Part

LATEX = [
    r"E = \frac{1}{2} m v^2 + U(x)",
    r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}",
    r"a^2 + b^2 = c^2 - 2ab\cos\gamma",
]


def picture(latex: str) -> Part:
    ink = mathtext.draw(latex)
    assert ink is not None
    return Part("image", np.asarray(Image.fromarray(255 - np.pad(ink, 40)).convert("RGB")))


def test_contract() -> None:
    """As every encoder."""
    check_encoder(
        Formula(),
        [
            picture(LATEX[0]),
            picture(LATEX[1]),
            Part("text", f"Energy is ${LATEX[0]}$."),
            Part("text", "None here."),
        ],
    )


def test_a_picture_finds_its_latex_among_others() -> None:
    """In words with two formulas, in a row of a table, and alone; sure of the right one, and of no
    other.
    """
    encoder = Formula()
    words = [
        f"Either $${LATEX[0]}$$ or \\[{LATEX[2]}\\].",
        f"file: b.png; latex: {LATEX[1]}.",
        "The mill turns at $Q = \\rho g h \\omega$ now.",
    ]
    documents = encoder.encode([Part("text", w) for w in words])
    likeness = encoder.encode([picture(s) for s in LATEX], "query") @ documents.T
    assert likeness.argmax(axis=1).tolist() == [0, 1, 0]
    assert likeness.max(axis=1).min() > 2 * encoder.confident_score
    assert likeness[:, 2].max() < encoder.confident_score


@pytest.mark.parametrize(
    "words",
    [
        "High water is at noon.",
        "It costs $5, or $6 with a stamp.",
        "",
        "C:\\Users\\me",
        "\\frac{",
        "$$$$",
    ],
)
def test_words_without_formulas_have_no_vector(words: str) -> None:
    """Prose, prices, paths and broken LaTeX."""
    assert np.isnan(Formula().encode([Part("text", words)])).all()


def test_words_do_not_ask_here() -> None:
    """A question in words is none of a formula's look, even with LaTeX in it."""
    assert np.isnan(Formula().encode([Part("text", f"What is ${LATEX[0]}$?")], "query")).all()


def test_photos_have_no_vector() -> None:
    """So a photo asked is asked as before."""
    assert np.isnan(Formula().encode([Part("image", FILES / "pictures/ferry.jpg")], "query")).all()
