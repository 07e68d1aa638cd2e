"""Sets each constant that decides something to a worse value, and shows which measure notices.

python -m tests.judged.mutate [--floors] [NAME...]
"""
# ruff: noqa: T201 - a command line prints

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from .constants import MUTATIONS, Mutation
from .floors import FLOORS
from .measure import KINDS, JudgedLibrary, Outcome, judged_library, means, measure


@contextmanager
def set_worse(mutation: Mutation) -> Iterator[None]:
    """Within it a constant has the worse value: in its module, in those that import it by name, and
    in the defaults of functions that were bound to it.
    """
    home = importlib.import_module(mutation.module)
    restore: list[tuple[Any, str, Any]] = []
    for module in [m for n, m in list(sys.modules.items()) if n.startswith("polysense.")]:
        if module is home or _imports(module, mutation):
            restore.append((module, mutation.name, getattr(module, mutation.name)))
            setattr(module, mutation.name, mutation.worse)
    for function, defaults in _bound_defaults(home, mutation):
        restore.append((function, "__defaults__", function.__defaults__))
        function.__defaults__ = defaults
    try:
        yield
    finally:
        for owner, name, value in restore:
            setattr(owner, name, value)


def _imports(module: ModuleType, mutation: Mutation) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == mutation.module
        and any(alias.name == mutation.name for alias in node.names)
        for node in ast.walk(_tree(module))
    )


def _bound_defaults(
    module: ModuleType, mutation: Mutation
) -> Iterator[tuple[FunctionType, tuple[Any, ...]]]:
    for node in _tree(module).body:
        if isinstance(node, ast.FunctionDef):
            function = getattr(module, node.name)
            names = [d.id if isinstance(d, ast.Name) else "" for d in node.args.defaults]
            if mutation.name in names:
                pairs = zip(names, function.__defaults__, strict=True)
                yield function, tuple(mutation.worse if n == mutation.name else v for n, v in pairs)


_TREES: dict[str, ast.Module] = {}


def _tree(module: ModuleType) -> ast.Module:
    if module.__name__ not in _TREES:
        _TREES[module.__name__] = ast.parse(inspect.getsource(module))
    return _TREES[module.__name__]


def measures_below_floor(measures: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """The measures that are below their floors: name -> (measure, floor)."""
    return {
        name: (measures.get(name, 0.0), floor)
        for name, floor in FLOORS.items()
        if measures.get(name, 0.0) < floor
    }


def worse_questions(before: Sequence[Outcome], after: Sequence[Outcome]) -> list[str]:
    """What fell, question by question."""
    old_values = {(o.question, name): value for o in before for name, value in o.values}
    return [
        f"{new.question}: {name} {old_values[new.question, name]:.3f} -> {value:.3f}: "
        f"{new.text[:100]}"
        for new in after
        for name, value in new.values
        if value < old_values[new.question, name] - 1e-9
    ]


def kinds_of(mutation: Mutation) -> tuple[str, ...]:
    """The kinds of question that read a constant: the others are not asked again."""
    module = mutation.module.removeprefix("polysense.")
    if module in ("retrieve.recommend", "augment.recommend", "augment.select"):
        return ("recommend",)
    if module.startswith(("augment.", "generate.")):
        return ("ask",)
    return KINDS if module == "retrieve.fusion" else ("search", "ask")


def unnoticed_mutations(
    judged: JudgedLibrary, names: Sequence[str] = (), verbose: bool = False
) -> list[str]:
    """The constants whose worse value no floor notices."""
    result = []
    before = measure(judged)
    for mutation in MUTATIONS:
        if names and mutation.name not in names:
            continue
        with set_worse(mutation):
            outcomes = measure(judged, kinds_of(mutation), before)
        below = measures_below_floor(means(outcomes))
        if not below:
            result.append(str(mutation))
        if verbose:
            fell = ", ".join(f"{n} {v:.3f} < {f}" for n, (v, f) in below.items())
            print(f"{mutation} ({mutation.why}): {fell or 'UNNOTICED'}")
            for line in worse_questions(before, outcomes)[:2]:
                print(f"      {line}")
    return result


def main(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, judged_library(Path(folder)) as judged:
        if "--floors" in arguments:
            outcomes = measure(judged)
            for outcome in outcomes:
                if any(value < 1 for _, value in outcome.values):
                    print(outcome.question, outcome.values, outcome.text[:160], sep="\n      ")
            for name, value in means(outcomes).items():
                print(f'    "{name}": {int(value * 1000 + 1e-9) / 1000},')
            return 0
        unnoticed = unnoticed_mutations(judged, arguments, verbose=True)
    print(f"{len(unnoticed)} of {len(MUTATIONS)} go unnoticed: {', '.join(unnoticed)}")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
