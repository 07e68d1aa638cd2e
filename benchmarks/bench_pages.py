"""Pages drawn from a seed, and the HTML and SVG made of their pictures: words, and where
boxes stand.
"""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape, unescape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from common import f1
from polysense.evaluate.bench import Row, mean
from polysense.read.image.drawing.sketch import Sketch
from polysense.types import Part

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""
WORDS = [
    "harbour",
    "bell",
    "tide",
    "mill",
    "ferry",
    "lantern",
    "keeper",
    "stone",
    "wheel",
    "river",
    "gauge",
    "market",
    "winter",
    "garden",
    "letter",
    "bridge",
    "paper",
    "island",
]
WIDTH, PAGES = 960, 20

_BOXES = """<script>addEventListener("load", () => {
  const pages = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument, boxes = [];
    for (const e of page.body.querySelectorAll("*")) {
      if (e.closest("svg")) continue;
      const style = frame.contentWindow.getComputedStyle(e);
      const texts = [...e.childNodes].filter(n => n.nodeType == 3 && n.textContent.trim());
      const isBox = style.borderTopWidth != "0px" || style.backgroundColor != "rgba(0, 0, 0, 0)"
        || e.tagName == "INPUT" || e.classList.contains("picture");
      let box = e.getBoundingClientRect();
      if (texts.length && !isBox) {
        const range = page.createRange();
        range.setStart(texts[0], 0);
        range.setEnd(texts.at(-1), texts.at(-1).length);
        box = range.getBoundingClientRect();
      }
      if ((texts.length || isBox) && box.width > 0)
        boxes.push([box.left, box.top, box.right, box.bottom]);
    }
    return boxes;
  });
  const pre = document.createElement("pre");
  pre.id = "boxes";
  pre.textContent = JSON.stringify(pages);
  document.body.append(pre);
})</script>"""
"""Writes, for each page in a frame, where its words and the boxes that are seen lie."""


class Page:
    """A simple page drawn from a seed.

    `words` are those on it, `boxes` the places of its elements, `frames` of those that are drawn
    as boxes.
    """

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.image = Image.new("RGB", (WIDTH, 720), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.words: list[str] = []
        self.boxes: list[Box] = []
        self.frames: list[Box] = []
        self.accent = self.rng.choice(["#2563eb", "#b91c1c", "#047857", "#6d28d9", "#1f2937"])
        self.band((0, 0, WIDTH, 62), self.accent)
        self.text(24, 18, self.name(2), 21, "white")
        for n in range(links := self.rng.randint(3, 5)):
            self.text(WIDTH - 120 * (links - n), 20, self.name(1), 17, "white")
        (self.cards, self.form, self.article, self.board)[seed % 4]()
        self.band((0, 670, WIDTH, 720), "#e5e7eb")
        self.text(24, 684, f"Copyright {2000 + seed} {self.name(1)}", 15)

    def name(self, count: int) -> str:
        """So many words, the first with a capital."""
        return " ".join(self.rng.choice(WORDS) for _ in range(count)).capitalize()

    def text(
        self, x: float, y: float, words: str, size: int, fill: str = "#222222", wide: float = 0
    ) -> float:
        """Lines as wide as `wide` at most, as one element; where they end."""
        font = ImageFont.load_default(size)
        lines = [""]
        for word in words.split():
            longer = f"{lines[-1]} {word}".strip()
            lines = (
                [*lines[:-1], longer]
                if not wide or font.getlength(longer) <= wide
                else [*lines, word]
            )
        high, pitch = sum(font.getmetrics()), 1.45 * size
        for n, line in enumerate(lines):
            self.draw.text((x, y + n * pitch), line, font=font, fill=fill)
        self.words += words.split()
        self.boxes.append(
            (x, y, x + max(map(font.getlength, lines)), y + (len(lines) - 1) * pitch + high)
        )
        return y + len(lines) * pitch

    def band(
        self,
        box: Box,
        fill: str | None,
        outline: str | None = None,
        radius: int = 0,
        label: str = "",
        colour: str = "white",
    ) -> None:
        """A box that is seen: a ground, a card, a button or a field with its words."""
        self.draw.rounded_rectangle(box, radius, fill, outline)
        self.boxes.append(box)
        self.frames.append(box)
        if label:
            middle = fill is not None
            at = ((box[0] + box[2]) / 2 if middle else box[0] + 12, (box[1] + box[3]) / 2)
            self.draw.text(
                at,
                label,
                font=ImageFont.load_default(16),
                fill=colour,
                anchor="mm" if middle else "lm",
            )
            self.words += label.split()

    def button(self, x: float, y: float, label: str) -> None:
        """As wide as its words, and filled."""
        self.band(
            (x, y, x + 44 + ImageFont.load_default(16).getlength(label), y + 40),
            self.accent,
            radius=5,
            label=label,
        )

    def picture(self, box: Box) -> None:
        """The place of a picture: a crossed box."""
        self.band(box, None, "#888888")
        for line in ((*box,), (box[0], box[3], box[2], box[1])):
            self.draw.line(line, fill="#888888")

    def cards(self) -> None:
        """A heading with a button, and three cards in a row."""
        self.text(24, 96, f"{self.name(3)}.", 36)
        self.text(24, 156, f"{self.name(10)}.", 17)
        self.button(24, 200, "Get started")
        for x in (24, 336, 648):
            self.band((x, 280, x + 288, 630), None, "#b8c4d2", 6)
            self.picture((x + 18, 298, x + 270, 408))
            self.text(x + 18, 424, self.name(2), 21)
            self.text(x + 18, 464, f"{self.name(10)}.", 16, wide=250)
            self.button(x + 18, 572, self.rng.choice(["Read more", "Open", "Details"]))

    def form(self) -> None:
        """A card with fields, a choice and a button."""
        self.band((270, 110, 690, 560), None, "#b8c4d2", 8)
        self.text(300, 132, self.rng.choice(["Sign in", "Create account", "Contact us"]), 28)
        for y, label, hint in (
            (190, "Email", "you@example.com"),
            (290, "Password", "Password"),
            (390, "City", self.name(1)),
        ):
            self.text(300, y, label, 17)
            self.band((300, y + 28, 660, y + 68), None, "#888888", 3, hint, "#777777")
        self.button(300, 490, self.rng.choice(["Log in", "Submit", "Send"]))

    def article(self) -> None:
        """A menu in a card beside words and a picture."""
        self.band((24, 96, 244, 340), None, "#b8c4d2", 4)
        for n in range(5):
            self.text(44, 114 + 42 * n, self.name(1), 17)
        self.text(280, 96, f"{self.name(3)}.", 34)
        end = self.text(280, 156, f"{self.name(40)}.", 17, wide=640)
        end = self.text(280, end + 18, f"{self.name(26)}.", 17, wide=640)
        self.picture((280, end + 20, 920, end + 190))

    def board(self) -> None:
        """Three figures in a row, and a card with a field."""
        for x in (24, 336, 648):
            self.band((x, 100, x + 288, 220), None, "#b8c4d2", 6)
            self.text(x + 20, 118, self.name(1), 17)
            self.text(x + 20, 156, str(self.rng.randint(10, 999)), 30)
        self.band((24, 260, 936, 560), None, "#b8c4d2", 6)
        self.text(48, 282, self.name(2), 26)
        end = self.text(48, 336, f"{self.name(22)}.", 17, wide=840)
        self.band((48, end + 16, 500, end + 56), None, "#888888", 3, "Search", "#777777")
        self.button(524, end + 16, "Search")


def run(data: Path, work: Path) -> Iterator[Row]:
    """Words and places of what is made of pages drawn here."""
    from bs4 import BeautifulSoup
    from lxml import etree

    texts, frames, htmls = [], [], []
    samples = [Page(seed) for seed in range(PAGES)]
    for page in samples:
        out = io.BytesIO()
        page.image.save(out, "PNG")
        outputs = {
            p.mime: str(p.data)
            for p in Sketch().convert(Part("image", out.getvalue(), "image/png"))
        }
        htmls.append(outputs.get("text/html", ""))
        body = BeautifulSoup(htmls[-1], "lxml").body
        hints = [str(i["placeholder"]) for i in body.select("input[placeholder]")] if body else []
        answer_words, true_words = (
            Counter(" ".join([body.get_text(" "), *hints]).split() if body else ()),
            Counter(page.words),
        )
        texts.append(
            f1((answer_words & true_words).total(), answer_words.total(), true_words.total())
        )
        root = etree.fromstring(outputs.get("image/svg+xml", "<svg/>").encode())
        rects = [
            [float(r.get(k)) for k in ("x", "y", "width", "height")]
            for r in root.findall("{*}rect")[1:]
        ]
        frames.append(overlap([(x, y, x + w, y + h) for x, y, w, h in rects], page.frames))
    what, score = "Page drawn from a seed -> HTML", mean(texts)
    yield Row(
        f"{what}: text F1",
        f"{score:.3f}",
        ">= 0.8",
        score >= 0.8,
        f"{PAGES} pages of 4 kinds, words as they are written",
    )
    yield Row(
        f"{what}: IoU of boxes, in its SVG",
        f"{mean(frames):.3f}",
        note="cards, bands, buttons, fields, pictures; missing or more: 0",
    )
    if browser := shutil.which("chromium") or shutil.which("google-chrome"):
        block_overlap = mean(
            overlap(boxes, page.boxes)
            for boxes, page in zip(browser_boxes(browser, htmls, work), samples, strict=True)
        )
        yield Row(
            f"{what}: IoU of blocks, laid out by Chromium",
            f"{block_overlap:.3f}",
            note="boxes and words; missing or more: 0",
        )


def overlap(boxes: Sequence[Box], true_boxes: Sequence[Box]) -> float:
    """Intersection over union of boxes that belong together, best first; one without a partner
    counts 0.
    """

    def iou(a: Box, b: Box) -> float:
        w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        both = max(0.0, w) * max(0.0, h)
        return (
            both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
            if both
            else 0.0
        )

    total, left, right = 0.0, set(range(len(boxes))), set(range(len(true_boxes)))
    for v, i, j in sorted(
        ((iou(a, b), i, j) for i, a in enumerate(boxes) for j, b in enumerate(true_boxes)),
        reverse=True,
    ):
        if i in left and j in right:
            total += v
            left.remove(i)
            right.remove(j)
    return total / max(len(boxes), len(true_boxes), 1)


def browser_boxes(browser: str, htmls: Sequence[str], work: Path) -> list[list[Box]]:
    """Where a browser puts what is seen of each page."""
    frames = "".join(
        f'<iframe width="{WIDTH}" height="900" style="border:0" srcdoc="{escape(h)}"></iframe>'
        for h in htmls
    )
    (work / "pages.html").write_text(
        f"<!doctype html><meta charset=utf-8><body>{frames}{_BOXES}", "utf-8"
    )
    flags = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1000,900",
    )
    command = [
        browser,
        *flags,
        f"--user-data-dir={work / 'browser'}",
        "--dump-dom",
        (work / "pages.html").as_uri(),
    ]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    match = re.search(r'<pre id="boxes">(.*?)</pre>', dom, re.S)
    return (
        [[tuple(box) for box in page] for page in json.loads(unescape(match[1]))]
        if match
        else [[] for _ in htmls]
    )
