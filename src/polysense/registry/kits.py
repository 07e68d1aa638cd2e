"""The kit that a library works with: its plug-ins, made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from polysense.protocols import (
    Converter,
    Encoder,
    Generator,
    LanguageModel,
    Parser,
    Reranker,
    Rewriter,
    SelectiveEncoder,
)
from polysense.registry.choice import Choice, choose
from polysense.registry.parser_table import readers
from polysense.registry.plugins import GROUPS, entry_of, load
from polysense.registry.profiles import profile as profile_of
from polysense.registry.readiness import fault
from polysense.registry.spec import Spec
from polysense.stretch import whole
from polysense.types import Calibration, Modality, Part, Role, Space


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
    rewriters: Mapping[str, Rewriter] = field(default_factory=dict)
    language_models: Mapping[str, LanguageModel] = field(default_factory=dict)
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    """By space: what was measured for encoders that declare nothing."""

    @property
    def language_model(self) -> LanguageModel | None:
        """The one that writes: the first named; None where none is, and answers are quoted."""
        return next(iter(self.language_models.values()), None)

    @property
    def spaces(self) -> tuple[Space, ...]:
        """The spaces of its encoders. Raises what keeps a model from being loaded."""
        return tuple(e.space for e in self.encoders.values())

    def check_converters(self) -> None:
        """Raises BadConfig or MissingDependency where a converter cannot run as it is configured:
        what it reads would be left without words, file by file.
        """
        for converter in self.converters.values():
            if (error := fault(converter)) is not None:
                raise error

    def calibration(self, encoder: Encoder) -> Calibration:
        """What an encoder's scores mean: as it declares, else as measured."""
        declared = Calibration(encoder.min_score, encoder.confident_score)
        return self.calibrations.get(encoder.space.name, declared)

    def text_encoder(self, *languages: str) -> Encoder | None:
        """The first encoder by which passages are compared with words, of all these languages (""
        is any): of meaning, with one vector a passage; one that bridges languages where there is no
        other.
        """
        encoders = [
            e
            for e in self.encoders.values()
            if e.signal == "semantic"
            and "text" in e.accepts
            and e.space.metric in ("cosine", "dot")
            and all(reads_language(e, language) for language in languages)
        ]
        return min(encoders, key=bridges_languages, default=None)

    def text_extractor(self, modality: Modality) -> Converter | None:
        """The converter that finds the words in a modality: OCR, speech recognition."""
        return self._extractor(modality, {"text"})

    def captioner(self, modality: Modality) -> str:
        """The name of the converter that writes what is to be seen or heard in a modality; "" where
        none is in use.
        """
        return next(
            (
                n
                for n, c in self.converters.items()
                if _is_captioner(c) and c.source == modality and "text" in c.targets
            ),
            "",
        )

    @property
    def extractors(self) -> str:
        """The specs of all that find words in pictures and sounds, or write them.

        What has been read by others is read again.
        """
        specs = (
            s
            for s in self.specs["converters"]
            if ((c := self.converters[Spec.parse(s).name]).is_extractor or _is_captioner(c))
            and "text" in c.targets
        )
        return " ".join(sorted(specs))

    def supports(self, encoder: Encoder, modality: Modality, role: Role = "document") -> bool:
        """Whether the encoder takes a modality itself, or through views of it."""
        direct = encoder.accepts | (encoder.query_modalities if role == "query" else frozenset())
        return modality in direct or self.adapter_for(encoder, modality) is not None

    def takes(self, encoder: Encoder, part: Part, role: Role = "document") -> bool:
        """Whether the encoder takes a part: itself, the stretch that it is a moment of, or views of
        it.
        """
        return self.supports(encoder, self.taken_as(encoder, part), role)

    def taken_as(self, encoder: Encoder, part: Part) -> Modality:
        """The modality of what an encoder is given of a part: the stretch's that it is a moment of,
        where the encoder takes those, else its own.
        """
        stretch = whole(part)
        is_taken_whole = stretch is not None and stretch.modality in encoder.accepts
        return stretch.modality if stretch is not None and is_taken_whole else part.modality

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

    def adapt(self, encoder: Encoder, part: Part, role: Role = "document") -> list[Part]:
        """The part as the encoder takes it: the stretch that it is a moment of, itself, or its
        views.
        """
        stretch = whole(part)
        if stretch is not None and self.taken_as(encoder, part) == stretch.modality:
            return [stretch]
        converter = self.adapter_for(encoder, part.modality)
        if converter is None or (role == "query" and part.modality in encoder.query_modalities):
            return [part]
        return [p for p in converter.convert(part) if p.modality in encoder.accepts]


def _is_captioner(converter: Converter) -> bool:
    """Whether its words are about its source; those of before this was declared are not."""
    return getattr(converter, "is_captioner", False)


def bridges_languages(encoder: Encoder) -> bool:
    """Whether an encoder is there for languages that others do not read; those of before this was
    declared are not.
    """
    return getattr(encoder, "bridges_languages", False)


def asked_by(encoder: Encoder, part: Part) -> Part | None:
    """What of a query's part an encoder is asked with: all of it, but of those that select."""
    return encoder.asked_by(part) if isinstance(encoder, SelectiveEncoder) else part


def reads_language(encoder: Encoder, language: str) -> bool:
    """Whether an encoder reads a language; every one reads what is not certain ("")."""
    return encoder.languages is None or not language or language in encoder.languages


def kit(
    profile: str = "offline",
    encoders: Sequence[str] = (),
    converters: Sequence[str] = (),
    rerankers: Sequence[str] = (),
    generators: Sequence[str] = (),
    parsers: Sequence[str] = (),
    rewriters: Sequence[str] = (),
    language_models: Sequence[str] = (),
) -> Kit:
    """A profile's plug-ins, plus those named, plus what other packages add to them.

    A name already in the profile is replaced (so "minilm:threads=1" changes its options); "-name"
    leaves it out. What other packages have installed is used where it does what nothing else does;
    where it would take something over, it must be named: `polysense.registry.choice` has the rule.
    Raises BadConfig for names that are not installed, and options that are refused.

    >>> "application/pdf" in kit(parsers=["-pdf"]).parsers
    False
    """
    requested = {
        "parsers": parsers,
        "encoders": encoders,
        "converters": converters,
        "rerankers": rerankers,
        "rewriters": rewriters,
        "language_models": language_models,
        "generators": generators,
    }
    return kit_from_specs(specs_of(choices(profile, requested)))


def choices(profile: str, requested: Mapping[str, Sequence[str]]) -> tuple[Choice, ...]:
    """What is used of all that is installed, and why, by the settings of these groups."""
    base = profile_of(profile)
    return tuple(
        choice
        for group, named_specs in requested.items()
        for choice in choose(group, getattr(base, group), named_specs)
    )


def specs_of(all_choices: Iterable[Choice]) -> dict[str, tuple[str, ...]]:
    """The specs of a kit by group; of parsers also what is left out, as "-name"."""
    specs: dict[str, list[str]] = {group: [] for group in GROUPS if group != "stores"}
    for c in all_choices:
        if c.is_used:
            specs[c.group].append(c.spec)
        elif c.group == "parsers" and c.is_left_out:
            specs[c.group].append(f"-{c.name}")
    return {group: tuple(group_specs) for group, group_specs in specs.items()}


def kit_from_specs(specs: Mapping[str, tuple[str, ...]], threads: int | None = None) -> Kit:
    """The kit that these specs describe. Raises BadConfig."""
    models = {
        Spec.parse(s).name: load("language_models", s, threads)
        for s in specs.get("language_models", ())
    }
    first_model = next(iter(models.values()), None)
    groups: dict[str, Mapping[str, Any]] = {
        group: _LazyPlugins(
            {Spec.parse(s).name: partial(load, group, s, threads, first_model) for s in names}
        )
        for group, names in specs.items()
        if group not in ("parsers", "language_models")
    }
    groups["language_models"] = models
    for group, plugins in groups.items():
        for name in plugins:
            entry_of(group, name)  # a mistake is told at once
        if group != "generators":  # those alone may wait: what they import is heavy
            dict(plugins)
    by_type = readers(specs["parsers"], threads).by_type
    return Kit(specs=specs, parsers={t: r.parser for t, r in by_type.items()}, **groups)
