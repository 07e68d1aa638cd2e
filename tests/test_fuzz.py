"""Damaged files cost themselves and nothing else. More of them: `python -m tests.fuzz.run`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from polysense.errors import Unreadable
from polysense.ingest.workers import JobResult

from .fuzz.mutations import MUTATIONS, mutate
from .fuzz.run import fuzz, judge


def test_damage_is_damage_and_the_same_again() -> None:
    """Each way changes a file; a seed says which changes."""
    raw = bytes(range(256)) * 8 + b" page 12 of 40 "
    for mutation in MUTATIONS.values():
        assert any(mutation(bytearray(raw), Random(n)) != raw for n in range(5)), mutation.__name__
    once, again = ([mutate(raw, Random(n)) for n in range(20)] for _ in range(2))
    assert once == again


def test_what_is_a_finding() -> None:
    """A crash, a hang, and an error that does not say of which file, or that no reader expected."""
    errors = {
        "a.pdf crashed its reader (exit -11)": "crash",
        "a.pdf took more than 30 s of processor time to read": "hang",
        "it is broken": "nameless",
        "a.pdf cannot be read: KeyError: 3": "raw",
        "a.pdf cannot be read: IndexError: out of range": "raw",
        "a.pdf is broken": "refused",
    }
    for message, outcome in errors.items():
        is_finding = outcome in ("crash", "hang", "nameless", "raw")
        assert judge(JobResult((), Unreadable(message)), "a.pdf") == (outcome, is_finding)
    assert judge(JobResult(()), "a.pdf") == ("read", False)
    message = "a.docx cannot be read: InvalidXmlError: required attribute"
    assert judge(JobResult((), Unreadable(message)), "a.docx") == ("raw", False)


@pytest.mark.slow
def test_no_damage_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every parser and container: worker processes stay, and each error names its file."""
    root = str(Path(__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", root, prepend=":")
    tally = fuzz(11, rounds=12)
    assert len({name for name, _ in tally.outcomes}) > 40
    assert tally.findings == []
