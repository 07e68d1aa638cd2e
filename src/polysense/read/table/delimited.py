"""Delimited text (CSV and its kin) in whatever encoding and dialect, as a stream."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from polysense.read.file import text as texts

LINE = 1 << 20
"""Characters of a line that are read at once: what is longer is taken as several lines."""

_OPEN = 500  # lines a quoted cell may take; a quote that stays open for longer was none
_LOOK = 120  # lines looked at to find the delimiter


def read(path: Path, tabs: bool = False) -> Iterator[tuple[int, list[str]]]:
    """(line from 1, cells) of each record of a file; tabs where a tab is the likely delimiter."""
    source = lines(path)
    head = list(islice(source, _LOOK))
    return records(chain(head, source), *dialect(head, tabs))


def encoding(raw: bytes) -> str:
    """The encoding of words that begin with these bytes."""
    if name := texts.marked(raw):
        return name
    try:
        raw[:-4].decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as e:
        if e.reason == "unexpected end of data":
            return "utf-8"
    return texts.guessed(raw[: 1 << 16])


def lines(path: Path) -> Iterator[str]:
    """The lines of a file of words, in whatever encoding, with their ends; at most LINE characters
    at once.
    """
    with path.open("rb") as raw:
        head = raw.read(1 << 18)
        raw.seek(0)
        with io.TextIOWrapper(raw, encoding(head), "replace", newline=None) as text:
            while line := text.readline(LINE):
                yield line


def records(
    source: Iterator[str], delimiter: str, escape: str | None = None
) -> Iterator[tuple[int, list[str]]]:
    """(line from 1, cells) of each record of delimited text (RFC 4180); no cells for a blank line.

    A quote that is never closed is a character like any other, and costs one line only.
    """
    at = 1
    pending: deque[str] = deque()
    used: list[str] = []

    def feed() -> Iterator[str]:
        size = 0
        while line := pending.popleft() if pending else next(source, ""):
            size = len(line) + (size if used else 0)
            if len(used) >= _OPEN or (used and size > LINE):
                pending.appendleft(line)
                return
            used.append(line)
            yield line

    while True:
        used.clear()
        reader = csv.reader(feed(), delimiter=delimiter, escapechar=escape)
        try:
            for record in reader:
                if (
                    len(used) > 1
                    and sum(u.count('"') - u.count('\\"') * bool(escape) for u in used) % 2
                ):
                    break
                yield at, record
                at += len(used)
                used.clear()
        except csv.Error:
            pass
        if used:  # a stray quote: its first line as it stands, the others again
            pending.extendleft(reversed(used[1:]))
            yield at, used[0].rstrip("\n").split(delimiter)
            at += 1
        elif not pending:
            return


def dialect(head: Sequence[str], tabs: bool = False) -> tuple[str, str | None]:
    """(delimiter, escape character) under which the lines have most columns that agree.

    >>> dialect(["a;b;c\\n", "1,5;2;3\\n"])
    (';', None)
    """
    escape = "\\" if any('\\"' in line for line in head) else None
    preferred = "\t,;|" if tabs else ",;\t|"
    best, choice = (0.0, 0), preferred[0]
    for mark in preferred:
        widths = Counter(len(r) for _, r in records(iter(head), mark, escape) if r)
        width, agree = max(widths.items(), key=lambda w: (w[1], w[0]), default=(1, 0))
        score = (agree / max(1, widths.total()), width) if width > 1 else (0.0, 0)
        if score[0] > best[0] + 0.1 or (score[0] > best[0] - 0.1 and score[1] > best[1]):
            best, choice = score, mark
    if best[1] == 0:
        choice = max(preferred, key=lambda mark: sum(mark in line for line in head))
    return choice, escape
