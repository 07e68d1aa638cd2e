"""The indexes of a library in Azure AI Search, and its rows as their documents, and back.

A chunk's own values (`meta`) are kept as they are, and once more as a collection of terms that
filters see: for each its name, its type, and its value.
https://learn.microsoft.com/azure/search/search-what-is-an-index
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from polysense.columns import FILTER_COLUMNS
from polysense.errors import MissingDependency
from polysense.stores.rows import COLUMNS
from polysense.types import Space

OWN, WRITE_ID, VECTOR, PRESENCE = "own", "write_id", "vector", "is_present"
"""Fields beside the columns: terms of a chunk's own values, what wrote the document, and in an
index of vectors the vector, and whether there is one.
"""

METRICS: Mapping[str, str] = {"cosine": "cosine", "dot": "dotProduct"}
MAX_DIM = 4096
"""Numbers of a vector, by the service's own limit."""

MAX_TERM_BYTES = 32_000
"""Bytes of a text that filters see, below the 32,766 that the service takes."""

BATCH_ROWS, BATCH_CHARACTERS = 1000, 8_000_000
"""Documents of one request, the service's limit, and characters, half of the 16 MB it takes."""

PAGE_ROWS, BODY_PAGE_ROWS = 1000, 250
"""Documents of one answer, the service's limit, and where their texts come too; judged."""

GRAPH = {"m": 8, "efConstruction": 400, "efSearch": 500}
"""The service's graph of neighbours (HNSW): more links than its 4, its own lists. Judged."""

_TYPES = {str: "Edm.String", int: "Edm.Int64", float: "Edm.Double", dict: "Edm.String"}
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WORD = re.compile(r"[^\W_]+")
_FILTER_NAMES = frozenset(FILTER_COLUMNS) - {"meta"}


def index_definition(name: str, space: Space | None) -> dict[str, Any]:
    """The index of chunks, or of a space's vectors, as the service is told it.

    Raises MissingDependency for a space that it cannot keep.
    """
    columns = COLUMNS if space is None else {n: c.type for n, c in FILTER_COLUMNS.items()}
    fields = [_field(n, _TYPES[kind]) for n, kind in columns.items()]
    fields += [_field(OWN, "Collection(Edm.String)"), _field(WRITE_ID, "Edm.String")]
    definition: dict[str, Any] = {"name": name, "fields": fields}
    if space is None:
        return definition | {
            "similarity": {"@odata.type": "#Microsoft.Azure.Search.BM25Similarity"}
        }
    metric = vector_metric(space)
    vector = {
        "name": VECTOR,
        "type": "Collection(Edm.Single)",
        "searchable": True,
        "retrievable": True,
        "stored": True,
        "dimensions": space.dim,
        "vectorSearchProfile": "graph",
    }
    graph = {"name": "hnsw", "kind": "hnsw", "hnswParameters": {**GRAPH, "metric": metric}}
    profile = {"name": "graph", "algorithm": "hnsw"}
    fields += [_field(PRESENCE, "Edm.Boolean"), vector]
    return definition | {"vectorSearch": {"algorithms": [graph], "profiles": [profile]}}


def _field(name: str, kind: str) -> dict[str, Any]:
    is_filter = name in {*_FILTER_NAMES, OWN, WRITE_ID, PRESENCE}
    field: dict[str, Any] = {
        "name": name,
        "type": kind,
        "key": name == "id",
        "retrievable": name != OWN,
        "searchable": name == "words",
        "filterable": is_filter,
        "sortable": name == "id",
        "facetable": False,
    }
    # our words are analysed: they are parted at blanks, and stay as they are
    return field | ({"analyzer": "whitespace"} if name == "words" else {})


def vector_metric(space: Space) -> str:
    """The service's name for how a space compares. Raises MissingDependency."""
    hint = "Leave that encoder out, or keep the library in a folder: a LanceDB library does."
    if space.metric not in METRICS:
        raise MissingDependency(
            f"a library in Azure AI Search keeps no {space.metric} spaces, such as {space.name}",
            hint,
        )
    if not 2 <= space.dim <= MAX_DIM:
        raise MissingDependency(
            f"a library in Azure AI Search keeps vectors of 2 to {MAX_DIM} numbers, and those of "
            f"{space.name} have {space.dim}",
            hint,
        )
    return METRICS[space.metric]


def vector_numbers(vector: Any) -> list[float]:
    """A vector in as few digits as tell its numbers apart: half of what all 17 would be.

    >>> vector_numbers([0.1, 2])
    [0.1, 2.0]
    """
    return [float(str(x)) for x in np.asarray(vector, np.float32)]


def is_key(id: str) -> bool:
    """Whether an id may be a document's: a chunk's always may, which is 32 hex digits."""
    return bool(_KEY.fullmatch(id)) and not id.startswith("_")


def filter_fields(row: Mapping[str, Any], write_id: str) -> dict[str, Any]:
    """The fields of a row that filters see, and that are all of a vector's document beside it."""
    fields = {
        n: _shortened(row[n]) if isinstance(row[n], str) and n in _FILTER_NAMES else row[n]
        for n in FILTER_COLUMNS
    }
    return fields | {OWN: own_terms(row["meta"]), WRITE_ID: write_id}


def chunk_document(row: Mapping[str, Any], write_id: str) -> dict[str, Any]:
    """A document of the index of chunks."""
    return dict(row) | filter_fields(row, write_id) | {"words": index_words(row["words"])}


def index_words(words: str) -> str:
    """Analysed words as the index keeps them, and is asked for: no sign that its syntax knows.

    >>> index_words("get_http 收据的 *")
    'get http 收据的'
    """
    return " ".join(_WORD.findall(words))


def row_of(document: Mapping[str, Any], columns: Sequence[str] = ()) -> dict[str, Any]:
    """These columns of a chunk (all, where none are named) out of its document."""
    return {n: document.get(n) for n in columns or COLUMNS}


def own_terms(meta: str) -> list[str]:
    """What filters see of a chunk's own values: name; name and type; name, type and value.

    >>> own_terms('{"iso": 400}')
    ['iso', 'iso=float', 'iso=float=400']
    """
    terms: list[str] = []
    for name, value in json.loads(meta or "{}").items():
        kind = type_name(value)
        names = [
            own_term(name),
            *([own_term(name, kind), own_term(name, kind, value)] if kind else []),
        ]
        terms += [t for t in names if value is not None and t is not None]
    return terms


def type_name(value: Any) -> str:
    """The type by which a condition reads an own value; "" for what it compares with nothing."""
    if isinstance(value, bool):
        return "bool"
    return "float" if isinstance(value, int | float) else "string" if isinstance(value, str) else ""


def own_term(name: str, kind: str = "", value: Any = None) -> str | None:
    """The term of an own value, of its type, or of its being there; None for one too long."""
    if value is None:
        text = "=".join(filter(None, (_escaped(name), kind)))
    else:
        text = "=".join((_escaped(name), kind, _value_text(value)))
    return text if len(text.encode("utf-8", "replace")) <= MAX_TERM_BYTES else None


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("=", "\\e")


def _value_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else repr(value)


def _shortened(text: str) -> str:
    if len(text) * 4 <= MAX_TERM_BYTES:
        return text
    return text.encode("utf-8", "replace")[:MAX_TERM_BYTES].decode("utf-8", "ignore")


def document_batches(documents: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Documents in requests that the service takes."""
    batch: list[dict[str, Any]] = []
    size = 0
    for document in documents:
        length = len(json.dumps(document))
        if batch and (len(batch) >= BATCH_ROWS or size + length > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += length
    if batch:
        yield batch


def id_batches(ids: Iterable[str], size: int = BATCH_ROWS) -> Iterator[list[str]]:
    """Distinct ids, some at a time."""
    distinct = list(dict.fromkeys(ids))
    for i in range(0, len(distinct), size):
        yield distinct[i : i + size]
