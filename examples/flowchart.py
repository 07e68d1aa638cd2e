"""A picture of a flowchart -> Mermaid, and Python that walks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from _pictures import Pen

from polysense import Image, Library


def draw_flowchart(path: Path) -> Path:
    """How to lend a book, on a whiteboard."""
    pen = Pen(1000, 900, seed=3)
    for x, y, wide, text in (
        (420, 90, 250, "Book is returned"),
        (420, 430, 250, "Check for damage"),
        (800, 250, 240, "Charge a fine"),
        (800, 620, 240, "Send to repair"),
        (420, 800, 250, "Put on the shelf"),
    ):
        pen.box(x - wide / 2, y - 36, wide, 72)
        pen.words(x, y - 16, text, 25, centre=True)
    for y, text in ((250, "Is it late?"), (620, "Damaged?")):
        pen.diamond(420, y, 290, 130)
        pen.words(420, y - 16, text, 25, centre=True)
    for arrow in (
        [(420, 126), (420, 184)],
        [(420, 316), (420, 393)],
        [(565, 250), (679, 250)],
        [(800, 287), (800, 430), (547, 430)],
        [(420, 467), (420, 554)],
        [(565, 620), (679, 620)],
        [(420, 686), (420, 763)],
    ):
        pen.line(*arrow, arrow=True)
    for x, y, text in ((598, 212, "yes"), (434, 338, "no"), (598, 582, "yes"), (434, 706, "no")):
        pen.words(x, y, text, 24)
    return pen.save(path)


def main(folder: Path = Path("polysense-examples/flowchart")) -> None:
    """Draw, ask, save, and walk through the chart by the program made of it."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = draw_flowchart(folder / "flowchart.png")
    with Library("memory://") as kb:
        answer = kb.ask("Turn this flowchart into code", Image(picture), to="code")
    print("asked: Turn this flowchart into code (with flowchart.png)")
    for output in answer.parts:
        if output.part.modality == "code":
            (folder / output.part.name).write_text(output.part.data, "utf-8")
            print(f"got:   {output.part.name}, {output.origin}")
    print("\n" + (folder / "diagram.mmd").read_text("utf-8"))
    walk = [sys.executable, str(folder / "diagram.py"), "yes", "no"]
    print(
        "$ python diagram.py yes no\n"
        + subprocess.run(
            walk, capture_output=True, text=True, check=True, timeout=20
        ).stdout.rstrip()
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
