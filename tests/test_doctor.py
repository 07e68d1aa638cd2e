"""What is installed, told truly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense import registry
from polysense.doctor import _missing_packages, examine, report_lines


def test_every_plugin_is_told_with_what_it_does() -> None:
    """As JSON, and as lines."""
    report = json.loads(json.dumps(examine()))
    assert report["ok"]
    assert {(p["group"], p["name"]) for p in report["plugins"]} == {
        (g, n) for g in registry.GROUPS for n in registry.installed(g)
    }
    assert all(p["does"] and p["from"] for p in report["plugins"])
    text = "\n".join(report_lines(report))
    assert all(p["name"] in text for p in report["plugins"])
    assert report["profile"]["offline"]["encoders"] == list(registry.OFFLINE.encoders)


def test_somebodys_plugin_is_told(thermal: Path) -> None:
    """With the package that it is from."""
    [plugin] = [
        p for p in examine()["plugins"] if p["name"] == "thermal" and p["group"] == "parsers"
    ]
    assert (plugin["ok"], plugin["from"]) == (True, "polysense-thermal")


def test_what_turns_into_what_is_told() -> None:
    """Errors send people here to see what is read and what can be made of it."""
    report = examine()
    turns = {(p["group"], p["name"]): (p["takes"], p["gives"]) for p in report["plugins"]}
    assert turns["converters", "ocr"] == (["image"], ["text"])
    assert turns["encoders", "photo"] == (["image"], [])
    assert "application/pdf" in turns["parsers", "pdf"][0]
    assert any(
        line.startswith("  + ocr            image -> text: ") for line in report_lines(report)
    )


def test_what_to_install_for_more_is_told() -> None:
    """By the extra that brings it; what is here is not offered."""
    required = [
        "numpy>=1",
        "numpy>=1; extra == 'sums'",
        'no.such-sense==1 ; python_version > "3" and extra == "nose"',
        "no-such-must>=2",
    ]
    assert _missing_packages(required) == {"nose": ["no.such-sense"]}
    text = "\n".join(report_lines(examine() | {"more": _missing_packages(required)}))
    assert "pip install 'polysense[nose]'  brings no.such-sense" in text


@pytest.mark.parametrize(
    "source", ["import nothing_of_that_name\n", "x = 1\n", "1 / 0\n", "def (\n"]
)
def test_a_broken_plugin_is_told_and_breaks_nothing(thermal: Path, source: str) -> None:
    """Why it does not load, beside those that do."""
    (thermal / "polysense_thermal.py").write_text(source)
    report = examine()
    assert not report["ok"]
    bad = [p for p in report["plugins"] if not p["ok"]]
    assert {p["name"] for p in bad} == {"thermal"}
    assert all("cannot be loaded" in p["does"] for p in bad)
    assert "! thermal" in "\n".join(report_lines(report))
