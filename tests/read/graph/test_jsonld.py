"""JSON-LD is read without the network."""

from __future__ import annotations

from typing import Any

import pytest

from polysense.errors import TooLarge
from polysense.read.graph.jsonld import MAX_DEPTH, with_local_contexts


def addresses(value: Any) -> list[str]:
    """What a reader of JSON-LD would fetch: contexts that are strings, and imports."""
    if isinstance(value, list):
        return [a for v in value for a in addresses(v)]
    if not isinstance(value, dict):
        return []
    fetched = [
        c
        for key in ("@context", "@import")
        for c in (value[key] if isinstance(value.get(key), list) else [value.get(key)])
        if isinstance(c, str)
    ]
    return fetched + [a for v in value.values() for a in addresses(v)]


@pytest.mark.parametrize(
    "document",
    [
        {"@context": "https://schema.org", "name": "Ann"},
        {"@context": ["https://schema.org", {"n": "https://e/n"}], "name": "Ann"},
        {"@context": {"@import": "https://e/c", "n": "https://e/n"}, "n": "Ann"},
        {"@context": {"Mill": {"@id": "e", "@context": "https://e/c"}}},
        [{"inner": [{"@context": "https://schema.org"}]}],
    ],
)
def test_nothing_is_left_to_fetch(document: Any) -> None:
    """However deep a context stands: a file must not make the program call an address."""
    assert addresses(document)
    assert not addresses(with_local_contexts(document))


def test_the_rest_stays_as_it_was() -> None:
    """Terms that the document itself defines, and what it says."""
    document = {"@context": {"n": "https://e/n"}, "n": ["Ann", {"@id": "_:b"}], "k": None}
    assert with_local_contexts(document) == document


def test_depth_is_bounded() -> None:
    """A document nested without end is refused, not followed."""
    deep: Any = {}
    for _ in range(MAX_DEPTH + 2):
        deep = {"inner": deep}
    with pytest.raises(TooLarge):
        with_local_contexts(deep)
