"""From the picture of a formula to its LaTeX: where a table gives each picture's, and from LaTeX
alone, in a table or a paper.
"""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image as Pictures
from PIL import ImageChops, ImageFilter

from polysense import Image, Library, kit
from polysense.evaluate.bench import Row, mean
from polysense.read.formula import features, latex

LINES = 12
"""Formulas of a section of the paper made."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Each formula is asked for by a poor copy of its picture, then by the picture itself where the
    library has none.
    """
    folder = data / "math-formulas"
    formulas = dict(
        line.split("\t", 1)
        for line in (folder / "formulas.tsv").read_text("utf-8").splitlines()
        if "\t" in line
    )
    poor = {name: degrade(folder / name, n) for n, name in enumerate(formulas)}
    clean = {name: cut(folder / name) for name in formulas}
    drawable = {
        name: formula
        for name, formula in formulas.items()
        if features.latex_image(formula) is not None
    }
    yield Row(
        "Formulas that can be drawn",
        f"{len(drawable)} of {len(formulas)}",
        note="by mathtext, rewritten for it",
    )
    with_pictures = work / "listed"
    shutil.copytree(folder, with_pictures)
    yield measure(
        "pictures and a table of their LaTeX, poor copies asked",
        with_pictures,
        work / "a",
        formulas,
        poor,
        0.95,
    )
    table, paper = work / "table", work / "paper"
    table.mkdir()
    shutil.copyfile(folder / "formulas.tsv", table / "formulas.tsv")
    paper.mkdir()
    (paper / "paper.tex").write_text(paper_text(drawable), "utf-8")
    (paper / "notes.md").write_text(
        "# Notes\n\nThe mill grinds at $Q = \\rho g h$ of flow.\n", "utf-8"
    )
    yield measure("a table of LaTeX alone", table, work / "b", drawable, clean, 0.9)
    yield measure(
        "a table of LaTeX alone, poor copies asked", table, work / "b", drawable, poor, None
    )
    yield measure("a paper in LaTeX alone", paper, work / "c", drawable, clean, 0.9)


def measure(
    what: str,
    files: Path,
    library: Path,
    formulas: Mapping[str, str],
    queries: Mapping[str, bytes],
    min_score: float | None,
) -> Row:
    """The share of formulas for which the answer's code is the LaTeX asked for, but for white space
    and what numbers it.
    """
    with Library(library, kit=kit(encoders=("formula",), generators=("latex",))) as kb:
        kb.index(files)
        right, answer_count = [], 0
        for name, formula in formulas.items():
            answer = kb.ask(Image(queries[name]), to="code")
            code_parts = [p.part for p in answer.parts if p.part.modality == "code"][:1]
            latex_answers = [
                plain(str(p.data)) for p in code_parts if p.mime == "application/x-tex"
            ]
            answer_count += bool(latex_answers)
            right.append(float(latex_answers == [plain(formula)]))
    score = mean(right)
    note = f"{len(formulas)} formulas; LaTeX was given for {answer_count}"
    target = "" if min_score is None else f">= {min_score}"
    return Row(
        f"Formula picture -> LaTeX, {what}: R@1",
        f"{score:.3f}",
        target,
        None if min_score is None else score >= min_score,
        note,
    )


def plain(code: str) -> str:
    """Without comments above it, white space, and numbers of formulas."""
    lines = [line for line in code.split("\n") if not line.startswith("% polysense")]
    return "".join(latex.NUMBERING.sub("", "\n".join(lines)).split())


def paper_text(formulas: Mapping[str, str]) -> str:
    """A paper whose sections have LINES formulas each, in displays and in running words."""
    out = ["\\documentclass{article}", "\\begin{document}"]
    for n, formula in enumerate(formulas.values()):
        if n % LINES == 0:
            out.append(f"\\section{{Part {n // LINES + 1}}}")
        out += [
            f"Statement {n + 1} follows from what was said above.",
            f"\\begin{{equation}}\n{formula}\n\\end{{equation}}",
        ]
    return "\n".join([*out, "\\end{document}", ""])


def cut(path: Path, margin: int = 30) -> bytes:
    """Cut to its ink, with a margin."""
    out = io.BytesIO()
    _cut(path, margin).save(out, "PNG")
    return out.getvalue()


def degrade(path: Path, seed: int) -> bytes:
    """Cut to its ink with another margin, reduced, blurred, and as a poor JPEG."""
    rng = random.Random(seed)
    picture = _cut(path, rng.randint(8, 60))
    scale = rng.uniform(0.5, 0.9)
    small = picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Pictures.Resampling.BICUBIC
    )
    out = io.BytesIO()
    small.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.8))).save(
        out, "JPEG", quality=rng.randint(35, 80)
    )
    return out.getvalue()


def _cut(path: Path, margin: int) -> Pictures.Image:
    with Pictures.open(path) as file:
        picture = file.convert("RGBA")
    flat = Pictures.alpha_composite(Pictures.new("RGBA", picture.size, "white"), picture).convert(
        "L"
    )
    box = ImageChops.invert(flat).getbbox()
    assert box is not None
    canvas = Pictures.new("L", (box[2] - box[0] + 2 * margin, box[3] - box[1] + 2 * margin), 255)
    canvas.paste(flat.crop(box), (margin, margin))
    return canvas
