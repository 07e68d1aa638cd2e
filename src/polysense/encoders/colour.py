"""Colour: how much of what a picture or a model shows has which colour, so that "red" is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.colour_words import colour_words
from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.image.decode import pixels
from polysense.read.language.colour_name import colour_name, lab
from polysense.types import Modality, Part, Role, Space

AXES = (
    "black", "dark grey", "grey", "light grey", "white", "beige", "brown", "red", "pink",
    "orange", "yellow", "green", "turquoise", "blue", "purple",
)  # fmt: skip
"""One dimension for each everyday name."""

REQUEST: Mapping[str, Mapping[str, float]] = {
    "black": {"black": 1.0, "dark grey": 0.5},
    "grey": {"grey": 1.0, "dark grey": 0.7, "light grey": 0.7},
    "white": {"white": 1.0, "light grey": 0.5},
    "blue": {"blue": 1.0, "turquoise": 0.3},
    "green": {"green": 1.0, "turquoise": 0.3},
    "beige": {"beige": 1.0, "brown": 0.3},
    "pink": {"pink": 1.0, "red": 0.2},
}
"""What a word asks for beside its own name: black things are dark grey in the light. Judged."""

_SIDE = 96
"""Pixels along the longer side that are counted."""

_GROUND_SHARE, _GROUND_DISTANCE = 0.6, 12.0
"""A picture has a ground where so much of its edge is of one colour, up to this distance in
CIE L*a*b*; judged on drawings and product photos.
"""

_LEAST_FIGURE = 0.01
"""The share of a picture that must differ from its ground; below, the ground is what it shows."""

_WRITING_SHARE, _WRITING_HUELESS = 0.2, 0.95
"""A figure that covers less, nearly all of it without a hue, on a light ground is writing. Judged:
pages of print cover 3 to 15 %.
"""

_CENTRE_SPREAD = 0.35
"""The spread, in sides, of the weight that what lies amid a picture has."""

_HUELESS_WEIGHT = 0.5
"""What a pixel without a hue counts for: shadows and outlines are on everything. Judged."""

_HUELESS = frozenset(("black", "dark grey", "grey", "light grey", "white", "beige"))

_SAMPLES = 1024
"""Points of a model's surface whose colours are counted."""


class Colour(Encoder):
    """Pictures, and models that have colours, by the shares of everyday colours in what they show;
    asked by the colour words of a query alone.

    A vector is the square roots of the shares, so its length is 1, and its product with one colour
    the root of that colour's share.
    """

    accepts = frozenset({"image", "3d"})
    signal: Signal = "perceptual"
    query_modalities = frozenset({"text"})
    space = Space("colour", "1", len(AXES))
    adapts_views = False
    min_score = 0.4  # a sixth of what is shown
    confident_score = 1.25  # never reached: a colour alone says of nothing that it is what is asked
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {"text": 0.5}

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit rows; NaN for words without a colour, pages of writing, models without colours, and
        pictures that ask.
        """
        rows = np.full((len(parts), self.space.dim), np.nan, np.float32)
        for row, part in zip(rows, parts, strict=True):
            if part.modality == "text":
                shares = _request(str(part.data))
            elif role == "query":
                shares = None
            else:
                shares = _of_model(part) if part.modality == "3d" else _of_picture(part)
            if shares is not None and shares.sum() > 0:
                row[:] = np.sqrt(shares / shares.sum())
        return rows

    def asked_by(self, part: Part) -> Part | None:
        """The colour words of a query's words; None where it has none, and for pictures."""
        if part.modality != "text" or not isinstance(part.data, str):
            return None
        words = " ".join(word for word, _ in colour_words(part.data))
        return Part("text", words) if words else None


def _request(words: str) -> NDArray[np.float64]:
    """(dim,) what colour words ask for, squared: several alike."""
    shares = np.zeros(len(AXES))
    for _, colour in colour_words(words):
        for name, weight in REQUEST.get(colour, {colour: 1.0}).items():
            shares[AXES.index(name)] += weight**2
    return shares


def _of_picture(part: Part) -> NDArray[np.float64] | None:
    """(dim,) the weights of the colours of what stands before the ground; None for writing."""
    rgb = pixels(part, longest=_SIDE)
    height, width = rgb.shape[:2]
    flat = rgb.reshape(-1, 3)
    codes = flat >> 3  # 32 steps a channel: some hundred colours, each named once
    _, first, index = np.unique(
        codes @ np.array([1, 32, 1024]), return_index=True, return_inverse=True
    )
    names = _names(flat[first].astype(np.float64))[index.ravel()]
    across, down = np.meshgrid(np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height))
    weights = np.exp(-(across**2 + down**2) / (2 * _CENTRE_SPREAD**2)).ravel()
    figure = _figure(lab(flat.astype(np.float64)).reshape(height, width, 3))
    if figure is not None:
        hueless = np.mean([AXES[n] in _HUELESS for n in names[figure]])
        if figure.mean() < _WRITING_SHARE and hueless > _WRITING_HUELESS:
            return None
        weights = weights * figure
    return _weighed(names, weights)


def _figure(colours: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """(height * width,) what differs from the ground; None where there is no ground, or nothing
    before it.
    """
    edge = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    ground = np.median(edge, axis=0)
    if np.mean(np.linalg.norm(edge - ground, axis=1) < _GROUND_DISTANCE) < _GROUND_SHARE:
        return None
    figure: NDArray[np.bool_] = np.linalg.norm(colours - ground, axis=2) > _GROUND_DISTANCE
    return figure.ravel() if figure.mean() >= _LEAST_FIGURE else None


def _of_model(part: Part) -> NDArray[np.float64] | None:
    """(dim,) the weights of the colours of a model's surface; None where it has none."""
    from polysense.read.solid import decode

    mesh = decode.load(part)
    if not mesh.has_colours:
        return None
    _, faces = decode.sample_surface(mesh, _SAMPLES)
    rgb = decode.colours_at(mesh, faces, np.full((len(faces), 3), 1 / 3))
    return _weighed(_names(rgb), np.ones(len(faces)))


def _names(rgb: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) indices into AXES of colours (n, 3)."""
    return np.array([AXES.index(colour_name(*row)) for row in lab(rgb).tolist()], np.int64)


def _weighed(names: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(dim,) the sum of weights of each colour, less for those without a hue."""
    sums = np.bincount(names, weights, len(AXES))
    hueless = np.array([name in _HUELESS for name in AXES])
    return np.asarray(np.where(hueless, _HUELESS_WEIGHT * sums, sums))
