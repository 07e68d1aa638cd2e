"""What a program defines, as a table: every function and class with its signature, lines and first
line of documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from polysense.errors import NotFound
from polysense.make.table.csv_part import MOST_ROWS, named, table
from polysense.protocols import Generator
from polysense.read.code import syntax
from polysense.read.code.syntax import Definition
from polysense.read.file import text
from polysense.types import Evidence, Modality, Part, Query

_COMMENT = re.compile(
    r"^\s*(?:#!?|//[/!]?|--|;+|\*+(?!/)|/\*+!?|\(\*)\s?(.*?)\s*(?:\*+/|\*\))?\s*$"
)
_QUOTED = re.compile(r'^\s*[rRuUbB]{0,2}("""|\'\'\'|"|\')(.*)$')


class Outline(Generator):
    """The definitions in the file that evidence is from, those that it covers marked in column
    `cited`.
    """

    accepts: frozenset[Modality] = frozenset({"code"})
    emits: Modality = "table"
    cost = 0.15

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        e = evidence[0]
        asset = e.hit.chunk.asset
        source = _source(e)
        found = list(
            _flat(syntax.definitions(source, asset.mime, asset.name.rsplit(".", 1)[-1].lower()), ())
        )
        if not found:
            return
        lines = source.split("\n")
        cited = [
            o.span.lines for o in evidence if o.hit.chunk.asset.id == asset.id and o.span.lines
        ]
        rows = [_row(d, trail, lines, cited, asset.name) for d, trail in found[:MOST_ROWS]]
        meta = {"evidence": [e.n]} | (
            {"note": f"The first {MOST_ROWS:,} of {len(found):,}."}
            if len(found) > MOST_ROWS
            else {}
        )
        yield table(
            ["kind", "name", "signature", "lines", "documentation", "cited"],
            rows,
            named(e, "outline"),
            meta,
        )


def _source(e: Evidence) -> str:
    """The whole file's words."""
    chunk = e.hit.chunk
    own = chunk.part.data if chunk.part else e.part.data
    path = chunk.asset.path or (own if isinstance(own, Path) else None)
    if path is not None:
        if not path.is_file():
            raise NotFound(
                f"{chunk.asset.name} is not there any more",
                "Put it back, or run `polysense index` again.",
            )
        return text.read(path)
    if isinstance(own, bytes):
        return own.decode("utf-8", "replace")
    return own if isinstance(own, str) and not chunk.span else ""


def _flat(
    found: Sequence[Definition], trail: tuple[str, ...]
) -> Iterator[tuple[Definition, tuple[str, ...]]]:
    for d in found:
        yield d, trail
        yield from _flat(d.inside, (*trail, d.name))


def _row(
    d: Definition,
    trail: tuple[str, ...],
    lines: Sequence[str],
    cited: Sequence[tuple[int, int]],
    name: str,
) -> list[str]:
    first, last = d.first + 1, d.last + 1
    hit = any(a <= last and first <= b and (b - a < 4 * (last - first + 1)) for a, b in cited)
    place = f"L{first}-{last}" if last > first else f"L{first}"
    signature = re.sub(r":\s*#.*$", "", d.signature)
    return [
        d.kind,
        ".".join((*trail, d.name)),
        signature,
        f"{first}-{last}",
        _documentation(d, lines),
        "yes" if hit else "",
        name,
        place,
    ]


def _documentation(d: Definition, lines: Sequence[str]) -> str:
    """The first line of its docstring, else of the comment right above it."""
    for line in lines[d.first : min(d.last + 1, d.first + 40)]:
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
            for n in range(d.first, min(d.last + 1, d.first + 60))
            if re.match(r"\s*(?:async\s+def|def|class)\b", lines[n])
        ),
        None,
    )
    if after is None:
        return ""
    for n in range(after + 1, min(d.last + 1, after + 40)):
        if m := _QUOTED.match(lines[n]):
            said = m[2].split(m[1])[0].strip() or (
                lines[n + 1].strip() if n + 1 < len(lines) else ""
            )
            return _short(said)
        if lines[n - 1].rstrip().endswith(":") and lines[n].strip():
            break
    return ""


def _short(said: str) -> str:
    said = " ".join(said.split())
    return said if len(said) <= 200 else said[:200].rsplit(" ", 1)[0] + " …"
