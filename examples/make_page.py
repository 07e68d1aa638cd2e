"""Runs every example and writes docs/examples.md: the idea of each, what it printed, and pictures
of what went in and what came out.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image as Pictures

from polysense import Library, Mesh

DOCS = Path(__file__).parents[1] / "docs"
WIDE, GAP = 1000, 20


def one(*names: str) -> Callable[[Path], list[Pictures.Image]]:
    """Pictures among the files that a script leaves behind."""
    return lambda folder: [Pictures.open(folder / name).convert("RGB") for name in names]


def shots(folder: Path) -> list[Pictures.Image]:
    """Six moments of the new clip."""
    with av.open(str(folder / "story.mp4")) as film:
        frames = [frame.to_image() for frame in film.decode(video=0)]
    return [frames[len(frames) * (2 * i + 1) // 12] for i in range(6)]


def model(folder: Path) -> list[Pictures.Image]:
    """The sole as it came out, drawn."""
    with Library("memory://") as kb:
        return [
            load_picture(
                kb.ask("Show this", Mesh(folder / "sole.glb"), to="image").save(folder / "sole.png")
            )
        ]


def sound(folder: Path) -> list[Pictures.Image]:
    """The recording with the seconds that answer."""
    from podcast import QUESTION

    with Library(folder / "kb") as kb:
        return [load_picture(kb.ask(QUESTION, to="image").save(folder / "seconds.png"))]


def load_picture(path: Path) -> Pictures.Image:
    """A picture, in memory."""
    return Pictures.open(path).convert("RGB")


@dataclass(frozen=True)
class Example:
    """A script, what it is about in two sentences, its pictures, and what they show; columns:
    pictures beside one another.
    """

    name: str
    title: str
    idea: str
    pictures: Callable[[Path], Sequence[Pictures.Image]]
    caption: str
    columns: int = 2


EXAMPLES = (
    Example(
        "sketch",
        "A sketch becomes a web page",
        "The boxes and words of a sketch are found, nested by what lies in what, and written as "
        "HTML and as SVG. "
        "The question's own picture is the evidence; the library is empty.",
        one("sketch.png", "page.png"),
        "The sketch that went in, and the SVG that came out, drawn.",
    ),
    Example(
        "flowchart",
        "A flowchart becomes a program",
        "Shapes, arrows and the words on them are read off a picture and written as Mermaid. "
        "Since the chart decides something, a Python program that walks it comes along.",
        one("flowchart.png"),
        "The picture that went in.",
        1,
    ),
    Example(
        "story",
        "Words and a clip become a new clip",
        "The library holds four films; the reference shows a boat, small and dark, and the words "
        "ask for several scenes of its story. "
        "The films that look like it are cut together, best first, and each is cited.",
        shots,
        "Six moments of the new clip.",
        3,
    ),
    Example(
        "footsteps",
        "Footsteps become the sole of a shoe",
        "No model here knows both sounds and shapes, but the library keeps them in pairs under "
        "one name. "
        "A noisy recording of another walk finds the footsteps by their sound, and the sole "
        "beside them is the answer.",
        model,
        "The sole that came out, drawn.",
        1,
    ),
    Example(
        "shop",
        "A photo and “but red” become a recommendation",
        "The photo finds the mugs by what they look like, and the words choose among them by what "
        "the catalogue says where it shows each. "
        "`recommend` does the same for things of the shop that somebody likes.",
        one("seen.jpg", "recommended.jpg"),
        "The photo that went in, and what was recommended.",
    ),
    Example(
        "error",
        "A screenshot becomes the cause and the cure",
        "The words in the screenshot are read and asked together with the question. "
        "The answer cites the page of the manual, and the page itself comes along with the place "
        "marked.",
        one("screenshot.png", "place.png"),
        "The screenshot that went in, and the page of the manual.",
    ),
    Example(
        "exercise",
        "A photo of an exercise becomes its solution",
        "The exercise is read off the photo and looked for in the course. "
        "The answer is put together from the lecture's notes and a slide, with the picture that "
        "stands beside the words.",
        one("exercise.jpg", "beside.png"),
        "The photo that went in, and the picture from the notes.",
    ),
    Example(
        "podcast",
        "A question becomes the seconds of a recording",
        "The recording's subtitles tell where the answer is said; those seconds are cut out, with "
        "nothing before and after. "
        "The same words can be spoken, too.",
        sound,
        "The recording; the seconds that answer are marked.",
        1,
    ),
)


def sheet(pictures: Sequence[Pictures.Image], columns: int) -> Pictures.Image:
    """Pictures beside one another, each row of one height, on white."""
    rows = [pictures[i : i + columns] for i in range(0, len(pictures), columns)]
    strips = []
    for row in rows:
        wide = sum(p.width / p.height for p in row)
        high = min(round((WIDE - GAP * (len(row) - 1)) / wide), 460)
        strips.append(
            [
                p.resize((round(p.width / p.height * high), high), Pictures.Resampling.LANCZOS)
                for p in row
            ]
        )
    wide = max(sum(p.width for p in s) + GAP * (len(s) - 1) for s in strips)
    canvas = Pictures.new(
        "RGB", (wide, sum(s[0].height for s in strips) + GAP * (len(strips) - 1)), "white"
    )
    y = 0
    for strip in strips:
        x = 0
        for p in strip:
            canvas.paste(p, (x, y))
            x += p.width + GAP
        y += strip[0].height + GAP
    return canvas


def section(example: Example, folder: Path) -> str:
    """Run one example, save its picture, tell what it printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        importlib.import_module(example.name).main(folder / example.name)
    picture = sheet(example.pictures(folder / example.name), example.columns)
    target = DOCS / "examples" / f"{example.name}.png"
    target.parent.mkdir(exist_ok=True)
    picture.quantize(128, dither=Pictures.Dither.NONE).save(target, optimize=True)
    script = f"[`examples/{example.name}.py`](../examples/{example.name}.py)"
    output = printed.getvalue().rstrip()
    return (
        f"## {example.title}\n\n{example.idea} "
        f"{script}\n\n![{example.caption}](examples/{example.name}.png)\n\n"
        f"{example.caption}\n\n```text\n{output}\n```\n"
    )


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        sections = [section(example, Path(folder)) for example in EXAMPLES]
    head = (
        "# Worked examples\n\nEach is a script that makes its own files, asks, and saves what it "
        "got: `python examples/sketch.py`. "
        "What is shown here is what they print; `python examples/make_page.py` writes this page "
        "anew.\n"
    )
    (DOCS / "examples.md").write_text("\n".join([head, *sections]), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
