"""The LaTeX of a pictured formula, exactly as it stands in a cell or on a line; nothing where no
formula is near.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense import Image as Picture
from polysense import Library, kit
from polysense.demo import FILES
from polysense.make.code.latex import Latex
from polysense.read.formula import mathtext
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Query, Span

FORMULAS = [
    r"E = \frac{1}{2} m v^2 + U(x)",
    r"\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}",
    r"a^2 + b^2 = c^2 - 2ab\cos\gamma",
    r"F_{\mu\nu} = \partial_\mu A_\nu - \partial_\nu A_\mu",
]


def pixels(latex: str) -> np.ndarray:
    ink = mathtext.draw(latex)
    assert ink is not None
    return np.asarray(Image.fromarray(255 - np.pad(ink, 40)).convert("RGB"))


def picture_query(latex: str) -> Query:
    return (Part("image", pixels(latex)),)


def evidence_of(
    path: Path,
    mime: str,
    modality: Modality,
    span: Span,
    words: str = "",
    context: str = "",
    n: int = 1,
) -> Evidence:
    asset = Asset(path.name, str(path), mime, modality, 1, path=path)
    part = Part("image", path, mime) if modality == "image" else None
    return Evidence(
        n,
        Hit(Chunk(asset, span, modality, part, words, context), 1.0),
        part or Part("text", words),
        span,
    )


def formula_part(query: Query, *evidence: Evidence) -> Part | None:
    parts = list(Latex().generate(query, evidence))
    assert len(parts) < 2
    return parts[0] if parts else None


def test_a_line_of_a_paper(tmp_path: Path) -> None:
    """From the file itself, though the words of the chunk have lost their backslashes; the line is
    told.
    """
    path = tmp_path / "notes.md"
    path.write_text(
        f"# Laws\n\nBy $${FORMULAS[1]}$$ it follows\nthat ${FORMULAS[2]}$.\n\nAnd\n$$\n{FORMULAS[0]}\n$$\n",
        "utf-8",
    )
    part = formula_part(
        picture_query(FORMULAS[2]),
        evidence_of(path, "text/markdown", "text", Span(lines=(3, 4)), "By frac it follows"),
    )
    assert part is not None
    assert (part.data, part.mime, part.meta["place"], part.meta["source"]) == (
        FORMULAS[2],
        "application/x-tex",
        "L4",
        "notes.md",
    )
    assert part.meta["likeness"] > 0.9
    far = formula_part(
        picture_query(FORMULAS[0]),
        evidence_of(path, "text/markdown", "text", Span(lines=(3, 4)), "By frac it follows"),
    )
    assert far is not None  # not in the evidence, but in its file
    assert (far.data, far.meta["place"]) == (FORMULAS[0], "L8")


def test_a_cell_of_a_table(tmp_path: Path) -> None:
    """The cell as it stands, though the row's sentence ends in a point, with its address."""
    path = tmp_path / "formulas.csv"
    path.write_text(
        "name,latex\n" + "".join(f'{n},"{s}"\n' for n, s in enumerate(FORMULAS)), "utf-8"
    )
    part = formula_part(
        picture_query(FORMULAS[3]),
        evidence_of(path, "text/csv", "table", Span(cells="A2:B5"), "name: 3; latex: x.", n=4),
    )
    assert part is not None
    assert (part.data, part.meta["place"], part.meta["evidence"]) == (FORMULAS[3], "B5", [4])


def test_a_picture_with_its_words(tmp_path: Path) -> None:
    """A look-alike picture speaks by the words that a table gives it; one that shows another
    formula does not.
    """
    for n in (0, 1):
        Image.fromarray(pixels(FORMULAS[n])).save(tmp_path / f"{n}.png")
    evidence = [
        evidence_of(
            tmp_path / f"{n}.png",
            "image/png",
            "image",
            Span(),
            "",
            f"latex: {FORMULAS[n]}; year: 1900",
            n + 1,
        )
        for n in (0, 1)
    ]
    part = formula_part(picture_query(FORMULAS[1]), *evidence)
    assert part is not None
    assert (part.data, part.meta["evidence"]) == (FORMULAS[1], [2])
    assert formula_part(picture_query(FORMULAS[2]), *evidence) is None


def test_words_ask_for_it() -> None:
    """Who asks for LaTeX in words gets the formula of the first evidence that has one; who does
    not, nothing.
    """
    evidence = evidence_of(
        Path("/none/a.html"),
        "text/html",
        "text",
        Span(lines=(1, 1)),
        f"The energy is ${FORMULAS[0]}$ here.",
    )
    part = formula_part((Part("text", "the LaTeX of the energy"),), evidence)
    assert part is not None
    assert part.data == FORMULAS[0]
    assert "likeness" not in part.meta
    assert formula_part((Part("text", "code for the energy"),), evidence) is None


@pytest.mark.parametrize(
    ("path", "mime"), [("/gone/a.tex", "application/x-tex"), ("/gone/a.csv", "text/csv")]
)
def test_files_that_are_gone(path: str, mime: str) -> None:
    """The words that are left still tell."""
    modality, span = (
        ("table", Span(cells="A1:B1")) if mime == "text/csv" else ("text", Span(lines=(1, 1)))
    )
    part = formula_part(
        picture_query(FORMULAS[0]),
        evidence_of(Path(path), mime, modality, span, f"${FORMULAS[0]}$"),
    )
    assert part is not None
    assert part.data == FORMULAS[0]


def test_pictures_of_anything_else_get_nothing() -> None:
    """Photos go the way that they went before, and broken files as well."""
    evidence = evidence_of(
        Path("/none/a.html"), "text/html", "text", Span(lines=(1, 1)), f"${FORMULAS[0]}$"
    )
    assert formula_part((Part("image", FILES / "pictures/ferry.jpg"),), evidence) is None
    assert formula_part((Part("image", b"no picture"),), evidence) is None
    assert formula_part(picture_query(FORMULAS[0])) is None


def test_from_question_to_citation(tmp_path: Path) -> None:
    """Through a library: LaTeX alone, no picture of the formula anywhere."""
    (tmp_path / "kb").mkdir()
    rows = "".join(f"{n}\t{s}\n" for n, s in enumerate(FORMULAS))
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "laws.tsv").write_text(f"n\tlatex\n{rows}", "utf-8")
    (tmp_path / "files" / "mill.md").write_text(
        "# Mill\n\nThe wheel has thirty-two paddles and turns with the tide.\n", "utf-8"
    )
    Image.fromarray(pixels(FORMULAS[3])).save(tmp_path / "asked.png")
    with Library("memory://", kit=kit(encoders=("formula",), generators=("latex",))) as kb:
        kb.index(tmp_path / "files")
        assert kb.routes("code")["table"][0].generator == "latex"
        answer = kb.ask(Picture(tmp_path / "asked.png"), to="code")
    part = next(p.part for p in answer.parts if p.part.modality == "code")
    assert str(part.data).split("\n")[-1] == FORMULAS[3]
    assert (part.meta["source"], part.meta["place"]) == ("laws.tsv", "B5")
    assert "laws.tsv" in answer.text
