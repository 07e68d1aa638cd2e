"""Delimited text (CSV and its kin) in whatever encoding and dialect, as a stream."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from polysense.read.file.encoding import bom_encoding, guess_encoding, wide_encoding

LINE_LIMIT = 1 << 20
"""Characters of a line that are read at once: what is longer is taken as several lines."""

_NAMED_DELIMITER = re.compile(r'"?sep=([^\w\s"]|\t)"?\s*', re.IGNORECASE)
"""The line by which Excel is told the delimiter: it is no row."""

# judged, not measured
_QUOTED_LINES = 500  # lines a quoted cell may take; a quote that stays open for longer was none
_SAMPLE_LINES = 120  # lines looked at to find the delimiter
_SAMPLE_BYTES = 1 << 18  # bytes looked at to find the encoding
_MARGIN = 0.1  # share of lines that must agree more to win over a delimiter with more columns


def read(path: Path, tabs: bool = False) -> Iterator[tuple[int, list[str]]]:
    """(line from 1, cells) of each record of a file; tabs where a tab is the likely delimiter."""
    source = lines(path)
    sample = list(islice(source, _SAMPLE_LINES))
    comments = _comment_count(sample)
    # rows without cells: those below keep their numbers
    before: Iterator[tuple[int, list[str]]] = ((n, []) for n in range(1, comments + 1))
    if comments < len(sample) and (sep := _NAMED_DELIMITER.fullmatch(sample[comments])):
        _, escape = dialect(sample[comments + 1 :], tabs)
        rest = chain(sample[comments + 1 :], source)
        rows = records(rest, sep[1], escape)
        return chain(before, ((line + comments + 1, cells) for line, cells in rows))
    rest = chain(sample[comments:], source)
    rows = records(rest, *dialect(sample[comments:], tabs))
    return chain(before, ((line + comments, cells) for line, cells in rows))


def _comment_count(sample: Sequence[str]) -> int:
    """Lines before the head by which a program says what it wrote ("# exported ..."), if they are
    no rows: what has as many cells as the data is one, unless the sign stands before a space. Of
    several columns the last such line is the head all the same.
    """
    count = next((n for n, line in enumerate(sample) if not line.startswith("#")), len(sample))
    if not count or count == len(sample):
        return 0
    delimiter, escape = dialect(sample[count:])
    data = Counter(len(r) for _, r in records(iter(sample[count:]), delimiter, escape) if r)
    width = max(data, key=lambda w: (data[w], w), default=1)
    for n, line in enumerate(sample[:count]):
        cells = next((len(r) for _, r in records(iter([line]), delimiter, escape)), 0)
        is_last = n == count - 1 and width > 1
        if cells >= width and (is_last or not line.startswith("# ")):
            return n
    return count


def lines(path: Path) -> Iterator[str]:
    """The lines of a file of words, in whatever encoding, with their ends.

    At most LINE_LIMIT characters at once.
    """
    with path.open("rb") as raw:
        head = raw.read(_SAMPLE_BYTES)
        encoding = bom_encoding(head) or wide_encoding(head)
        while not encoding and head.isascii() and (more := raw.read(_SAMPLE_BYTES)):
            head = more  # what is not ASCII may begin anywhere
        raw.seek(0)
        encoding = encoding or guess_encoding(head, is_cut=len(head) == _SAMPLE_BYTES)
        with io.TextIOWrapper(raw, encoding, "replace", newline=None) as text:
            while line := text.readline(LINE_LIMIT):
                yield line.replace("\0", "�")


def records(
    source: Iterator[str], delimiter: str, escape: str | None = None
) -> Iterator[tuple[int, list[str]]]:
    """(line from 1, cells) of each record of delimited text (RFC 4180); no cells for a blank line.

    A quote that is never closed is a character like any other, and costs one line only.
    """
    line_number = 1
    pending: deque[str] = deque()
    record_lines: list[str] = []

    def feed() -> Iterator[str]:
        size = 0
        while line := pending.popleft() if pending else next(source, ""):
            size = len(line) + (size if record_lines else 0)
            if len(record_lines) >= _QUOTED_LINES or (record_lines and size > LINE_LIMIT):
                pending.appendleft(line)
                return
            record_lines.append(line)
            yield line

    while True:
        record_lines.clear()
        reader = csv.reader(feed(), delimiter=delimiter, escapechar=escape)
        try:
            for record in reader:
                if (
                    len(record_lines) > 1
                    and sum(u.count('"') - u.count('\\"') * bool(escape) for u in record_lines) % 2
                ):
                    break
                yield line_number, record
                line_number += len(record_lines)
                record_lines.clear()
        except csv.Error:
            pass
        if record_lines:  # a stray quote: its first line as it stands, the others again
            pending.extendleft(reversed(record_lines[1:]))
            yield line_number, record_lines[0].rstrip("\n").split(delimiter)
            line_number += 1
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
    for delimiter in preferred:
        widths = Counter(len(r) for _, r in records(iter(head), delimiter, escape) if r)
        width, agreeing = max(widths.items(), key=lambda w: (w[1], w[0]), default=(1, 0))
        score = (agreeing / max(1, widths.total()), width) if width > 1 else (0.0, 0)
        if score[0] > best[0] + _MARGIN or (score[0] > best[0] - _MARGIN and score[1] > best[1]):
            best, choice = score, delimiter
    if best[1] == 0:
        choice = max(preferred, key=lambda delimiter: sum(delimiter in line for line in head))
    return choice, escape
