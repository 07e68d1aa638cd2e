"""Whether a model uses evidence: how likely it finds right answers by right contexts, by wrong
ones, and by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from polysense.evaluate.statistics import Estimate, average, difference, share
from polysense.ingest.progress import Progress
from polysense.train.generator.examples.example import Example
from polysense.train.generator.recipe import Recipe

BATCH = 8
"""Examples that are measured at once."""


@dataclass(frozen=True, slots=True)
class EvidenceUse:
    """Of each example the logarithm of its answer's likelihood, in nats: by all of its contexts; of
    those that have both, by the right ones alone and by the wrong ones alone. A refusal that is
    given, by wrong ones alone, stands in `refusals`.
    """

    together: tuple[float, ...]
    right: tuple[float, ...]
    wrong: tuple[float, ...]
    refusals: tuple[float, ...] = ()
    further: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """What a card says of it."""
        values: dict[str, Any] = {"answer, nats": _rounded(average(self.together))}
        if self.right:
            is_above = [r > w for r, w in zip(self.right, self.wrong, strict=True)]
            values["right above wrong"] = _rounded(share(is_above))
            values["right over wrong, nats"] = _rounded(difference(self.wrong, self.right))
        if self.refusals:
            refuses = [r > w for r, w in zip(self.refusals, self.wrong, strict=True)]
            values["refuses by wrong alone"] = _rounded(share(refuses))
        values |= {name: _rounded(average(own)) for name, own in self.further.items()}
        return values


def measure_evidence_use(
    recipe: Recipe, examples: Sequence[Example], progress: Progress, refusal: str = ""
) -> EvidenceUse:
    """By a recipe's network as it is now. refusal is what is to be said where the contexts do not
    hold the answer; "" measures none.
    """
    both = [e for e in examples if e.right and e.wrong]
    wrong = [e.with_contexts(e.wrong) for e in both]
    sets = [
        list(examples),
        [e.with_contexts(e.right) for e in both],
        wrong,
        [replace(e, answer=refusal) for e in wrong] if refusal else [],
    ]
    total = sum(map(len, sets))
    results: list[tuple[float, ...]] = []
    done = 0
    recipe.network.eval()
    for one in sets:
        values: list[float] = []
        for at in range(0, len(one), BATCH):
            values += recipe.log_likelihoods(one[at : at + BATCH])
            done += len(one[at : at + BATCH])
            progress.step("measuring", done, total)
        results.append(tuple(values))
    together, right, by_wrong, refusals = results
    return EvidenceUse(together, right, by_wrong, refusals, recipe.figures(examples))


def gain_figures(before: EvidenceUse, after: EvidenceUse) -> tuple[Estimate, Mapping[str, Any]]:
    """The change of the answers' likelihood, example by example, and what a card says of it."""
    change = difference(before.together, after.together)
    assert change is not None
    return change, {
        "gain": _rounded(change),
        "before": before.figures(),
        "after": after.figures(),
    }


def _rounded(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {n: round(v, 4) for n, v in asdict(estimate).items()}
