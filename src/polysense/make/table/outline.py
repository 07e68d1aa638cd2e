"""What a program defines, as a table: each function and class with signature, lines and summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from polysense.make.table.csv_part import MOST_ROWS, file_name, table
from polysense.protocols import Generator
from polysense.read.code import syntax
from polysense.read.code.syntax import Definition
from polysense.read.file import text
from polysense.read.file.parts import missing_file
from polysense.types import Evidence, Modality, Part, Query

_COMMENT = re.compile(
    r"^\s*(?:#!?|//[/!]?|--|;+|\*+(?!/)|/\*+!?|\(\*)\s?(.*?)\s*(?:\*+/|\*\))?\s*$"
)
_STRING = re.compile(r'^\s*[rRuUbB]{0,2}("""|\'\'\'|"|\')(.*)$')

# Bounds, judged, not measured.
_COMMENT_LINES = 40  # lines from a definition's beginning, and its docstring's, that are looked at
_HEAD_LINES = 60  # lines that decorators before `def` and `class` may take
_MOST_CHARACTERS = 200  # characters of documentation
_WIDE_EVIDENCE = 4  # evidence of so many times a definition's lines does not mean that definition


class Outline(Generator):
    """The definitions in the file that evidence is from; column `cited` marks those in evidence."""

    accepts: frozenset[Modality] = frozenset({"code"})
    emits: Modality = "table"
    cost = 0.15

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        e = evidence[0]
        asset = e.hit.chunk.asset
        source = _source(e)
        suffix = asset.name.rsplit(".", 1)[-1].lower()
        definitions = list(_flatten(syntax.definitions(source, asset.mime, suffix), ()))
        if not definitions:
            return
        lines = source.split("\n")
        evidence_lines = [
            o.span.lines for o in evidence if o.hit.chunk.asset.id == asset.id and o.span.lines
        ]
        rows = [
            _row(d, trail, lines, evidence_lines, asset.name)
            for d, trail in definitions[:MOST_ROWS]
        ]
        meta: dict[str, Any] = {"evidence": [e.n]}
        if len(definitions) > MOST_ROWS:
            meta["note"] = f"The first {MOST_ROWS:,} of {len(definitions):,}."
        columns = ["kind", "name", "signature", "lines", "documentation", "cited"]
        yield table(columns, rows, file_name(e, "outline"), meta)


def _source(e: Evidence) -> str:
    """The whole file's text."""
    chunk = e.hit.chunk
    data = chunk.part.data if chunk.part else e.part.data
    path = chunk.asset.path or (data if isinstance(data, Path) else None)
    if path is not None:
        if not path.is_file():
            raise missing_file(chunk.asset.name)
        return text.read_text(path)
    if isinstance(data, bytes):
        return data.decode("utf-8", "replace")
    return data if isinstance(data, str) and not chunk.span else ""


def _flatten(
    definitions: Sequence[Definition], trail: tuple[str, ...]
) -> Iterator[tuple[Definition, tuple[str, ...]]]:
    for d in definitions:
        yield d, trail
        yield from _flatten(d.children, (*trail, d.name))


def _row(
    d: Definition,
    trail: tuple[str, ...],
    lines: Sequence[str],
    evidence_lines: Sequence[tuple[int, int]],
    name: str,
) -> list[str]:
    first, last = d.first + 1, d.last + 1
    widest = _WIDE_EVIDENCE * (last - first + 1)
    is_in_evidence = any(a <= last and first <= b and b - a < widest for a, b in evidence_lines)
    place = f"L{first}-{last}" if last > first else f"L{first}"
    signature = re.sub(r":\s*#.*$", "", d.signature)
    return [
        d.kind,
        ".".join((*trail, d.name)),
        signature,
        f"{first}-{last}",
        _documentation(d, lines),
        "yes" if is_in_evidence else "",
        name,
        place,
    ]


def _documentation(d: Definition, lines: Sequence[str]) -> str:
    """The first line of the comment right above it, else of its docstring."""
    for line in lines[d.first : min(d.last + 1, d.first + _COMMENT_LINES)]:
        m = _COMMENT.match(line)
        if m:
            if re.search(r"\w{2}", m[1]) and not m[1].startswith(("[", "type:", "noqa")):
                return _short(m[1])
            continue
        if line.strip() and not line.lstrip().startswith("@"):
            break
    after = next(
        (
            n
            for n in range(d.first, min(d.last + 1, d.first + _HEAD_LINES))
            if re.match(r"\s*(?:async\s+def|def|class)\b", lines[n])
        ),
        None,
    )
    if after is None:
        return ""
    for n in range(after + 1, min(d.last + 1, after + _COMMENT_LINES)):
        if m := _STRING.match(lines[n]):
            next_line = lines[n + 1].strip() if n + 1 < len(lines) else ""
            return _short(m[2].split(m[1])[0].strip() or next_line)
        if lines[n - 1].rstrip().endswith(":") and lines[n].strip():
            break
    return ""


def _short(words: str) -> str:
    words = " ".join(words.split())
    if len(words) <= _MOST_CHARACTERS:
        return words
    return words[:_MOST_CHARACTERS].rsplit(" ", 1)[0] + " …"
