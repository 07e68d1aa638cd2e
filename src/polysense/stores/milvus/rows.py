"""Where a library lies in Milvus, and its rows as the fields of a collection, and back.

Two facts of Milvus decide the form: a string holds 65,535 bytes at most, so what a chunk says is
one JSON text cut into an array; and what a missing value compares to differs between versions, so
there are none: a number that does not apply is ABSENT.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from polysense.columns import FILTER_COLUMNS
from polysense.errors import BadConfig
from polysense.protocols import Match
from polysense.stores.rows import CHUNK_COLUMNS, COLUMNS

TOKEN = "POLYSENSE_MILVUS_TOKEN"
"""The variable that holds "user:password" or an API key, where the address holds none."""

ABSENT = -1_000_000_000
"""What numbers of a chunk (a page, a second) are where they do not apply."""

NULLABLE = frozenset(c.name for c in FILTER_COLUMNS.values() if c.is_optional)
"""Columns of which a chunk may have none."""

BODY_COLUMNS = (*CHUNK_COLUMNS, "schema")
"""What the body of a chunk's row holds."""

MAX_STRING_CHARACTERS = 16_000
"""Characters of a string: in UTF-8 always below the 65,535 bytes that a field takes."""

MAX_WORDS_CHARACTERS = 4 * MAX_STRING_CHARACTERS
"""Characters of index_words, which are ASCII, that a field takes."""

BATCH_ROWS, BATCH_CHARACTERS = 500, 8_000_000
"""Rows and characters of one message, below the 64 MB that a server takes; judged."""

META_CHARACTERS = 15_000
"""Characters of meta that filters see, in UTF-8 below the 65,536 bytes that a JSON field takes."""

EMPTY_WORDS = "e3b0c44298fc1c14"
"""The index of words takes no empty text; nobody asks for this."""

_WORD = re.compile(r"[^\W_]+")
_ADDRESS_OPTIONS = {"secure", "database", "token", "ca"}
_ADDRESS_HINT = (
    "Write milvus://host:19530/name, milvus://user:password@host:19530/name?secure=true, or "
    "milvus:///folder/file.db for Milvus Lite."
)


@dataclass(frozen=True, slots=True)
class Address:
    """A server, or a file of Milvus Lite, and the library's name there. Shown, it has no secrets.

    >>> Address.parse("root:secret@db.local:19530/kb?secure=true")
    Address(uri='https://db.local:19530', name='kb', database='', ca='')
    """

    uri: str
    name: str
    token: str = field(default="", repr=False)
    database: str = ""
    ca: str = ""

    @classmethod
    def parse(cls, path: str, environment: Mapping[str, str] = os.environ) -> Address:
        """Read what follows milvus://. Raises BadConfig."""
        try:
            parts = urlsplit(f"//{path}")
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
            host, port = parts.hostname, parts.port or 19530
        except ValueError as e:
            raise BadConfig(f"this is no address of a Milvus library: {e}", _ADDRESS_HINT) from e
        if unknown := set(options) - _ADDRESS_OPTIONS:
            raise BadConfig(
                f"a Milvus address has no {', '.join(sorted(unknown))}",
                f"Options: {', '.join(sorted(_ADDRESS_OPTIONS))}.",
            )
        if not host:
            if not parts.path.endswith(".db"):
                raise BadConfig(f"a file of Milvus Lite ends in .db: {path}", _ADDRESS_HINT)
            return cls(unquote(parts.path), "polysense")
        name = unquote(parts.path.strip("/")) or "polysense"
        token = (
            options.get("token")
            or unquote(parts.netloc.rpartition("@")[0])
            or environment.get(TOKEN, "")
        )
        secure = options.get("secure", "false").lower() in ("true", "1", "yes")
        uri = f"{'https' if secure else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
        return cls(uri, name, token, options.get("database", ""), options.get("ca", ""))

    @property
    def is_lite(self) -> bool:
        """Whether it is a file on this machine."""
        return "://" not in self.uri

    def collection(self, what: str, space: str = "") -> str:
        """The name of one of the library's collections."""
        # other letters are written as their numbers, so that names stay apart
        return "_".join(filter(None, (_identifier(self.name), what, _identifier(space))))


def _identifier(name: str) -> str:
    return "".join(
        c if c.isascii() and c.isalnum() and (i or c.isalpha()) else f"_{ord(c):x}_"
        for i, c in enumerate(name)
    )


def filter_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The filter columns of a row as a collection keeps them."""
    fields: dict[str, Any] = {}
    for name, column in FILTER_COLUMNS.items():
        value, kind = row[name], column.type
        if kind is dict:
            fields[name] = _filterable_meta(value)
        elif kind is str:
            fields[name] = value[:MAX_STRING_CHARACTERS]
        else:
            fields[name] = kind(ABSENT if value is None and name in NULLABLE else value or 0)
    return fields


def chunk_entity(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the collection of chunks; words beyond MAX_WORDS_CHARACTERS are not searched."""
    body = json.dumps({c: row[c] for c in BODY_COLUMNS}, ensure_ascii=False, separators=(",", ":"))
    strings = [
        body[i : i + MAX_STRING_CHARACTERS] for i in range(0, len(body), MAX_STRING_CHARACTERS)
    ]
    return filter_fields(row) | {
        "body": strings,
        "words": _truncate(index_words(row["words"])),
    }


def row_from_entity(entity: Mapping[str, Any], columns: Sequence[str] = ()) -> dict[str, Any]:
    """These columns of a chunk (all, where none are named) out of what a collection gives back."""
    body = json.loads("".join(entity["body"])) if "body" in entity else {}
    row: dict[str, Any] = {}
    for name in columns or COLUMNS:
        value = body[name] if name in body else entity.get(name)
        row[name] = None if name in NULLABLE and value is not None and value <= ABSENT else value
    return row


def fields_of_columns(columns: Sequence[str]) -> list[str]:
    """The fields that these columns are read from."""
    names = list(columns or COLUMNS)
    direct = [c for c in names if c in FILTER_COLUMNS and c != "meta"]
    return [
        *direct,
        *(["words"] if "words" in names else []),
        *(["body"] if set(names) - set(direct) - {"words"} else []),
    ]


def index_words(words: str) -> str:
    """Analysed words as the index keeps them: letters and digits that every tokenizer leaves whole.

    >>> index_words("run 收 据 收据")
    'run u6536 u636e u6536636e'
    """
    return " ".join(
        w if w.isascii() else "u" + w.encode("utf-16-be", "replace").hex()
        for w in _WORD.findall(words.lower())
    )


def _truncate(words: str) -> str:
    if len(words) > MAX_WORDS_CHARACTERS:
        return words[: words.rfind(" ", 0, MAX_WORDS_CHARACTERS)]
    return words or EMPTY_WORDS


def _filterable_meta(meta: str) -> dict[str, Any]:
    """What filters see of a chunk's meta: plain values, the shortest first, as many as fit."""
    values: dict[str, Any] = {}
    room = META_CHARACTERS
    plain = (
        (k, v if isinstance(v, str | int | float | bool) else json.dumps(v))
        for k, v in json.loads(meta or "{}").items()
    )
    for key, value in sorted(plain, key=lambda item: len(str(item[1]))):
        room -= len(key) + len(str(value)) + 8
        if room < 0:
            break
        if value != "null" and not (isinstance(value, int) and abs(value) >= 1 << 63):
            values[key] = value
    return values


def row_batches(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows in messages that a server takes."""
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += (
            len(row.get("words", ""))
            + sum(map(len, row.get("body", ())))
            + 16 * len(row.get("vector", ()))
        )
        if len(batch) >= BATCH_ROWS or size > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def id_batches(ids: Sequence[str], size: int = BATCH_ROWS) -> Iterator[list[str]]:
    """Distinct ids, some at a time."""
    distinct = list(dict.fromkeys(ids))
    for i in range(0, len(distinct), size):
        yield distinct[i : i + size]


def rank_hits(hits: Sequence[Mapping[str, Any]]) -> list[Match]:
    """Best first; equal scores by id, so that the same query gives the same order."""
    matches = (
        Match(str(h["id"]), float(h["distance"]), str(h["entity"]["modality"])) for h in hits
    )
    return sorted(matches, key=lambda m: (-m.score, m.id))
