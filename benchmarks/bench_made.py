"""What is made of evidence: diagrams and pages as code, fields of receipts, speech, charts, films
and sums, each against a known truth.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import subprocess
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from html import escape, unescape
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from polysense import Library, kit
from polysense.evaluate.bench import Row, mean
from polysense.evaluate.metrics import edit_distance
from polysense.make.film.narrated_film import NarratedFilm
from polysense.make.image.chart.generator import Chart
from polysense.make.sound.speech.converter import Speech
from polysense.make.table.form.form_fields import FormFields
from polysense.make.table.table_aggregate import TableAggregate
from polysense.make.table.table_rows import TableRows
from polysense.read.image import svg
from polysense.read.image.drawing.flowchart import Flowchart
from polysense.read.image.drawing.sketch import Sketch
from polysense.read.sound.pocketsphinx import PocketSphinx
from polysense.types import Asset, Chunk, Evidence, Hit, Modality, Part, Span

Box = tuple[float, float, float, float]
Pairs = list[tuple[str, str]]


def run(data: Path, work: Path) -> Iterator[Row]:
    """Each kind of answer by itself, made of the right evidence; search is measured elsewhere."""
    yield from diagrams(data / "diagrams-mermaid")
    yield from pages(work)
    yield from receipts(data / "receipts", work / "receipts")
    yield speech_errors()
    yield from charts(data / "tables-wikitable" / "csv")
    yield from film(data)
    yield from sums(data / "tables-wikitable")


def f1(right: float, answer_count: int, truth_count: int) -> float:
    """0.0 where nothing is right."""
    return 2 * right / (answer_count + truth_count) if answer_count + truth_count else 0.0


def evidence(
    n: int, path: Path, mime: str, modality: Modality, words: str = "", **more: Any
) -> Evidence:
    """A whole file as evidence, and words that bear on the question."""
    asset = Asset(path.name, str(path), mime, modality, path.stat().st_size, path=path)
    chunk = Chunk(
        asset,
        more.pop("span", Span()),
        modality,
        Part(modality, path, mime, path.name),
        words or "x",
    )
    own = Part("text", words) if words else chunk.part
    assert own is not None
    return Evidence(n, Hit(chunk, 1.0), own, chunk.span, **more)


# Diagrams


def diagrams(folder: Path) -> Iterator[Row]:
    """Drawn as pixels, then with the letters that an SVG holds."""
    sources = [s for s in sorted(folder.rglob("*.mmd")) if s.with_suffix(".svg").exists()]
    for how in ("pixels", "SVG"):
        node_scores: dict[str, list[float]] = {}
        edge_scores = []
        for source in sources:
            raw = source.with_suffix(".svg").read_bytes()
            part = (
                Part("image", svg.render(raw), "image/png")
                if how == "pixels"
                else Part("image", raw, "image/svg+xml")
            )
            code = next((str(p.data) for p in Flowchart().convert(part)), "")
            (true_nodes, true_edges), (nodes, edges) = (
                parse_mermaid(t) for t in (source.read_text("utf-8"), code)
            )
            kind = "sequence" if "sequenceDiagram" in source.read_text("utf-8") else "other"
            node_scores.setdefault(kind, []).append(
                f1(count_matches(nodes, true_nodes, alike), len(nodes), len(true_nodes))
            )
            edge_scores.append(
                f1(
                    count_matches(
                        edges, true_edges, lambda a, b: alike(a[0], b[0]) and alike(a[1], b[1])
                    ),
                    len(edges),
                    len(true_edges),
                )
            )
        score = mean(v for values in node_scores.values() for v in values)
        by_kind = ", ".join(
            f"{k} {mean(values):.3f} ({len(values)})" for k, values in node_scores.items()
        )
        what = f"Diagram ({how}) -> Mermaid"
        note = (
            f"mean of {len(sources)}; {by_kind}; nodes of a sequence diagram are its "
            "participants; names alike by 0.8"
        )
        yield Row(f"{what}: node F1", f"{score:.3f}", ">= 0.7", score >= 0.7, note)
        yield Row(
            f"{what}: edge F1", f"{mean(edge_scores):.3f}", note="from and to; their words aside"
        )


def count_matches(
    answers: Sequence[Any], truths: Sequence[Any], same: Callable[[Any, Any], bool]
) -> int:
    """How many answers match a truth, each of which is found once; those that are equal first."""
    left, rest = list(truths), []
    for g in answers:
        left.remove(g) if g in left else rest.append(g)
    for g in rest:
        i = next((i for i, w in enumerate(left) if same(g, w)), None)
        if i is not None:
            left.pop(i)
    return len(truths) - len(left)


def alike(a: str, b: str) -> bool:
    """Whether two names differ by a letter or two at most."""
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.8


def parse_mermaid(code: str) -> tuple[list[str], Pairs]:
    """Names of the nodes, and (from, to) of the edges."""
    bare = re.sub(r"%%\{.*?\}%%", "", code, flags=re.S)
    lines = [line.strip() for line in bare.split("\n") if line.strip()]
    read = _sequence if "sequenceDiagram" in bare else _classes if "classDiagram" in bare else _flow
    names: dict[str, str] = {}
    edges = list(read(lines, names))
    return list(names.values()), [(names[a], names[b]) for a, b in edges]


def _name(text: str) -> str:
    text = (
        re.sub(r"<br\s*/?>", " ", text)
        .replace("#58;", ":")
        .replace("#59;", ";")
        .replace("#35;", "#")
    )
    return re.sub(r"[^a-z0-9/.:_'\"-]+", "", unescape(text).lower())


def _sequence(lines: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if m := re.match(r"participant (.+?)(?: as (.+))?$", line):
            names[m[1].strip()] = _name(m[2] or m[1])
        elif not re.match(r"Note |rect", line) and (
            m := re.match(r"(.+?)\s*--?(?:>>|>|x|\))\s*(.+?)\s*:", line)
        ):
            for key in (m[1], m[2]):
                names.setdefault(key, _name(key))
            yield m[1], m[2]


def _flow(lines: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    def node(text: str) -> str:
        m = re.match(
            r'([\w-]+)\s*(?:@\{\s*label:\s*"(.*)"\s*\}|[\[({>/]+"?(.*?)"?[\])}/]+)?$', text.strip()
        )
        key, label = (m[1], m[2] or m[3]) if m else (text.strip(), None)
        if label is not None:
            names[key] = _name(label)
        names.setdefault(key, _name(key))
        return key

    for line in lines:
        if re.match(r"(graph|flowchart|classDef|style|subgraph|end)\b", line):
            continue
        m = re.match(r"(.+?)\s*(?:<?-->|---|-\.->|==>|--x|--o)\s*(?:\|.*?\|)?\s*(.+)$", line)
        if m:
            yield node(m[1]), node(m[2])
        else:
            node(line)


def _classes(lines: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    def key(name: str) -> str:
        name = name.strip("`")
        names.setdefault(name, _name(name))
        return name

    for line in lines:
        if m := re.match(r'class\s+(`[^`]+`|[\w.]+)(?:\["(.*)"\])?', line):
            names[key(m[1])] = _name(m[2] or m[1])
        elif m := re.match(
            r'(`[^`]+`|[\w.()]+)\s*(?:"[^"]*")?\s*'
            r"(<\|--|--\|>|<--|-->|<\.\.|\.\.>|--)"
            r'\s*(?:"[^"]*")?\s*(`[^`]+`|[\w.()]+)',
            line,
        ):
            a, b = key(m[1]), key(m[3])
            yield (b, a) if m[2].startswith("<") else (a, b)


# Pages

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


def pages(work: Path) -> Iterator[Row]:
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


# Receipts

FIELDS = ("company", "date", "address", "total")


def receipts(folder: Path, work: Path) -> Iterator[Row]:
    """Read once, then the fields of each: right where all letters and digits are."""
    right, answers, truths = Counter[str](), Counter[str](), Counter[str]()
    keys = {
        p.stem: json.loads(p.read_text("utf-8")) for p in sorted((folder / "key").glob("*.json"))
    }
    order = sorted(keys)
    random.Random(5).shuffle(order)
    # its first half was looked at while the rules were made
    unseen, test_counts = set(order[len(order) // 2 :]), Counter[str]()
    with Library(
        work, kit=kit(encoders=_without("encoders"), converters=_without("converters", "ocr"))
    ) as kb:
        kb.index(folder / "img")
        image_chunks = {
            a.name.rsplit(".", 1)[0]: next(c for c in kb.chunks(a.id) if c.modality == "image")
            for a in kb.assets()
        }
    for name, key in keys.items():
        fields = _pairs(image_chunks[name])
        for field in FIELDS:
            good = int(
                bool(key.get(field))
                and _bare(field, fields.get(field, "")) == _bare(field, key[field])
            )
            counts = {
                "right": good,
                "answers": int(field in fields),
                "truths": int(bool(key.get(field))),
            }
            right[field] += good
            answers[field] += counts["answers"]
            truths[field] += counts["truths"]
            test_counts.update(counts if name in unseen else {})
    for field in FIELDS:
        note = f"{right[field]} of {truths[field]} exact, {answers[field]} said"
        yield Row(
            f"Receipt -> fields: {field} F1",
            f"{f1(right[field], answers[field], truths[field]):.3f}",
            note=note,
        )
    note = (
        f"{len(keys)} receipts; "
        f"{f1(test_counts['right'], test_counts['answers'], test_counts['truths']):.3f} on the "
        f"{len(unseen)} kept for testing"
    )
    yield Row(
        "Receipt -> fields: micro F1",
        f"{f1(right.total(), answers.total(), truths.total()):.3f}",
        note=note,
    )


def _without(group: str, keep: str = "") -> list[str]:
    return [f"-{name}" for name in getattr(kit(), group) if name != keep]


def _pairs(chunk: Chunk) -> dict[str, str]:
    receipt = Evidence(1, Hit(chunk, 1.0), chunk.part or Part("text", chunk.text), chunk.span)
    for part in FormFields().generate((), [receipt]):
        head, *rows = csv.reader(io.StringIO(part.data.decode()))
        if head[:2] == ["field", "value"]:
            return {row[0]: row[1] for row in reversed(rows)}
    return {}


def _bare(field: str, text: str) -> str:
    if field == "total" and (m := re.search(r"\d[\d,]*(?:\.\d+)?", text)):
        return f"{float(m[0].replace(',', '')):.2f}"
    return re.sub(r"[^0-9A-Z]", "", text.upper())


# Speech

SENTENCES = """
The harbour master opens the gate every morning at seven.
Please bring the blue folder to the meeting on Monday.
The train to the coast leaves from platform four.
She bought fresh bread and a bottle of milk.
High water is at noon and the boats come in.
He painted the old house white and the door green.
We walked along the river until the sun went down.
The doctor told him to rest for a few days.
My sister works in a small library near the station.
The machine stops when the temperature is too high.
They found the missing keys under the kitchen table.
There are three windows on the north side of the building.
The children played football in the park after school.
Turn left at the second bridge and follow the road.
The report describes how the company changed over ten years.
It rained all night and the garden is under water.
The teacher asked a question that nobody could answer.
You can pay for the tickets at the main entrance.
The museum keeps a collection of very old clocks.
A strong wind from the west pushed the ship onto the rocks.
""".strip().split("\n")


def speech_errors() -> Row:
    """Words that are said, and then recognised."""
    wrong = words = nothing = 0
    synthesiser, recogniser = Speech(), PocketSphinx()
    for sentence in SENTENCES:
        transcripts = [
            str(p.data)
            for sound in synthesiser.convert(Part("text", sentence))
            for p in recogniser.convert(sound)
        ]
        true_words, recognised_words = (
            re.findall(r"[a-z']+", s.lower()) for s in (sentence, " ".join(transcripts))
        )
        wrong, words, nothing = (
            wrong + edit_distance(true_words, recognised_words),
            words + len(true_words),
            nothing + (not recognised_words),
        )
    note = (
        f"{wrong} of {words} words; {len(SENTENCES)} English sentences, {nothing} of them not "
        "heard at all"
    )
    return Row(
        "Spoken answer -> the recogniser: word error rate", f"{wrong / words:.3f}", note=note
    )


# Charts


def charts(folder: Path) -> Iterator[Row]:
    """What is plotted against the cells at the addresses that the chart tells, read by another
    reader.
    """
    files = random.Random(3).sample(sorted(folder.rglob("*.csv")), 60)
    same = plotted = gaps = chart_count = 0
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            cells = list(csv.reader(file, escapechar="\\"))
        for part in Chart().generate(
            (Part("text", "Draw a chart."),), [evidence(1, path, "text/csv", "table")]
        ):
            chart_count += 1
            data = part.meta["data"]
            for row, places in zip(data["rows"], data["cells"], strict=True):
                for value, at in zip(row[1:], places[1:], strict=True):
                    number = _number(_cell(cells, at))
                    plotted, same = (
                        plotted + (value is not None),
                        same + (value is not None and value == number),
                    )
                    gaps += value is None and number is not None
    note = (
        f"{same} of {plotted} values, as the chart tells what it drew; {chart_count} charts of "
        f"{len(files)} tables, none of the others"
    )
    yield Row(
        "Chart of a table: plotted values that equal the cells",
        f"{same / max(1, plotted):.4f}",
        "= 1",
        0 < same == plotted,
        note,
    )
    yield Row(
        "Chart of a table: cells with one number, left as gaps",
        str(gaps),
        note=f"beside {plotted} values plotted",
    )


def _cell(cells: Sequence[Sequence[str]], at: str) -> str:
    m = re.fullmatch(r"([A-Z]+)(\d+)", at)
    column = 0
    for letter in m[1] if m else "":
        column = column * 26 + ord(letter) - 64
    return cells[int(m[2]) - 1][column - 1] if m else "no address"


def _number(text: str) -> float | None:
    """The one number in a cell; None where it has none, or several."""
    numbers = re.findall(r"[-−–]?\s*\d[\d,]*(?:\.\d+)?", text)
    return (
        float(re.sub(r"[,\s]", "", numbers[0]).replace("−", "-").replace("–", "-"))
        if len(numbers) == 1
        else None
    )


# Film


def film(data: Path) -> Iterator[Row]:
    """Two pictures, a clip with its sound, a turning model and words on a card; speaking is part of
    the work.
    """
    import av

    photos = sorted((data / "photos-labelled").glob("*.JPEG"))
    model = sorted((data / "shapes-kaykit").glob("*.glb"))[0]
    began, used = time.perf_counter(), time.process_time()
    scenes = [
        _evidence_with_speech(
            1,
            photos[0],
            "image/jpeg",
            "image",
            "The tench lives in slow and muddy water, and it is caught in summer with bread and "
            "worms.",
        ),
        _evidence_with_speech(
            2,
            photos[2],
            "image/jpeg",
            "image",
            "The ostrich is the largest bird of all; it cannot fly, but it outruns a horse over "
            "short ways.",
        ),
        evidence(
            3,
            data / "video-clips" / "friday.mp4",
            "video/mp4",
            "video",
            span=Span(seconds=(0.0, 6.0)),
        ),
        _evidence_with_speech(
            4,
            model,
            "model/gltf-binary",
            "3d",
            "This banner hangs in the hall; it was made for a game and has few triangles.",
        ),
        _evidence_with_speech(
            5,
            data / "README.md",
            "text/plain",
            "text",
            "High water was at noon, and the keeper wrote down the level of the river in his book.",
        ),
    ]
    (part,) = NarratedFilm().generate((Part("text", "What is there to see?"),), scenes)
    work, busy = time.perf_counter() - began, time.process_time() - used
    with av.open(io.BytesIO(part.data)) as file:
        lasts = float((file.duration or 0) / av.time_base)
    note = f"{len(scenes)} scenes, {busy:.1f} s of processor time; speaking included, searching not"
    yield Row(
        "Narrated film: seconds of work", f"{work:.1f}", "< 30", work < 30 and lasts >= 27, note
    )
    yield Row(
        "Narrated film: seconds it lasts", f"{lasts:.1f}", note=f"{len(part.data) / 1e6:.1f} MB"
    )


def _evidence_with_speech(
    n: int, path: Path, mime: str, modality: Modality, words: str
) -> Evidence:
    forms = [*Speech().convert(Part("text", words))]
    forms += [Part("image", path, mime)] if modality == "image" else []
    return evidence(n, path, mime, modality, words, forms=tuple(forms))


# Sums


def sums(folder: Path) -> Iterator[Row]:
    """Questions of WikiTableQuestions (Pasupat & Liang, ACL 2015), each with its table."""
    with (folder / "questions.tsv").open(encoding="utf-8") as file:
        questions = [line.rstrip("\n").split("\t") for line in file][1:]
    ids = sorted(row[0] for row in questions)
    random.Random(7).shuffle(ids)
    unseen = set(ids[len(ids) // 2 :])  # its first half was looked at while the rules were made
    sample = random.Random(1).sample([row for row in questions if row[0] in unseen], 300)
    answer_count = right = 0
    for _, question, table, answers in sample:
        sources, query = (
            [evidence(1, folder / table, "text/csv", "table")],
            (Part("text", question),),
        )
        result = next(TableAggregate().generate(query, sources), None) or next(
            TableRows().generate(query, sources), None
        )
        if result is not None and "answer" in result.meta:
            answer_count += 1
            right += _is_right(
                [str(v) for v in result.meta["answer"]], [_unescaped(a) for a in answers.split("|")]
            )
    note = (
        f"{len(sample)} questions of the half kept for testing (its tables are in both halves), "
        "the right table given"
    )
    yield Row(
        "Question of a table: share worked out", f"{answer_count / len(sample):.3f}", note=note
    )
    yield Row(
        "Question of a table: right, of those worked out",
        f"{right / max(1, answer_count):.3f}",
        note=f"{right} of {answer_count}, exactly",
    )


def _unescaped(text: str) -> str:
    return text.replace(r"\n", "\n").replace(r"\p", "|").replace("\\\\", "\\")


def _is_right(answers: Sequence[str], truths: Sequence[str]) -> bool:
    """As many different answers, each the same words or the same number, after the data set's own
    evaluator.
    """
    one, other = {_plain(v) for v in answers}, {_plain(v) for v in truths}
    return len(one) == len(other) and other <= one


def _plain(text: str) -> str:
    text = "".join(
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn"
    )
    text = re.sub("[‘’´`]", "'", re.sub("[“”]", '"', re.sub("[‐‑‒–—−]", "-", text)))
    while True:
        before = text
        text = re.sub(r"((?<!^)\[[^\]]*\]|\[\d+\]|[•♦†‡*#+])*$", "", text.strip())
        text = re.sub(r"(?<!^)( \([^)]*\))*$", "", text.strip())
        text = re.sub(r'^"([^"]*)"$', r"\1", text.strip())
        if text == before:
            break
    text = " ".join(text.removesuffix(".").lower().split())
    bare = text.replace(",", "")
    return f"{float(bare):.9g}" if re.fullmatch(r"-?\d+(?:\.\d+)?", bare) else text
