"""Settings: polysense.toml, then POLYSENSE_* variables, then flags.

A TOML file is a call of Library written down.

library = ".polysense"
profile = "offline"  # or hub, api, or a file of one's own
encoders = ["clip:model=/models/clip-vit-b-32", "-conse"]
converters = ["whisper:model=/models/whisper-small"]
parsers = ["-epub"]
language_models = ["openai:model=llama3.2,base_url=http://localhost:11434/v1"]
[limits]
seconds = 120
memory_mb = 8192
workers = 0
[serve]
port = 8765
folders = ["/data/manuals"]
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from polysense import registry
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.registry import Kit

FILE = "polysense.toml"
_LARGEST = 100_000_000
"""Three years, a hundred terabytes: what the operating system takes as a limit."""

_SPEC_LISTS = (
    "parsers",
    "encoders",
    "converters",
    "rerankers",
    "rewriters",
    "language_models",
    "generators",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a Library is made with."""

    library: str = ".polysense"
    profile: str = "offline"
    encoders: tuple[str, ...] = ()
    converters: tuple[str, ...] = ()
    rerankers: tuple[str, ...] = ()
    rewriters: tuple[str, ...] = ()
    language_models: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    parsers: tuple[str, ...] = ()
    limits: Limits = Limits()
    serve: Mapping[str, Any] = field(default_factory=dict)
    """How it is served; see `polysense.serve.settings`."""

    def kit(self) -> Kit:
        """The plug-ins that these settings name."""
        return registry.kit(self.profile, **self.plugins)

    @property
    def plugins(self) -> dict[str, tuple[str, ...]]:
        """What is said of each group: plug-ins to use, with their options, or to leave out."""
        return {group: getattr(self, group) for group in _SPEC_LISTS}


def read(folder: Path = Path(), environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a folder. Raises BadConfig, naming what is not known."""
    raw: dict[str, Any] = {}
    path = folder / FILE
    if path.is_file():
        try:
            raw = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise BadConfig(f"{path} does not parse: {e}") from e
        except OSError as e:
            raise BadConfig(f"{path} cannot be read: {e.strerror}", "Check its permissions.") from e
    for name in ("library", "profile"):
        if value := environment.get(f"POLYSENSE_{name.upper()}"):
            raw[name] = value
    for name in _SPEC_LISTS:
        if value := environment.get(f"POLYSENSE_{name.upper()}"):
            raw[name] = [spec.strip() for spec in value.split(";") if spec.strip()]
    return _settings(raw, path)


def _settings(raw: Mapping[str, Any], path: Path) -> Settings:
    names = {"library", "profile", "limits", "serve", *_SPEC_LISTS}
    if unknown := set(raw) - names:
        raise BadConfig(
            f"{path} has unknown settings: {', '.join(sorted(unknown))}",
            f"Settings: {', '.join(sorted(names))}.",
        )
    invalid = [name for name in ("library", "profile") if not isinstance(raw.get(name, ""), str)]
    invalid += ["serve"] if not isinstance(raw.get("serve", {}), dict) else []
    invalid += [name for name in _SPEC_LISTS if not _is_list_of_strings(raw.get(name, []))]
    if invalid:
        raise BadConfig(
            f"{path}: {', '.join(invalid)}: wrong type",
            'Write library = "kb" and encoders = ["minilm", "-conse"].',
        )
    texts: dict[str, Any] = {name: raw[name] for name in ("library", "profile") if name in raw}
    lists: dict[str, Any] = {name: tuple(raw[name]) for name in _SPEC_LISTS if name in raw}
    return replace(
        Settings(limits=_limits(raw.get("limits", {}), path), serve=raw.get("serve", {})),
        **texts,
        **lists,
    )


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)


def _limits(raw: Any, path: Path) -> Limits:
    try:
        limits = Limits(**raw)
    except TypeError as e:
        raise BadConfig(f"{path}: [limits]: {e}") from e
    # nan and inf do not fit either
    seconds_fit = type(limits.seconds) in (int, float) and 0 < limits.seconds <= _LARGEST
    are_integers = type(limits.memory_mb) is int and type(limits.workers) is int
    if (
        not seconds_fit
        or not are_integers
        or not 0 < limits.memory_mb <= _LARGEST
        or not 0 <= limits.workers <= _LARGEST
    ):
        message = (
            "seconds is a number and memory_mb a whole one, above 0; workers is a whole number "
            f"from 0 up; none is above {_LARGEST}"
        )
        raise BadConfig(f"{path}: [limits]: {message}")
    return limits
