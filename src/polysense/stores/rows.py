"""A chunk as a flat row, and back: the columns that every store keeps, and filters may name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polysense.read.language.analysis import analyse
from polysense.types import Asset, Chunk, Part, Span, TextSpan

FILTER_COLUMNS: Mapping[str, type] = {
    "id": str,
    "asset": str,
    "uri": str,
    "name": str,
    "folder": str,
    "mime": str,
    "modality": str,
    "native": str,
    "lang": str,
    "page": int,
    "begins": float,
    "ends": float,
    "line": int,
    "size": int,
    "created": str,
    "modified": str,
    "meta": dict,
}
"""Columns that a filter can name, with their types; every vector table repeats them. created and
modified are ISO 8601, UTC.
"""

BODY_COLUMNS: Mapping[str, type] = {
    "span": str,
    "part_mime": str,
    "part_span": str,
    "text": str,
    "context": str,
    "marks": str,
    "words": str,
}
"""Columns of the chunks table alone."""

COLUMNS: Mapping[str, type] = {**FILTER_COLUMNS, **BODY_COLUMNS}
"""All columns of the chunks table."""

CHUNK_COLUMNS = tuple(
    c
    for c in COLUMNS
    if c not in {"name", "folder", "lang", "page", "begins", "ends", "line", "words"}
)
"""Columns that `chunk_from_row` reads; the others only repeat, for filters and for the index of
words, what these say.
"""


def _clean(text: str) -> str:
    """Without lone surrogates, which no store can write."""
    return (
        text.encode("utf-8", "replace").decode()
        if any("\ud800" <= c <= "\udfff" for c in text)
        else text
    )


def _json(value: Any) -> str:
    return _clean(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))


def filter_row(chunk: Chunk) -> dict[str, Any]:
    """The filter columns of a chunk."""
    asset, span = chunk.asset, chunk.span
    start, end = span.seconds or (None, None)
    return {
        "id": chunk.id,
        "asset": asset.id,
        "uri": _clean(asset.uri),
        "name": _clean(asset.name),
        "folder": _clean(asset.folder),
        "mime": asset.mime,
        "modality": chunk.modality,
        "native": chunk.part.modality if chunk.part else "",
        "lang": str(chunk.meta.get("lang", "")),
        "page": span.page,
        "begins": start,
        "ends": end,
        "line": span.lines[0] if span.lines else None,
        "size": asset.size,
        "created": str(asset.meta.get("created", "")),
        "modified": str(asset.meta.get("modified", "")),
        "meta": _json(dict(chunk.meta)),
    }


def chunk_row(chunk: Chunk) -> dict[str, Any]:
    """The whole row of a chunk; `words` is what the lexical index reads."""
    text = f"{chunk.asset.name}\n{chunk.words}"
    return filter_row(chunk) | {
        "span": _json(chunk.span.to_dict()),
        "part_mime": chunk.part.mime if chunk.part else "",
        "part_span": _json(chunk.part.span.to_dict()) if chunk.part else "",
        "text": _clean(chunk.text),
        "context": _clean(chunk.context),
        "marks": _json([[m.start, m.end, m.span.to_dict()] for m in chunk.marks])
        if chunk.marks
        else "",
        "words": _clean(analyse(text, str(chunk.meta.get("lang", "")))),
    }


def chunk_from_row(row: Mapping[str, Any]) -> Chunk:
    """The chunk of a row. Its part points at the asset's file."""
    path = None if "!/" in row["uri"] else Path(row["uri"])
    meta = {"created": row["created"], "modified": row["modified"]}
    modality = row["modality"]
    asset = Asset(
        id=row["asset"],
        uri=row["uri"],
        mime=row["mime"],
        modality=modality,
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
        modality=modality,
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
