"""The elements of a page or interface in a picture, and how they are nested: containment, then rows
and columns.

Recursive XY cut after Nagy and Seth, "Hierarchical representation of optically scanned documents"
(1984).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.appearance import Block, Colour, block, close, texts
from polysense.read.image.drawing.labels import Words
from polysense.read.image.drawing.shapes import Shape, common, holds, within

Pixels = NDArray[np.uint8]

DEEPEST = 12
"""Levels of nesting."""


def page(
    picture: Pixels, found: Sequence[Shape], words: Sequence[Words], edge: Pixels
) -> Block | None:
    """The page in a picture, nested; None where there is none: too few boxes, or most of what is
    drawn is neither box nor word.
    """
    high, wide = picture.shape[:2]
    paper = common(picture[:: max(1, high // 300), :: max(1, wide // 300)].reshape(-1, 3))
    boxes = [
        s
        for s in _boxes(found, words, wide, high)
        if s.wide < 0.97 * wide or not close(s.fill, paper, 6)
    ]
    pictures = [s for s in boxes if _is_picture(edge, s, words)]
    boxes = [s for s in boxes if not any(p is not s and holds(p.box, s.box) for p in pictures)]
    words = [w for w in words if not any(within(p.box, w.middle) for p in pictures)]
    if (
        len(boxes) < 2
        or not words
        or _ruled(boxes)
        or _explained(edge, boxes, pictures, words) < 0.72
    ):
        return None
    unit = float(np.median([w.height for w in words]))
    leaves = texts(picture, boxes, words)
    whole = Block("page", (0, 0, wide, high), ground=paper)
    blocks = [block(picture, s, s in pictures, unit) for s in boxes]
    parents: list[Block] = [whole, *sorted(blocks, key=lambda b: -b.wide * b.high)]
    for item in [*parents[1:], *leaves]:
        around = [
            p
            for p in parents
            if p is not item
            and p.kind in ("page", "box")
            and holds(p.box, item.box, 3)
            and _larger(p, item)
        ]
        min(around, key=lambda p: p.wide * p.high).inner.append(item)
    for b in parents:
        _name(b, unit)
    if not _usable(whole):
        return None
    _labels(whole)
    _arranged(whole, 0)
    return whole


def _usable(whole: Block) -> bool:
    """Whether there is what pages are made of: some words on their own, and boxes of two kinds at
    least, not a mere grid of cells.
    """
    counts = {kind: len(_all(whole, kind)) for kind in ("text", "button", "input", "picture")}
    counts["box"] = sum(any(i.kind == "text" for i in b.inner) for b in _all(whole, "box"))
    kinds = [counts[k] for k in ("button", "input", "picture", "box") if counts[k]]
    return bool(counts["text"]) and len(kinds) > 1 and sum(kinds) > 2


def _larger(outer: Block, inner: Block) -> bool:
    return outer.wide * outer.high > 1.02 * inner.wide * inner.high or inner.kind in (
        "text",
        "heading",
    )


def _boxes(found: Sequence[Shape], words: Sequence[Words], wide: int, high: int) -> list[Shape]:
    """Shapes that are elements: not letters, not the whole picture, and no more than one where
    lines are double.
    """
    kept: list[Shape] = []
    for s in found:
        letter = any(holds(w.box, s.box, 3) and s.high < 1.3 * w.height for w in words)
        if (
            s.kind not in ("box", "round", "circle")
            or letter
            or s.area > 0.97 * wide * high
            or min(s.wide, s.high) < 10
        ):
            continue
        if s.kind == "circle" and not 0.8 < s.wide / s.high < 1.25:
            continue
        if any(_double(k, s) for k in kept):
            continue
        kept.append(s)
    return kept


def _double(outer: Shape, inner: Shape) -> bool:
    return holds(outer.box, inner.box) and all(
        abs(p - q) < 9 for p, q in zip(outer.box, inner.box, strict=True)
    )


def _is_picture(edge: Pixels, s: Shape, words: Sequence[Words]) -> bool:
    """Whether a box is crossed corner to corner, as sketches draw pictures, or full of detail
    without lines of words.
    """
    x0, y0, x1, y1 = s.box
    inside = edge[y0 + 3 : y1 - 3, x0 + 3 : x1 - 3]
    if min(inside.shape, default=0) < 24:
        return False
    n = 60
    near = np.asarray([_on(inside, t / n, t / n) for t in range(4, n - 3)])
    other = np.asarray([_on(inside, t / n, 1 - t / n) for t in range(4, n - 3)])
    if near.mean() > 0.7 and other.mean() > 0.7:
        return True
    covered = sum((w.box[2] - w.box[0]) * w.height for w in words if within(s.box, w.middle))
    return bool(inside.mean() > 0.3 and covered < 0.15 * s.area)


def _on(inside: Pixels, across: float, down: float) -> bool:
    y, x = round(down * (inside.shape[0] - 1)), round(across * (inside.shape[1] - 1))
    return bool(inside[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5].any())


def _ruled(boxes: Sequence[Shape]) -> bool:
    """Whether most boxes are cells of a table: each with another right beside it and one right
    below or above.
    """

    def meets(a: Shape, b: Shape, axis: int) -> bool:
        touch = abs(a.box[axis + 2] - b.box[axis]) < 10 or abs(b.box[axis + 2] - a.box[axis]) < 10
        return (
            touch
            and abs(a.box[1 - axis] - b.box[1 - axis]) < 10
            and abs(a.box[3 - axis] - b.box[3 - axis]) < 10
        )

    some = boxes[:200]
    cells = [
        all(any(meets(a, b, axis) for b in some if b is not a) for axis in (0, 1)) for a in some
    ]
    return sum(cells) > 5 and 2 * sum(cells) > len(some)


def _explained(
    edge: Pixels, boxes: Sequence[Shape], pictures: Sequence[Shape], words: Sequence[Words]
) -> float:
    """Which share of all edges belongs to boxes, pictures and words."""
    known = np.zeros(edge.shape, bool)
    for s in boxes:
        x0, y0, x1, y1 = s.box
        t = 6 if s.kind == "box" else 10
        framed = known[max(0, y0 - t) : y1 + t, max(0, x0 - t) : x1 + t]
        framed[: 2 * t] = framed[-2 * t :] = framed[:, : 2 * t] = framed[:, -2 * t :] = True
    for box in [*(s.box for s in pictures), *((*(round(v) for v in w.box),) for w in words)]:
        known[max(0, box[1] - 4) : box[3] + 4, max(0, box[0] - 4) : box[2] + 4] = True
    total = int(edge.sum())
    return float(edge[known].sum()) / total if total else 0.0


def _name(b: Block, unit: float) -> None:
    """What a box is by its shape and words: a button or a field has one line, and is not much
    higher than that.
    """
    if b.kind != "box":
        return
    texts = [i for i in b.inner if i.kind == "text"]
    low = b.high < 3.6 * unit + 8 and b.wide > 1.2 * b.high
    if low and not b.inner and b.wide > 3 * b.high and b.edge is not None:
        b.kind = "input"
    elif low and len(b.inner) == len(texts) == 1 and len(texts[0].said) == 1:
        text = texts[0]
        left, right = text.box[0] - b.box[0], b.box[2] - text.box[2]
        centred = abs(left - right) < 0.12 * b.wide + 4
        if centred and b.wide < 16 * b.high:
            b.kind, b.said, b.ink, b.size, b.bold, b.inner = (
                "button",
                text.said,
                text.ink,
                text.size,
                text.bold,
                [],
            )
        elif left < 0.25 * b.wide and b.edge is not None and b.wide > 2.5 * b.high:
            b.kind, b.said, b.ink, b.size, b.inner = "input", text.said, text.ink, text.size, []


def _labels(whole: Block) -> None:
    """Headings by the size of their letters."""
    texts = list(_all(whole, "text"))
    if not texts:
        return
    _evened(whole)
    usual = float(np.median([t.size for t in texts]))
    for t in texts:
        if t.size > 1.3 * usual and len(t.said) < 4:
            t.kind = "heading"


def _evened(whole: Block) -> None:
    """Letters of nearly one size are of one, as are colours of print: a page has few, and measures
    scatter.
    """
    said = [b for kind in ("text", "button", "input") for b in _all(whole, kind) if b.said]
    said.sort(key=lambda b: b.size)
    group: list[Block] = []
    for b in [*said, None]:
        if b is None or (group and b.size > 1.1 * group[0].size):
            weights = [len(" ".join(g.said)) for g in group]
            middle = (
                float(np.repeat([g.size for g in group], weights)[sum(weights) // 2])
                if group
                else 0.0
            )
            for g in group:
                g.size = middle
            group = []
        if b is not None:
            group.append(b)
    inks: list[Colour] = []
    for b in sorted(said, key=lambda b: -len(" ".join(b.said)) * b.size):
        b.ink = next((i for i in inks if close(i, b.ink, 32)), b.ink)
        inks.append(b.ink)


def _all(block: Block, kind: str) -> list[Block]:
    found = [block] if block.kind == kind else []
    return found + [f for i in block.inner for f in _all(i, kind)]


def _arranged(block: Block, depth: int) -> None:
    """Puts what is in a block into rows and columns, deeper ones first."""
    for i in block.inner:
        if i.inner and depth < DEEPEST:
            _arranged(i, depth + 1)
    if block.inner and block.kind in ("page", "box"):
        made = _cut(block.inner, depth)
        block.inner = made.inner if made.kind == "column" else [made]


def _cut(items: list[Block], depth: int) -> Block:
    """The items as a column of rows, or a row of columns, whichever parts them."""
    if len(items) == 1 or depth > DEEPEST + 12:
        return (
            items[0]
            if len(items) == 1
            else _group("column", sorted(items, key=lambda b: (b.box[1], b.box[0])))
        )
    for axis, kind in ((1, "column"), (0, "row")):
        parts = _parted(items, axis)
        if len(parts) > 1:
            return _group(kind, [_cut(p, depth + 1) for p in parts])
    return _group("column", sorted(items, key=lambda b: (b.box[1], b.box[0])))


def _group(kind: str, items: list[Block]) -> Block:
    flat = [j for i in items for j in (i.inner if i.kind == kind else [i])]
    xs, ys = [i.box[0::2] for i in flat], [i.box[1::2] for i in flat]
    return Block(
        kind,
        (
            min(x[0] for x in xs),
            min(y[0] for y in ys),
            max(x[1] for x in xs),
            max(y[1] for y in ys),
        ),
        inner=flat,
    )


def _parted(items: Sequence[Block], axis: int) -> list[list[Block]]:
    """Groups between which a straight empty strip lies, across `axis` (1: level strips)."""
    ordered = sorted(items, key=lambda b: b.box[axis])
    parts, reach = [[ordered[0]]], ordered[0].box[axis + 2]
    for b in ordered[1:]:
        if b.box[axis] > reach - 2:
            parts.append([b])
        else:
            parts[-1].append(b)
        reach = max(reach, b.box[axis + 2])
    return parts
