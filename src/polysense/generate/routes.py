"""Which way from a piece of evidence to the modality wanted: the grid of inputs and outputs falls
out of what plug-ins declare.

Outward any one part of what a converter makes is enough, so the cheapest path is right there
(Bellman, "On a routing problem", 1958). Inward nothing may be dropped for a cheaper path: every
part of a query asks every space that it reaches (`retrieve.recipe`). Costs are one minus measured
qualities, so qualities multiply along a way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from polysense.errors import NoRoute
from polysense.registry import Kit
from polysense.types import Modality, Step, StepKind

WORDS: Modality = "text"
"""What evidence says is chosen and cited by a generator, never read again out of what was made of
it.
"""


@dataclass(frozen=True, slots=True)
class Way:
    """From evidence of one modality to an answer in another: a generator, then converters; no
    generator, "", where converters begin.

    Only the last step may compose. What stands before it is the thing itself (retrieved), cited
    words, or views of the thing (`reads`): a relief of a drawing of a chart says nothing any more.
    """

    source: Modality
    wanted: Modality
    generator: str
    converters: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def cost(self) -> float:
        """0..1, one minus the product of the steps' qualities."""
        quality = 1.0
        for step in self.steps:
            quality *= 1.0 - step.cost
        return 1.0 - quality

    def __str__(self) -> str:
        return " -> ".join((self.source, *(f"{s.target} ({s.plugin})" for s in self.steps)))


def ways(kit: Kit, source: Modality, wanted: Modality) -> tuple[Way, ...]:
    """Every way from evidence of a modality to the one wanted, best first; none where there is
    none.
    """
    return _ways(_Declared.of(kit), source, wanted)


def reachable(kit: Kit, wanted: Modality) -> dict[Modality, tuple[Way, ...]]:
    """The ways to a modality from each kind of evidence that has one. Raises NoRoute, naming what
    can be had.
    """
    declared = _Declared.of(kit)
    found = {m: w for m in sorted(declared.modalities) if (w := _ways(declared, m, wanted))}
    if not found:
        can = ", ".join(
            m
            for m in sorted(declared.modalities)
            if any(_ways(declared, s, m) for s in declared.modalities)
        )
        raise NoRoute(
            f"nothing here answers in {wanted}",
            f"Answers can be had in: {can or 'none'}. `polysense doctor` lists plug-ins.",
        )
    return found


@dataclass(frozen=True, slots=True)
class _Declared:
    """What a kit's plug-ins say of themselves, hashable, so that ways are worked out once."""

    generators: tuple[tuple[str, frozenset[Modality], Modality, float, bool], ...]
    converters: tuple[tuple[str, Modality, frozenset[Modality], float, bool], ...]

    @classmethod
    def of(cls, kit: Kit) -> _Declared:
        generators = tuple(
            (n, g.accepts, g.emits, g.cost, g.origin == "retrieved")
            for n, g in kit.generators.items()
        )
        return cls(
            generators,
            tuple(
                (n, c.source, c.targets - {WORDS}, c.cost, c.reads)
                for n, c in kit.converters.items()
            ),
        )

    @property
    def modalities(self) -> frozenset[Modality]:
        made = {g[2] for g in self.generators} | {t for c in self.converters for t in c[2]}
        return frozenset(
            made | {m for g in self.generators for m in g[1]} | {c[1] for c in self.converters}
        )


@lru_cache(maxsize=1024)
def _ways(declared: _Declared, source: Modality, wanted: Modality) -> tuple[Way, ...]:
    onward = _chains(declared, wanted)
    found = []
    for name, accepts, emits, cost, retrieves in declared.generators:
        if (
            source in accepts
            and emits in onward
            and (not onward[emits] or retrieves or emits == WORDS)
        ):
            first = Step(source, emits, name, _kind(source, emits), cost)
            found.append(
                Way(
                    source,
                    wanted,
                    name,
                    tuple(s.plugin for s in onward[emits]),
                    (first, *onward[emits]),
                )
            )
    for name, begins, targets, cost, reads in declared.converters:
        if begins == source != WORDS and source != wanted:
            able = (t for t in sorted(targets) if t in onward and (reads or not onward[t]))
            found += [_converted(name, source, t, cost, onward[t], wanted) for t in able]
    return tuple(sorted(_simple(found), key=lambda w: (w.cost, len(w.steps), str(w))))


def _converted(
    name: str,
    source: Modality,
    target: Modality,
    cost: float,
    rest: tuple[Step, ...],
    wanted: Modality,
) -> Way:
    steps = (Step(source, target, name, _kind(source, target), cost), *rest)
    return Way(source, wanted, "", tuple(s.plugin for s in steps), steps)


def _simple(found: Iterable[Way]) -> list[Way]:
    """Those that do not come back to a modality that they have left: what is lost on the way is not
    found again.
    """
    return [w for w in found if len({s.target for s in w.steps}) == len(w.steps)]


def _kind(source: Modality, target: Modality) -> StepKind:
    return "native" if source == target else "bridged"


def _chains(declared: _Declared, wanted: Modality) -> dict[Modality, tuple[Step, ...]]:
    """The cheapest chain of converters from each modality into the one wanted; empty for that one
    itself.
    """
    best: dict[Modality, tuple[float, tuple[Step, ...]]] = {wanted: (1.0, ())}
    changed = True
    while changed:
        changed = False
        for name, source, targets, cost, reads in declared.converters:
            for target in targets & best.keys():
                quality, rest = best[target]
                if (reads or not rest) and quality * (1.0 - cost) > best.get(source, (0.0, ()))[0]:
                    best[source] = (
                        quality * (1.0 - cost),
                        (Step(source, target, name, _kind(source, target), cost), *rest),
                    )
                    changed = True
    return {m: steps for m, (_, steps) in best.items()}
