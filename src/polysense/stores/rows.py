"""A chunk as a flat row, and back: the columns that every store keeps (`polysense.columns` has
those that filters may name).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.columns import FILTER_COLUMNS, to_json, without_surrogates
from polysense.read.file.mime import modality_of
from polysense.read.language.analysis import analyse
from polysense.types import Asset, Chunk, Part, Span, TextSpan

SCHEMA = 3
"""Of a library: of its rows, of what is in them, and of its manifest. To be raised when a column is
added, or when what one is made of changes (the analysis of words): libraries made before are then
written again, row by row, by the next run (`polysense.ingest.migrate`).
"""

BODY_COLUMNS: Mapping[str, type] = {
    "span": str,
    "asset_modality": str,
    "part_mime": str,
    "part_span": str,
    "text": str,
    "context": str,
    "marks": str,
    "words": str,
    "schema": int,
}
"""Columns of the chunks table alone; schema is SCHEMA as it was when the row was written."""

COLUMNS: Mapping[str, type] = {**{n: c.type for n, c in FILTER_COLUMNS.items()}, **BODY_COLUMNS}
"""All columns of the chunks table."""

CHUNK_COLUMNS = tuple(
    c
    for c in COLUMNS
    if c not in {"name", "folder", "lang", "page", "begins", "ends", "line", "words", "schema"}
)
"""Columns that `chunk_from_row` reads; the others only repeat, for filters and for the index of
words, what these say.
"""


def filter_row(chunk: Chunk) -> dict[str, Any]:
    """The filter columns of a chunk."""
    return {name: column.value(chunk) for name, column in FILTER_COLUMNS.items()}


def chunk_row(chunk: Chunk) -> dict[str, Any]:
    """The whole row of a chunk; `words` is what the lexical index reads."""
    text = "" if chunk.is_page else f"{chunk.asset.name}\n{chunk.words}"
    return filter_row(chunk) | {
        "span": to_json(chunk.span.to_dict()),
        "asset_modality": chunk.asset.modality,
        "part_mime": chunk.part.mime if chunk.part else "",
        "part_span": to_json(chunk.part.span.to_dict()) if chunk.part else "",
        "text": without_surrogates(chunk.text),
        "context": without_surrogates(chunk.context),
        "marks": to_json([[m.start, m.end, m.span.to_dict()] for m in chunk.marks])
        if chunk.marks
        else "",
        "words": without_surrogates(analyse(text, str(chunk.meta.get("lang", "")))),
        "schema": SCHEMA,
    }


def chunk_from_row(row: Mapping[str, Any]) -> Chunk:
    """The chunk of a row. Its part points at the asset's file.

    A row that was written before there was a column for it has its asset's modality by the type of
    the file, as the catalogue has it.
    """
    path = None if "!/" in row["uri"] else Path(row["uri"])
    meta = {"created": row["created"], "modified": row["modified"]}
    asset_modality = row.get("asset_modality")
    asset = Asset(
        id=row["asset"],
        uri=row["uri"],
        mime=row["mime"],
        modality=modality_of(row["mime"]) if asset_modality is None else asset_modality,
        size=row["size"] or 0,
        meta=meta,
        path=path,
    )
    part = None
    if row["native"]:
        part_span = Span.from_dict(json.loads(row["part_span"] or "{}"))
        part = Part(
            row["native"],
            path or row["uri"],
            mime=row["part_mime"],
            name=asset.name,
            span=part_span,
        )
    return Chunk(
        asset=asset,
        span=Span.from_dict(json.loads(row["span"])),
        modality=row["modality"],
        part=part,
        text=row["text"],
        context=row["context"],
        marks=tuple(
            TextSpan(a, b, Span.from_dict(s)) for a, b, s in json.loads(row["marks"] or "[]")
        ),
        meta=json.loads(row["meta"] or "{}"),
    )


def sql_list(ids: Sequence[str]) -> str:
    """A list for SQL's IN."""
    return "(" + ", ".join("'" + i.replace("'", "''") + "'" for i in ids) + ")"
