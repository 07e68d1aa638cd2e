"""Sequence diagrams: actors, messages, notes, activations and coloured regions -> Mermaid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polysense.read.image.drawing.labels import TextLine
from polysense.read.image.drawing.lifelines import find_actors, mirrors_actor
from polysense.read.image.drawing.messages import (
    Message,
    assign_labels,
    find_loops,
    find_messages,
)
from polysense.read.image.drawing.shapes import (
    Shape,
    commonest_colour,
    contains_box,
    contains_point,
)

Pixels = NDArray[np.uint8]
Region = tuple[float, float, tuple[int, int, int]]

# Judged on drawn diagrams, not measured; in heights of a line of text.
MAX_ACTIVATION_WIDTH = 1.2
"""A box on a lifeline that is wider (by 4 pixels) is no activation."""

MAX_NOTE_HEIGHT = 16
"""A box with words that is higher is no note."""

MIN_REGION_HEIGHT = 1.2
"""A coloured region that is lower is none."""


@dataclass(slots=True)
class SequenceDiagram:
    """What a sequence diagram shows.

    Notes as (y, place, words), activations as (lifeline, top, bottom), regions as (top, bottom,
    colour).
    """

    actors: list[str]
    messages: list[Message]
    notes: list[tuple[float, str, str]]
    activations: list[tuple[int, float, float]]
    regions: list[Region]


def find_sequence(
    picture: Pixels, shapes: Sequence[Shape], words: Sequence[TextLine]
) -> SequenceDiagram | None:
    """The sequence diagram in a picture, or None where it is no such diagram."""
    outer_shapes = [s for s in shapes if not any(contains_box(w.box, s.box) for w in words)]
    heads, lifelines = find_actors(picture, outer_shapes, words)
    if len(heads) < 2:
        return None
    text_height = (
        float(np.median([w.height for w in words])) if words else 0.02 * max(picture.shape[:2])
    )
    bottom = max(
        (s.box[1] for s in outer_shapes if mirrors_actor(s, heads)), default=picture.shape[0]
    )
    top = max(h.box[3] for h in heads)
    names = [_text_in_box(words, h.box) or f"Actor {i}" for i, h in enumerate(heads, 1)]
    inner_shapes = [s for s in outer_shapes if s.box[1] >= top - 2 and s.box[3] <= bottom + 2]
    activations = _find_activations(inner_shapes, lifelines, text_height)
    notes = _find_notes(inner_shapes, lifelines, words, text_height)
    messages = find_messages(
        picture, lifelines, (top, bottom), [n for n, _ in notes], text_height
    ) + find_loops(inner_shapes, lifelines, words, text_height)
    if not messages:
        return None
    messages.sort(key=lambda m: m.y)
    occupied = [h.box for h in heads] + [n.box for n, _ in notes]
    assign_labels(
        messages,
        lifelines,
        [
            w
            for w in words
            if top < w.middle[1] < bottom and not any(contains_point(t, w.middle) for t in occupied)
        ],
    )
    placed_notes = [
        (n.box[1] + 0.3 * text_height, place, _text_in_box(words, n.box)) for n, place in notes
    ]
    regions = _find_regions(picture, inner_shapes, [n.box for n, _ in notes], text_height)
    return SequenceDiagram(names, messages, placed_notes, activations, regions)


def _text_in_box(words: Sequence[TextLine], box: Sequence[float]) -> str:
    """The lines of text in a box, with Mermaid's line breaks."""
    return "<br/>".join(
        w.text
        for w in sorted(words, key=lambda w: (round(w.middle[1]), w.box[0]))
        if contains_point(box, w.middle)
    )


def _find_activations(
    inner_shapes: Sequence[Shape], lifelines: Sequence[int], text_height: float
) -> list[tuple[int, float, float]]:
    """Thin boxes on a lifeline; pieces parted by a note are one."""
    segments = []
    for s in inner_shapes:
        indices = [
            i
            for i, x in enumerate(lifelines)
            if s.box[0] < x - 2
            and x + 2 < s.box[2]
            and abs(s.middle[0] - x) < 0.3 * text_height + 2
        ]
        if (
            indices
            and s.width < MAX_ACTIVATION_WIDTH * text_height + 4
            and s.height > 1.5 * s.width
        ):
            segments.append((indices[0], float(s.box[1]), float(s.box[3])))
    activations: list[tuple[int, float, float]] = []
    for line, top, bottom in sorted(segments):
        gap = top - activations[-1][2] if activations and activations[-1][0] == line else 1e9
        is_covered = any(
            s.box[1] <= top - gap + 6
            and s.box[3] >= top - 6
            and contains_point(s.box, (lifelines[line], top - gap / 2))
            for s in inner_shapes
        )
        if gap < 6 or (
            gap < 1e8
            and is_covered
            and gap < 8 * text_height
            and not _is_segment_start(inner_shapes, top)
        ):
            activations[-1] = (line, activations[-1][1], bottom)
        else:
            activations.append((line, top, bottom))
    return activations


def _is_segment_start(inner_shapes: Sequence[Shape], top: float) -> bool:
    """Whether an activation begins here, and does not go on below a note that ends here."""
    return not any(abs(s.box[3] - top) < 6 for s in inner_shapes)


def _find_notes(
    inner_shapes: Sequence[Shape],
    lifelines: Sequence[int],
    words: Sequence[TextLine],
    text_height: float,
) -> list[tuple[Shape, str]]:
    """The smallest boxes around words, but those between two lifelines; each with its place."""
    smallest: dict[int, Shape] = {}
    for i, w in enumerate(words):
        holding = [
            s
            for s in inner_shapes
            if s.kind in ("box", "slanted", "round")
            and contains_point(s.box, w.middle)
            and s.height > 0.8 * w.height
        ]
        if holding:
            smallest[i] = min(holding, key=lambda s: s.area)
    notes, slack = [], 0.8 * text_height + 4
    for s in {s.box: s for s in smallest.values()}.values():
        touches_lifelines = [
            min(abs(side - x) for x in lifelines) < slack for side in (s.box[0], s.box[2])
        ]
        if not all(touches_lifelines) and s.height < MAX_NOTE_HEIGHT * text_height:
            notes.append((s, _note_position(s, lifelines)))
    return notes


def _note_position(note: Shape, lifelines: Sequence[int]) -> str:
    """Mermaid's words for where a note is, with {0}... for actors."""
    under = [i for i, x in enumerate(lifelines) if note.box[0] + 4 < x < note.box[2] - 4]
    if len(under) == 1 and abs(note.middle[0] - lifelines[under[0]]) < 0.2 * note.width:
        return f"over {{{under[0]}}}"
    if len(under) > 1:
        return f"over {{{under[0]}}},{{{under[-1]}}}"
    nearest = min(
        range(len(lifelines)),
        key=lambda i: min(abs(note.box[0] - lifelines[i]), abs(note.box[2] - lifelines[i])),
    )
    return f"{'right' if note.middle[0] > lifelines[nearest] else 'left'} of {{{nearest}}}"


def _find_regions(
    picture: Pixels,
    inner_shapes: Sequence[Shape],
    notes: Sequence[Sequence[float]],
    text_height: float,
) -> list[Region]:
    """Coloured backgrounds of messages; lifelines and arrows cut them into pieces of one colour."""
    paper = commonest_colour(picture[::7, ::7].reshape(-1, 3))
    fragments = [
        s
        for s in inner_shapes
        if s.kind == "box"
        and s.box not in notes
        and s.width > 0.6 * text_height
        and s.height > 0.2 * text_height
        and s.area > 6 * text_height * text_height
        and max(abs(p - q) for p, q in zip(s.fill, paper, strict=True)) > 10
    ]
    regions: list[Region] = []
    for s in sorted(fragments, key=lambda s: s.box[1]):
        for i, (top, bottom, colour) in enumerate(regions):
            is_bridged = any(n[1] < bottom + 8 and n[3] > s.box[1] - 8 for n in notes)
            if (s.box[1] - bottom < 8 or is_bridged) and max(
                abs(p - q) for p, q in zip(s.fill, colour, strict=True)
            ) < 8:
                regions[i] = (top, max(bottom, float(s.box[3])), colour)
                break
        else:
            regions.append((float(s.box[1]), float(s.box[3]), s.fill))
    return [g for g in regions if g[1] - g[0] > MIN_REGION_HEIGHT * text_height]


def to_mermaid(diagram: SequenceDiagram) -> str:
    """The diagram in Mermaid's words."""
    ids = _participant_ids(diagram.actors)
    lines = ["sequenceDiagram"]
    for name, key in zip(diagram.actors, ids, strict=True):
        lines.append(
            f"    participant {key}" if key == name else f"    participant {key} as {_escape(name)}"
        )
    events: list[tuple[float, int, str]] = []
    for m in diagram.messages:
        arrow = ("--" if m.dashed else "-") + (">>" if m.head else ">")
        label = _escape("<br/>".join(m.label_lines))
        events.append((m.y, 2, f"{ids[m.source]}{arrow}{ids[m.target]}: {label}".rstrip()))
    events += [
        (y, 2, f"Note {place.format(*ids)}: {_escape(text)}") for y, place, text in diagram.notes
    ]
    events += [
        e
        for i, a, b in diagram.activations
        for e in ((a + 8, 3, f"activate {ids[i]}"), (b + 8, 3, f"deactivate {ids[i]}"))
    ]
    for top, bottom, (r, g, b) in diagram.regions:
        events += [(top, 1, f"rect rgb({r}, {g}, {b})"), (bottom, 4, "end")]
    lines += [f"    {text}" for _, _, text in sorted(events, key=lambda e: e[:2])]
    return "\n".join(lines) + "\n"


def _participant_ids(names: Sequence[str]) -> list[str]:
    """A name that is one plain word stands for itself; others, and repeated ones, get P and a
    number.
    """
    plain = [
        n
        if n.isidentifier() and n.isascii() and n.lower() != "end" and list(names).count(n) == 1
        else ""
        for n in names
    ]
    return [p or f"P{i}" for i, p in enumerate(plain, 1)]


def _escape(text: str) -> str:
    """What would end a statement, or begin an entity, spelt as an entity."""
    text = text.replace("#", "#35;").replace(";", "#59;").replace("#35#59;", "#35;")
    return " ".join(text.split())
