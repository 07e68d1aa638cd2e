"""Profiles: plug-ins that go together.

`offline` is written here. The others are files, in `polysense/profiles` or anywhere: what they name
is added to the profile that they build on (`base`), takes the place of what has its name there, or
is left out ("-name"), as in polysense.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from polysense.errors import BadConfig
from polysense.registry.spec import Spec


@dataclass(frozen=True, slots=True)
class Profile:
    """Specs of plug-ins that go together."""

    parsers: tuple[str, ...]
    encoders: tuple[str, ...]
    converters: tuple[str, ...]
    rerankers: tuple[str, ...]
    rewriters: tuple[str, ...]
    language_models: tuple[str, ...]
    generators: tuple[str, ...]


OFFLINE = Profile(
    parsers=(
        "text", "xml", "markdown", "html", "rest", "subtitles", "email", "calendar", "msg", "tnef",
        "epub", "notebook", "pdf", "docx", "odt", "odp", "ods", "rtf", "pptx", "iwork", "workbook",
        "xls", "image", "dicom", "audio", "video", "mesh", "code", "openapi", "table",
        "geojson", "kml", "graph",
    ),
    encoders=(
        "minilm", "use", "photo", "conse", "colour", "sound", "sound_events", "speaker", "shape",
        "formula",
    ),
    converters=(
        "ocr", "whisper_tiny", "views",
        "speech", "heightmap", "spectrogram3d", "text3d", "sketch", "flowchart",
    ),
    rerankers=(),
    rewriters=("history", "spelling", "decomposition"),
    language_models=(),
    generators=(
        "extractive", "table_answer", "describe",
        "picture", "page_image", "chart", "diagram", "waveform", "render",
        "audio_clip", "video_clip", "narrated_film",
        "model", "bar_chart3d", "graph3d",
        "table_rows", "table_aggregate", "form_fields", "transcript", "model_parts", "outline",
        "graph_edges", "inventory", "subgraph", "entity_graph",
        "function", "completion", "latex", "script", "webpage",
    ),
)  # fmt: skip
_FOLDER = files("polysense") / "profiles"


def profile_names() -> tuple[str, ...]:
    """The profiles that come with this package.

    >>> profile_names()
    ('offline', 'api', 'hub')
    """
    own = (p.name for p in _FOLDER.iterdir())
    return ("offline", *sorted(n.removesuffix(".toml") for n in own if n.endswith(".toml")))


def profile(name: str) -> Profile:
    """A profile by its name, or by the path of its file. Raises BadConfig.

    >>> profile("offline").encoders[0]
    'minilm'
    """
    if name in profile_names():
        return _shipped(name)
    path = Path(name).expanduser()
    if path.suffix != ".toml" or not path.is_file():
        raise BadConfig(
            f"there is no profile called {name!r}",
            f"Profiles: {', '.join(profile_names())}, or the path of a file such as my.toml.",
        )
    return _read(path)


@cache
def _shipped(name: str) -> Profile:
    return OFFLINE if name == "offline" else _read(_FOLDER / f"{name}.toml")


def _read(file: Traversable) -> Profile:
    try:
        raw = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise BadConfig(f"the profile {file} cannot be read: {e}") from e
    groups = [f.name for f in fields(Profile)]
    if unknown := set(raw) - {"base", *groups}:
        raise BadConfig(
            f"the profile {file} has unknown settings: {', '.join(sorted(unknown))}",
            f"Settings: base, {', '.join(groups)}.",
        )
    base = raw.pop("base", "offline")
    if base not in profile_names():  # of files no chain, so that none is a ring
        raise BadConfig(
            f"the profile {file} builds on {base!r}, which is none of ours",
            f"Write one of these: {', '.join(profile_names())}.",
        )
    under = _shipped(base)
    layers = {group: _layered(getattr(under, group), specs) for group, specs in raw.items()}
    return replace(under, **layers)


def _layered(base: Sequence[str], additions: Sequence[str]) -> tuple[str, ...]:
    """Specs, with others in the place of those that have their names, or without them."""
    by_name = {Spec.parse(s).name: s for s in base}
    for text in additions:
        name = Spec.parse(text.removeprefix("-")).name
        if text.startswith("-"):
            by_name.pop(name, None)
        else:
            by_name[name] = text
    return tuple(by_name.values())
