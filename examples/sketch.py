"""A page sketched by hand -> HTML, and the same as SVG."""

from __future__ import annotations

import sys
from pathlib import Path

import resvg_py
from _pictures import Pen

from polysense import Image, Library


def draw_page(path: Path) -> Path:
    """The sign-in page of a shop, as somebody draws it in a meeting."""
    pen = Pen(1000, 760, seed=4)
    pen.box(40, 36, 920, 690)
    pen.words(80, 68, "Garden Shop", 34)
    for x, word in ((560, "Plants"), (690, "Tools"), (810, "Basket")):
        pen.words(x, 74, word, 24)
    pen.line((42, 130), (958, 130))
    pen.box(270, 166, 460, 520)
    pen.words(500, 190, "Welcome back", 32, centre=True)
    for y, label in ((262, "Email"), (382, "Password")):
        pen.words(310, y, label, 22)
        pen.box(308, y + 42, 384, 54)
    pen.box(308, 520, 384, 58)
    pen.words(500, 534, "Sign in", 26, centre=True)
    pen.words(500, 616, "Forgot your password?", 20, centre=True)
    return pen.save(path)


def main(folder: Path = Path("polysense-examples/sketch")) -> None:
    """Draw, ask, save."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = draw_page(folder / "sketch.png")
    with Library("memory://") as kb:
        answer = kb.ask("Turn this sketch into a web page", Image(picture), to="code")
    print("asked: Turn this sketch into a web page (with sketch.png)")
    for number, output in enumerate(answer.parts):
        if output.part.modality == "code":
            print(f"got:   {answer.save(folder / output.part.name, number).name}, {output.origin}")
    (folder / "page.png").write_bytes(
        bytes(resvg_py.svg_to_bytes(svg_path=str(folder / "page.svg")))
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
