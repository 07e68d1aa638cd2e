"""Profiles: files that name plug-ins, over one that they build on."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from polysense import registry
from polysense.errors import BadConfig
from polysense.registry import OFFLINE, Spec, profile, profile_names


@pytest.mark.parametrize("name", profile_names())
def test_what_comes_with_the_package_is_installed(name: str) -> None:
    """Every plug-in of every profile is one of ours, with options that it takes; nothing is loaded
    for that.
    """
    one = profile(name)
    for group in registry.GROUPS:
        for spec in map(Spec.parse, getattr(one, group, ())):
            plugin_class = registry.installed(group)[spec.name].load()
            options = inspect.signature(plugin_class).parameters
            assert dict(spec.options).keys() <= options.keys(), spec
            if "language_model" in options:
                assert one.language_models, f"{spec} asks a model, and {name} has none"


def test_a_file_builds_on_a_profile(tmp_path: Path) -> None:
    """It adds, replaces by name and leaves out; what it does not name stays."""
    file = tmp_path / "my.toml"
    file.write_text('encoders = ["-conse", "minilm:tokens=64", "clip:model=/models/clip"]\n')
    mine = profile(str(file))
    assert mine.encoders[0] == "minilm:tokens=64"
    assert "conse" not in mine.encoders
    assert mine.encoders[-1] == "clip:model=/models/clip"
    assert mine.generators == OFFLINE.generators


def test_settings_have_the_last_word(tmp_path: Path) -> None:
    """A profile's options are replaced by those of the settings."""
    file = tmp_path / "my.toml"
    file.write_text('encoders = ["minilm:tokens=64"]\n')
    choices = {c.name: c for c in registry.choices(str(file), {"encoders": ["minilm:tokens=32"]})}
    assert choices["minilm"].spec == "minilm:tokens=32"
    assert choices["minilm"].why.startswith("in the profile")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("encoders = [", "cannot be read"),
        ('encodings = ["minilm"]', "unknown settings: encodings"),
        ('base = "mine"', "builds on 'mine'"),
    ],
)
def test_a_file_that_makes_no_sense(tmp_path: Path, text: str, words: str) -> None:
    """Is refused by name, with what could be written."""
    file = tmp_path / "my.toml"
    file.write_text(text)
    with pytest.raises(BadConfig, match=words) as refusal:
        profile(str(file))
    assert str(file) in str(refusal.value)


@pytest.mark.parametrize("name", ["hubs", "no/such.toml", ""])
def test_no_such_profile(name: str) -> None:
    """Those that there are, and that a file may be named, are told."""
    with pytest.raises(BadConfig) as refusal:
        profile(name)
    assert "hub" in refusal.value.hint
    assert ".toml" in refusal.value.hint
