"""The check of parsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from polysense.protocols import Parser
from polysense.testing.rules import (
    check_json,
    check_members,
    check_names,
    check_span,
    class_name,
    require,
    run_twice,
)
from polysense.types import Asset, Chunk, Link


def check_parser(parser: Parser, asset: Asset) -> list[Chunk]:
    """Check a parser on a file that it should read; gives the file's chunks.

    Give an asset with something in it: one without chunks proves nothing.
    """
    plugin = class_name(parser)
    check_members(parser, Parser)
    check_names(parser.accepts, f"{plugin}.accepts")
    types = {asset.mime, PurePosixPath(asset.name.lower()).suffix}
    require(
        bool(parser.accepts & types),
        f"{plugin} does not accept {asset.name} ({asset.mime})",
        "Check it on a file that it accepts.",
    )
    items, again = run_twice(lambda: _parse(parser, asset, plugin))
    for item in items:
        if isinstance(item, Chunk):
            _check_chunk(item, asset, plugin)
        else:
            require(
                isinstance(item, Link),
                f"{plugin}.parse gave a {type(item).__name__}: only Chunk and Link may come out",
            )
            _check_link(item, plugin)
    chunks = [c for c in items if isinstance(c, Chunk)]
    require(
        bool(chunks),
        f"{plugin}.parse found no chunk in {asset.name}",
        "Give the check a file with something in it.",
    )
    by_id: dict[str, Chunk] = {}
    for c in chunks:
        require(
            c.id not in by_id,
            f"{plugin}: two {c.modality} chunks of {asset.name} have one id: both are at {c.span}",
            "Say more in the span.",
        )
        by_id[c.id] = c
    is_repeatable = [c.id for c in again if isinstance(c, Chunk)] == list(by_id)
    require(
        is_repeatable,
        f"{plugin}: reading {asset.name} twice, in two threads at once, gives different chunks, or "
        "another order",
    )
    return chunks


def _parse(parser: Parser, asset: Asset, plugin: str) -> list[Chunk | Link]:
    stream = parser.parse(asset)
    require(
        isinstance(stream, Iterator),
        f"{plugin}.parse gives a {type(stream).__name__}, not an iterator",
        "Write it as a generator.",
    )
    return list(stream)


def _check_chunk(chunk: Chunk, asset: Asset, plugin: str) -> None:
    check_span(chunk.span, f"{plugin}: the {chunk.modality or '?'} chunk of {asset.name}")
    what = f"{plugin}: the {chunk.modality or '?'} chunk at {chunk.span} of {asset.name}"
    require(bool(chunk.modality), f"{what} has no modality")
    require(chunk.asset.id == asset.id, f"{what} belongs to another asset")
    is_whole = chunk.part is not None and chunk.part.modality == asset.modality
    require(
        bool(chunk.span) or is_whole,
        f"{what} has an empty span: evidence must say where it lies",
        "Span(chars=(0, n)) is the whole of a text.",
    )
    require(
        isinstance(chunk.text, str) and isinstance(chunk.context, str),
        f"{what} has words that are no str",
        'Use "" for none.',
    )
    require(
        chunk.part is not None or bool(chunk.words.strip()),
        f"{what} has neither a part nor words: nothing could find it",
    )
    if chunk.part is not None:
        lazy = isinstance(chunk.part.data, str | Path)
        require(
            lazy,
            f"{what} carries its content ({type(chunk.part.data).__name__})",
            "Refer to it: Part(modality, asset.path, span=...).",
        )
        check_span(chunk.part.span, f"{what}, its part")
    starts = [m.start for m in chunk.marks]
    require(starts == sorted(starts), f"{what} has marks out of order")
    for mark in chunk.marks:
        inside = 0 <= mark.start < mark.end <= len(chunk.text)
        require(
            inside,
            f"{what} marks characters {mark.start}-{mark.end} of a text of {len(chunk.text)}",
        )
        require(bool(mark.span), f"{what} has a mark that says no place")
        check_span(mark.span, f"{what}, a mark")
    check_json(chunk.meta, f"{what}: meta")


def _check_link(link: Link, plugin: str) -> None:
    what = f"{plugin}: the link to {link.target!r}"
    require(bool(link.target), f"{plugin} gave a link without a target")
    require(
        not link.target.startswith(("http:", "https:", "data:")),
        f"{what} is no file",
        "Links are between files; leave out the web.",
    )
    check_span(link.span, what)
