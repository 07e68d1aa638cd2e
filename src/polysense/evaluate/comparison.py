"""Two runs over the same questions: which one is better, by how much, and on which questions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.evaluate.figures import Figure, escape
from polysense.evaluate.statistics import SIGNIFICANT_P, Estimate, difference, mcnemar


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure in two runs, over the questions that both have.

    change is after - before with its interval; better and worse are the texts of the questions
    that changed; p is of McNemar's test for a share, None for a mean.
    """

    figure: str
    before: float
    after: float
    change: Estimate
    better: tuple[str, ...]
    worse: tuple[str, ...]
    p: float | None

    @property
    def is_significant(self) -> bool:
        """Whether chance alone is an unlikely reason: by the test of a share, by the interval of a
        mean.
        """
        if self.p is not None:
            return self.p < SIGNIFICANT_P
        return self.change.low > 0 or self.change.high < 0


def read_result(path: Path, kind: str) -> Mapping[str, Any]:
    """An earlier result, as `eval --json` prints it. Raises NotFound, BadQuery."""
    hint = f"Make one: polysense eval {kind} FILE --json > before.json"
    try:
        raw = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as e:
        raise NotFound(f"there is no file {path}", hint) from e
    except (OSError, ValueError) as e:
        raise BadQuery(f"{path} is no result: {e}", hint) from e
    if not isinstance(raw, dict) or raw.get("kind") != kind:
        raise BadQuery(f"{path} is no result of eval {kind}", hint)
    return raw


def compare(
    figures: Mapping[str, Figure[Any]], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Comparison]:
    """Each figure that both results have. Raises BadQuery where they share no question."""
    earlier = {q["id"]: q for q in before["questions"]}
    pairs = [(earlier[q["id"]], q) for q in after["questions"] if q["id"] in earlier]
    if not pairs:
        raise BadQuery(
            "the two results have no question in common", "Compare runs over the same file."
        )
    return [c for name in figures if (c := _compare_one(name, figures[name], pairs))]


def _compare_one(
    name: str, figure: Figure[Any], pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> Comparison | None:
    both = [
        (b["figures"][name], a["figures"][name], a["text"])
        for b, a in pairs
        if name in b["figures"] and name in a["figures"]
    ]
    change = difference([b for b, _, _ in both], [a for _, a, _ in both])
    if change is None:
        return None
    sign = 1 if figure.more_is_better else -1
    better = tuple(text for b, a, text in both if sign * (a - b) > 0)
    worse = tuple(text for b, a, text in both if sign * (a - b) < 0)
    return Comparison(
        name,
        sum(b for b, _, _ in both) / len(both),
        sum(a for _, a, _ in both) / len(both),
        change,
        better,
        worse,
        mcnemar(len(better), len(worse)) if figure.is_share else None,
    )


def comparison_json(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """By figure."""
    return {
        c.figure: {
            "before": round(c.before, 4),
            "after": round(c.after, 4),
            "change": round(c.change.value, 4),
            "low": round(c.change.low, 4),
            "high": round(c.change.high, 4),
            "n": c.change.n,
            "p": c.p,
            "significant": c.is_significant,
            "better": list(c.better),
            "worse": list(c.worse),
        }
        for c in comparisons
    }


def comparison_lines(
    figures: Mapping[str, Figure[Any]], comparisons: Sequence[Comparison]
) -> Iterator[str]:
    """A Markdown table, then what was won and lost of each share."""
    yield "| figure | n | before | now | change (95 %) | better, worse | by chance |"
    yield "|---|---|---|---|---|---|---|"
    for c in comparisons:
        figure = figures[c.figure]
        change = f"{c.change.value:+.3f} ({c.change.low:+.3f} to {c.change.high:+.3f})"
        chance = f"p = {c.p:.3f}" if c.p is not None else ""
        verdict = chance if c.is_significant else f"{chance} may be chance".strip()
        yield (
            f"| {figure.title} | {c.change.n} | {figure.format(c.before)} | "
            f"{figure.format(c.after)} | {change} | {len(c.better)}, {len(c.worse)} | {verdict} |"
        )
    for c in comparisons:
        if figures[c.figure].is_share and (c.better or c.worse):
            yield ""
            yield f"{figures[c.figure].title}:"
            yield ""
            yield from (f"- better: {escape(text)}" for text in c.better)
            yield from (f"- worse: {escape(text)}" for text in c.worse)
