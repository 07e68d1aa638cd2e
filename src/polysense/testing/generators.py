"""The check of generators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import get_args

from polysense.events import GenerationStep
from polysense.protocols import Generator
from polysense.testing.rules import (
    check_members,
    check_names,
    check_share,
    class_name,
    require,
)
from polysense.types import Asset, Chunk, Evidence, Hit, Origin, Part, Query, Span

_TIDES = ("High water is at noon.", "The moon pulls the sea.", "Low water follows six hours later.")


def check_generator(
    generator: Generator, evidence: Sequence[Evidence] = (), words: str = "When is high water?"
) -> list[Part]:
    """Check a generator on evidence, on the first piece of it, and on none.

    Gives the parts made of all. Three sentences are the evidence where none is given: give it some
    where it takes no text, or needs other forms, and a question in words that it answers.
    """
    plugin = class_name(generator)
    check_members(generator, Generator)
    check_names(generator.accepts, f"{plugin}.accepts")
    check_names(generator.needs, f"{plugin}.needs", non_empty=False)
    check_share(generator.cost, plugin)
    require(bool(generator.emits), f"{plugin}.emits names no modality")
    require(
        generator.origin in get_args(Origin),
        f"{plugin}.origin is {generator.origin!r}, none of {', '.join(get_args(Origin))}",
    )
    query, all_evidence = (
        (Part("text", words),),
        evidence or [_tide_evidence(n, sentence) for n, sentence in enumerate(_TIDES, 1)],
    )
    foreign = {e.hit.modality for e in all_evidence} - generator.accepts
    require(
        not foreign,
        f"{plugin} takes no {', '.join(sorted(foreign))}",
        "Give the check evidence of the modalities that it accepts.",
    )
    parts = _generate(generator, query, all_evidence, plugin)
    require(bool(parts), f"{plugin}.generate made nothing of evidence")
    require(
        generator.emits != "text" or bool(_citations(parts)),
        f"{plugin} answers without saying where from",
        "Cite evidence n as [n].",
    )
    _generate(generator, query, all_evidence[:1], plugin)
    _generate(generator, query, [], plugin)
    return parts


def _tide_evidence(n: int, sentence: str) -> Evidence:
    asset = Asset(f"{n:032x}", f"/contract/tides-{n}.txt", "text/plain", "text", len(sentence))
    chunk = Chunk(asset, Span(page=n, chars=(0, len(sentence))), "text", text=sentence)
    return Evidence(n, Hit(chunk, 1.0 / n), Part("text", sentence), chunk.span)


def _generate(
    generator: Generator, query: Query, evidence: Sequence[Evidence], plugin: str
) -> list[Part]:
    stream = generator.generate(query, evidence)
    require(
        isinstance(stream, Iterator),
        f"{plugin}.generate gives a {type(stream).__name__}, not an iterator",
        "Write it as a generator.",
    )
    parts = [item for item in stream if not isinstance(item, GenerationStep)]
    for part in parts:
        require(
            isinstance(part, Part),
            f"{plugin}.generate gave a {type(part).__name__}: only Part and GenerationStep may "
            "come out",
        )
        require(
            part.modality == generator.emits,
            f"{plugin} emits {generator.emits}, and made {part.modality}",
        )
    unknown_numbers = _citations(parts) - {e.n for e in evidence}
    require(
        not unknown_numbers,
        f"{plugin} cites {sorted(unknown_numbers)} where there are {len(evidence)} pieces of "
        "evidence",
    )
    return parts


def _citations(parts: Sequence[Part]) -> set[int]:
    """The numbers cited in the words of all parts together, and those that meta names."""
    # together: a stream may break off within a number
    text = "".join(p.data for p in parts if isinstance(p.data, str))
    return {int(n) for n in re.findall(r"\[(\d+)\]", text)}.union(
        *(p.meta.get("evidence", ()) for p in parts)
    )
