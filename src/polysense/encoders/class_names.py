"""Words by the classes that they mean, and things by the classes that a network sees or hears in
them: what ConSE (Norouzi et al. 2014, arXiv:1312.5650) needs of the names of classes.

A class is what its phrases mean to MiniLM. English words are put beside the classes as they are;
those of another language, and rare ones, towards the classes whose phrases mean most like them to
USE, which reads sixteen languages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.minilm import MiniLM, reads_whole
from polysense.encoders.text_input import words
from polysense.encoders.use.encoder import Use
from polysense.protocols import Encoder, Vectors
from polysense.read.language.detect import detect_query_language
from polysense.read.language.subject import requested_subject
from polysense.types import Part, Role
from polysense.weights import onnx_model
from polysense.weights.packaged import MINILM, USE

DIM = MiniLM.space.dim
LANGUAGES = Use.languages
"""Those in which words find classes."""

MEANING = 0.36
"""How near a word of another language is to its nearest class in USE at least, or it means none. Of
408 questions in Chinese and German about something else, 3 % come nearer to a sound of AudioSet.
"""
NEAREST, SHARPNESS = 2, 0.1
"""The classes that such a word is a mean of, and what of their nearness is a factor of e. Of the
clips of ESC-10 mean average precision is .90 for Chinese words, .79 for German ones; with 10 it was
the same, and more clips of another kind were sure matches.
"""
Phrases = Callable[[], Sequence[Sequence[str]]]
"""Gives lists of phrases: each has one for each class, in the network's order."""


class ClassNames:
    """The classes of a network. name and revision say which, and what their phrases are.

    >>> classes = ClassNames("beasts", "1", lambda: [["dog", "cat"]], threads=1)
    >>> words = classes.of_words([Part("text", "a puppy"), Part("text", "小猫")])
    >>> (words @ classes.mixtures(np.eye(2)).T).argmax(axis=1).tolist()
    [0, 1]
    """

    def __init__(self, name: str, revision: str, phrases: Phrases, *, threads: int = 0) -> None:
        self._name, self._revision, self._phrases = name, revision, phrases
        self._minilm, self._use = MiniLM(threads=threads), Use()

    def mixtures(self, weights: NDArray[np.floating]) -> Vectors:
        """(n, 384), of unit length: things, of (n, classes) weights that sum to 1."""
        return self._direction(np.asarray(weights, np.float32) @ self._vectors)

    def of_words(self, parts: Sequence[Part], role: Role = "query") -> Vectors:
        """(n, 384), of unit length: words, of a query the thing that it wants to see or hear; NaN
        for blank ones, and for those of another language that mean no class.
        """
        texts = [words(part) for part in parts]
        if role == "query":
            parts = [Part("text", requested_subject(text)) for text in texts]
        languages = [detect_query_language(text) for text in texts]
        foreign = [i for i, code in enumerate(languages) if code in LANGUAGES - {"en"}]
        own = [i for i in range(len(parts)) if i not in foreign]
        vectors = np.full((len(parts), DIM), np.nan, np.float32)
        if own:
            vectors[own] = self._direction(self._minilm.encode([parts[i] for i in own], role))
        uncertain = [i for i in own if not languages[i] and not reads_whole(texts[i])]
        for i in (*foreign, *uncertain):
            [nearness] = self._nearness_in_use([parts[i]], role)
            if i in foreign or nearness.max() >= MEANING:
                vectors[i] = self._towards(nearness)
        return vectors

    def _towards(self, nearness: NDArray[np.float32]) -> NDArray[np.float32]:
        """The mixture of what is nearest, and as far from it as the words are: of its length what
        is missing lies where no class does.
        """
        share = np.sqrt(np.clip(nearness.max(), 0, 1))
        mixture = self.mixtures(_mixture(nearness)[None])[0]
        rest = self._empty_direction - (self._empty_direction @ mixture) * mixture
        return np.asarray(share * mixture + np.sqrt(1 - share**2) * _unit(rest), np.float32)

    def _nearness_in_use(self, parts: Sequence[Part], role: Role) -> Vectors:
        requests = _unit(self._use.encode(parts, role) - self._use_middle)
        return np.asarray(requests @ self._use_axes.T, np.float32)

    def _direction(self, vectors: Vectors) -> Vectors:
        """From what all classes have in common, which tells none apart."""
        return _unit(vectors - self._middle)

    @cached_property
    def _axes(self) -> Vectors:
        return self._direction(self._vectors)

    @cached_property
    def _empty_direction(self) -> Vectors:
        """(384,): that in which the classes differ least."""
        return np.asarray(np.linalg.svd(self._axes, full_matrices=True)[2][-1], np.float32)

    @cached_property
    def _use_axes(self) -> Vectors:
        return _unit(self._use_vectors - self._use_middle)

    @cached_property
    def _middle(self) -> Vectors:
        return np.asarray(self._vectors.mean(axis=0), np.float32)

    @cached_property
    def _use_middle(self) -> Vectors:
        return np.asarray(self._use_vectors.mean(axis=0), np.float32)

    @cached_property
    def _vectors(self) -> Vectors:
        return self._stored("minilm", MINILM.sha256, self._minilm)

    @cached_property
    def _use_vectors(self) -> Vectors:
        return self._stored("use", USE.sha256, self._use)

    def _stored(self, label: str, weights: str, encoder: Encoder) -> Vectors:
        """Each class's vector in an encoder of words, computed once and kept on disk."""

        def write(folder: Path) -> None:
            np.save(folder / "classes.npy", self._compute(encoder))

        name = f"{self._name}-{self._revision}-{label}-{weights[:6]}"
        try:
            return self._read(onnx_model.cached(name, write), encoder)
        except (OSError, ValueError, EOFError):
            return self._read(onnx_model.cached(name, write, again=True), encoder)

    def _compute(self, encoder: Encoder) -> Vectors:
        lists = [
            np.asarray(encoder.encode([Part("text", t) for t in texts]))
            for texts in self._phrases()
        ]
        return _unit(np.stack(lists).mean(axis=0))

    def _read(self, folder: Path, encoder: Encoder) -> Vectors:
        classes = np.load(folder / "classes.npy")
        if classes.shape != (len(self._phrases()[0]), encoder.space.dim):
            raise ValueError(f"{folder} does not hold the vectors of these classes")
        return np.asarray(classes, np.float32)


def _mixture(nearness: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much each class counts, summing to 1; NaN where none is meant."""
    if nearness.max() < MEANING:
        return np.full_like(nearness, np.nan)
    least = np.partition(nearness, -min(NEAREST, len(nearness)))[-min(NEAREST, len(nearness))]
    weights = np.where(nearness >= least, np.exp((nearness - nearness.max()) / SHARPNESS), 0)
    return np.asarray(weights / weights.sum(), np.float32)


def _unit(vectors: NDArray[np.floating]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)
