"""Two trainings side by side: what differs in what they were made of, and in what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from polysense.errors import BadQuery
from polysense.train.run.card import Card


def compare_cards(before: Card, after: Card) -> dict[str, Any]:
    """Settings that differ, and every figure that both have, with the change and whether the two
    intervals overlap. Raises BadQuery where the two are of different kinds.

    Figures of other pairs or another split are not to be compared: `comparable` says whether they
    are of the same ones.
    """
    if before.kind != after.kind:
        raise BadQuery(
            f"{before.name} is a training of {before.kind}, {after.name} one of {after.kind}",
            "Compare two of one kind.",
        )
    same = [k for k in ("hash", "split hash") if before.data.get(k) != after.data.get(k)]
    old, new = dict(_figures(before.metrics)), dict(_figures(after.metrics))
    return {
        "kind": before.kind,
        "names": [before.name, after.name],
        "comparable": not same,
        "settings": {
            key: [before.settings.get(key), after.settings.get(key)]
            for key in sorted({*before.settings, *after.settings})
            if before.settings.get(key) != after.settings.get(key)
        },
        "figures": {
            name: {
                "before": old[name][0],
                "after": new[name][0],
                "change": round(new[name][0] - old[name][0], 4),
                "apart": _are_apart(old[name], new[name]),
            }
            for name in old
            if name in new
        },
        "seconds": [before.seconds, after.seconds],
    }


def comparison_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """What `compare_cards` gives, for people."""
    old, new = result["names"]
    yield f"{old} -> {new}, trainings of {result['kind']}"
    if not result["comparable"]:
        yield "They were measured on different pairs: their figures are not to be compared."
    for name, (before, after) in result["settings"].items():
        yield f"  {name}: {before} -> {after}"
    for name, figure in result["figures"].items():
        mark = " *" if figure["apart"] else ""
        yield (
            f"  {name:<40} {figure['before']:>8.4g} {figure['after']:>8.4g} "
            f"{figure['change']:>+8.4g}{mark}"
        )
    yield "* the two 95 % intervals do not overlap"


_Figure = tuple[float, float, float]


def _figures(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, _Figure]]:
    """Each number by its path; of an estimate its value with its interval."""
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and {"value", "low", "high"} <= set(value):
            yield name, (value["value"], value["low"], value["high"])
        elif isinstance(value, Mapping):
            yield from _figures(value, f"{name} / ")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield name, (value, value, value)


def _are_apart(a: _Figure, b: _Figure) -> bool:
    return (a[1], a[2]) != (a[0], a[0]) and (a[2] < b[1] or b[2] < a[1])
