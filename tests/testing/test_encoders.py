"""The check of encoders: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from polysense.protocols import Encoder
from polysense.testing import ContractError, check_encoder
from polysense.types import Part, Space

TURNS = count()
WORDS = [Part("text", "a"), Part("text", "a longer one"), Part("text", "")]


class FakeEncoder(Encoder):
    """Two letters counted; blank is NaN. `spoil` changes the rows of a call."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("letters", "1", 2)

    def __init__(self, spoil: Callable[[Any], Any] = lambda rows: rows, **changed: Any) -> None:
        self.spoil = spoil
        vars(self).update(changed)

    def encode(self, parts: Sequence[Part], role: str = "document") -> Any:
        rows = np.array(
            [[1, len(p.data)] if p.data else [np.nan] * 2 for p in parts], np.float32
        ).reshape(-1, 2)
        return self.spoil(rows / np.linalg.norm(rows, axis=1, keepdims=True))


class Silent(Encoder):
    """Says nothing of what nearness means, and would be taken for semantic."""

    accepts = frozenset({"text"})
    space = Space("letters", "1", 2)
    encode = FakeEncoder().encode


def centred(rows: Any) -> Any:
    """What leaks the batch into each row."""
    moved = rows - np.nan_to_num(rows).sum(axis=0) / 10 + 2
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


def wandering(rows: Any) -> Any:
    """Another direction at each call."""
    angle = 0.1 * next(TURNS)
    return (
        rows @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ).astype(np.float32)


def half(rows: Any) -> Any:
    rows[:, 0] = np.nan
    return rows


def test_a_good_encoder_passes() -> None:
    check_encoder(FakeEncoder(), WORDS)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (FakeEncoder(signal="loud"), "nearness means"),
        (Silent(), "nearness means"),
        (FakeEncoder(lambda rows: rows.astype(np.float64)), "float32"),
        (FakeEncoder(lambda rows: rows.tolist()), "array"),
        (FakeEncoder(lambda rows: rows[:, :1]), "shape"),
        (FakeEncoder(lambda rows: rows if len(rows) else np.zeros(0, np.float32)), r"\(0, 2\)"),
        (FakeEncoder(lambda rows: rows * np.float32(2)), "length"),
        (FakeEncoder(half), "partly NaN"),
        (FakeEncoder(lambda rows: rows * np.float32("nan")), "made nothing"),
        (FakeEncoder(centred), "in a batch"),
        (FakeEncoder(lambda rows: rows * 0 + np.float32(0.5**0.5)), "every part the same"),
        (FakeEncoder(wandering), "twice"),
        (FakeEncoder(accepts=frozenset()), "accepts"),
        (FakeEncoder(accepts=frozenset({"image"})), "takes no text"),
        (FakeEncoder(space=Space("", "1", 2)), "space"),
        (FakeEncoder(min_score=0.9, confident_score=0.1), "min_score"),
        (FakeEncoder(query_modalities=["text"]), "query_modalities"),
        (FakeEncoder(languages="en"), "languages"),
    ],
)
def test_a_broken_encoder_is_caught(encoder: Encoder, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check_encoder(encoder, WORDS)


def test_an_encoder_is_checked_on_several_parts() -> None:
    """One part cannot show that rows come in order, and differ."""
    with pytest.raises(ContractError, match="1 parts"):
        check_encoder(FakeEncoder(), WORDS[:1])


def test_encoders_that_race_at_first_use_are_caught(racing: Any) -> None:
    """Two threads begin together with a new plug-in: checked later, it is loaded already, and
    nothing shows.
    """
    with pytest.raises(ContractError, match="two threads"):
        check_encoder(FakeEncoder(lambda rows: rows[:, :: 1 - 2 * racing.load()]), WORDS)


def test_an_encoder_that_forgets_queries_is_caught() -> None:
    class Documents(FakeEncoder):
        def encode(self, parts: Sequence[Part], role: str = "document") -> Any:
            return super().encode(parts, role) if role == "document" else None

    with pytest.raises(ContractError, match="queries"):
        check_encoder(Documents(), WORDS)


def test_what_only_looks_like_an_encoder_is_caught() -> None:
    """Attributes suffice, but all of them."""
    with pytest.raises(ContractError, match="lacks"):
        check_encoder(
            SimpleNamespace(accepts=frozenset({"text"}), encode=FakeEncoder().encode), WORDS
        )  # type: ignore[arg-type]


class FakeTokenEncoder(Encoder):
    """A vector a letter: late interaction. `spoil` changes the list of a call."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("letters", "1", 2, "maxsim")

    def __init__(self, spoil: Callable[[Any], Any] = lambda arrays: arrays) -> None:
        self.spoil = spoil

    def encode(self, parts: Sequence[Part], role: str = "document") -> Any:
        angles = [np.array([ord(c) for c in p.data], np.float32) for p in parts]
        return self.spoil([np.stack([np.cos(a), np.sin(a)], axis=1) for a in angles])


def test_a_good_encoder_of_tokens_passes() -> None:
    """One array a part, as many rows as it has tokens; none for a blank."""
    check_encoder(FakeTokenEncoder(), WORDS)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda arrays: np.zeros((len(arrays), 2), np.float32), "not a list"),
        (lambda arrays: arrays[:-1], "arrays"),
        (lambda arrays: [a[:, :1] for a in arrays], "shape"),
        (lambda arrays: [a.astype(np.float64) for a in arrays], "float32"),
        (lambda arrays: [a * 2 for a in arrays], "length"),
        (lambda arrays: [a[:0] for a in arrays], "made nothing"),
        (lambda arrays: [arrays[0]] * len(arrays), "every part the same"),
        (lambda arrays: [a[: len(arrays)] for a in arrays], "in a batch"),
    ],
)
def test_a_broken_encoder_of_tokens_is_caught(spoil: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ContractError, match=message):
        check_encoder(FakeTokenEncoder(spoil), WORDS)
