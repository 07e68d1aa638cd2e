"""Which passage answers best, and whether it answers at all: rules fitted on data, not guesses.

Logistic regressions over `Features` of one and the same passage, fitted by
`benchmarks/calibrate_support.py`: relevance on all passages of questions (XQuAD, SQuAD 2.0; CMRC in
Chinese), right where they hold the answer; support on the best passage of each, of questions that
the library can answer and of those that it cannot (XQuAD with half of the articles, near misses of
SQuAD 2.0). Weights that came out next to nothing are left out, all are rounded; those of `fit`, of
relevance's `rank` and the biases are judged, not fitted. Late interaction of MiniLM's token vectors
(the best match of each of the question's, of three layers) as a further feature put at most .02
more first sentences right on the set it was not fitted on, none on SQuAD 2.0, and is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from polysense.augment.features import Features

THRESHOLD = 0.5
"""The support from which on the library answers. Of questions of XQuAD about absent articles .97
are refused in English (of 65) and .90 in Chinese (of 89); of the others it loses none in English
and .01 to .02 in Chinese, where higher ones would lose more.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """Weights of a passage's features: for relevance, which ranks, and for support."""

    relevance_bias: float
    relevance: Features
    support_bias: float
    support: Features


WITH_NEARNESS = Rule(
    -1.0,
    Features(2.7, -0.9, 0.4, 1.1, 0.7, 0.8, -1.0, 0.2, -0.3),
    -1.7,
    Features(2.6, 1.2, 0.0, 3.2, 0.6, 0.0, 0.0, 0.0, 0.0),
)
"""Where an encoder reads the question, and it is in English, or in a script without spaces; fitted
on English with MiniLM's nearness.
"""

MULTILINGUAL = Rule(
    -0.1,
    Features(4.0, -1.2, 0.3, 1.6, 1.5, 0.8, -1.5, 0.2, -0.3),
    -3.9,
    Features(7.9, 4.7, -1.8, 6.1, 4.6, 0.6, 0.0, 0.0, 0.0),
)
"""Where one reads it in another language with spaces between words; fitted on German and Spanish
questions with the nearness of USE multilingual (120 of each). As fitted, on the articles left out
of the fit, the first passage answers in .66, .90 are answered, and .98 refused whose article is not
there. The bias of support was -3.2 then; -3.9 is judged, on near misses in German.
"""

WITHOUT_NEARNESS = Rule(
    0.5,
    Features(3.9, -1.8, 0.3, 0.0, 1.3, 0.8, -1.5, 0.0, -0.3),
    -1.1,
    Features(6.2, 3.2, -1.0, 0.0, 3.4, 0.6, 0.0, 0.0, 0.0),
)
"""Where none does; fitted on German and Spanish questions, but for the weight of the kind that is
expected, which is judged.
"""

WITHOUT_NEARNESS_OR_SPACES = Rule(
    0.8,
    Features(2.7, -1.5, 0.3, 0.0, 1.3, 0.8, -1.5, -0.1, -0.3),
    -2.0,
    Features(5.0, 2.4, -1.0, 0.0, 4.9, 0.0, 0.0, 0.0, 0.0),
)
"""Where terms are single ideographs; fitted on Chinese questions."""


def rule(has_nearness: bool, has_spaces: bool = True, language: str = "en") -> Rule:
    """The rule for a question, by its language, whether an encoder reads it, and whether its words
    have spaces.
    """
    if not has_nearness:
        return WITHOUT_NEARNESS if has_spaces else WITHOUT_NEARNESS_OR_SPACES
    return MULTILINGUAL if has_spaces and language not in ("", "en") else WITH_NEARNESS


def relevance(features: Features, rule: Rule) -> float:
    """How likely a passage is the one that answers, 0..1: by this passages are ranked."""
    return _logistic(rule.relevance_bias, rule.relevance, features)


def support(features: Features, rule: Rule) -> float:
    """How likely the best passage answers at all, 0..1."""
    return _logistic(rule.support_bias, rule.support, features)


def _logistic(bias: float, weights: Features, features: Features) -> float:
    logit = bias + sum(w * f for w, f in zip(weights, features, strict=True))
    return 1.0 / (1.0 + math.exp(-logit))
