"""The check of language models: a good one passes, each rule that is broken is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from polysense.messages import Message, Usage
from polysense.protocols import LanguageModel
from polysense.testing import ContractError, check_language_model

HELLO = [Message.of("user", "Hello")]


class Polite(LanguageModel):
    """Greets back."""

    accepts = frozenset({"text"})
    name = "polite"
    context = 100
    pieces: Sequence[object] = ("Good ", "day.", Usage(1, 2))

    def chat(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        most: int = 1024,
    ) -> Iterator[Any]:
        yield from self.pieces


def test_a_good_one_passes() -> None:
    """Words, then what they cost."""
    check_language_model(Polite(), HELLO)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"accepts": frozenset({"image"})}, "no 'text'"),
        ({"name": " "}, "name is empty"),
        ({"context": 0}, "not above 0"),
        ({"pieces": (Usage(),)}, "says nothing"),
        ({"pieces": ("Good day.", "Bye.")}, "does not end with a Usage"),
        ({"pieces": (Usage(), "Good day.", Usage())}, "something else than words"),
        ({"pieces": (" ", Usage())}, "blank words"),
    ],
)
def test_what_breaks_a_rule_is_named(change: dict[str, Any], fault: str) -> None:
    """Each rule by itself."""
    plugin = type("Broken", (Polite,), change)
    with pytest.raises(ContractError, match=fault):
        check_language_model(plugin(), HELLO)
