"""The elements of a page in a picture, nested by containment, then in rows and columns.

Recursive XY cut after Nagy and Seth, "Hierarchical representation of optically scanned documents"
(1984).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.appearance import (
    Block,
    Colour,
    is_close_colour,
    shape_block,
    text_blocks,
)
from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.shapes import (
    Shape,
    commonest_colour,
    contains_box,
    contains_point,
)

Pixels = NDArray[np.uint8]

MAX_DEPTH = 12
"""Levels of nesting."""

# Judged on forms, wireframes and screenshots, not measured.
MIN_EXPLAINED_SHARE = 0.72
"""A picture in which less of all edges belongs to boxes and words is no page."""

MAX_CONTROL_HEIGHT = 3.6
"""A button or field is lower than this (and 8 pixels), in heights of a line of text."""

HEADING_SIZE = 1.3
"""Text larger than this, in usual sizes of the page, is a heading."""

MIN_DIAGONAL_SHARE = 0.7
"""A box is crossed corner to corner where this share of both diagonals is drawn."""

MIN_DETAIL, MAX_TEXT_SHARE = 0.3, 0.15
"""A box is a picture where edges fill more than the first, and words less than the second."""

FULL_WIDTH, FULL_AREA = 0.97, 0.97
"""Shares of the picture from which a box is the page itself, and no element."""

SAME_SIZE = 1.1
"""Sizes of letters within this ratio are one size: measures scatter."""


def find_page(
    picture: Pixels, shapes: Sequence[Shape], words: Sequence[TextLine], edges: Pixels
) -> Block | None:
    """The page in a picture, nested; None where boxes are few, or much is neither box nor word."""
    height, width = picture.shape[:2]
    background = commonest_colour(
        picture[:: max(1, height // 300), :: max(1, width // 300)].reshape(-1, 3)
    )
    boxes = [
        s
        for s in _element_shapes(shapes, words, width, height)
        if s.width < FULL_WIDTH * width or not is_close_colour(s.fill, background, 6)
    ]
    pictures = [s for s in boxes if _is_picture(edges, s, words)]
    boxes = [
        s for s in boxes if not any(p is not s and contains_box(p.box, s.box) for p in pictures)
    ]
    words = [w for w in words if not any(contains_point(p.box, w.middle) for p in pictures)]
    if (
        len(boxes) < 2
        or not words
        or _is_table(boxes)
        or _explained_share(edges, boxes, pictures, words) < MIN_EXPLAINED_SHARE
    ):
        return None
    text_height = float(np.median([w.height for w in words]))
    leaves = text_blocks(picture, boxes, words)
    root = Block("page", (0, 0, width, height), background=background)
    blocks = [shape_block(picture, s, s in pictures, text_height) for s in boxes]
    parents: list[Block] = [root, *sorted(blocks, key=lambda b: -b.width * b.height)]
    for item in [*parents[1:], *leaves]:
        around = [
            p
            for p in parents
            if p is not item
            and p.kind in ("page", "box")
            and contains_box(p.box, item.box, 3)
            and _is_larger(p, item)
        ]
        min(around, key=lambda p: p.width * p.height, default=root).children.append(item)
    for b in parents:
        _classify_box(b, text_height)
    if not _is_page(root):
        return None
    _mark_headings(root)
    _arrange(root, 0)
    return root


def _is_page(root: Block) -> bool:
    """Whether there are words on their own, and boxes of two kinds at least: no mere grid."""
    counts = {
        kind: len(_blocks_of_kind(root, kind)) for kind in ("text", "button", "input", "picture")
    }
    counts["box"] = sum(
        any(i.kind == "text" for i in b.children) for b in _blocks_of_kind(root, "box")
    )
    counts_present = [counts[k] for k in ("button", "input", "picture", "box") if counts[k]]
    return bool(counts["text"]) and len(counts_present) > 1 and sum(counts_present) > 2


def _is_larger(outer: Block, inner: Block) -> bool:
    return outer.width * outer.height > 1.02 * inner.width * inner.height or inner.kind in (
        "text",
        "heading",
    )


def _element_shapes(
    shapes: Sequence[Shape], words: Sequence[TextLine], width: int, height: int
) -> list[Shape]:
    """Shapes that are elements: no letters, not the whole picture, one where lines are double."""
    elements: list[Shape] = []
    for s in shapes:
        is_letter = any(contains_box(w.box, s.box, 3) and s.height < 1.3 * w.height for w in words)
        if (
            s.kind not in ("box", "round", "circle")
            or is_letter
            or s.area > FULL_AREA * width * height
            or min(s.width, s.height) < 10
        ):
            continue
        if s.kind == "circle" and not 0.8 < s.width / s.height < 1.25:
            continue
        if any(_is_double_line(k, s) for k in elements):
            continue
        elements.append(s)
    return elements


def _is_double_line(outer: Shape, inner: Shape) -> bool:
    """Whether two shapes are the two edges of one thick line, or a double one."""
    return contains_box(outer.box, inner.box) and all(
        abs(p - q) < 9 for p, q in zip(outer.box, inner.box, strict=True)
    )


def _is_picture(edges: Pixels, shape: Shape, words: Sequence[TextLine]) -> bool:
    """Whether a box is crossed corner to corner, or full of detail without words."""
    x0, y0, x1, y1 = shape.box
    inside = edges[y0 + 3 : y1 - 3, x0 + 3 : x1 - 3]
    if min(inside.shape, default=0) < 24:
        return False
    n = 60
    falling = np.asarray([_is_line_near(inside, t / n, t / n) for t in range(4, n - 3)])
    rising = np.asarray([_is_line_near(inside, t / n, 1 - t / n) for t in range(4, n - 3)])
    if min(falling.mean(), rising.mean()) > MIN_DIAGONAL_SHARE:
        return True
    text_area = sum(
        (w.box[2] - w.box[0]) * w.height for w in words if contains_point(shape.box, w.middle)
    )
    return bool(inside.mean() > MIN_DETAIL and text_area < MAX_TEXT_SHARE * shape.area)


def _is_line_near(inside: Pixels, across: float, down: float) -> bool:
    y, x = round(down * (inside.shape[0] - 1)), round(across * (inside.shape[1] - 1))
    return bool(inside[max(0, y - 4) : y + 5, max(0, x - 4) : x + 5].any())


def _is_table(boxes: Sequence[Shape]) -> bool:
    """Whether most boxes are cells: each with another right beside it and one below or above."""

    def touches(a: Shape, b: Shape, axis: int) -> bool:
        is_adjacent = (
            abs(a.box[axis + 2] - b.box[axis]) < 10 or abs(b.box[axis + 2] - a.box[axis]) < 10
        )
        return (
            is_adjacent
            and abs(a.box[1 - axis] - b.box[1 - axis]) < 10
            and abs(a.box[3 - axis] - b.box[3 - axis]) < 10
        )

    sample = boxes[:200]
    cells = [
        all(any(touches(a, b, axis) for b in sample if b is not a) for axis in (0, 1))
        for a in sample
    ]
    return sum(cells) > 5 and 2 * sum(cells) > len(sample)


def _explained_share(
    edges: Pixels, boxes: Sequence[Shape], pictures: Sequence[Shape], words: Sequence[TextLine]
) -> float:
    """Which share of all edges belongs to boxes, pictures and words."""
    explained = np.zeros(edges.shape, bool)
    for s in boxes:
        x0, y0, x1, y1 = s.box
        t = 6 if s.kind == "box" else 10
        frame = explained[max(0, y0 - t) : y1 + t, max(0, x0 - t) : x1 + t]
        frame[: 2 * t] = frame[-2 * t :] = frame[:, : 2 * t] = frame[:, -2 * t :] = True
    for box in [*(s.box for s in pictures), *((*(round(v) for v in w.box),) for w in words)]:
        explained[max(0, box[1] - 4) : box[3] + 4, max(0, box[0] - 4) : box[2] + 4] = True
    total = int(edges.sum())
    return float(edges[explained].sum()) / total if total else 0.0


def _classify_box(b: Block, text_height: float) -> None:
    """Makes a box a button or a field where it has one line of text at most, and is low."""
    if b.kind != "box":
        return
    texts = [i for i in b.children if i.kind == "text"]
    is_low = b.height < MAX_CONTROL_HEIGHT * text_height + 8 and b.width > 1.2 * b.height
    if is_low and not b.children and b.width > 3 * b.height and b.border is not None:
        b.kind = "input"
    elif is_low and len(b.children) == len(texts) == 1 and len(texts[0].lines) == 1:
        text = texts[0]
        left, right = text.box[0] - b.box[0], b.box[2] - text.box[2]
        centred = abs(left - right) < 0.12 * b.width + 4
        if centred and b.width < 16 * b.height:
            b.kind, b.lines, b.text_colour, b.size, b.bold, b.children = (
                "button",
                text.lines,
                text.text_colour,
                text.size,
                text.bold,
                [],
            )
        elif left < 0.25 * b.width and b.border is not None and b.width > 2.5 * b.height:
            b.kind, b.lines, b.text_colour, b.size, b.children = (
                "input",
                text.lines,
                text.text_colour,
                text.size,
                [],
            )


def _mark_headings(root: Block) -> None:
    """Makes large text headings."""
    texts = _blocks_of_kind(root, "text")
    if not texts:
        return
    _harmonise_text(root)
    usual = float(np.median([t.size for t in texts]))
    for t in texts:
        if t.size > HEADING_SIZE * usual and len(t.lines) < 4:
            t.kind = "heading"


def _harmonise_text(root: Block) -> None:
    """Gives letters of nearly one size that size, and nearly one colour that colour.

    A page has few, and measures scatter.
    """
    with_text = [
        b for kind in ("text", "button", "input") for b in _blocks_of_kind(root, kind) if b.lines
    ]
    with_text.sort(key=lambda b: b.size)
    group: list[Block] = []
    for b in [*with_text, None]:
        if b is None or (group and b.size > SAME_SIZE * group[0].size):
            weights = [len(" ".join(g.lines)) for g in group]
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
    colours: list[Colour] = []
    for b in sorted(with_text, key=lambda b: -len(" ".join(b.lines)) * b.size):
        b.text_colour = next(
            (i for i in colours if is_close_colour(i, b.text_colour, 32)), b.text_colour
        )
        colours.append(b.text_colour)


def _blocks_of_kind(block: Block, kind: str) -> list[Block]:
    matches = [block] if block.kind == kind else []
    return matches + [f for i in block.children for f in _blocks_of_kind(i, kind)]


def _arrange(block: Block, depth: int) -> None:
    """Puts the children of a block into rows and columns, those of deeper blocks first."""
    for i in block.children:
        if i.children and depth < MAX_DEPTH:
            _arrange(i, depth + 1)
    if block.children and block.kind in ("page", "box"):
        layout = _lay_out(block.children, depth)
        block.children = layout.children if layout.kind == "column" else [layout]


def _lay_out(items: list[Block], depth: int) -> Block:
    """The items as a column of rows, or a row of columns, whichever separates them."""
    if len(items) == 1 or depth > MAX_DEPTH + 12:
        return (
            items[0]
            if len(items) == 1
            else _group("column", sorted(items, key=lambda b: (b.box[1], b.box[0])))
        )
    for axis, kind in ((1, "column"), (0, "row")):
        parts = _split_at_gaps(items, axis)
        if len(parts) > 1:
            return _group(kind, [_lay_out(p, depth + 1) for p in parts])
    return _group("column", sorted(items, key=lambda b: (b.box[1], b.box[0])))


def _group(kind: str, items: list[Block]) -> Block:
    """A row or column of items; those of the same kind are dissolved into it."""
    flat = [j for i in items for j in (i.children if i.kind == kind else [i])]
    xs, ys = [i.box[0::2] for i in flat], [i.box[1::2] for i in flat]
    return Block(
        kind,
        (
            min(x[0] for x in xs),
            min(y[0] for y in ys),
            max(x[1] for x in xs),
            max(y[1] for y in ys),
        ),
        children=flat,
    )


def _split_at_gaps(items: Sequence[Block], axis: int) -> list[list[Block]]:
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
