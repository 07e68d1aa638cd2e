"""ConSE: photos and 3D models found by words, with no model that ever saw both.

A picture is the mean of its likeliest ImageNet classes' vectors, weighed by how likely each is
(Norouzi et al. 2014, arXiv:1312.5650); a class is what its name, its name in a caption and its
definition mean to MiniLM. It can say no more than ImageNet's classes can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from polysense.encoders import efficientnet
from polysense.encoders.class_names import DIM, LANGUAGES, ClassNames
from polysense.encoders.minilm import CHECKPOINT
from polysense.encoders.photo import Photo
from polysense.protocols import Encoder, Signal, Vectors
from polysense.read.solid.views import Views
from polysense.types import Modality, Part, Role, Space

NEAREST = 10
TEMPERATURE = 2.0
CERTAIN = 0.08
"""What the NEAREST classes must share of all likelihood, at TEMPERATURE; below, the picture shows
nothing that ImageNet knows.
"""
TEXT_CLASSES = [549, 798, 916, 917, 918, 921, 922]
"""Envelope, slide rule, web site, comic book, crossword puzzle, book jacket, menu: how the network
says that there are words to read.
"""
MOST_WRITING = 0.3
"""How likely these may be together; above, the picture is a page, which OCR reads better."""

VIEW_NEAREST, VIEW_TEMPERATURE, VIEW_STRENGTH = 20, 3.0, 16.0
"""The same of a drawn model, and the length of a view's features, of which nine in ten have 15 to
20. Of 113 models, asked for by the names of their 37 kinds with no words of their own, .51 of those
that could be are among the first ten.
"""


class Conse(Encoder):
    """Pictures, 3D models by their views, and words in one space of 384 dimensions. A weak signal:
    trust names, captions and OCR before it.

    A model's vector is made of the one that `photo` has of its views.
    """

    accepts: frozenset[Modality] = frozenset({"image", "3d"})
    signal: Signal = "perceptual"
    query_modalities: frozenset[Modality] = frozenset({"text"})
    languages = LANGUAGES
    space = Space("conse", f"{efficientnet.WEIGHTS[:6]}{CHECKPOINT[:6]}-2", DIM)
    # the nearest of 150 photos to a question about something else is nearer in 3 % of cases; a
    # right one is in 96 %. Of 218 models the nearest is nearer in 3 % too; a right one in a quarter
    min_score = 0.32
    adapts_views = False  # of views other classes count than of photos
    # of 260 photos this near to the name of a class, .99 are of it; .89 of the names have one, and
    # of 30 other things three
    confident_score = 0.55
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {
        "text": 0.8,
        ("image", "3d"): 0.0,
    }

    def __init__(self, *, threads: int = 0) -> None:
        self.threads = threads
        self._classes = ClassNames("imagenet", "1", _phrases, threads=threads)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for blank text, and for pictures that show nothing of ImageNet, or
        writing; NaN for models that are asked with: `shape` and `photo` tell better what is like
        them. Raises Unreadable where a part is no model.
        """
        vectors = np.full((len(parts), DIM), np.nan, np.float32)
        pictures, models, texts = (
            [i for i, part in enumerate(parts) if part.modality == m]
            for m in ("image", "3d", "text")
        )
        if pictures:
            _, logits = efficientnet.extract_features(
                [parts[i] for i in pictures], threads=self.threads
            )
            vectors[pictures] = self._classes.mixtures(posterior(logits))
        if models and role == "document":
            photos = np.stack([self._photo_of_views(parts[i]) for i in models])
            vectors[models] = self.derive(photos, "3d")
        if texts:
            vectors[texts] = self._classes.of_words([parts[i] for i in texts], role)
        return vectors

    def base(self, modality: Modality) -> Space | None:
        """What `photo` has of a model's views."""
        return Photo.space if modality == "3d" else None

    def derive(self, vectors: Vectors, modality: Modality) -> Vectors:
        """Of vectors of `photo`, those here: the features again, but for how strong they were, and
        what the network's last layer says of them.
        """
        features = np.square(vectors)
        features *= VIEW_STRENGTH / np.linalg.norm(features, axis=1, keepdims=True)
        return self._classes.mixtures(view_posterior(efficientnet.classify(features)))

    def _photo_of_views(self, part: Part) -> NDArray[np.float32]:
        photos = Photo(threads=self.threads).encode(list(Views().convert(part)))
        mean = np.nanmean(photos, axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)


def posterior(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 1000): how likely each of the NEAREST classes is, summing to 1; rows of NaN where that
    would say nothing.
    """
    sharp, soft = _softmax(logits), _softmax(logits / TEMPERATURE)
    nearest = np.argpartition(soft, -NEAREST, axis=1)[:, -NEAREST:]
    likely = np.take_along_axis(soft, nearest, axis=1)
    share = likely.sum(axis=1, keepdims=True)
    probabilities = np.zeros_like(soft)
    np.put_along_axis(probabilities, nearest, likely / share, axis=1)
    probabilities[(share[:, 0] < CERTAIN) | (sharp[:, TEXT_CLASSES].sum(axis=1) > MOST_WRITING)] = (
        np.nan
    )
    return probabilities


def view_posterior(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 1000): the same of 3D models, of which more classes count."""
    soft = _softmax(logits / VIEW_TEMPERATURE)
    least = np.partition(soft, -VIEW_NEAREST, axis=1)[:, -VIEW_NEAREST, None]
    likely = np.where(soft >= least, soft, 0)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True), np.float32)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


@cache
def _phrases() -> list[list[str]]:
    """Of each class, in order, what its vector is made of."""
    lines = files("polysense.encoders").joinpath("imagenet_classes.txt").read_text("utf-8")
    classes = [line.split("\t") for line in lines.splitlines() if not line.startswith("#")]
    names = [lemmas.split(",")[0] for lemmas, _ in classes]
    return [
        names,
        [f"a photo of a {name}" for name in names],
        [f"{name}: {meaning}" for name, (_, meaning) in zip(names, classes, strict=True)],
    ]
