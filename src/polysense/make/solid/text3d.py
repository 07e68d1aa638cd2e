"""Words as raised letters on a plate that can be printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from polysense.make.solid.gltf import Solid, box, glb
from polysense.make.solid.text_mesh import extrude, is_drawable, outline, plain_text, text_width
from polysense.protocols import Converter
from polysense.read.file.text import sentences
from polysense.types import Modality, Part

_MM = 0.001  # metres
_MARGIN, _PLATE_HEIGHT, _LETTER_HEIGHT, _SINK = 5.0, 3.0, 1.6, 0.4
"""Millimetres: around the words, the plate's thickness, the letters over it, and into it, so that
both are one when printed.
"""

_LINE_SPACING = 1.62  # heights of a capital
_MAX_WIDTH, _MAX_HEIGHT = 100.0, 70.0
"""Millimetres of a line, and of all lines for which letters are not made smaller."""

_SIZES = (12.0, 10.0, 8.5, 7.0, 6.0, 5.0, 4.0)
"""Millimetres of a capital, the first that fits."""

_MIN_SINGLE_LINE, _MAX_SINGLE_LINE = 10.0, 18.0
"""Millimetres of a capital for which the words stay on one line, and at most have there."""

_SHORT_SENTENCE = 24
"""Characters of a heading or a name, which alone is not what was meant. Judged, not measured."""

_PLATE_COLOR, _LETTER_COLOR = (36, 48, 66), (245, 181, 62)
_CITATION_MARK = re.compile(r"\s*\[\d+\]")
_IDEOGRAPH = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\uac00-\ud7af]"
_TOKEN = re.compile(rf"{_IDEOGRAPH}|\S+?(?={_IDEOGRAPH}|\s|$)|\s+")


class Text3d(Converter):
    """The first sentences of a text as letters on a plate about 100 mm wide.

    At most `chars` characters. Nothing where there are no words, or where a letter of them cannot
    be drawn as it should.
    """

    source: Modality = "text"
    targets: frozenset[Modality] = frozenset({"3d"})
    cost = 0.45
    request = (
        r"\b(?:signs?|plates?|plaques?|nameplates?|lettering|letters|inscriptions?|labels?|words|text"
        r"|print(?:able|ed)?|schild\w*|tafeln?|buchstaben|schrift\w*|panneau\w*|plaques?|lettres"
        r"|letreros?|placas?|letras)\b|牌|字|标语|標語"
    )

    def __init__(self, *, chars: int = 200) -> None:
        self.chars = chars

    def convert(self, part: Part) -> Iterator[Part]:
        """One model; meta tells its words, size in millimetres and how high its capitals are."""
        text = _leading_sentences(str(part.data), self.chars) if isinstance(part.data, str) else ""
        if not re.search(r"\w", text) or not is_drawable(text):
            return
        size, lines = _fit_lines(text)
        line_width = max(text_width(line, size) for line in lines)
        plate_width, plate_height = (
            line_width + 2 * _MARGIN,
            size * (_LINE_SPACING * (len(lines) - 1) + 1.3) + 2 * _MARGIN,
        )
        solids = [
            Solid(
                "plate",
                *_to_metres(
                    *box((-plate_width / 2, 0, 0), (plate_width / 2, plate_height, _PLATE_HEIGHT))
                ),
                _PLATE_COLOR,
            )
        ]
        for n, line in enumerate(lines):
            base = plate_height - _MARGIN - size * (1.05 + _LINE_SPACING * n)
            vertices, faces = _concatenate(
                list(
                    extrude(
                        outline(line, size), _PLATE_HEIGHT - _SINK, _PLATE_HEIGHT + _LETTER_HEIGHT
                    )
                )
            )
            if len(faces):
                place = np.array([-text_width(line, size) / 2, base, 0.0])
                solids.append(Solid(line, *_to_metres(vertices + place, faces), _LETTER_COLOR))
        meta = {
            "form": "sign",
            "words": text,
            "size_mm": [
                round(plate_width, 1),
                round(plate_height, 1),
                round(_PLATE_HEIGHT + _LETTER_HEIGHT, 1),
            ],
            "capital_mm": round(size, 1),
        }
        name = "-".join(re.findall(r"\w+", text)[:4])[:40].lower() or "plate"
        yield Part("3d", glb(solids, text[:60]), "model/gltf-binary", f"{name}.glb", meta=meta)


def _leading_sentences(text: str, limit: int) -> str:
    """Whole sentences up to `limit` characters; of a longer one, its beginning."""
    text = plain_text(_CITATION_MARK.sub("", text[: 20 * limit]))
    excerpt = ""
    for a, b in sentences(text):
        if b > limit:
            break
        excerpt = text[:b]
        if b - a > _SHORT_SENTENCE:
            break
    if excerpt or len(text) <= limit:
        return excerpt or text
    beginning = text[: limit - 1]
    return (beginning.rsplit(" ", 1)[0] if " " in beginning[limit // 2 :] else beginning) + "…"


def _fit_lines(text: str) -> tuple[float, list[str]]:
    """The height of capitals and the lines: the fewer the words, the larger."""
    if (single_line_size := _MAX_WIDTH / text_width(text, 1.0)) >= _MIN_SINGLE_LINE:
        return min(single_line_size, _MAX_SINGLE_LINE), [text]
    size, lines = _SIZES[-1], [text]
    for size in _SIZES:
        lines = _wrap(text, size, _MAX_WIDTH)
        if len(lines) * size * _LINE_SPACING <= _MAX_HEIGHT:
            break
    return size, lines


def _wrap(text: str, size: float, max_width: float) -> list[str]:
    lines, max_chars = [""], max(1, int(max_width / size))
    tokens = (p for p in _TOKEN.findall(text))
    # a word longer than a line is broken
    for piece in (p[i : i + max_chars] for p in tokens for i in range(0, len(p), max_chars)):
        if (
            lines[-1].strip()
            and not piece.isspace()
            and text_width(lines[-1] + piece, size) > max_width
            and piece not in "，。、；：！？）》」”…"
        ):
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    return [line.strip() for line in lines if line.strip()]


def _to_metres(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From millimetres to metres.

    It stands and faces the reader; where z is up, as in programs that print, it lies on its back.
    """
    return vertices * _MM, faces


def _concatenate(pieces: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    if not pieces:
        return np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    starts = np.cumsum([0, *(len(v) for v, _ in pieces[:-1])])
    return np.concatenate([v for v, _ in pieces]), np.concatenate(
        [f + s for (_, f), s in zip(pieces, starts, strict=True)]
    )
