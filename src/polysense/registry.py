"""Plug-ins by name: entry points, specs, profiles, and the kit that a library works with.

A spec is "clip:model=/models/clip".
"""

from __future__ import annotations

import inspect
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from polysense.errors import BadConfig
from polysense.protocols import Converter, Encoder, Generator, Parser, Reranker, Store
from polysense.types import Modality, Part

GROUPS = ("parsers", "encoders", "converters", "stores", "rerankers", "generators")

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Spec:
    """A plug-in's name and its constructor's keyword arguments, written "name:key=value,key=value".

    >>> Spec.parse("clip:model=/models/clip,device=cpu")
    Spec(name='clip', options=(('model', '/models/clip'), ('device', 'cpu')))
    """

    name: str
    options: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Read one; raises BadConfig."""
        name, _, rest = text.strip().partition(":")
        pairs = [p.partition("=") for p in rest.split(",") if p.strip()]
        if not name or any(not sep for _, sep, _ in pairs):
            raise BadConfig(
                f"{text!r} is not a plug-in", 'Write "name" or "name:key=value,key=value".'
            )
        return cls(name, tuple((k.strip(), _value(v.strip())) for k, _, v in pairs))

    def __str__(self) -> str:
        return (
            self.name
            + (":" if self.options else "")
            + ",".join(f"{k}={v}" for k, v in self.options)
        )


def _value(text: str) -> Any:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


@cache
def installed(group: str) -> Mapping[str, EntryPoint]:
    """The entry points of one of GROUPS, ours and anybody's, by name."""
    return {
        e.name: e for e in sorted(entry_points(group=f"polysense.{group}"), key=lambda e: e.name)
    }


def load(group: str, spec: str | Spec, threads: int | None = None) -> Any:
    """A new plug-in of a group; `threads` goes to those that have such an option.

    Raises BadConfig for an unknown name or option.
    """
    spec = Spec.parse(spec) if isinstance(spec, str) else spec
    entry = _entry(group, current_name(group, spec.name))
    plugin_class, options = entry.load(), dict(spec.options)
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


def _entry(group: str, name: str) -> EntryPoint:
    if name not in installed(group):
        raise BadConfig(
            f"there is no {group[:-1]} called {name!r}",
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


@dataclass(frozen=True, slots=True)
class Profile:
    """Names of plug-ins that go together."""

    encoders: tuple[str, ...]
    converters: tuple[str, ...]
    rerankers: tuple[str, ...]
    generators: tuple[str, ...]


OFFLINE = Profile(
    encoders=("minilm", "photo", "conse", "sound", "speaker", "shape", "formula"),
    converters=(
        "ocr", "pocketsphinx", "views",
        "speech", "heightmap", "spectrogram3d", "text3d", "sketch", "flowchart",
    ),
    rerankers=(),
    generators=(
        "extractive", "describe",
        "picture", "page_image", "chart", "diagram", "waveform", "render",
        "audio_clip", "video_clip", "narrated_film",
        "model", "bar_chart3d", "graph3d",
        "table_rows", "table_aggregate", "form_fields", "transcript", "model_parts", "outline",
        "graph_edges", "inventory", "subgraph", "entity_graph",
        "function", "completion", "latex", "script", "webpage",
    ),
)  # fmt: skip
PROFILES: Mapping[str, Profile] = {"offline": OFFLINE}


class _LazyPlugins(Mapping[str, Any]):
    """Plug-ins that are made on first use: a search needs no generator, nor what one imports."""

    def __init__(self, factories: Mapping[str, Callable[[], Any]]) -> None:
        self._factories, self._instances, self._lock = (
            factories,
            dict[str, Any](),
            threading.RLock(),
        )

    def __getitem__(self, name: str) -> Any:
        with self._lock:
            if name not in self._instances:
                self._instances[name] = self._factories[name]()
            return self._instances[name]

    def __contains__(self, name: object) -> bool:
        return name in self._factories

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def __len__(self) -> int:
        return len(self._factories)


@dataclass(frozen=True)
class Kit:
    """The plug-ins that one library works with. specs is how another process makes the same kit."""

    specs: Mapping[str, tuple[str, ...]]
    parsers: Mapping[str, Parser]
    encoders: Mapping[str, Encoder]
    converters: Mapping[str, Converter]
    rerankers: Mapping[str, Reranker]
    generators: Mapping[str, Generator]

    def text_extractor(self, modality: Modality) -> Converter | None:
        """The converter that finds the words in a modality: OCR, speech recognition."""
        return self._extractor(modality, {"text"})

    @property
    def extractors(self) -> str:
        """The specs of all that find words in pictures and sounds.

        What has been read by others is read again.
        """
        specs = (
            s
            for s in self.specs["converters"]
            if (c := self.converters[Spec.parse(s).name]).is_extractor and "text" in c.targets
        )
        return " ".join(sorted(specs))

    def supports(self, encoder: Encoder, modality: Modality, role: str = "document") -> bool:
        """Whether the encoder takes a modality itself, or through views of it."""
        direct = encoder.accepts | (encoder.query_modalities if role == "query" else frozenset())
        return modality in direct or self.adapter_for(encoder, modality) is not None

    def adapter_for(self, encoder: Encoder, modality: Modality) -> Converter | None:
        """The converter that shows a modality to an encoder that does not take it.

        Views of a mesh for a photo encoder, for example.
        """
        return (
            None
            if modality in encoder.accepts or not encoder.adapts_views
            else self._extractor(modality, encoder.accepts - {"text"})
        )

    def _extractor(self, modality: Modality, targets: Iterable[Modality]) -> Converter | None:
        candidates = [
            c
            for c in self.converters.values()
            if c.is_extractor and c.source == modality and c.targets & set(targets)
        ]
        return min(candidates, key=lambda c: c.cost, default=None)

    def adapt(self, encoder: Encoder, part: Part) -> list[Part]:
        """The part as the encoder takes it: itself, or its views."""
        converter = self.adapter_for(encoder, part.modality)
        return (
            [part]
            if converter is None
            else [p for p in converter.convert(part) if p.modality in encoder.accepts]
        )


def kit(
    profile: str = "offline",
    encoders: Sequence[str] = (),
    converters: Sequence[str] = (),
    rerankers: Sequence[str] = (),
    generators: Sequence[str] = (),
) -> Kit:
    """A profile's plug-ins, plus those named, plus whatever other packages have installed.

    A name already in the profile is replaced (so "minilm:threads=1" changes its options); "-name"
    leaves it out.
    """
    if profile not in PROFILES:
        raise BadConfig(
            f"there is no profile called {profile!r}", f"Profiles: {', '.join(PROFILES)}."
        )
    base = PROFILES[profile]
    requested = {
        "encoders": encoders,
        "converters": converters,
        "rerankers": rerankers,
        "generators": generators,
    }
    specs = {
        group: _chosen_specs(group, getattr(base, group), extra)
        for group, extra in requested.items()
    }
    return kit_from_specs(specs)


def kit_from_specs(specs: Mapping[str, tuple[str, ...]], threads: int | None = None) -> Kit:
    """The kit that these specs describe."""
    groups = {
        group: _LazyPlugins({Spec.parse(s).name: partial(load, group, s, threads) for s in names})
        for group, names in specs.items()
    }
    for group, plugins in groups.items():
        for name in plugins:
            _entry(group, name)  # a mistake is told at once
        if group != "generators":  # those alone may wait: what they import is heavy
            dict(plugins)
    parsers: dict[str, Parser] = {}
    for name in installed("parsers"):
        parser = load("parsers", name)
        parsers |= dict.fromkeys(parser.accepts, parser)
    return Kit(specs=specs, parsers=parsers, **groups)


def _chosen_specs(group: str, base: Sequence[str], extra: Sequence[str]) -> tuple[str, ...]:
    specs_by_name = {Spec.parse(s).name: s for s in base}
    specs_by_name |= {
        name: name
        for name, entry in installed(group).items()
        if entry.dist and entry.dist.name != "polysense"
    }
    for spec in extra:
        if spec.startswith("-"):
            specs_by_name.pop(current_name(group, spec[1:]), None)
        else:
            parsed = Spec.parse(spec)
            name = current_name(group, parsed.name)
            specs_by_name[name] = str(replace(parsed, name=name)) if name != parsed.name else spec
    return tuple(specs_by_name.values())


REMOTE_SCHEMES = ("s3", "gs", "az")
"""Addresses of object storage, which LanceDB opens."""


def store_spec(uri: str) -> Spec:
    """The store that a library's address names, and its options; nothing is opened.

    Raises BadConfig for an address that no store here opens.
    """
    scheme, sep, rest = uri.partition("://")
    if not sep or scheme in ("lancedb", "file"):
        return Spec("lancedb", (("path", rest if sep else uri),))
    if scheme in REMOTE_SCHEMES:
        if not rest.strip("/"):
            raise BadConfig(f"{uri} names no bucket", f"Write {scheme}://BUCKET/FOLDER.")
        return Spec("lancedb", (("path", uri),))
    if scheme not in installed("stores"):
        schemes = sorted({*installed("stores"), *REMOTE_SCHEMES})
        raise BadConfig(
            f"there is no store called {scheme!r} to open {scheme}:// with",
            f"Give a folder, or an address that begins with one of: {', '.join(schemes)}.",
        )
    return Spec(scheme, (("path", rest),) if rest else ())


def store(uri: str) -> Store:
    """The store that a library's address names.

    An address is a path or lancedb://path, s3://bucket/prefix, memory://.
    """
    spec = store_spec(uri)
    opened_store = load("stores", spec)
    if not isinstance(opened_store, Store):
        raise BadConfig(f"{spec.name!r} is no store", f"Stores: {', '.join(installed('stores'))}.")
    return opened_store
