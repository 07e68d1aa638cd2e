"""Plug-ins by name: the entry points of every package that is installed, and how one is made."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from polysense.errors import BadConfig
from polysense.protocols import LanguageModel
from polysense.registry.spec import Spec

GROUPS = (
    "parsers",
    "encoders",
    "converters",
    "stores",
    "rerankers",
    "rewriters",
    "language_models",
    "generators",
)

OURS = "polysense"
"""The name of this package: its plug-ins keep their names, whatever else is installed."""


@cache
def installed(group: str) -> Mapping[str, EntryPoint]:
    """The entry points of one of GROUPS, ours and anybody's, by name.

    Where two packages use one name, ours keeps it, else the package that comes first by its own
    name; the other's plug-in is "package/name".
    """
    by_name: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=f"polysense.{group}"), key=_precedence):
        is_taken = entry.name in by_name
        by_name[f"{package_of(entry)}/{entry.name}" if is_taken else entry.name] = entry
    return dict(sorted(by_name.items()))


def _precedence(entry: EntryPoint) -> tuple[bool, str, str]:
    package = package_of(entry)
    return package != OURS, package, entry.name


def package_of(entry: EntryPoint) -> str:
    """The package that a plug-in is from."""
    return entry.dist.name if entry.dist else ""


def load(
    group: str,
    spec: str | Spec,
    threads: int | None = None,
    language_model: LanguageModel | None = None,
) -> Any:
    """A new plug-in of a group; `threads` and `language_model` go to those that have such an
    option.

    Raises BadConfig for an unknown name or option, and for one that needs a language model where
    there is none.
    """
    spec = Spec.parse(spec) if isinstance(spec, str) else spec
    entry = entry_of(group, current_name(group, spec.name))
    plugin_class, options = entry.load(), dict(spec.options)
    if asks_language_model(plugin_class):
        if "language_model" in options:
            raise BadConfig(
                f"{spec}: language_model is no option of its own",
                'Name the model in the setting: language_models = ["openai:model=..."].',
            )
        if language_model is None:
            raise BadConfig(
                f"the {group[:-1]} {spec.name!r} asks a language model, and none is configured",
                f'Name one: language_models = ["openai:model=..."]; or leave {spec.name!r} out.',
            )
        options["language_model"] = language_model
    if "load_encoder" in inspect.signature(plugin_class).parameters:
        if "load_encoder" in options:
            raise BadConfig(f"{spec}: load_encoder is no option of its own")
        options["load_encoder"] = partial(load, "encoders", threads=threads)
    for old, new in CURRENT_ATTRIBUTES.get(group, {}).items():
        if hasattr(plugin_class, old):
            message = f"{entry.value} has {old!r}, which is not read any more: call it {new!r}"
            warnings.warn(message, FutureWarning, stacklevel=2)
    if threads is not None and "threads" in inspect.signature(plugin_class).parameters:
        options.setdefault("threads", threads)
    try:
        return plugin_class(**options)
    except TypeError as e:
        raise BadConfig(f"{spec} was refused: {e}", f"See the docstring of {entry.value}.") from e


def asks_language_model(plugin_class: Any) -> bool:
    """Whether a plug-in asks a language model: its constructor has the keyword for one."""
    return "language_model" in inspect.signature(plugin_class).parameters


def entry_of(group: str, name: str) -> EntryPoint:
    """The entry point of that name. Raises BadConfig, naming those there are."""
    if name not in installed(group):
        raise BadConfig(
            f"there is no {group[:-1].replace('_', ' ')} called {name!r}",
            f"Installed: {', '.join(installed(group)) or 'none'}.",
        )
    return installed(group)[name]


CURRENT_NAMES: Mapping[str, str] = {
    "lattice": "graph3d",
    "plate": "text3d",
    "relief": "heightmap",
    "sound_relief": "spectrogram3d",
    "bars": "bar_chart3d",
    "footage": "video_clip",
    "film": "narrated_film",
    "recording": "audio_clip",
    "links": "entity_graph",
    "sums": "table_aggregate",
    "rows": "table_rows",
    "fields": "form_fields",
    "parts": "model_parts",
    "edges": "graph_edges",
    "page": "page_image",
}
"""Names that plug-ins of ours had before, with those that they have now."""


CURRENT_ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "encoders": {
        "floor": "min_score",
        "sure": "confident_score",
        "trust": "fusion_weight",
        "asks": "query_modalities",
    },
    "converters": {"reads": "is_extractor"},
}
"""What a plug-in declared before, with what it is to declare now."""


def current_name(group: str, name: str) -> str:
    """The name that a plug-in has now; warns where one was given that it had before.

    >>> current_name("generators", "chart")
    'chart'
    """
    new = CURRENT_NAMES.get(name, name)
    if new == name or name in installed(group) or new not in installed(group):
        return name
    message = f"the {group[:-1]} {name!r} is called {new!r} now: write that in its place"
    warnings.warn(message, FutureWarning, stacklevel=3)
    return new
