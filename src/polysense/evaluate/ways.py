"""Two ways to an answer side by side: by rule, and by the models of a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from polysense.evaluate.grid import Cell
from polysense.protocols import Converter, Generator
from polysense.registry import Kit
from polysense.types import Modality


def with_models_of(kit: Kit, profile: Kit) -> Kit:
    """A kit that finds as `kit` does, so that it opens the same library, and makes by the models of
    a profile alone: of what a model makes, or writes, nothing is composed or shown as it is.
    """
    by_models = modalities_by_models(profile)
    generators = {
        name: generator
        for name, generator in profile.generators.items()
        if _is_model(generator) or generator.emits not in by_models
    }
    converters = {
        name: converter
        for name, converter in profile.converters.items()
        if converter.is_extractor
        or converter.origin == "generated"
        or not converter.targets & by_models
    }
    return replace(
        kit,
        generators=generators,
        converters=converters,
        language_models=profile.language_models,
        specs={
            **kit.specs,
            **{n: profile.specs[n] for n in ("generators", "converters", "language_models")},
        },
    )


def modalities_by_models(kit: Kit) -> frozenset[Modality]:
    """What the kit's models make; words too, where a language model writes."""
    emitted = {g.emits for g in kit.generators.values() if _is_model(g)}
    for converter in kit.converters.values():
        if converter.origin == "generated" and not converter.is_extractor:
            emitted |= converter.targets
    return frozenset(emitted | ({"text"} if kit.language_model else set()))


def _is_model(plugin: Generator | Converter) -> bool:
    return plugin.origin == "generated"


def models_of_cells(cells: Sequence[Cell]) -> int:
    """In how many cells a model made something sound of the right evidence."""
    return sum(
        any(t.origin == "generated" and t.valid and t.grounded for t in c.trials) for c in cells
    )


def ways_page(by_rule: Sequence[Cell], by_models: Sequence[Cell], note: str = "") -> list[str]:
    """The part of a page that says, after a note on the models, of each cell both ways, and which
    is taken, and why: what was retrieved and answers is shown; else a model is asked before
    anything is composed; and the rule is taken where the model makes nothing sound.
    """
    lines = [
        "",
        "## By rule and by model",
        "",
        *((note, "") if note else ()),
        f"In {models_of_cells(by_models)} of {len(by_models)} cells a model made something sound "
        "of the right evidence. Each way says: share sound and grounded, how much of the evidence "
        "is in it, seconds.",
        "",
        "| from | to | by rule | | by model | | taken |",
        "|---" * 7 + "|",
    ]
    for rule, model in zip(by_rule, by_models, strict=True):
        columns = (rule.input, rule.output, *_way(rule), *_way(model), taken_way(rule, model))
        lines.append(f"| {' | '.join(columns)} |")
    return [*lines, ""]


def _way(cell: Cell) -> tuple[str, str]:
    usual = cell.usual
    share = cell.share(lambda t: t.valid and t.grounded)
    figures = f"{share:.2f} · {cell.faithful:.2f} · {cell.seconds:.1f} s"
    return (f"{usual.route} ({usual.origin})" if usual else "none", figures)


def taken_way(by_rule: Cell, by_model: Cell) -> str:
    """Which of two ways a library with both takes, and why."""
    rule, model = by_rule.usual, by_model.usual
    if model is None or model.origin != "generated":
        return "rule: no model makes it" if rule else "neither"
    if rule is None:
        return "model: no rule makes it"
    if rule.origin == "retrieved" and by_rule.output != "text":
        return "rule: the thing itself, unless the question orders a new one"
    if not by_model.share(lambda t: t.valid):
        return "rule: what the model makes is not sound"
    return "model: asked before what is composed"


def ways_json(by_rule: Sequence[Cell], by_models: Sequence[Cell]) -> list[Mapping[str, Any]]:
    """Of each cell both ways, for programs."""
    return [
        {
            "from": r.input,
            "to": r.output,
            "rule": _figures(r),
            "model": _figures(m),
            "taken": taken_way(r, m),
        }
        for r, m in zip(by_rule, by_models, strict=True)
    ]


def _figures(cell: Cell) -> Mapping[str, Any]:
    usual = cell.usual
    return {
        "way": usual.route if usual else "",
        "origin": usual.origin if usual else None,
        "sound and grounded": round(cell.share(lambda t: t.valid and t.grounded), 3),
        "carried": round(cell.faithful, 3),
        "seconds": round(cell.seconds, 2),
        "why": cell.why,
    }
