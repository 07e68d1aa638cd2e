"""Diagrams drawn as pictures come back as Mermaid that says the same, and as a program that walks
it; other pictures come back as nothing.
"""

from __future__ import annotations

import ast
import io
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from polysense.errors import NotFound
from polysense.read.image.drawing.flowchart import Flowchart
from polysense.testing import check_converter
from polysense.types import Part

INK = (40, 40, 40)
Point = tuple[float, float]


def picture(image: Image.Image) -> Part:
    out = io.BytesIO()
    image.save(out, "PNG")
    return Part("image", out.getvalue(), mime="image/png")


def words(draw: ImageDraw.ImageDraw, at: Point, text: str, size: int = 20) -> None:
    draw.multiline_text(
        at, text, font=ImageFont.load_default(size), fill=INK, anchor="mm", align="center"
    )


def arrow(draw: ImageDraw.ImageDraw, points: Sequence[Point], dashed: bool = False) -> None:
    for a, b in pairwise(points):
        n = int(math.dist(a, b) // 10) if dashed else 1
        for i in range(n):
            ends = [
                (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
                for t in (i / n, (i + (0.55 if dashed else 1)) / n)
            ]
            draw.line([*ends[0], *ends[1]], fill=INK, width=2)
    (ax, ay), (bx, by) = points[-2:]
    angle = math.atan2(by - ay, bx - ax)
    draw.polygon(
        [
            (bx, by),
            *(
                (bx - 12 * math.cos(angle + s), by - 12 * math.sin(angle + s))
                for s in (0.45, -0.45)
            ),
        ],
        fill=INK,
    )


def flow(fill: tuple[int, int, int] | None = None, dashed: bool = False) -> Image.Image:
    """A start, two steps, a question with two ways, data, an end; one way leads back."""
    image = Image.new("RGB", (900, 980), "white")
    d = ImageDraw.Draw(image)
    d.rounded_rectangle((370, 30, 530, 90), 30, outline=INK, width=2, fill=fill)
    d.rectangle((340, 150, 560, 220), outline=INK, width=2, fill=fill)
    d.polygon([(450, 290), (610, 380), (450, 470), (290, 380)], outline=INK, width=2, fill=fill)
    d.rectangle((40, 560, 300, 640), outline=INK, width=2, fill=fill)
    d.rectangle((600, 560, 860, 640), outline=INK, width=2, fill=fill)
    d.polygon([(80, 740), (300, 740), (260, 810), (40, 810)], outline=INK, width=2, fill=fill)
    d.ellipse((380, 860, 520, 940), outline=INK, width=2, fill=fill)
    for at, text in (((450, 60), "Start"), ((450, 185), "Read the gauge"), ((450, 380), "Is the level\nabove 2 m?"), ((170, 600), "Open the sluice"),
                     ((730, 600), "Wait ten minutes"), ((170, 775), "Write log"), ((450, 900), "End"), ((230, 362), "Yes"), ((665, 362), "No")):  # fmt: skip
        words(d, at, text)
    for points in ([(450, 90), (450, 148)], [(450, 220), (450, 288)], [(290, 380), (170, 380), (170, 558)], [(610, 380), (730, 380), (730, 558)],
                   [(170, 640), (170, 738)], [(170, 810), (170, 900), (378, 900)]):  # fmt: skip
        arrow(d, points)
    arrow(d, [(860, 600), (885, 600), (885, 185), (562, 185)], dashed)
    return image


EXPECTED = {
    ("Start", "", "Read the gauge"), ("Read the gauge", "", "Is the level above 2 m?"), ("Is the level above 2 m?", "Yes", "Open the sluice"),
    ("Is the level above 2 m?", "No", "Wait ten minutes"), ("Wait ten minutes", "", "Read the gauge"), ("Open the sluice", "", "Write log"),
    ("Write log", "", "End"),
}  # fmt: skip


def edges(mermaid: str) -> set[tuple[str, str, str]]:
    """(from, label, to) of a Mermaid flowchart, read by its own small grammar."""
    names = {
        m[1]: m[2].replace("<br/>", " ")
        for m in re.finditer(r'^\s*(\w+)[\[({/]+"(.*?)"', mermaid, re.M)
    }
    arrows = re.finditer(r'^\s*(\w+) (?:-->|-\.->|---)(?:\|"(.*?)"\|)? (\w+)$', mermaid, re.M)
    return {(names[m[1]], m[2] or "", names[m[3]]) for m in arrows}


def convert(image: Image.Image) -> list[Part]:
    return list(Flowchart().convert(picture(image)))


def test_a_flowchart_keeps_its_nodes_arrows_and_labels() -> None:
    """Shapes, words, directions and the labels of a decision all survive; the program is the second
    part.
    """
    mermaid, program = convert(flow())
    assert mermaid.mime == "text/x-mermaid"
    assert edges(str(mermaid.data)) == EXPECTED
    assert '(["Start"])' in str(mermaid.data)
    assert '{"Is the level<br/>above 2 m?"}' in str(mermaid.data)
    ast.parse(str(program.data))


def steps(
    points: list[tuple[int, int]], arrows: list[tuple[int, int]], size: tuple[int, int]
) -> str:
    """The first line of the Mermaid of boxes at those centres, with straight arrows from one
    (index) to another.
    """
    image = Image.new("RGB", size, "white")
    d = ImageDraw.Draw(image)
    for (x, y), text in zip(points, ("Open", "Measure", "Record", "Close", "Report"), strict=False):
        d.rectangle((x - 80, y - 35, x + 80, y + 35), outline=INK, width=2)
        words(d, (x, y), text)
    for a, b in arrows:
        (x0, y0), (x1, y1) = points[a], points[b]
        level = abs(x1 - x0) * 35 > abs(y1 - y0) * 80
        dx, dy = (82 * (1 if x1 > x0 else -1), 0) if level else (0, 37 * (1 if y1 > y0 else -1))
        arrow(d, [(x0 + dx, y0 + dy), (x1 - dx, y1 - dy)])
    return str(convert(image)[0].data).split("\n")[0]


@pytest.mark.slow
def test_the_direction_is_that_of_the_arrows() -> None:
    """A chart drawn downwards is one, however long its branches to both sides; one drawn to the
    left is no LR.
    """
    row, column = [(120 + 300 * i, 80) for i in range(4)], [(450, 60 + 140 * i) for i in range(4)]
    on = [(0, 1), (1, 2), (2, 3)]
    wide = [(700, 60), (700, 180), (120, 330), (1280, 330)]
    assert steps(wide, [(0, 1), (1, 2), (1, 3)], (1400, 400)) == "flowchart TD"
    assert steps(column, on, (900, 560)) == "flowchart TD"
    assert steps(row, on, (1140, 160)) == "flowchart LR"
    assert steps(row[::-1], on, (1140, 160)) == "flowchart RL"
    assert steps(column[::-1], on, (900, 560)) == "flowchart BT"


def test_filled_shapes_and_dashed_lines() -> None:
    """A dashed arrow is one line, and told from the others."""
    mermaid = str(convert(flow((220, 235, 250), dashed=True))[0].data)
    assert edges(mermaid) == EXPECTED
    assert mermaid.count("-.->") == 1


def test_the_program_runs(tmp_path: Path) -> None:
    """It walks the chart as its arguments decide: once back through the loop, then to the end."""
    program = tmp_path / "diagram.py"
    program.write_text(str(convert(flow())[1].data))
    process = subprocess.run(
        [sys.executable, program, "No", "yes"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert process.stdout.splitlines() == [
        "Start", "Read the gauge", "Is the level above 2 m? No", "Wait ten minutes", "Read the gauge", "Is the level above 2 m? Yes",
        "Open the sluice", "Write log", "End",
    ]  # fmt: skip


def sequence() -> Image.Image:
    image = Image.new("RGB", (820, 560), "white")
    d = ImageDraw.Draw(image)
    for x, text in ((140, "Client"), (410, "Proxy"), (680, "Server")):
        d.line((x, 70, x, 490), fill=(190, 190, 190))
        for y in (20, 490):
            d.rectangle((x - 80, y, x + 80, y + 50), fill=(236, 236, 255), outline=(190, 190, 240))
            words(d, (x, y + 25), text)
    words(d, (275, 105), "GET /tide")
    arrow(d, [(140, 130), (410, 130)])
    arrow(d, [(410, 190), (680, 190)])
    d.rectangle((600, 225, 760, 265), fill=(255, 245, 173), outline=(200, 190, 100))
    words(d, (680, 245), "Ask the gauge", 18)
    words(d, (545, 315), "200 OK")
    arrow(d, [(680, 340), (410, 340)], dashed=True)
    arrow(d, [(410, 420), (140, 420)])
    return image


def test_a_sequence_diagram() -> None:
    """Actors, the direction of each message, its words, dashes, and what a note stands over."""
    (only,) = convert(sequence())
    lines = [line.strip() for line in str(only.data).splitlines()]
    assert lines == [
        "sequenceDiagram", "participant Client", "participant Proxy", "participant Server", "Client->>Proxy: GET /tide", "Proxy->>Server:",
        "Note over Server: Ask the gauge", "Server-->>Proxy: 200 OK", "Proxy->>Client:",
    ]  # fmt: skip


def test_an_svg_says_its_words_itself() -> None:
    """Letters of an SVG need no recognition and no typeface: they are read as they are written."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><g fill="none" stroke="#333" stroke-width="2">'
        '<rect x="100" y="20" width="200" height="60"/><rect x="100" y="200" width="200" height="60"/><path d="M200 80V190"/></g>'
        '<path d="M200 199l-7-12h14z" fill="#333"/><g text-anchor="middle" font-size="18">'
        '<text x="200" y="56">Zażółć “gęślą”</text><text x="200" y="236">潮汐磨坊</text></g></svg>'
    )
    (only,) = Flowchart().convert(Part("image", svg.encode(), mime="image/svg+xml"))
    assert edges(str(only.data)) == {("Zażółć “gęślą”", "", "潮汐磨坊")}


@pytest.mark.parametrize("kind", ["blank", "pixel", "noise", "words", "boxes"])
def test_other_pictures_make_nothing(kind: str) -> None:
    """Nothing is drawn up where there is no diagram: the next way is tried then."""
    image = Image.new("RGB", (1, 1) if kind == "pixel" else (640, 480), "white")
    d = ImageDraw.Draw(image)
    if kind == "noise":
        image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8))
    if kind == "words":
        words(d, (320, 240), "No diagram here,\nonly words", 32)
    if kind == "boxes":
        for x in (60, 360):
            d.rectangle((x, 120, x + 200, 300), outline=INK, width=2)
            words(d, (x + 100, 210), "Box alone")
    assert convert(image) == []


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(NotFound, match=r"gone\.svg"):
        list(Flowchart().convert(Part("image", tmp_path / "gone.svg")))


def test_the_contract() -> None:
    """What every converter promises: twice at once gives the same."""
    check_converter(Flowchart(), picture(sequence()))


def _actor_names(mermaid: str) -> list[str]:
    ids = {
        m[1].strip(): m[2] or m[1]
        for m in re.finditer(r"^\s*participant (\S.*?)(?: as (.*))?$", mermaid, re.M)
    }
    flat = [re.sub(r"<br\s*/?>", " ", n).replace("#58;", ":").strip() for n in ids.values()]
    return flat or [m for m in ("Client", "Server") if m in mermaid]


@pytest.mark.slow
def test_real_diagrams(data: Path) -> None:
    """The actors of real sequence diagrams are found: F1 of their names at least 0.9 (measured
    1.0).
    """
    hits = total = 0
    for source in sorted((data / "diagrams-mermaid" / "http").rglob("*.mmd")):
        path = next(
            p for p in (source.with_suffix(".svg"), source.with_suffix(".png")) if p.exists()
        )
        expected = _actor_names(source.read_text())
        actors = [
            n for p in Flowchart().convert(Part("image", path)) for n in _actor_names(str(p.data))
        ]
        total += len(expected) + len(actors)
        for name in expected:
            same = next(
                (g for g in actors if SequenceMatcher(None, g.lower(), name.lower()).ratio() > 0.8),
                None,
            )
            if same is not None:
                actors.remove(same)
                hits += 2
    assert hits / total > 0.9
