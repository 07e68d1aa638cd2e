"""What is asked of an alignment."""

from __future__ import annotations

from dataclasses import dataclass

from polysense.errors import BadConfig
from polysense.protocols import Encoder
from polysense.train.gap import CLOSINGS
from polysense.train.heads.network import HEADS
from polysense.train.losses import LOSSES
from polysense.train.run.fit import FitSettings
from polysense.types import Modality


@dataclass(frozen=True, slots=True)
class Side:
    """An encoder, and the spec that makes it again."""

    spec: str
    encoder: Encoder


@dataclass(frozen=True, slots=True)
class Towers:
    """The encoder that is brought over, with the modality that it is given, and the anchor's."""

    source: Side
    anchor: Side
    modality: Modality
    anchor_modality: Modality


@dataclass(frozen=True, slots=True)
class AlignSettings:
    """head is "ridge" (closed form) or one of HEADS, inner the width within; a linear one starts
    from ridge regression. loss is one of LOSSES. negatives is how many hard ones each pair of a
    batch brings, copies how many varied ones of each pair are trained on beside it. closing is one
    of CLOSINGS, or "auto": the best on validation. both indexes the anchor's modality in the new
    space too, so that either finds either.
    """

    head: str = "linear"
    inner: int = 256
    loss: str = "info_nce"
    negatives: int = 0
    closing: str = "auto"
    both: bool = False
    copies: int = 0
    fit: FitSettings = FitSettings()

    def check(self) -> None:
        """Raises BadConfig for what there is not."""
        for value, names, what in (
            (self.head, ("ridge", *HEADS), "head"),
            (self.loss, tuple(LOSSES), "loss"),
            (self.closing, ("auto", *CLOSINGS), "way to close the gap"),
        ):
            if value not in names:
                message = f"there is no {what} called {value!r}"
                raise BadConfig(message, f"Write one of {', '.join(names)}.")
