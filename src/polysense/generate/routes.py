"""Routes from evidence to a modality: the grid of inputs and outputs follows from plug-ins.

Outward any one part of what a converter makes is enough, so the cheapest path is right there
(Bellman, "On a routing problem", 1958). Inward nothing may be dropped for a cheaper path: every
part of a query asks every space that it reaches (`retrieve.default_retriever`). Costs are one minus
measured qualities, so qualities multiply along a route.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from polysense.errors import NoRoute
from polysense.registry import Kit
from polysense.types import Modality, Step, StepKind

TEXT: Modality = "text"
"""Words are selected and cited by a generator, never read again out of what was made of them."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A route from evidence of one modality to an answer in another: a generator, then converters.

    generator is "" where converters begin. Only the last step may compose. What stands before it is
    the thing itself (retrieved), cited words, or views of the thing (by an extractor): a heightmap
    of a drawing of a chart says nothing any more.
    """

    source: Modality
    target: Modality
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


def candidate_routes(kit: Kit, source: Modality, target: Modality) -> tuple[Pipeline, ...]:
    """Every route from evidence of a modality to the target, best first."""
    return _find_routes(_Capabilities.from_kit(kit), source, target)


def routes_by_words(kit: Kit, source: Modality, target: Modality) -> tuple[Pipeline, ...]:
    """Routes from evidence by its words alone, as from text: for modalities without their own."""
    return tuple(
        replace(
            p,
            source=source,
            steps=(replace(p.steps[0], source=source, kind="bridged"), *p.steps[1:]),
        )
        for p in candidate_routes(kit, TEXT, target)
        if p.generator
    )


def routes_to(kit: Kit, target: Modality) -> dict[Modality, tuple[Pipeline, ...]]:
    """The routes to a modality from each kind of evidence that has one.

    Raises NoRoute, naming what can be had.
    """
    capabilities = _Capabilities.from_kit(kit)
    routes = {
        m: pipelines
        for m in sorted(capabilities.modalities)
        if (pipelines := _find_routes(capabilities, m, target))
    }
    if not routes:
        reachable = ", ".join(
            m
            for m in sorted(capabilities.modalities)
            if any(_find_routes(capabilities, s, m) for s in capabilities.modalities)
        )
        raise NoRoute(
            f"nothing here answers in {target}",
            f"Answers can be had in: {reachable or 'none'}. `polysense doctor` lists plug-ins.",
        )
    return routes


@dataclass(frozen=True, slots=True)
class _Capabilities:
    """What a kit's plug-ins declare, hashable, so that routes are found once.

    A generator is (name, accepts, emits, cost, whether it retrieves), a converter (name, source,
    targets, cost, whether it extracts).
    """

    generators: tuple[tuple[str, frozenset[Modality], Modality, float, bool], ...]
    converters: tuple[tuple[str, Modality, frozenset[Modality], float, bool], ...]

    @classmethod
    def from_kit(cls, kit: Kit) -> _Capabilities:
        generators = tuple(
            (n, g.accepts, g.emits, g.cost, g.origin == "retrieved")
            for n, g in kit.generators.items()
            if not getattr(g, "is_writer", False)  # what those write is checked first
        )
        return cls(
            generators,
            tuple(
                (n, c.source, c.targets - {TEXT}, c.cost, c.is_extractor)
                for n, c in kit.converters.items()
            ),
        )

    @property
    def modalities(self) -> frozenset[Modality]:
        outputs = {g[2] for g in self.generators} | {t for c in self.converters for t in c[2]}
        return frozenset(
            outputs | {m for g in self.generators for m in g[1]} | {c[1] for c in self.converters}
        )


@lru_cache(maxsize=1024)
def _find_routes(
    capabilities: _Capabilities, source: Modality, target: Modality
) -> tuple[Pipeline, ...]:
    chains = _cheapest_chains(capabilities, target)
    routes = []
    for name, accepts, emits, cost, is_retrieved in capabilities.generators:
        if (
            source in accepts
            and emits in chains
            and (not chains[emits] or is_retrieved or emits == TEXT)
        ):
            first = Step(source, emits, name, _step_kind(source, emits), cost)
            others = _other_chains(capabilities, target, chains) if emits == TEXT else ()
            for chain in (chains[emits], *others):
                plugins = tuple(s.plugin for s in chain)
                routes.append(Pipeline(source, target, name, plugins, (first, *chain)))
    for name, converter_source, targets, cost, is_extractor in capabilities.converters:
        if converter_source == source != TEXT and source != target:
            outputs = (
                t for t in sorted(targets) if t in chains and (is_extractor or not chains[t])
            )
            routes += [_converter_route(name, source, t, cost, chains[t], target) for t in outputs]
    return tuple(sorted(_without_cycles(routes), key=lambda r: (r.cost, len(r.steps), str(r))))


def _converter_route(
    name: str,
    source: Modality,
    target: Modality,
    cost: float,
    rest: tuple[Step, ...],
    final: Modality,
) -> Pipeline:
    steps = (Step(source, target, name, _step_kind(source, target), cost), *rest)
    return Pipeline(source, final, "", tuple(s.plugin for s in steps), steps)


def _without_cycles(routes: Iterable[Pipeline]) -> list[Pipeline]:
    """Those that do not come back to a modality that they have left."""
    return [r for r in routes if len({s.target for s in r.steps}) == len(r.steps)]


def _other_chains(
    capabilities: _Capabilities, target: Modality, chains: dict[Modality, tuple[Step, ...]]
) -> list[tuple[Step, ...]]:
    """Single converters of words to the target beside the cheapest chain: what a voice of one
    language does not speak, another may.
    """
    best = {s.plugin for s in chains[TEXT]}
    return [
        (Step(TEXT, target, name, _step_kind(TEXT, target), cost),)
        for name, source, targets, cost, _ in capabilities.converters
        if best and source == TEXT and target in targets and name not in best
    ]


def _step_kind(source: Modality, target: Modality) -> StepKind:
    return "native" if source == target else "bridged"


def _cheapest_chains(
    capabilities: _Capabilities, goal: Modality
) -> dict[Modality, tuple[Step, ...]]:
    """The cheapest chain of converters from each modality to the goal; empty for the goal itself.

    Bellman-Ford: relaxed until nothing changes.
    """
    best: dict[Modality, tuple[float, tuple[Step, ...]]] = {goal: (1.0, ())}
    changed = True
    while changed:
        changed = False
        for name, source, targets, cost, is_extractor in capabilities.converters:
            for target in targets & best.keys():
                quality, rest = best[target]
                if (is_extractor or not rest) and quality * (1.0 - cost) > best.get(
                    source, (0.0, ())
                )[0]:
                    best[source] = (
                        quality * (1.0 - cost),
                        (Step(source, target, name, _step_kind(source, target), cost), *rest),
                    )
                    changed = True
    return {m: steps for m, (_, steps) in best.items()}
