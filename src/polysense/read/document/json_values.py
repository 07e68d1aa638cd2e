"""Where the records of a JSON text stand: the elements of its lists, the fields of its objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from polysense.read.file.text import PASSAGE_WORDS, LineIndex, count_words
from polysense.types import Span

MAX_DEPTH = 50
"""Values within values that are taken apart; judged, not measured."""

_SPACE = re.compile(r"[ \t\r\n]*")
_HOLDS_CONTAINERS = re.compile(r'\[\s*[\[{]|\{[^{}\[\]]*?"\s*:\s*(?:\{|\[\s*[\[{])')
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """text[start:end] is a value, with its name where it has one, at `path`: "items[3].name"."""

    path: str
    start: int
    end: int


def json_records(text: str) -> list[JsonRecord]:
    """The records of a JSON text, in order: elements of lists, and the fields of objects around
    them. One that is longer than a passage is taken apart itself.

    Raises ValueError, RecursionError where the text is no JSON.

    >>> text = '{"v": 1, "crates": [{"id": 7}, {"id": 8}]}'
    >>> [(r.path, text[r.start : r.end]) for r in json_records(text)]
    [('v', '"v": 1'), ('crates[0]', '{"id": 7}'), ('crates[1]', '{"id": 8}')]
    """
    start = _skip(text, 1 if text.startswith("\ufeff") else 0)
    records = list(_split(text, start, "", 0)) if text[start : start + 1] in ("[", "{") else []
    if not records:
        _DECODER.raw_decode(text, start)
    return records


def record_spans(text: str, records: Sequence[JsonRecord]) -> list[Span]:
    """The places of records: their lines; where two stand on one, paths and characters too."""
    lines_of = LineIndex(text).lines_of
    lines = [lines_of(r.start, r.end) for r in records]
    on_one_line = [pair for pair in lines if pair[0] == pair[1]]
    if len(on_one_line) == len(set(on_one_line)):
        return [Span(lines=pair) for pair in lines]
    return [
        Span(lines=pair, node=r.path, chars=(r.start, r.end))
        for r, pair in zip(records, lines, strict=True)
    ]


def _split(text: str, at: int, path: str, depth: int) -> Iterator[JsonRecord]:
    """The records of the list or object that begins at `at`; ends behind it."""
    is_list = text[at] == "["
    closing, position, index = "]" if is_list else "}", _skip(text, at + 1), 0
    while text[position : position + 1] != closing:
        if index:
            position = _skip(text, _expect(text, position, ","))
        start = position
        name = f"{path}[{index}]"
        if not is_list:
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _expect(text, _skip(text, position), ":"))
            name = child_path(path, str(key))
        end = _DECODER.raw_decode(text, position)[1]
        goes_on = not is_list and "[" not in path and _HOLDS_CONTAINERS.match(text, position)
        if text[position] in "[{" and depth < MAX_DEPTH and (goes_on or _is_long(text[start:end])):
            yield from _split(text, position, name, depth + 1)
        else:
            yield JsonRecord(name, start, end)
        position, index = _skip(text, end), index + 1


def _is_long(record: str) -> bool:
    """Whether a record has more words than a passage, each of which is a character at least."""
    return len(record) > PASSAGE_WORDS and count_words(record.replace(",", ", ")) > PASSAGE_WORDS


def child_path(path: str, key: str) -> str:
    """The path of a field by its name.

    >>> child_path("items[3]", "name"), child_path("", "last name")
    ('items[3].name', '["last name"]')
    """
    if not _PLAIN_NAME.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _expect(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise json.JSONDecodeError(f"no {mark}", text, at)
    return at + 1
