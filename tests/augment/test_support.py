"""Whether a passage answers: more coverage and nearer meaning never make it less sure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polysense.augment.features import Features
from polysense.augment.support import (
    MULTILINGUAL,
    THRESHOLD,
    WITH_NEARNESS,
    WITHOUT_NEARNESS,
    WITHOUT_NEARNESS_OR_SPACES,
    Rule,
    relevance,
    rule,
    support,
)

NEAR = (WITH_NEARNESS, MULTILINGUAL)
RULES = (*NEAR, WITHOUT_NEARNESS, WITHOUT_NEARNESS_OR_SPACES)
share, nearness, rules = st.floats(0, 1), st.floats(-1, 2), st.sampled_from(RULES)
SAYS_IT = Features(1.0, 0.0, 0.0, 0.8, 0.8, 1.0, 0.0, 1.5, 0.0)
SAYS_NOTHING = Features(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0)


@given(share, share, rules)
def test_more_of_the_question_is_surer(a: float, b: float, how: Rule) -> None:
    """Monotone in coverage, always 0..1."""
    low, high = sorted((a, b))
    for measure in (support, relevance):
        less, more = (measure(SAYS_IT._replace(coverage=c), how) for c in (low, high))
        assert 0 <= less <= more <= 1


@given(nearness, nearness, st.sampled_from(NEAR))
def test_nearer_in_meaning_is_surer(a: float, b: float, how: Rule) -> None:
    """Monotone in nearness, where it is known."""
    low, high = sorted((a, b))
    for measure in (support, relevance):
        less, more = (measure(SAYS_IT._replace(nearness=n), how) for n in (low, high))
        assert less <= more


def test_the_clear_cases() -> None:
    """Everything said is an answer; nothing said is none, whether meaning is known or not."""
    for how in RULES:
        assert support(SAYS_IT, how) > THRESHOLD > support(SAYS_NOTHING, how)


def test_a_value_of_the_kind_expected_and_its_rank_count() -> None:
    """Of two sentences that say as much, the one with the date wins where a date is asked for, and
    the one that was found first; a question that stands there loses.
    """
    for how in RULES:
        best = relevance(SAYS_IT, how)
        for worse in ({"fit": 0.0}, {"rank": 1.0}, {"asks": 1.0}):
            assert relevance(SAYS_IT._replace(**worse), how) < best


def test_the_rule_is_that_of_the_question_s_language() -> None:
    """By whether an encoder reads it, and whether its words have spaces between them."""
    assert rule(has_nearness=True) is WITH_NEARNESS
    assert rule(has_nearness=True, language="de") is MULTILINGUAL
    assert rule(has_nearness=False) is WITHOUT_NEARNESS
    assert rule(has_nearness=False, has_spaces=False) is WITHOUT_NEARNESS_OR_SPACES
