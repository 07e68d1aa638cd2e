"""Formulas are known by their ink, whatever drew them; what is no formula is not taken for one."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from polysense.demo import FILES
from polysense.read.formula import features, mathtext
from polysense.types import Part

FORMULAS = [
    r"E = \frac{1}{2} m v^2 + U(x)",
    r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}",
    r"\int_0^\infty e^{-x^2} dx = \frac{\sqrt{\pi}}{2}",
    r"i\hbar \frac{\partial}{\partial t}\psi = \hat{H}\psi",
    r"F_{\mu\nu} = \partial_\mu A_\nu - \partial_\nu A_\mu",
    r"a^2 + b^2 = c^2",
]


def printed(
    latex: str, scale: float = 1.0, margin: int = 30, dark: bool = False, quality: int = 0
) -> Part:
    """A picture of a formula as it lies on a page."""
    ink = mathtext.draw(latex)
    assert ink is not None
    page = np.pad(ink, margin)
    picture = Image.fromarray(page if dark else 255 - page).convert("RGB")
    picture = picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC
    )
    if not quality:
        return Part("image", np.asarray(picture))
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.5)).save(out, "JPEG", quality=quality)
    return Part("image", out.getvalue(), "image/jpeg")


def described(part: Part) -> np.ndarray:
    ink = features.formula_image(part)
    assert ink is not None
    return features.describe(ink)


def test_the_same_formula_is_near_and_others_are_far() -> None:
    """Scale, margin, blur, JPEG, and light on dark change little; another formula is nearly at a
    right angle.
    """
    clean = np.stack([described(printed(latex)) for latex in FORMULAS])
    poor = np.stack([described(printed(latex, 0.8, 90, quality=50)) for latex in FORMULAS])
    dark = np.stack([described(printed(latex, 1.5, 10, dark=True)) for latex in FORMULAS])
    for other in (poor, dark):
        likeness = clean @ other.T
        assert likeness.diagonal().min() > 0.6
        assert likeness[~np.eye(len(FORMULAS), dtype=bool)].max() < 0.4


def test_latex_lies_by_its_picture() -> None:
    """What is drawn from LaTeX, and the picture of it on a page with a number and a point behind."""
    for latex in FORMULAS:
        image = features.latex_image(latex)
        assert image is not None
        assert features.describe(image) @ described(printed(latex + r"\ .", margin=200)) > 0.9


@pytest.mark.parametrize("name", ["pictures/ferry.jpg", "pictures/puffin.png"])
def test_photos_are_none(name: str) -> None:
    """A photo has no ground."""
    assert features.formula_image(Part("image", FILES / name)) is None


def drawing(kind: str) -> Part:
    """Pictures on white that are no formulas."""
    picture = Image.new("RGB", (900, 500), "white")
    pen = ImageDraw.Draw(picture)
    if kind == "prose":
        for n, line in enumerate(
            [
                "The wheel turns with the tide and grinds",
                "our flour every day but Sunday until",
                "the miller closes the sluice again",
            ]
        ):
            pen.text((40, 60 + 60 * n), line, "black", ImageFont.load_default(32))
    if kind == "flowchart":
        for n, text in enumerate(("Start", "Grind", "Stop")):
            pen.rectangle((60 + 280 * n, 200, 260 + 280 * n, 290), outline="black", width=3)
            pen.text((160 + 280 * n, 245), text, "black", ImageFont.load_default(28), anchor="mm")
            pen.line((260 + 280 * n, 245, 340 + 280 * n, 245), "black", 3)
    if kind == "shapes":
        for n in range(5):
            pen.ellipse((40 + 170 * n, 150, 180 + 170 * n, 290), fill="black")
    if kind == "word":
        pen.text((40, 60), "harbour", "black", ImageFont.load_default(40))
    return Part("image", np.asarray(picture))


@pytest.mark.parametrize("kind", ["prose", "flowchart", "shapes", "word", "blank"])
def test_drawings_are_none(kind: str) -> None:
    """Words, diagrams, blots and a blank."""
    assert features.formula_image(drawing(kind)) is None


@pytest.mark.parametrize("shape", [(1, 1), (12, 12), (10, 4000), (3000, 10), (600, 600)])
def test_hostile(shape: tuple[int, int]) -> None:
    """Noise of any size is none, and no error."""
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert features.formula_image(Part("image", noise)) is None
    assert features.latex_image("\\frac{") is None
