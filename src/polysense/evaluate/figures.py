"""Figures over judged outcomes: measured with intervals, in slices, and held against limits."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from polysense.errors import BadConfig
from polysense.evaluate.statistics import Estimate, average, share

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Figure(Generic[Outcome]):
    """A quantity of outcomes: what it says, whether it is a share, whether more is better, and its
    value for one of them (None where it does not apply).
    """

    title: str
    is_share: bool
    more_is_better: bool
    value: Callable[[Outcome], float | None]

    def format(self, value: float) -> str:
        """As it is printed: shares and other things up to 1 with three decimals."""
        return f"{value:.3f}" if self.is_share or abs(value) < 10 else f"{value:.1f}"


def measure(
    figures: Mapping[str, Figure[Outcome]], outcomes: Sequence[Outcome]
) -> dict[str, Estimate]:
    """The figures of some outcomes, without those that apply to none of them."""
    estimates = {}
    for name, figure in figures.items():
        values = [v for o in outcomes if (v := figure.value(o)) is not None]
        estimate = share([bool(v) for v in values]) if figure.is_share else average(values)
        if estimate:
            estimates[name] = estimate
    return estimates


def slices(outcomes: Sequence[Outcome], *kinds: str) -> dict[str, list[Outcome]]:
    """All of them ("all"), then those of each value of each attribute that has more than one."""
    result = {"all": list(outcomes)}
    for kind in kinds:
        values = sorted({str(getattr(o, kind)) for o in outcomes})
        if len(values) > 1:
            for value in values:
                part = [o for o in outcomes if str(getattr(o, kind)) == value]
                result[f"{kind} {value or 'none'}"] = part
    return result


def estimates_json(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    """Each with its interval and the number of questions."""
    return {
        name: {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(e).items()}
        for name, e in estimates.items()
    }


def values_json(figures: Mapping[str, Figure[Outcome]], outcome: Outcome) -> dict[str, float]:
    """The value of each figure for one outcome, where it applies: what a comparison pairs."""
    values = ((name, figure.value(outcome)) for name, figure in figures.items())
    return {name: round(float(v), 4) for name, v in values if v is not None}


def parse_limits(text: str, figures: Mapping[str, Figure[Any]], option: str) -> dict[str, float]:
    """ "held=.9,first=.85" as numbers by name. Raises BadConfig.

    >>> parse_limits("held=.9", {"held": Figure("", True, True, bool)}, "--at-least")
    {'held': 0.9}
    """
    limits = {}
    for item in filter(None, (i.strip() for i in text.split(","))):
        name, _, number = (i.strip() for i in item.partition("="))
        if name not in figures:
            close = difflib.get_close_matches(name, figures, 1)
            suggestion = f" Did you mean {close[0]}?" if close else ""
            raise BadConfig(
                f"{option}: there is no figure {name!r}",
                f"Figures: {', '.join(figures)}.{suggestion}",
            )
        try:
            limits[name] = float(number)
        except ValueError as e:
            raise BadConfig(
                f"{option}: {number!r} is no number", f"Write {option} {name}=0.9"
            ) from e
    return limits


def broken_limits(
    figures: Mapping[str, Figure[Any]],
    estimates: Mapping[str, Estimate],
    at_least: Mapping[str, float],
    at_most: Mapping[str, float],
) -> list[str]:
    """What falls short, a line each; a figure that could not be measured does too."""
    lines = []
    for limits, sign, fails in ((at_least, ">=", _is_below), (at_most, "<=", _is_above)):
        for name, limit in limits.items():
            estimate = estimates.get(name)
            if estimate is None:
                lines.append(f"{figures[name].title}: there is no question to measure it by")
            elif fails(estimate.value, limit):
                value = figures[name].format(estimate.value)
                lines.append(f"{figures[name].title}: {value}, wanted {sign} {limit:g}")
    return lines


def _is_below(value: float, limit: float) -> bool:
    return value < limit


def _is_above(value: float, limit: float) -> bool:
    return value > limit


def figure_table(
    figures: Mapping[str, Figure[Any]], by_slice: Mapping[str, Mapping[str, Estimate]]
) -> list[str]:
    """A Markdown table: a row for each slice, a column for each figure that any of them has."""
    names = [n for n in figures if any(n in e for e in by_slice.values())]
    count = {s: max((e.n for e in es.values()), default=0) for s, es in by_slice.items()}
    lines = [
        "| questions | n | " + " | ".join(figures[n].title for n in names) + " |",
        "|---" * (len(names) + 2) + "|",
    ]
    for label, estimates in by_slice.items():
        cells = (_cell(figures[n], estimates.get(n)) for n in names)
        lines.append(f"| {escape(label)} | {count[label]} | {' | '.join(cells)} |")
    return lines


def _cell(figure: Figure[Any], e: Estimate | None) -> str:
    if e is None:
        return ""
    return f"{figure.format(e.value)} ({figure.format(e.low)}-{figure.format(e.high)})"


def escape(text: str, width: int = 0) -> str:
    """Words in a cell or line of Markdown, on one line, cut to a width."""
    line = " ".join(text.split())
    line = line if not width or len(line) <= width else line[: width - 1] + "…"
    return line.replace("|", "\\|").replace("<", "&lt;")


def lines_of(title: str, items: Iterable[str]) -> list[str]:
    """A section of a page, or nothing where it has no items."""
    body = list(items)
    return ["", f"## {title}", "", *body] if body else []
