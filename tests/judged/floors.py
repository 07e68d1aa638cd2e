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
    "MRR image+text -> text": 1.0,
    "MRR text -> code": 1.0,
    "MRR text -> table": 1.0,
    "MRR text -> text": 0.979,
    "answers in 3d": 1.0,
    "answers in code": 1.0,
    "answers in image": 1.0,
    "answers in table": 1.0,
    "answers what it holds": 0.98,
    "brevity": 0.916,
    "first sentence holds it": 0.98,
    "holds all of it": 1.0,
    "nDCG": 0.973,
    "nDCG with arms named": 0.947,
    "precision of evidence": 0.948,
    "recommended like the liked": 1.0,
    "recommended not all alike": 1.0,
    "recommended unlike the disliked": 0.613,
    "refuses what it does not hold": 0.904,
    "worst reciprocal rank": 0.5,
}
