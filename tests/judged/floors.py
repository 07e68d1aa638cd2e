"""The floors of `measure.means`: what was measured, rounded down at the third decimal.

`python -m tests.judged.mutate --floors` prints them anew. Raise them when a change makes the program
better; lower one only with a reason in the commit.
"""

from __future__ import annotations

from collections.abc import Mapping

FLOORS: Mapping[str, float] = {
    "MRR image -> image": 0.833,
    "MRR image -> text": 1.0,
    "MRR image+text -> image": 1.0,
    "MRR text -> code": 1.0,
    "MRR text -> table": 1.0,
    "MRR text -> text": 0.977,
    "answers in 3d": 1.0,
    "answers in code": 1.0,
    "answers in image": 1.0,
    "answers in table": 1.0,
    "answers what it holds": 0.974,
    "first sentence holds it": 0.897,
    "holds all of it": 0.974,
    "nDCG of recommendations": 0.673,
    "nDCG@10": 0.969,
    "precision of evidence": 0.95,
    "refuses what it does not hold": 0.714,
    "worst reciprocal rank": 0.5,
}
