"""Where kinds lie in a space of words, by their names, as ConSE places ImageNet's classes (Norouzi
et al., arXiv:1312.5650).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.protocols import Encoder, Vectors
from polysense.train.classes.classifier import Classifier
from polysense.train.heads.head import Affine, Head, Normalise, Shift, Softmax
from polysense.types import Part

PHRASES = ("{}", "a {}", "the sound or the look of a {}")
"""How a kind is named to the encoder; a kind lies at the mean. Judged."""


def place_kinds(names: Sequence[str], words: Encoder) -> Vectors:
    """(kinds, dim), of unit length."""
    rows = [
        words.encode([Part("text", phrase.format(name)) for name in names], "query")
        for phrase in PHRASES
    ]
    means = np.mean(rows, axis=0)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def heads_of(classifier: Classifier, places: Vectors) -> tuple[Head, Head]:
    """The head of the things, whose output is the mean of the kinds' places by how likely each is;
    and that of words. What all kinds have in common is taken from both: it tells none apart.
    """
    middle = places.mean(axis=0)
    to_places = Affine(
        np.asarray(places - middle, np.float32), np.zeros(places.shape[1], np.float32)
    )
    things = Head((classifier.logits, Softmax(), to_places, Normalise()))
    return things, Head((Shift(np.asarray(-middle, np.float32)), Normalise()))
