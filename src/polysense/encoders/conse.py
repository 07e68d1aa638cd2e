"""ConSE: photos found by English words, with no model that ever saw both.

A picture is the mean of its likeliest ImageNet classes' vectors, weighed by how likely each is
(Norouzi et al. 2014, arXiv:1312.5650); a class is what its name, its name in a caption and its
definition mean to MiniLM. It can say no more than ImageNet's classes can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.encoders import efficientnet
from polysense.encoders.efficientnet_graph import CLASSES
from polysense.encoders.minilm import CHECKPOINT, MiniLM
from polysense.protocols import Encoder, Signal, Vectors
from polysense.types import Part, Role, Space
from polysense.weights import onnx_model
from polysense.weights.packaged import MINILM

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


class Conse(Encoder):
    """Pictures and English words in one space of 384 dimensions. A weak signal: trust names,
    captions and OCR before it.
    """

    accepts = frozenset({"image"})
    signal: Signal = "perceptual"
    query_modalities = frozenset({"text"})
    languages = frozenset({"en"})
    space = Space("conse", f"{efficientnet.WEIGHTS[:6]}{CHECKPOINT[:6]}-1", MiniLM.space.dim)
    # the nearest of 150 photos to a question about something else is nearer in 3 % of cases; a
    # right one is in 96 %
    min_score = 0.32
    adapts_views = False  # a grey render of a mesh is nothing that ImageNet knows
    confident_score = 0.6
    fusion_weight = {"text": 0.8}  # noqa: RUF012 - not to be changed

    def __init__(self, *, threads: int = 0) -> None:
        self.threads = threads
        self._words = MiniLM(threads=threads)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for blank text, and for pictures that show nothing of ImageNet, or
        writing.
        """
        vectors = np.full((len(parts), self.space.dim), np.nan, np.float32)
        pictures = [i for i, part in enumerate(parts) if part.modality == "image"]
        texts = [i for i, part in enumerate(parts) if part.modality != "image"]
        if pictures:
            _, logits = efficientnet.extract_features(
                [parts[i] for i in pictures], threads=self.threads
            )
            vectors[pictures] = posterior(logits) @ self._classes
        if texts:
            vectors[texts] = self._words.encode([parts[i] for i in texts], role)
        vectors -= self._classes.mean(axis=0)  # what all classes have in common tells none apart
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    @cached_property
    def _classes(self) -> Vectors:
        """(1000, 384): each class's vector. Computed once and kept on disk."""
        name = f"{self.space.name}-{self.space.revision}-{MINILM.sha256[:6]}"
        try:
            return _read(onnx_model.cached(name, self._write))
        except (OSError, ValueError, EOFError):
            return _read(onnx_model.cached(name, self._write, again=True))

    def _write(self, folder: Path) -> None:
        class_vectors = np.stack(
            [self._words.embed(texts) for texts in zip(*_phrases(), strict=True)]
        ).mean(axis=0)
        np.save(
            folder / "classes.npy",
            class_vectors / np.linalg.norm(class_vectors, axis=1, keepdims=True),
        )


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


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def _phrases() -> Iterator[tuple[str, str, str]]:
    """Of each class, in order, what its vector is made of."""
    for line in (
        files("polysense.encoders").joinpath("imagenet_classes.txt").read_text("utf-8").splitlines()
    ):
        if not line.startswith("#"):
            lemmas, definition = line.split("\t")
            name = lemmas.split(",")[0]
            yield name, f"a photo of a {name}", f"{name}: {definition}"


def _read(folder: Path) -> Vectors:
    classes = np.load(folder / "classes.npy")
    if classes.shape != (CLASSES, MiniLM.space.dim):
        raise ValueError(f"{folder} does not hold class vectors")
    return np.asarray(classes, np.float32)
