"""A photo of an exercise -> its solution out of the course's notes, slides and pictures."""

from __future__ import annotations

import sys
from pathlib import Path

from _pictures import Pen, circuit
from pptx import Presentation

from polysense import Image, Library

LECTURE = """# Lecture 4: Circuits

## Resistors in series

![Two resistors in series: one current flows through both](series-circuit.png)

In series, one current flows through all resistors, and their resistances add: R = R1 + R2. \
The current is then I = U / R.

**Worked example, Exercise 7.** Resistors of 40 ohm and 80 ohm in series at a battery of 6 volt: \
R = 40 + 80 = 120 ohm, so the current is I = 6 / 120 = 0.05 ampere. \
The larger resistor has the larger share of the voltage, 4 volt.

## Resistors in parallel

In parallel, all resistors have the same voltage, and their conductances add: \
1 / R = 1 / R1 + 1 / R2.

**Worked example, Exercise 8.** Lamps of 30 ohm and 60 ohm side by side at 6 volt: \
R = 20 ohm, so the battery gives 0.3 ampere.

## Capacitors

A capacitor of C farad at U volt holds the charge Q = C U. It lets no steady current through.
"""


def course(folder: Path) -> Path:
    """Notes with a drawing beside the words, and slides."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lecture-4.md").write_text(LECTURE, "utf-8")
    circuit(folder / "series-circuit.png")
    slides = Presentation()
    steps = (
        "First add the two resistors in series, then divide the battery's 6 volt by the sum: "
        "that is the current."
    )
    for title, words in (("Circuits", "Lecture 4"), ("Exercise 7, step by step", steps)):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text, slide.placeholders[1].text = title, words
    slides.save(str(folder / "slides-4.pptx"))
    return folder


def photo(path: Path) -> Path:
    """The sheet with the exercise."""
    pen = Pen(980, 330, seed=6)
    pen.words(40, 36, "Exercise 7", 34)
    pen.words(40, 108, "A battery of 6 volt feeds two resistors in", 28)
    pen.words(40, 156, "series, one of 40 ohm and one of 80 ohm.", 28)
    pen.words(40, 216, "What current flows?", 28)
    return pen.photograph(path)


def main(folder: Path = Path("polysense-examples/exercise")) -> None:
    """Write the course, photograph the exercise, ask."""
    notes, sheet = course(folder / "course"), photo(folder / "exercise.jpg")
    question = "How is this exercise solved?"
    with Library(folder / "kb") as kb:
        kb.index(notes)
        answer = kb.ask(question, Image(sheet), to=("text", "image"))
    print(f"asked: {question} (with exercise.jpg)\n{answer}\n")
    print("got:  ", answer.save(folder / "beside.png").name)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
