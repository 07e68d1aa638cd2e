"""Sequence diagrams: actors with lifelines, messages, notes, activations and coloured regions ->
Mermaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import Words
from polysense.read.image.drawing.shapes import Shape, common, holds, within

Pixels = NDArray[np.uint8]
Ridges = NDArray[np.bool_]
MOST = 200
"""Boxes with words that may be actors."""

FAINT = 10
"""By how much of 255 a lifeline at least differs from both sides of it."""


@dataclass(slots=True)
class Message:
    """An arrow at height y from one lifeline to another (by index): solid or dashed, with a head or
    a cross or neither.
    """

    y: float
    source: int
    target: int
    dashed: bool = False
    head: bool = True
    said: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sequenced:
    """What a sequence diagram shows: notes as (y, place, words), activations as (lifeline, top,
    bottom), regions (top, bottom, colour).
    """

    actors: list[str]
    messages: list[Message]
    notes: list[tuple[float, str, str]]
    spells: list[tuple[int, float, float]]
    regions: list[tuple[float, float, tuple[int, int, int]]]


def sequence(picture: Pixels, found: Sequence[Shape], words: Sequence[Words]) -> Sequenced | None:
    """The sequence diagram in a picture, or None where it is no such diagram."""
    bare = [s for s in found if not any(holds(w.box, s.box) for w in words)]
    heads, lifelines = _actors(picture, bare, words)
    if len(heads) < 2:
        return None
    unit = float(np.median([w.height for w in words])) if words else 0.02 * max(picture.shape[:2])
    bottom = max((s.box[1] for s in bare if _mirrors(s, heads)), default=picture.shape[0])
    top = max(h.box[3] for h in heads)
    names = [_said(words, h.box) or f"Actor {i}" for i, h in enumerate(heads, 1)]
    middle = [s for s in bare if s.box[1] >= top - 2 and s.box[3] <= bottom + 2]
    spells = _spells(middle, lifelines, unit)
    notes = _notes(middle, lifelines, words, unit)
    messages = _messages(picture, lifelines, (top, bottom), [n for n, _ in notes], unit) + _loops(
        middle, lifelines, words, unit
    )
    if not messages:
        return None
    messages.sort(key=lambda m: m.y)
    taken = [h.box for h in heads] + [n.box for n, _ in notes]
    _label(
        messages,
        lifelines,
        [
            w
            for w in words
            if top < w.middle[1] < bottom and not any(within(t, w.middle) for t in taken)
        ],
    )
    told = [(n.box[1] + 0.3 * unit, place, _said(words, n.box)) for n, place in notes]
    regions = _regions(picture, middle, [n.box for n, _ in notes], unit)
    return Sequenced(names, messages, told, spells, regions)


def _actors(
    picture: Pixels, found: Sequence[Shape], words: Sequence[Words]
) -> tuple[list[Shape], list[int]]:
    """The uppermost row of boxes with lines down from their middles, from the left, and where those
    lines stand.
    """
    standing = _ridges(picture, axis=1)
    named = [
        s
        for s in found
        if s.wide > 12
        and s.high < 0.5 * len(picture)
        and any(within(s.box, w.middle) for w in words)
    ][:MOST]
    for lead in sorted(named, key=lambda s: s.box[1]):
        row = [
            s for s in named if abs(s.box[1] - lead.box[1]) < 6 and abs(s.box[3] - lead.box[3]) < 6
        ]
        row = [
            s for i, s in enumerate(row) if not any(o is not s and holds(o.box, s.box) for o in row)
        ]
        with_line = [(s, x) for s in row if (x := _line_below(standing, s, found)) is not None]
        if len(with_line) > 1:
            with_line.sort(key=lambda sx: sx[1])
            return [s for s, _ in with_line], [x for _, x in with_line]
    return [], []


def _line_below(standing: Ridges, head: Shape, found: Sequence[Shape]) -> int | None:
    """The column of the line that goes down from a box's middle, at least half of the way to what
    ends it.
    """
    x, y = round(head.middle[0]), head.box[3] + 2
    ends = [
        s.box[1]
        for s in found
        if s.box[1] > y
        and abs(s.middle[0] - x) < 6
        and abs(s.wide - head.wide) < 8
        and abs(s.high - head.high) < 8
    ]
    end = max(ends, default=standing.shape[0])
    columns = standing[y:end, max(0, x - 4) : x + 5]
    if columns.shape[0] < 20 or columns.shape[1] < 3:
        return None
    hidden = np.zeros(standing.shape[0], bool)
    for s in found:
        if s.box[0] < x - 4 and x + 4 < s.box[2] and s.high < 0.8 * (end - y):
            hidden[s.box[1] : s.box[3]] = True
    seen = ~hidden[y:end]
    share = columns[seen].mean(axis=0) if seen.any() else np.zeros(columns.shape[1])
    best = int(share.argmax())
    near: Ridges = np.asarray(columns[seen][:, max(0, best - 1) : best + 2].any(axis=1))
    return max(0, x - 4) + best if len(near) > 12 and near.mean() > 0.5 else None


def _ridges(picture: Pixels, axis: int, reach: int = 5) -> Ridges:
    """Where a pixel differs in one sense from those `reach` before and after it, which are alike: a
    thin line across `axis`.
    """
    grey = np.moveaxis(picture.astype(np.int16).mean(axis=2), axis, 0)
    before, after = np.roll(grey, reach, 0), np.roll(grey, -reach, 0)
    ridge = (np.abs(before - after) < 12) & (
        np.maximum(before, after) - np.minimum(before, after) < FAINT + 2
    )
    ridge &= (np.minimum(before, after) - grey > FAINT) | (grey - np.maximum(before, after) > FAINT)
    ridge[:reach] = ridge[-reach:] = False
    return np.moveaxis(ridge, 0, axis)


def _mirrors(shape: Shape, heads: Sequence[Shape]) -> bool:
    return any(
        abs(shape.middle[0] - h.middle[0]) < 5
        and abs(shape.wide - h.wide) < 8
        and abs(shape.high - h.high) < 8
        and shape.box[1] > h.box[3]
        for h in heads
    )


def _said(words: Sequence[Words], box: Sequence[float]) -> str:
    return "<br/>".join(
        w.text
        for w in sorted(words, key=lambda w: (round(w.middle[1]), w.box[0]))
        if within(box, w.middle)
    )


def _spells(
    middle: Sequence[Shape], lifelines: Sequence[int], unit: float
) -> list[tuple[int, float, float]]:
    """Thin boxes on a lifeline; pieces parted by a note are one."""
    thin = []
    for s in middle:
        on = [
            i
            for i, x in enumerate(lifelines)
            if s.box[0] < x - 2 and x + 2 < s.box[2] and abs(s.middle[0] - x) < 0.3 * unit + 2
        ]
        if on and s.wide < 1.2 * unit + 4 and s.high > 1.5 * s.wide:
            thin.append((on[0], float(s.box[1]), float(s.box[3])))
    joined: list[tuple[int, float, float]] = []
    for line, top, bottom in sorted(thin):
        gap = top - joined[-1][2] if joined and joined[-1][0] == line else 1e9
        covered = any(
            s.box[1] <= top - gap + 6
            and s.box[3] >= top - 6
            and within(s.box, (lifelines[line], top - gap / 2))
            for s in middle
        )
        if gap < 6 or (gap < 1e8 and covered and gap < 8 * unit and not _starts(middle, top)):
            joined[-1] = (line, joined[-1][1], bottom)
        else:
            joined.append((line, top, bottom))
    return joined


# a note ends right above the second piece of a spell
def _starts(middle: Sequence[Shape], top: float) -> bool:
    return not any(abs(s.box[3] - top) < 6 for s in middle)


def _notes(
    middle: Sequence[Shape], lifelines: Sequence[int], words: Sequence[Words], unit: float
) -> list[tuple[Shape, str]]:
    """The smallest boxes that hold words, and do not merely lie between two lifelines, each with
    its place.
    """
    smallest: dict[int, Shape] = {}
    for i, w in enumerate(words):
        holding = [
            s
            for s in middle
            if s.kind in ("box", "slanted", "round")
            and within(s.box, w.middle)
            and s.high > 0.8 * w.height
        ]
        if holding:
            smallest[i] = min(holding, key=lambda s: s.area)
    notes, slack = [], 0.8 * unit + 4
    for s in {s.box: s for s in smallest.values()}.values():
        beside = [min(abs(side - x) for x in lifelines) < slack for side in (s.box[0], s.box[2])]
        if not all(beside) and s.high < 16 * unit:
            notes.append((s, _place(s, lifelines)))
    return notes


def _place(note: Shape, lifelines: Sequence[int]) -> str:
    """Mermaid's words for where a note is, with {0}... for actors."""
    under = [i for i, x in enumerate(lifelines) if note.box[0] + 4 < x < note.box[2] - 4]
    if len(under) == 1 and abs(note.middle[0] - lifelines[under[0]]) < 0.2 * note.wide:
        return f"over {{{under[0]}}}"
    if len(under) > 1:
        return f"over {{{under[0]}}},{{{under[-1]}}}"
    nearest = min(
        range(len(lifelines)),
        key=lambda i: min(abs(note.box[0] - lifelines[i]), abs(note.box[2] - lifelines[i])),
    )
    return f"{'right' if note.middle[0] > lifelines[nearest] else 'left'} of {{{nearest}}}"


def _messages(
    picture: Pixels,
    lifelines: Sequence[int],
    extent: tuple[int, int],
    notes: Sequence[Shape],
    unit: float,
) -> list[Message]:
    """Level lines that span from one lifeline to another."""
    ridge = _ridges(picture, axis=0)
    for n in notes:
        ridge[n.box[1] - 3 : n.box[3] + 4, max(0, n.box[0] - 3) : n.box[2] + 4] = False
    pad = round(0.5 * unit) + 6
    gaps = [(a + pad, b - pad) for a, b in pairwise(lifelines)]
    rows = np.zeros((len(gaps), picture.shape[0]))
    for g, (a, b) in enumerate(gaps):
        if b - a > 8:
            band = ridge[:, a:b]
            rows[g] = np.where(_holes(band) < max(14, 0.06 * (b - a)), band.mean(axis=1), 0.0)
    strength = rows.max(axis=0)
    found: list[Message] = []
    while True:
        y = int(strength[extent[0] : extent[1]].argmax()) + extent[0]
        if strength[y] < 0.35:
            return [m for m in found if not _framed(ridge, lifelines, m)]
        near = rows[:, max(0, y - 2) : y + 3].max(axis=1) > 0.35
        for first, last in _runs(near):
            covered = float(rows[first:last, max(0, y - 2) : y + 3].max(axis=1).mean())
            found.append(_directed(picture, lifelines, y, first, last, covered, unit))
        strength[max(0, y - 7) : y + 8] = 0.0


def _holes(band: Ridges) -> NDArray[np.int64]:
    """The longest break in each row of a band."""
    longest, now = np.zeros(band.shape[0], np.int64), np.zeros(band.shape[0], np.int64)
    for column in band.T:
        now = np.where(column, 0, now + 1)
        longest = np.maximum(longest, now)
    return longest


def _runs(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _framed(ridge: Ridges, lifelines: Sequence[int], m: Message) -> bool:
    """Whether the line goes on past both of its lifelines: the side of a frame, not an arrow."""
    y, (a, b) = round(m.y), sorted((lifelines[m.source], lifelines[m.target]))
    left, right = (
        ridge[y - 2 : y + 3, max(0, a - 22) : max(1, a - 10)],
        ridge[y - 2 : y + 3, b + 10 : b + 22],
    )
    return bool(
        left.size
        and right.size
        and left.any(axis=0).mean() > 0.8
        and right.any(axis=0).mean() > 0.8
    )


def _directed(
    picture: Pixels,
    lifelines: Sequence[int],
    y: int,
    first: int,
    last: int,
    covered: float,
    unit: float,
) -> Message:
    """The head is where more is drawn above and below the line."""
    a, b, reach = lifelines[first], lifelines[last], round(0.5 * unit) + 8
    band = picture[max(0, y - 12) : y + 13].astype(np.int16)
    base = np.asarray(
        common(picture[max(0, y - 12) : y + 13, a + reach : b - reach].reshape(-1, 3)), np.int16
    )
    ink = np.abs(band - base).max(axis=2) > 90
    ink[10:15] = False
    left, right = ink[:, a + 5 : a + 5 + reach], ink[:, b - 5 - reach : b - 5]
    at_left, at_right = int(left.sum()), int(right.sum())
    head = max(at_left, at_right) > 12
    source, target = (last, first) if at_left > at_right else (first, last)
    if not head:  # a line without a head points to where it stops short of the lifeline
        row = np.abs(band[10:15] - base).max(axis=2).max(axis=0) > 60
        short = [int((~row[a + 2 : a + 12]).sum()), int((~row[b - 11 : b - 1]).sum())]
        source, target = (last, first) if short[0] > short[1] else (first, last)
    return Message(float(y), source, target, covered < 0.9, head)


def _loops(
    middle: Sequence[Shape], lifelines: Sequence[int], words: Sequence[Words], unit: float
) -> list[Message]:
    """Messages to oneself: a loop to the right of a lifeline, with nothing in it."""
    found = []
    for s in middle:
        on = [i for i, x in enumerate(lifelines) if -4 <= s.box[0] - x < unit + 6]
        size = 0.5 * unit < s.high < 4 * unit and 0.8 * unit < s.wide < 8 * unit
        if on and size and s.kind != "box" and not any(within(s.box, w.middle) for w in words):
            found.append(Message(float(s.box[3]), on[0], on[0]))
    return found


def _label(messages: Sequence[Message], lifelines: Sequence[int], words: Sequence[Words]) -> None:
    """Words belong to the next message below them that passes under them."""
    for w in sorted(words, key=lambda w: (round(w.middle[1]), w.box[0])):
        for m in messages:
            a, b = sorted((lifelines[m.source], lifelines[m.target]))
            own = m.source == m.target
            spans = (
                abs(w.middle[0] - a) < 0.5 * (w.box[2] - w.box[0]) + 8 * w.height
                if own
                else a - 2 < w.middle[0] < b + 2
            )
            if m.y > w.middle[1] and spans and (not own or m.y - w.middle[1] < 5 * w.height):
                m.said.append(w.text)
                break


def _regions(
    picture: Pixels, middle: Sequence[Shape], notes: Sequence[Sequence[float]], unit: float
) -> list[tuple[float, float, tuple[int, int, int]]]:
    """Coloured grounds behind messages; lifelines and arrows cut them into pieces of one colour."""
    paper = common(picture[::7, ::7].reshape(-1, 3))
    pieces = [
        s for s in middle
        if s.wide > 0.6 * unit and s.high > 0.2 * unit and max(abs(p - q) for p, q in zip(s.fill, paper, strict=True)) > 10
        and s.box not in notes and s.kind == "box" and s.area > 6 * unit * unit
    ]  # fmt: skip
    grown: list[tuple[float, float, tuple[int, int, int]]] = []
    for s in sorted(pieces, key=lambda s: s.box[1]):
        for i, (top, bottom, colour) in enumerate(grown):
            bridged = any(n[1] < bottom + 8 and n[3] > s.box[1] - 8 for n in notes)
            if (s.box[1] - bottom < 8 or bridged) and max(
                abs(p - q) for p, q in zip(s.fill, colour, strict=True)
            ) < 8:
                grown[i] = (top, max(bottom, float(s.box[3])), colour)
                break
        else:
            grown.append((float(s.box[1]), float(s.box[3]), s.fill))
    return [g for g in grown if g[1] - g[0] > 1.2 * unit]


def mermaid(seen: Sequenced) -> str:
    """The diagram in Mermaid's words."""
    ids = _ids(seen.actors)
    lines = ["sequenceDiagram"]
    for name, key in zip(seen.actors, ids, strict=True):
        lines.append(
            f"    participant {key}"
            if key == name
            else f"    participant {key} as {_escaped(name)}"
        )
    events: list[tuple[float, int, str]] = []
    for m in seen.messages:
        arrow = ("--" if m.dashed else "-") + (">>" if m.head else ">")
        events.append(
            (
                m.y,
                2,
                f"{ids[m.source]}{arrow}{ids[m.target]}: {_escaped('<br/>'.join(m.said))}".rstrip(),
            )
        )
    events += [
        (y, 2, f"Note {place.format(*ids)}: {_escaped(said)}") for y, place, said in seen.notes
    ]
    events += [
        e
        for i, a, b in seen.spells
        for e in ((a + 8, 3, f"activate {ids[i]}"), (b + 8, 3, f"deactivate {ids[i]}"))
    ]
    for top, bottom, (r, g, b) in seen.regions:
        events += [(top, 1, f"rect rgb({r}, {g}, {b})"), (bottom, 4, "end")]
    lines += [f"    {said}" for _, _, said in sorted(events, key=lambda e: e[:2])]
    return "\n".join(lines) + "\n"


def _ids(names: Sequence[str]) -> list[str]:
    """A name that is one plain word stands for itself; others, and those that come twice, get a
    letter.
    """
    plain = [
        n
        if n.isidentifier() and n.isascii() and n.lower() != "end" and list(names).count(n) == 1
        else ""
        for n in names
    ]
    return [p or f"P{i}" for i, p in enumerate(plain, 1)]


def _escaped(said: str) -> str:
    """What would end a statement, or begin an entity, spelt as an entity."""
    said = said.replace("#", "#35;").replace(";", "#59;").replace("#35#59;", "#35;")
    return " ".join(said.split())
