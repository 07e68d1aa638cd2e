"""Who reads which type of file, and why a type is not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from polysense.protocols import Parser
from polysense.read.file.endings import all_endings
from polysense.registry.plugins import entry_of, installed, load, package_of
from polysense.registry.readiness import lacking
from polysense.registry.spec import Spec
from polysense.types import Asset

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reader:
    """A parser in use, the spec that it was made from, and the package that it is from."""

    spec: str
    package: str
    parser: Parser

    def __str__(self) -> str:
        return f"{self.spec} ({self.package})"


@dataclass(frozen=True, slots=True)
class Readers:
    """The parsers of a kit by what they read: mime types, and endings such as ".thermal".

    left_out are the types of those that the settings leave out, with the words that do so.
    """

    by_type: Mapping[str, Reader]
    left_out: Mapping[str, tuple[str, ...]]

    @property
    def unready(self) -> tuple[str, ...]:
        """The specs of those that lack packages which an extra brings."""
        specs = {r.spec: r.parser for r in self.by_type.values()}
        return tuple(
            sorted(
                spec
                for spec, parser in specs.items()
                if lacking(entry_of("parsers", Spec.parse(spec).name), type(parser))
            )
        )

    def unread_reason(self, asset: Asset) -> str:
        """Why a file is not read though a parser for it is here; "" where one reads it, and where
        none is here.
        """
        types = (asset.mime, ending(asset.name))
        words = list(dict.fromkeys(w for t in types for w in self.left_out.get(t, ())))
        if not words or by_type(self.by_type, asset) is not None:
            return ""
        what = asset.mime if asset.mime in self.left_out else ending(asset.name)
        verb = "leaves" if len(words) == 1 else "leave"
        return f"no parser in use reads {what}; {' and '.join(words)} {verb} it out in the settings"


def readers(specs: Sequence[str], threads: int | None = None) -> Readers:
    """Those that the parsers' specs of a kit describe, the strongest first; "-name" is left out."""
    left_out: dict[str, tuple[str, ...]] = {}
    for name in (s[1:] for s in specs if s.startswith("-")):
        for t in accepted_types(name):
            left_out[t] = (*left_out.get(t, ()), f"`-{name}`")
    used = [
        Reader(s, package_of(entry_of("parsers", Spec.parse(s).name)), load("parsers", s, threads))
        for s in specs
        if not s.startswith("-")
    ]
    return Readers(
        {t: used[i] for t, i in assign(r.parser.accepts for r in used).items()},
        left_out,
    )


def accepted_types(name: str) -> frozenset[str]:
    """What an installed parser accepts; nothing where it is not here, or does not load."""
    if name not in installed("parsers"):
        return frozenset()
    try:
        return frozenset(installed("parsers")[name].load().accepts)
    except Exception:  # noqa: BLE001 - somebody's module may fail in any way; `doctor` says how
        return frozenset()


def idle_readers(asset: Asset) -> dict[str, str]:
    """The installed parsers that would read a file if the settings named them: name -> the extra
    that its package is, "" where it needs none.
    """
    types = {asset.mime, ending(asset.name)}
    names = (n for n in installed("parsers") if types & accepted_types(n))
    return {n: str(getattr(installed("parsers")[n].load(), "extra", "")) for n in names}


def assign(accepts: Iterable[Iterable[str]]) -> dict[str, int]:
    """Which of some parsers, the strongest first, reads each type.

    The first that accepts it. An ending that is known as one of a type that a stronger parser
    reads goes to nobody else: ".pdf" of a weaker parser does not take PDFs away.

    >>> assign([["application/pdf"], [".pdf", ".thermal"], [".thermal"]])
    {'application/pdf': 0, '.thermal': 1}
    """
    readers_by_type: dict[str, int] = {}
    taken_endings: set[str] = set()
    for i, types in enumerate(accepts):
        for t in sorted(types):
            if t not in taken_endings:
                readers_by_type.setdefault(t, i)
        for t in (t for t in readers_by_type if not t.startswith(".")):
            taken_endings |= all_endings(t)
    return readers_by_type


def by_type(table: Mapping[str, T], asset: Asset) -> T | None:
    """What a table of types says of a file; see `lookup`."""
    return lookup(table, asset.name, asset.mime)


def lookup(table: Mapping[str, T], name: str, mime: str) -> T | None:
    """What a table of types says: by the ending of a file's name, else by its mime type.

    Endings stand in it for types that only a plug-in knows.
    """
    entry = table.get(ending(name))
    return table.get(mime) if entry is None else entry


def ending(name: str) -> str:
    """The ending of a file's name or address, in small letters."""
    return PurePosixPath(name.lower()).suffix
