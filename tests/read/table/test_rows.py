"""Rows of many cells."""

from __future__ import annotations

import time

from polysense.read.table.rows import Table
from polysense.types import Asset, Link

ASSET = Asset("0" * 32, "/a/t.csv", "text/csv", "table", 1)


def links(row: list[str]) -> list[Link]:
    return [item for item in Table(ASSET, "t").chunks([(1, row)]) if isinstance(item, Link)]


def test_a_row_of_files_costs_little() -> None:
    """What a link says of the rest of the row is bounded before it is put together."""
    began = time.process_time()
    all_links = links(["word " * 50_000, *["a.png"] * 15_000])
    assert len(all_links) == 15_000
    assert len(all_links[0].words.split()) == 60
    assert time.process_time() - began < 10


def test_documents_and_sounds_are_files_too() -> None:
    assert [link.target for link in links(["a.docx", "b.opus", "c.txt"])] == [
        "/a/a.docx",
        "/a/b.opus",
    ]
