"""The columns of a chunk: what `where` may name, and what stores keep for it, in one table.

A new column is one line here. Filters, rows, the schemas of stores and the list in the documents
are read from it; a library made before has it after the next write (`polysense.ingest.migrate`).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from polysense.types import Chunk

Kind = Literal["text", "whole number", "number", "time", "values"]
"""What a column's values are: time is text in ISO 8601, UTC; values are a chunk's own, in JSON."""

TYPES: Mapping[Kind, type] = {
    "text": str,
    "whole number": int,
    "number": float,
    "time": str,
    "values": dict,
}
"""The Python type of each kind; dict stands for JSON text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    name is what stores call it, where what users call it ("" where they cannot name it); value
    takes it out of a chunk. is_optional where a chunk may have none: then it is None.
    """

    name: str
    kind: Kind
    value: Callable[[Chunk], Any]
    meaning: str
    where: str = ""
    is_optional: bool = False

    @property
    def type(self) -> type:
        """The Python type of its values."""
        return TYPES[self.kind]


def _seconds(index: int) -> Callable[[Chunk], float | None]:
    return lambda c: c.span.seconds[index] if c.span.seconds else None


def _asset_time(name: str) -> Callable[[Chunk], str]:
    return lambda c: str(c.asset.meta.get(name, ""))


def without_surrogates(text: str) -> str:
    """Without lone surrogates, which no store can write."""
    return (
        text.encode("utf-8", "replace").decode()
        if any("\ud800" <= c <= "\udfff" for c in text)
        else text
    )


def unicode_forms(text: str) -> tuple[str, ...]:
    """A text as it stands, and the other Unicode forms that it may be stored in, each once.

    >>> unicode_forms("plan.txt"), [len(form) for form in unicode_forms("ä.txt")]
    (('plan.txt',), [5, 6])
    """
    if text.isascii():
        return (text,)
    forms = (unicodedata.normalize(form, text) for form in ("NFKC", "NFC", "NFD"))
    return tuple(dict.fromkeys((text, *forms)))


def to_json(value: Any) -> str:
    """A value as compact JSON text."""
    return without_surrogates(
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    )


def _uri(chunk: Chunk) -> str:
    return without_surrogates(chunk.asset.uri)


def _composed(text: str) -> str:
    """Names in one form: some file systems take letters and their accents apart."""
    return without_surrogates(unicodedata.normalize("NFKC", text))


def _name(chunk: Chunk) -> str:
    return _composed(chunk.asset.name)


def _folder(chunk: Chunk) -> str:
    return _composed(chunk.asset.folder)


def _native(chunk: Chunk) -> str:
    return chunk.part.modality if chunk.part else ""


def _language(chunk: Chunk) -> str:
    return str(chunk.meta.get("lang", ""))


def _line(chunk: Chunk) -> int | None:
    return chunk.span.lines[0] if chunk.span.lines else None


_COLUMNS = (
    Column("id", "text", lambda c: c.id, "the chunk"),
    Column("asset", "text", lambda c: c.asset.id, "the file's content"),
    Column("modality", "text", lambda c: c.modality, "what the evidence is", "modality"),
    Column("uri", "text", _uri, "the file's address", "uri"),
    Column("name", "text", _name, "the file's name", "name"),
    Column("folder", "text", _folder, "the name of the folder that holds the file", "folder"),
    Column("mime", "text", lambda c: c.asset.mime, "the file's type", "mime"),
    Column("native", "text", _native, "the modality of the content beside the words"),
    Column("lang", "text", _language, "the language of the words, ISO 639-1", "lang"),
    Column("page", "whole number", lambda c: c.span.page, "from 1", "page", True),
    Column("begins", "number", _seconds(0), "seconds from the beginning", "start", True),
    Column("ends", "number", _seconds(1), "seconds from the beginning", "end", True),
    Column("line", "whole number", _line, "the first of the chunk, from 1", "line", True),
    Column("size", "whole number", lambda c: c.asset.size, "bytes of the file", "size"),
    Column("created", "time", _asset_time("created"), "when the file was made", "created"),
    Column("modified", "time", _asset_time("modified"), "when the file changed", "modified"),
    Column("meta", "values", lambda c: to_json(dict(c.meta)), "the chunk's own values"),
)

FILTER_COLUMNS: Mapping[str, Column] = {c.name: c for c in _COLUMNS}
"""What filters can name, by its name in stores, and what they need beside; every table of vectors
repeats them.
"""

WHERE_COLUMNS: Mapping[str, Column] = {c.where: c for c in _COLUMNS if c.where}
"""What `where` can name, by its name there; meta.NAME is the chunk's own value of that name."""


def describe_columns() -> str:
    """The columns of `where` with their types, in words.

    >>> describe_columns().split("; ")[1]
    'whole numbers: page, line, size'
    """
    by_kind: dict[str, list[str]] = {}
    for name, column in WHERE_COLUMNS.items():
        by_kind.setdefault(column.kind, []).append(name)
    labels = {
        "text": "text",
        "whole number": "whole numbers",
        "number": "numbers",
        "time": "times, such as '2026-01-31'",
    }
    return "; ".join(f"{labels[kind]}: {', '.join(names)}" for kind, names in by_kind.items())
