"""The constants that decide what is found, answered and refused, held by judged questions.

Slow: each is set to a worse value in turn. `python -m tests.judged.mutate` shows the same, with the
questions that go wrong; with --floors it prints the table of `judged.floors` anew.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import polysense
from polysense.augment.support import Rule

from .judged import mutate
from .judged.constants import EXEMPT, MUTATIONS
from .judged.floors import FLOORS
from .judged.measure import JudgedLibrary, judged_library, means, measure

SOURCE = Path(polysense.__file__).parent
STAGES = ("retrieve", "augment", "generate", "query")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedLibrary]:
    """The collection, outside of any folder called tests."""
    with judged_library(tmp_path_factory.mktemp("judged")) as library:
        yield library


def test_no_measure_is_below_its_floor(judged: JudgedLibrary) -> None:
    """What users get from a small collection does not become worse unnoticed."""
    outcomes = measure(judged)
    measures = means(outcomes)
    assert set(measures) == set(FLOORS)
    imperfect = [
        f"{o.question}\n    {dict(o.values)}\n    {o.text}"
        for o in outcomes
        if any(value < 1 for _, value in o.values)
    ]
    assert not mutate.measures_below_floor(measures), "\n".join(
        [
            f"{name}: {v:.3f}, floor {f}"
            for name, (v, f) in mutate.measures_below_floor(measures).items()
        ]
        + imperfect
    )


def test_every_constant_is_held_or_exempt() -> None:
    """Whoever adds a number to a stage also says what goes wrong with a worse one."""
    entries = {(m.module, m.name) for m in MUTATIONS} | set(EXEMPT)
    numbers = {
        (module, name)
        for path in (p for stage in STAGES for p in (SOURCE / stage).rglob("*.py"))
        for module in [".".join(["polysense", *path.relative_to(SOURCE).with_suffix("").parts])]
        for name in _numbers(path, module)
    }
    assert not numbers - entries, (
        f"no worse value in tests/judged/constants.py: {numbers - entries}"
    )
    assert not entries - numbers, f"tests/judged/constants.py is older than {entries - numbers}"
    assert not {(m.module, m.name) for m in MUTATIONS} & set(EXEMPT)


@pytest.mark.slow
def test_a_mutation_changes_what_the_program_reads() -> None:
    """A constant imported by name elsewhere, or bound as a default, is set there too, and back."""
    from polysense.augment.select import select_diverse
    from polysense.retrieve import fusion, recommend

    by_name = {(m.name, m.worse): m for m in MUTATIONS}
    with mutate.set_worse(by_name["RRF", 6]):
        assert (fusion.RRF, recommend.RRF) == (6, 6)
    assert (fusion.RRF, recommend.RRF) == (60, 60)
    arguments = ["a", "b"], [1.0, 0.9], lambda a, b: 0.0, 1
    before = select_diverse.__defaults__
    with mutate.set_worse(by_name["BALANCE", 1.0]):
        assert select_diverse.__defaults__ == (1.0,)
        assert select_diverse(*arguments) == ["a"]
    assert select_diverse.__defaults__ == before


def _numbers(path: Path, module: str) -> list[str]:
    """The upper-case names that a module assigns numbers to, or tuples or rules of them."""
    names = [
        name.id
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and name.id.strip("_").isupper()
    ]
    values = {n: getattr(importlib.import_module(module), n) for n in names}
    return [
        n
        for n, v in values.items()
        if isinstance(v, int | float | Rule)
        or (isinstance(v, tuple) and v and all(isinstance(x, int | float) for x in v))
    ]
