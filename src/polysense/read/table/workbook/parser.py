"""Workbooks: the tables on each sheet of an .xlsx, as a person sees them, and what is noted on
cells.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import here, open_zip
from polysense.read.file.placed_passages import placed_passages
from polysense.read.table.rows import Table, title_of, with_header
from polysense.read.table.workbook.sheet import Row, merged, merges, opened, read, regions
from polysense.types import Asset, Chunk, Link, Span


class WorkbookParser(Parser):
    """Excel workbooks: every table of every sheet, formulas as their stored values. Reads at most
    `cells` cells.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    )

    def __init__(self, *, cells: int = 1_000_000) -> None:
        self.cells = cells

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Sheet by sheet; a sheet that cannot be read is named in the Unreadable raised at the end."""
        path, left, lost = here(asset), self.cells, []
        open_zip(path).close()  # no bomb, no password
        with path.open("rb") as file, closing(opened(asset.name, file)) as book:
            for sheet in book.worksheets:
                try:
                    rows, cut = read(sheet, left)
                except Exception as e:  # noqa: BLE001 - openpyxl raises whatever broken XML leads it to
                    lost.append(f"{sheet.title}: {type(e).__name__} {e}")
                    continue
                left -= sum(len(r) for _, r in rows)
                yield from _sheet(asset, sheet.title, merged(rows, merges(path, sheet)))
                try:
                    yield from _comments(asset, path, sheet)
                except Exception as e:  # noqa: BLE001 - broken comments cost only themselves
                    lost.append(f"comments on {sheet.title}: {type(e).__name__} {e}")
                if cut:
                    lost.append(
                        f"{sheet.title}: only the first {self.cells:,} cells of the workbook were read"
                    )
                    break
        if lost:
            raise Unreadable(f"{asset.name}: {'; '.join(lost)}")


def _comments(asset: Asset, path: Path, sheet: Any) -> Iterator[Chunk]:
    """What people noted on cells, which openpyxl does not tell when it streams either."""
    from lxml import etree

    own = PurePosixPath(sheet._worksheet_path.lstrip("/"))
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    with open_zip(path) as book:
        names = frozenset(book.namelist())
        beside = f"{own.parent}/_rels/{own.name}.rels"
        for relation in etree.fromstring(book.read(beside), safe) if beside in names else ():
            target = posixpath.normpath(
                posixpath.join("/", own.parent, relation.get("Target", ""))
            ).lstrip("/")
            if not relation.get("Type", "").endswith("/comments") or target not in names:
                continue
            for comment in etree.fromstring(book.read(target), safe).iter("{*}comment"):
                words = "".join(t.text or "" for t in comment.iter("{*}t")).strip()
                place = Span(cells=f"{sheet.title}!{comment.get('ref', '')}", node="comment")
                for chunk in placed_passages(
                    asset, [(words, place)], place, f"{title_of(asset)} > {sheet.title}"
                ):
                    yield chunk.with_(modality="table")


def _sheet(asset: Asset, name: str, rows: Sequence[Row]) -> Iterator[Chunk | Link]:
    """The tables of a sheet. Words that stand alone become the title of what follows them; a table
    without header goes on the one above.
    """
    title = f"{title_of(asset)} > {name}"
    said, above = "", Table(asset, title)
    for left, found in regions(rows):
        table = Table(asset, f"{title} > {said}" if said else title, left=left, sheet=name)
        if len(found) == 1 or (len(found[0][1]) == 1 and len(found) < 4):
            table.schema = False
            yield from table.chunks(
                (n, [c if not i or c != r[i - 1] else "" for i, c in enumerate(r)])
                for n, r in found
            )
            words = dict.fromkeys(c for _, r in found for c in r if c)
            said = " ".join(words)[:200] if len(words) < 3 else ""
            continue
        if above.left == left and len(above.names) == len(found[0][1]):
            table.names = above.names
        yield from with_header(table, found)
        said, above = "", table
