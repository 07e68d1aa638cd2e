"""Words as raised letters on a plate that can be printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from polysense.make.solid.gltf import Solid, box, glb
from polysense.make.solid.text_mesh import drawable, extruded, outline, plain, width
from polysense.protocols import Converter
from polysense.read.file.text import sentences
from polysense.types import Modality, Part

_MM = 0.001
_MARGIN, _BASE, _RAISED, _SUNK = 5.0, 3.0, 1.6, 0.4
"""Millimetres: around the words, the plate's thickness, the letters over it, and into it, so that
both are one when printed.
"""
_LEADING = 1.62
_PLATE, _INK = (36, 48, 66), (245, 181, 62)
_CITED = re.compile(r"\s*\[\d+\]")
_UNBROKEN = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\uac00-\ud7af]|\S+?(?=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\uac00-\ud7af]|\s|$)|\s+"
)


class Text3d(Converter):
    """The first sentences of a text, at most `chars` characters, as letters on a plate about 100 mm
    wide.

    Nothing where there are no words, or where a letter of them cannot be drawn as it should.
    """

    source: Modality = "text"
    targets: frozenset[Modality] = frozenset({"3d"})
    cost = 0.45

    def __init__(self, *, chars: int = 200) -> None:
        self.chars = chars

    def convert(self, part: Part) -> Iterator[Part]:
        """One model; meta tells its words, size in millimetres and how high its capitals are."""
        said = _first(str(part.data), self.chars) if isinstance(part.data, str) else ""
        if not re.search(r"\w", said) or not drawable(said):
            return
        size, lines = _set(said)
        across = max(width(line, size) for line in lines)
        wide, high = across + 2 * _MARGIN, size * (_LEADING * (len(lines) - 1) + 1.3) + 2 * _MARGIN
        solids = [Solid("plate", *_flat(*box((-wide / 2, 0, 0), (wide / 2, high, _BASE))), _PLATE)]
        for n, line in enumerate(lines):
            base = high - _MARGIN - size * (1.05 + _LEADING * n)
            vertices, faces = _together(
                list(extruded(outline(line, size), _BASE - _SUNK, _BASE + _RAISED))
            )
            if len(faces):
                place = np.array([-width(line, size) / 2, base, 0.0])
                solids.append(Solid(line, *_flat(vertices + place, faces), _INK))
        meta = {
            "words": said,
            "size_mm": [round(wide, 1), round(high, 1), round(_BASE + _RAISED, 1)],
            "capital_mm": round(size, 1),
        }
        name = "-".join(re.findall(r"\w+", said)[:4])[:40].lower() or "plate"
        yield Part("3d", glb(solids, said[:60]), "model/gltf-binary", f"{name}.glb", meta=meta)


def _first(text: str, most: int) -> str:
    """Whole sentences up to `most` characters; of a longer one, its beginning."""
    text = plain(_CITED.sub("", text[: 20 * most]))
    kept = ""
    for a, b in sentences(text):
        if b > most:
            break
        kept = text[:b]
        if b - a > 24:  # a heading or a name alone is not what was meant
            break
    if kept or len(text) <= most:
        return kept or text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut) + "…"


def _set(said: str) -> tuple[float, list[str]]:
    """The height of capitals and the lines: the fewer the words, the larger, in a shape near three
    to two.
    """
    if (alone := 100 / width(said, 1.0)) >= 10:
        return min(alone, 18.0), [said]
    size, lines = 4.0, [said]
    for size in (12.0, 10.0, 8.5, 7.0, 6.0, 5.0, 4.0):
        lines = _wrapped(said, size, 100.0)
        if len(lines) * size * _LEADING <= 70:
            break
    return size, lines


def _wrapped(said: str, size: float, room: float) -> list[str]:
    lines, most = [""], max(1, int(room / size))
    whole = (p for p in _UNBROKEN.findall(said))
    # a word longer than a line is broken
    for piece in (p[i : i + most] for p in whole for i in range(0, len(p), most)):
        if (
            lines[-1].strip()
            and not piece.isspace()
            and width(lines[-1] + piece, size) > room
            and piece not in "，。、；：！？）》」”…"
        ):
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return [line.strip() for line in lines if line.strip()]


def _flat(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From millimetres to metres. It stands and faces the reader; where z is up, as in programs
    that print, it lies on its back.
    """
    return vertices * _MM, faces


def _together(pieces: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    if not pieces:
        return np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    starts = np.cumsum([0, *(len(v) for v, _ in pieces[:-1])])
    return np.concatenate([v for v, _ in pieces]), np.concatenate(
        [f + s for (_, f), s in zip(pieces, starts, strict=True)]
    )
