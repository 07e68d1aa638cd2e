"""What is true of all in a part of a file: on a hidden sheet, on the page that is called "ii"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from polysense.types import Chunk, Link


def with_meta(items: Iterable[Chunk | Link], meta: Mapping[str, str]) -> Iterator[Chunk | Link]:
    """The items, each chunk with these further meta."""
    for item in items:
        if isinstance(item, Chunk) and meta:
            yield item.with_(meta={**item.meta, **meta})
        else:
            yield item
