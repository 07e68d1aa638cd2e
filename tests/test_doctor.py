"""What is installed, told truly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense import registry
from polysense.doctor import examine, lines


def test_every_plugin_is_told_with_what_it_does() -> None:
    """As JSON, and as lines."""
    found = json.loads(json.dumps(examine()))
    assert found["ok"]
    assert {(p["group"], p["name"]) for p in found["plugins"]} == {(g, n) for g in registry.GROUPS for n in registry.installed(g)}
    assert all(p["does"] and p["from"] for p in found["plugins"])
    said = "\n".join(lines(found))
    assert all(p["name"] in said for p in found["plugins"])
    assert found["profile"]["offline"]["encoders"] == list(registry.OFFLINE.encoders)


def test_somebodys_plugin_is_told(thermal: Path) -> None:
    """With the package that it is from."""
    [found] = [p for p in examine()["plugins"] if p["name"] == "thermal" and p["group"] == "parsers"]
    assert (found["ok"], found["from"]) == (True, "polysense-thermal")


@pytest.mark.parametrize("broken", ["import nothing_of_that_name\n", "x = 1\n"])
def test_a_broken_plugin_is_told_and_breaks_nothing(thermal: Path, broken: str) -> None:
    """Why it does not load, beside those that do."""
    (thermal / "polysense_thermal.py").write_text(broken)
    found = examine()
    assert not found["ok"]
    bad = [p for p in found["plugins"] if not p["ok"]]
    assert {p["name"] for p in bad} == {"thermal"}
    assert all("cannot be loaded" in p["does"] for p in bad)
    assert "! thermal" in "\n".join(lines(found))
