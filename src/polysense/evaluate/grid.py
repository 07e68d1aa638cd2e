"""Every input by every output, measured: is the file sound, its evidence right, and in it; how long
did it take.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from polysense.errors import PolysenseError
from polysense.evaluate.cases import Case, Subject, inputs
from polysense.evaluate.faithfulness import faithfulness
from polysense.evaluate.validity import InvalidPart, check
from polysense.modalities import all_modalities
from polysense.protocols import Converter
from polysense.registry import Kit
from polysense.results import Answer
from polysense.types import Modality, Origin

ENOUGH = 0.8
"""The share of cases that must be valid and grounded for a cell to be lit: a convention."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One case answered in one modality."""

    case: Case
    output: Modality
    valid: bool = False
    grounded: bool = False
    faithful: float = 0.0
    origin: Origin | None = None
    native: bool = False
    route: str = ""
    seconds: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the trials of one input and one output say together."""

    input: str
    output: Modality
    trials: tuple[Trial, ...]

    def share(self, measure: Callable[[Trial], float]) -> float:
        """The mean over the trials; 0 without any."""
        return sum(map(measure, self.trials)) / len(self.trials) if self.trials else 0.0

    @property
    def valid(self) -> float:
        """The share of answers that are sound files."""
        return self.share(lambda t: t.valid)

    @property
    def grounded(self) -> float:
        """The share of answers whose evidence holds the right asset."""
        return self.share(lambda t: t.grounded)

    @property
    def faithful(self) -> float:
        """How much of the evidence is in what was made, 0..1."""
        return self.share(lambda t: t.faithful)

    @property
    def seconds(self) -> float:
        """The median time of an answer."""
        times = sorted(t.seconds for t in self.trials)
        return times[len(times) // 2] if times else 0.0

    @property
    def lit(self) -> bool:
        """Whether enough of the answers are sound and from the right evidence."""
        return bool(self.trials) and self.share(lambda t: t.valid and t.grounded) >= ENOUGH

    @property
    def usual(self) -> Trial | None:
        """A trial that went the usual way."""
        trials_with_route = [t for t in self.trials if t.route]
        common = Counter(t.route for t in trials_with_route).most_common(1)
        return (
            next((t for t in trials_with_route if t.route == common[0][0]), None)
            if common
            else None
        )

    @property
    def why(self) -> str:
        """What kept it from being lit, in the words of the first trial that failed."""
        return (
            ""
            if self.lit
            else next((t.why for t in self.trials if t.why), "there is no file to ask with")
        )


def outputs() -> tuple[Modality, ...]:
    """What can be asked for: each modality that declares how an answer in it is checked."""
    return tuple(m.name for m in all_modalities().values() if m.checker)


def measure(
    kb: Subject,
    kit: Kit,
    cases: Sequence[Case],
    outputs: Sequence[Modality],
    on_trial: Callable[[Trial], object],
) -> list[Cell]:
    """Answer every case in every modality; `on_trial` gets each trial as it ends.

    Nothing that goes wrong stops it.
    """
    extractors = ((m, kit.text_extractor(m)) for m in all_modalities())
    readers = {m: r for m, r in extractors if r is not None}
    trials: list[Trial] = []
    for case in cases:
        for output in outputs:
            trials.append(_run_trial(kb, case, output, readers))
            on_trial(trials[-1])
    return [
        Cell(n, o, tuple(t for t in trials if t.case.input == n and t.output == o))
        for n in inputs(cases)
        for o in outputs
    ]


def _run_trial(
    kb: Subject, case: Case, output: Modality, readers: Mapping[Modality, Converter]
) -> Trial:
    start = time.perf_counter()
    try:
        answer = kb.ask(*case.query, to=output)
    except PolysenseError as e:
        return Trial(case, output, seconds=time.perf_counter() - start, why=f"{e}")
    seconds = time.perf_counter() - start
    output_part = next((p for p in answer.parts if p.part.modality == output), None)
    if output_part is None or not answer.answered:
        return Trial(case, output, seconds=seconds, why=answer.text.split("\n")[0][:120])
    evidence = [e for e in answer.evidence if e.n in output_part.part.meta.get("evidence", [e.n])]
    grounded = any(e.hit.chunk.asset.id in case.acceptable for e in evidence)
    names = ", ".join(sorted({e.hit.chunk.asset.name for e in evidence}))
    why = "" if grounded else f"it is made of {names}, not of {case.asset.name}"
    try:
        check(output_part.part)
        valid = True
    except InvalidPart as e:
        valid, why = False, f"{e}"
    faithful = faithfulness(output_part.part, evidence, readers) if valid else 0.0
    return Trial(
        case,
        output,
        valid,
        grounded,
        faithful,
        output_part.origin,
        _native(answer),
        _route(answer),
        seconds,
        why,
    )


def _native(answer: Answer) -> bool:
    """Whether every step saw its modality as it is."""
    return all(s.kind == "native" for s in answer.route.steps)


def _route(answer: Answer) -> str:
    return " → ".join(dict.fromkeys(s.plugin for s in answer.route.steps))


def summary(cells: Iterable[Cell]) -> dict[str, float]:
    """Over all cells: how many there are, are lit, valid, grounded; the means."""
    all_cells = list(cells)
    n = max(len(all_cells), 1)
    return {
        "cells": len(all_cells),
        "lit": sum(c.lit for c in all_cells),
        "valid": round(sum(c.valid for c in all_cells) / n, 3),
        "grounded": round(sum(c.grounded for c in all_cells) / n, 3),
        "faithful": round(sum(c.faithful for c in all_cells) / n, 3),
    }


def report(cells: Sequence[Cell], description: str) -> str:
    """The page: a table of scores, then how each cell is reached."""
    outputs = list(dict.fromkeys(c.output for c in cells))
    total = summary(cells)
    lines = [
        "# The grid",
        "",
        "Made by `polysense eval grid`; do not edit.",
        "",
        description,
        "",
        "![The grid](grid.svg)",
        "",
        f"{total['lit']:.0f} of {total['cells']:.0f} cells are lit: in {ENOUGH:.0%} of their cases "
        "at least the answer is a sound file (opened by a reader that had no part in making it) "
        "and its evidence holds the right asset. A cell says: share sound and grounded, how much "
        "of the evidence is in the answer (0 to 1), seconds (median).",
        "",
        "| asked with | " + " | ".join(outputs) + " |",
        "|---" * (len(outputs) + 1) + "|",
    ]
    for name in dict.fromkeys(c.input for c in cells):
        row = [c for c in cells if c.input == name]
        lines.append(f"| **{name}** | " + " | ".join(_short(c) for c in row) + " |")
    lines += [
        "",
        "## How",
        "",
        "| from | to | way | native | origin | sound | grounded | carried | s | |",
        "|---" * 10 + "|",
    ]
    return "\n".join([*lines, *map(_route_row, cells), ""])


def _route_row(c: Cell) -> str:
    usual = c.usual
    route, native, origin = (
        (usual.route, "yes" if usual.native else "bridged", usual.origin) if usual else ("", "", "")
    )
    columns = (
        c.input,
        c.output,
        route,
        native,
        origin,
        f"{c.valid:.2f}",
        f"{c.grounded:.2f}",
        f"{c.faithful:.2f}",
        f"{c.seconds:.1f}",
        c.why.replace("|", "/"),
    )
    return f"| {' | '.join(map(str, columns))} |"


def _short(c: Cell) -> str:
    share = c.share(lambda t: t.valid and t.grounded)
    return f"{'' if c.lit else '✗ '}{share:.2f} · {c.faithful:.2f} · {c.seconds:.1f} s"
