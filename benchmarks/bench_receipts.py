"""Scanned receipts: how well they are read, and whether a line's words lead to its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from common import fingerprint, renamed
from polysense import Library
from polysense.evaluate.bench import Row, mean
from polysense.evaluate.metrics import edit_distance
from polysense.types import Box

COUNT = 20


@dataclass(frozen=True, slots=True)
class Line:
    """Words and where they are, as fractions of the picture."""

    words: str
    box: Box


def run(data: Path, work: Path) -> Iterator[Row]:
    """The first 20 receipts."""
    source = data / "receipts"
    copies = renamed(sorted((source / "img").glob("*.jpg"))[:COUNT], work / "files")
    truth = {
        fingerprint(c): lines(original, source / "box" / f"{original.stem}.csv")
        for c, original in copies.items()
    }
    with Library(work / "kb") as kb:
        kb.index(work / "files")
        wrong, letters, bare_wrong, bare = 0, 0, 0, 0
        for asset, expected in truth.items():
            read = [
                Line(c.text[m.start : m.end], m.span.box)
                for c in kb.chunks(asset)
                for m in c.marks
                if m.span.box
            ]
            for true_text, text in overlapping_texts(expected, read):
                wrong, letters = wrong + edit_distance(true_text, text), letters + len(true_text)
                true_text, text = true_text.replace(" ", ""), text.replace(" ", "")
                bare_wrong, bare = (
                    bare_wrong + edit_distance(true_text, text),
                    bare + len(true_text),
                )
        yield Row(
            "Receipts: OCR character error",
            f"{wrong / letters:.4f}",
            note=f"{letters} characters of {len(truth)} receipts",
        )
        yield Row("Receipts: OCR character error, spaces aside", f"{bare_wrong / bare:.4f}")
        queries = [
            (asset, line)
            for asset, expected in truth.items()
            for line in expected
            if re.search(r"\w", line.words)
        ]
        hits = [hit(kb, line, truth) for _, line in queries]
    share = mean(
        float(set(_tokens(line.words)) <= set(_tokens(text)))
        for (_, line), (_, _, text) in zip(queries, hits, strict=True)
    )
    what = "Receipts: a query for a line's words -> a place where they stand"
    yield Row(what, f"{share:.3f}", ">= 0.85", share >= 0.85, f"{len(queries)} lines")
    times = Counter(line.words for _, line in queries)
    once = [
        asset == place and own
        for (asset, line), (place, own, _) in zip(queries, hits, strict=True)
        if times[line.words] == 1
    ]
    yield Row(
        "Receipts: to that very line, where no other says the same",
        f"{mean(map(float, once)):.3f}",
        note=f"{len(once)} lines",
    )


def lines(picture: Path, boxes: Path) -> list[Line]:
    """The truth: eight corner coordinates in pixels, then the words."""
    with Image.open(picture) as image:
        width, height = image.size
    receipt_lines = []
    for row in boxes.read_text("utf-8").splitlines():
        *corners, words = row.split(",", 8)
        if len(corners) == 8 and words.strip():
            xs, ys = (
                [int(v) / width for v in corners[::2]],
                [int(v) / height for v in corners[1::2]],
            )
            receipt_lines.append(Line(_plain(words), (min(xs), min(ys), max(xs), max(ys))))
    return receipt_lines


def hit(kb: Library, line: Line, truth: dict[str, list[Line]]) -> tuple[str, bool, str]:
    """Of the first hit: its receipt, whether the line's middle lies at its place, and what is truly
    written there.
    """
    best = next(iter(kb.search(line.words, k=1)), None)
    box = best.place.box if best and best.place != best.chunk.span else None
    if best is None or box is None:
        return "", False, ""
    asset = best.chunk.asset.id
    return (
        asset,
        _holds(box, line),
        " ".join(other.words for other in truth[asset] if _holds(box, other)),
    )


def _holds(box: Box, line: Line) -> bool:
    x, y = (line.box[0] + line.box[2]) / 2, (line.box[1] + line.box[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _tokens(words: str) -> list[str]:
    return re.findall(r"\w+", words)


def overlapping_texts(expected: Sequence[Line], read: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """What should and what was read, for each group of lines that overlap: the two may cut a row at
    different places.
    """
    rest = [(line, True) for line in expected] + [(line, False) for line in read]
    while rest:
        group, has_grown = [rest.pop(0)], True
        while has_grown:
            neighbours = [
                candidate
                for candidate in rest
                if any(_overlap(candidate[0].box, g[0].box) for g in group if g[1] != candidate[1])
            ]
            rest = [candidate for candidate in rest if candidate not in neighbours]
            group, has_grown = group + neighbours, bool(neighbours)
        yield (
            _row_text(line for line, true in group if true),
            _row_text(line for line, true in group if not true),
        )


def _overlap(a: Box, b: Box) -> bool:
    """Side by side on one row, and sharing some of its length."""
    high = min(a[3], b[3]) - max(a[1], b[1])
    wide = min(a[2], b[2]) - max(a[0], b[0])
    return high > 0.5 * min(a[3] - a[1], b[3] - b[1]) and wide > 0.2 * min(a[2] - a[0], b[2] - b[0])


def _row_text(group: Iterator[Line]) -> str:
    return " ".join(_plain(line.words) for line in sorted(group, key=lambda line: line.box[0]))


def _plain(words: str) -> str:
    return " ".join(words.upper().split())
