"""Wrong contexts among the right ones, or alone."""

from __future__ import annotations

import pytest

from polysense.errors import BadConfig
from polysense.train.generator.examples.noise import inject_noise

from ..tiny import examples


def test_own_wrong_contexts_come_first_then_others_right_ones() -> None:
    """Never what is right here, never twice; the right one at places of all kinds."""
    noisy = inject_noise(examples(40, wrong=1), 3)
    places = set()
    for before, after in zip(examples(40, wrong=1), noisy, strict=True):
        assert (len(after.right), len(after.wrong)) == (1, 3)
        assert after.wrong[0] == before.wrong[0]
        assert len({c.words for c in after.contexts}) == 4
        assert after.right == before.right
        places.add([c.is_right for c in after.contexts].index(True))
    assert places == {0, 1, 2, 3}
    assert noisy == inject_noise(examples(40, wrong=1), 3)
    assert noisy != inject_noise(examples(40, wrong=1), 3, seed=1)


def test_refusals_have_wrong_contexts_alone() -> None:
    """About the share that is asked for, beside the example itself."""
    noisy = inject_noise(examples(100), 2, refusal="NO ANSWER", share=0.3)
    refusals = [e for e in noisy if e.answer == "NO ANSWER"]
    assert 20 <= len(refusals) <= 40
    assert len(noisy) == 100 + len(refusals)
    assert not any(e.right for e in refusals)
    assert not inject_noise(examples(100), 0, refusal="NO ANSWER")[0].wrong


def test_no_such_noise() -> None:
    """It is told."""
    with pytest.raises(BadConfig):
        inject_noise(examples(2), -1)
