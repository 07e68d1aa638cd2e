"""What a section is: a heading's, or a run of neighbouring places."""

from __future__ import annotations

import pytest

from polysense.retrieve.sections import section_of
from polysense.types import Asset, Chunk, Span

ASSET = Asset("0" * 32, "/kb/manual", "", "text", 1)


def chunk(span: Span, context: str = "", asset: Asset = ASSET) -> Chunk:
    return Chunk(asset, span, "text", text="words", context=context)


def test_headings_tell_sections_apart() -> None:
    """Also on one page; the title of the file alone is none."""
    pump = section_of(chunk(Span(page=3), "Manual > Pump"))
    assert pump == section_of(chunk(Span(page=4, chars=(0, 9)), "Manual > Pump"))
    assert pump != section_of(chunk(Span(page=3), "Manual > Filter"))
    assert section_of(chunk(Span(page=3), "Manual")) == section_of(chunk(Span(page=4)))


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (Span(page=2), Span(page=9)),
        (Span(lines=(90, 95)), Span(lines=(900, 901))),
        (Span(seconds=(60.0, 70.0)), Span(seconds=(900.0, 910.0))),
        (Span(cells="Sheet!A40:C44"), Span(cells="Sheet!A400:C401")),
        (Span(chars=(900, 990)), Span(chars=(90_000, 90_100))),
    ],
)
def test_a_section_is_no_longer_than_is_read_at_once(near: Span, far: Span) -> None:
    """Whatever tells places apart, and though one heading stands above all of it."""
    first = {
        "page": Span(page=1),
        "lines": Span(lines=(1, 4)),
        "seconds": Span(seconds=(0.0, 5.0)),
        "cells": Span(cells="Sheet!A1:C4"),
        "chars": Span(chars=(0, 9)),
    }[next(iter(near.to_dict()))]
    for context in ("", "Manual > Faults"):
        one = section_of(chunk(first, context))
        assert section_of(chunk(near, context)) == one
        assert section_of(chunk(far, context)) != one


def test_two_files_share_no_section() -> None:
    """Nor do two chapters of a book that both begin at line 1."""
    other = Asset("1" * 32, "/kb/other", "", "text", 1)
    assert section_of(chunk(Span(page=1))) != section_of(chunk(Span(page=1), asset=other))
    chapters = (Span(lines=(1, 2), node=f"{n}.xhtml") for n in (1, 2))
    assert len({section_of(chunk(s)) for s in chapters}) == 2
