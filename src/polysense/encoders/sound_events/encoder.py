"""Sounds found by words, with no model that ever was given both: ConSE for what is heard.

A sound is the mean of its likeliest kinds' vectors, weighed by how likely each is (Norouzi et al.
2014, arXiv:1312.5650); a kind is what its name means to MiniLM. It can say no more than AudioSet's
521 kinds can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.class_names import DIM, LANGUAGES, ClassNames
from polysense.encoders.minilm import CHECKPOINT
from polysense.encoders.sound_events.network import class_names, event_likelihoods
from polysense.protocols import Encoder, Signal, Vectors
from polysense.types import Modality, Part, Role, Space
from polysense.weights.packaged import YAMNET

NEAREST = 20
"""The likeliest kinds that a sound's vector is made of. Of ESC-10's 200 clips, asked for by 39
phrases such as "a dog" and "cutting wood with a chainsaw", mean average precision is .905 with 10
and .916 with 20.
"""
AUDIBLE = 0.1
"""How likely the likeliest kind is at least; below, nothing is heard that has a name. Judged."""
ROOMS = frozenset(
    {
        "Silence",
        "Noise",
        "Environmental noise",
        "Sound effect",
        "Field recording",
        "Inside, small room",
        "Inside, large room or hall",
        "Inside, public space",
        "Outside, urban or manmade",
        "Outside, rural or natural",
    }
)
"""Kinds that say where or how something was recorded, not what: they are left out."""


class SoundEvents(Encoder):
    """Sounds and words in one space of 384 dimensions.

    >>> encoder = SoundEvents(threads=1)
    >>> encoder.encode([Part("text", "a dog barks")], "query").shape
    (1, 384)
    """

    accepts = frozenset({"audio"})
    signal: Signal = "perceptual"
    query_modalities = frozenset({"text"})
    languages = LANGUAGES
    space = Space("sound_events", f"{YAMNET.sha256[:6]}{CHECKPOINT[:6]}-1", DIM)
    # the nearest of 200 clips of ESC-10 to a question about something else is nearer in 3 % of 204
    # cases; half of the right ones are nearer than .48, three quarters than .33
    min_score = 0.3
    # of clips this near to one of the 39 phrases .99 are of its kind, to one in Chinese, German or
    # French .96 to .98; three in four of the phrases have one, of the others half
    confident_score = 0.55
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {
        "text": 0.8,
        ("audio", "audio"): 1.0,
    }

    def __init__(self, *, threads: int = 0) -> None:
        self.threads = threads
        self.classes = ClassNames("audioset", YAMNET.sha256[:6], _phrases, threads=threads)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for blank text, silence, and sounds that have no name."""
        vectors = np.full((len(parts), DIM), np.nan, np.float32)
        texts = [i for i, part in enumerate(parts) if part.modality == "text"]
        for i, part in enumerate(parts):
            if part.modality != "text":
                likely = event_likelihoods(part, threads=self.threads)
                if likely is not None:
                    vectors[i] = self.classes.mixtures(weights(likely)[None])[0]
        if texts:
            vectors[texts] = self.classes.of_words([parts[i] for i in texts], role)
        return vectors


def weights(likely: NDArray[np.float32]) -> NDArray[np.float32]:
    """(521,): how much each of the NEAREST kinds counts, summing to 1; NaN where none is AUDIBLE.

    The root of how likely it is: what is heard beside the loudest counts too.
    """
    likely = np.where(_has_source(), likely, 0)
    if likely.max() < AUDIBLE:
        return np.full_like(likely, np.nan)
    least = np.partition(likely, -NEAREST)[-NEAREST]
    shares = np.sqrt(np.where(likely >= least, likely, 0))
    return np.asarray(shares / shares.sum(), np.float32)


def _has_source() -> NDArray[np.bool_]:
    return np.array([name not in ROOMS for name in class_names()])


def _phrases() -> list[list[str]]:
    """Of each kind, in order, what its vector is made of."""
    names = [name.lower() for name in class_names()]
    return [names, [f"the sound of {n}" for n in names], [f"a recording of {n}" for n in names]]
