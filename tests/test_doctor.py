"""What is installed, told truly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense import registry
from polysense.doctor import examine, report_lines
from polysense.registry import readiness


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
    assert registry.missing_packages(required) == {"nose": ["no.such-sense"]}
    text = "\n".join(report_lines(examine() | {"more": registry.missing_packages(required)}))
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


@pytest.mark.parametrize(
    ("requested", "plugin", "words", "hint"),
    [
        ({"encoders": ["clip:model=/nowhere"]}, "clip", "no folder /nowhere", "clip:model="),
        ({"language_models": ["openai"]}, "openai", "no model", "openai:model="),
        ({"converters": ["caption"]}, "caption", "asks a language model", "language_models"),
        ({"encoders": ["photo:sharpness=3"]}, "photo", "sharpness", "docstring"),
    ],
)
def test_what_cannot_run_as_configured_is_told(
    requested: dict[str, list[str]], plugin: str, words: str, hint: str
) -> None:
    """With what to do about it; the report is not well then, and what is only offered stays so."""
    report = examine(requested=requested)
    assert not report["ok"]
    [problem] = [p for p in report["problems"] if p["plugin"].startswith(plugin)]
    assert words in problem["problem"]
    assert hint in problem["hint"]
    assert problem["hint"] in "\n".join(report_lines(report))


def test_what_wants_an_extra_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that installs it is told beside the plug-in; it is a problem only once it is in
    use.
    """
    lines = ["no-such-thing>=1; extra == 'models'"]
    monkeypatch.setattr(readiness, "requires", lambda package: lines)
    readiness._missing_of.cache_clear()
    try:
        report = examine()
        [clip] = [p for p in report["plugins"] if p["name"] == "clip"]
        assert clip["lacks"] == "python -m pip install 'polysense[models]'"
        assert report["ok"]
        assert f"not ready: {clip['lacks']}" in "\n".join(report_lines(report))
        report = examine(requested={"encoders": ["clip"]})
        assert "clip needs no-such-thing" in [p["problem"] for p in report["problems"]]
    finally:
        readiness._missing_of.cache_clear()
