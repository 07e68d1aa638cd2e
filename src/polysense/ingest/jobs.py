"""What a worker process can do: parse a file, extract a part's words, caption it, encode parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from polysense.errors import PolysenseError, Unsupported
from polysense.protocols import Encoding, PageReader, Parser, Vectors
from polysense.read.file.endings import successor
from polysense.read.file.name_mentions import links_by_name, names_files
from polysense.registry import Kit, readers
from polysense.registry.parser_table import by_type, idle_readers
from polysense.types import Asset, Chunk, Link, Part, Space
from polysense.vectors.late_interaction import is_multivector, no_vectors
from polysense.vectors.sparse import is_sparse, sparse_mean


@dataclass(frozen=True, slots=True)
class ParseFile:
    """A file's chunks and links."""

    asset: Asset

    @property
    def subject(self) -> str:
        return self.asset.name

    def run(self, kit: Kit) -> Iterator[Chunk | Link]:
        parser = parser_for(kit, self.asset)
        if parser is None:
            reason = unread_reason(kit, self.asset) or f"nothing here reads {self.asset.mime}"
            raise Unsupported(f"{reason} ({self.asset.name})", _hint(self.asset))
        ids: set[str] = set()
        uris: list[str] = []
        naming: list[Chunk] = []
        for item in parser.parse(self.asset):
            if isinstance(item, Chunk):
                if item.id in ids:
                    continue
                ids.add(item.id)
                if names_files(item):
                    naming.append(item)
            else:
                uris.append(item.target)
            yield item
        yield from links_by_name(naming, uris)


def _hint(asset: Asset) -> str:
    """How a file of a type that is not read could be; "" where nobody knows."""
    hints = [
        f"`{name}` reads it once it is named among the parsers of polysense.toml"
        + (f" (python -m pip install 'polysense[{extra}]')" if extra else "")
        for name, extra in idle_readers(asset).items()
    ]
    if ending := successor(asset.mime):
        advice = f"ave it as {ending} in the program that opens it, and index that."
        return f"{'; '.join(hints)}. Or s{advice}" if hints else f"S{advice}"
    return f"{'; '.join(hints)}. Or convert it to a common type." if hints else ""


@dataclass(frozen=True, slots=True)
class ShowPages:
    """A file's pages as they look."""

    asset: Asset

    @property
    def subject(self) -> str:
        return self.asset.name

    def run(self, kit: Kit) -> Iterator[Chunk]:
        parser = parser_for(kit, self.asset)
        if isinstance(parser, PageReader):
            yield from parser.pages(self.asset)


@dataclass(frozen=True, slots=True)
class ExtractWords:
    """The words in a part, by the kit's reader for its modality."""

    chunk: str
    part: Part

    @property
    def subject(self) -> str:
        return self.part.name or str(self.part.data)

    def run(self, kit: Kit) -> Iterator[Part]:
        extractor = kit.text_extractor(self.part.modality)
        if extractor is not None:
            yield from (p for p in extractor.convert(self.part) if p.modality == "text")


@dataclass(frozen=True, slots=True)
class CaptionPart:
    """What a part shows, in the words of a captioner."""

    chunk: str
    captioner: str
    part: Part

    @property
    def subject(self) -> str:
        return self.part.name or str(self.part.data)

    def run(self, kit: Kit) -> Iterator[Part]:
        parts = kit.converters[self.captioner].convert(self.part)
        yield from (p for p in parts if p.modality == "text" and str(p.data).strip())


@dataclass(frozen=True, slots=True)
class EncodeParts:
    """One vector a part, or where the space's metric is "maxsim" one array of tokens.

    NaN, or no tokens, where there is nothing to encode, an error where a part cannot be read.
    """

    encoder: str
    chunks: tuple[str, ...]
    parts: tuple[Part, ...]

    @property
    def subject(self) -> str:
        return self.parts[0].name or str(self.parts[0].data)

    def run(self, kit: Kit) -> Iterator[Any]:
        encoder = kit.encoders[self.encoder]
        space = encoder.space
        for part in self.parts:
            try:
                views = kit.adapt(encoder, part)
                yield (
                    pool_vectors(space, encoder.encode(views, "document"))
                    if views
                    else no_vectors(space, 1)[0]
                )
            except PolysenseError as e:
                yield e


Job = ParseFile | ShowPages | ExtractWords | CaptionPart | EncodeParts


def parser_for(kit: Kit, asset: Asset) -> Parser | None:
    """The parser for a file, by its ending or its mime type.

    Endings such as ".thermal" are for types that only a plug-in knows.
    """
    return by_type(kit.parsers, asset)


def unread_reason(kit: Kit, asset: Asset) -> str:
    """Why a file that the settings leave out is not read; "" for any other."""
    return readers(kit.specs.get("parsers", ())).unread_reason(asset)


def pool_vectors(space: Space, vectors: Encoding) -> Vectors:
    """What a part has as it is; of several views, their mean, or the tokens of all of them.

    The mean has unit length (Su et al., "Multi-view convolutional neural
    networks", ICCV 2015).
    """
    if is_sparse(space):
        return sparse_mean([(1.0, np.asarray(v, np.float32).reshape(-1, 2)) for v in vectors])
    if is_multivector(space):
        return np.concatenate([np.asarray(v, np.float32).reshape(-1, space.dim) for v in vectors])
    usable = vectors[np.isfinite(vectors).all(axis=1)]
    if not len(usable):
        return np.full(vectors.shape[1], np.nan, dtype=np.float32)
    if len(vectors) == 1:
        return np.asarray(vectors[0], dtype=np.float32)
    mean = usable.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
