"""Tables that go on over the end of a page."""

from __future__ import annotations

from pathlib import Path

from tests.read.document.pdf.test_parser import make, read, words

from polysense.read.table.table_pieces import table_of
from polysense.types import Chunk

HEAD = ("Order", "City", "Pieces", "Item")


def page(first: int, with_head: bool, below: str = "", head: tuple[str, ...] = HEAD) -> str:
    rows = [(f"Order {n}", "Riga", str(n), "mug") for n in range(first, first + 14)]
    printed = ""
    for y, row in enumerate(([head] if with_head else []) + rows):
        printed += "".join(words(v, 45 + 80 * i, 440 - 12 * y) for i, v in enumerate(row))
    return printed + (words(below, 45, 200) if below else "")


def tables(*pages: str, folder: Path) -> list[Chunk]:
    return [c for c in read(make(folder / "a.pdf", *pages)) if c.modality == "table"]


def test_a_table_goes_on_with_or_without_its_heads(tmp_path: Path) -> None:
    """The rows below belong to one table, and are told by its heads."""
    for with_head in (True, False):
        a, b = tables(page(1, True), page(15, with_head), folder=tmp_path)
        assert table_of(b) == table_of(a) == a.id
        assert "Order: Order 15; City: Riga; Pieces: 15; Item: mug" in b.text


def test_another_table_is_its_own(tmp_path: Path) -> None:
    """Words below the first, or other heads over the second."""
    for pages in (
        (page(1, True, "All of them came in by post."), page(15, False)),
        (page(1, True), page(15, True, head=("Ship", "Home", "Guns", "Flag"))),
    ):
        a, b = tables(*pages, folder=tmp_path)
        assert table_of(b) in ("", b.id) != table_of(a)
