"""What a question says of a table: which columns it names, which cells, which bounds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from polysense.make.table.question.normalise import (
    CJK,
    FILLER,
    MONTH,
    MONTHS,
    NUMBERS,
    SUPERLATIVE,
    TOTAL,
    YEAR,
    carries_meaning,
    changes_question,
    tokenize,
)
from polysense.make.table.question.profile import BRACKETS, Condition, TableProfile
from polysense.read.language.function_words import REQUEST_WORDS
from polysense.read.table.frame import Frame
from polysense.read.table.quantity import value

MOST_CHARACTERS = 600
"""Characters of a question that are read."""

# Bounds, judged, not measured.
_LONGEST_QUOTE, _LONGEST_PART = 10, 5  # words of a cell that a question may quote, in full or part
_MOST_CELLS = 60_000  # different cells that are compared with the question
_LONGEST_CELL, _LONGEST_TEXT = 120, 300  # characters of a cell to be quoted in full, in part
_COMMON_SHARE = 0.9  # share of a column's cells; what more of them say names no rows
_NEAR, _NEAR_BEFORE = 3, 6  # words after and before a bound among which its column is named
_OPERATORS = {
    "ge": ">=",
    "le": "<=",
    "gt": ">",
    "lt": "<",
    "after": ">",
    "since": ">=",
    "before": "<",
}
_BOUND = re.compile(
    r"\b(?:(?P<ge>at least|no less than|not less than)"
    r"|(?P<le>at most|no more than|not more than|up to)|"
    r"(?P<gt>more than|greater than|larger than|higher than|over|above|exceeding|longer than"
    r"|taller than)|"
    r"(?P<lt>less than|fewer than|smaller than|lower than|under|below|shorter than)"
    r"|(?P<after>after)|(?P<since>since)|(?P<before>before))"
    rf"(?: the)?(?: year)? (?P<n>\d[\d.,]*|{'|'.join(NUMBERS)})\b"
)


class ParsedQuestion(TableProfile):
    """A question put to a table: the columns that it names, and conditions on rows.

    `columns` are with the positions of the words that name them, `full_columns` those whose whole
    name is said.
    """

    def __init__(self, frame: Frame, text: str, kinds: Sequence[str] | None = None) -> None:
        super().__init__(frame, kinds)
        self.text = text
        self.tokens = tokenize(text[:MOST_CHARACTERS])
        self.columns: dict[int, frozenset[int]] = {}
        self.full_columns: set[int] = set()
        self.conditions: list[Condition] = []
        self._match_columns()
        self._match_bounds()
        self._match_dates()
        self._match_cells()

    @property
    def stems(self) -> list[str]:
        """The question's words as they are compared."""
        return [t.stem for t in self.tokens]

    @property
    def explained(self) -> set[int]:
        """Which words name columns, cells and bounds."""
        return {i for at in self.columns.values() for i in at} | {
            i for c in self.conditions for i in c.word_positions
        }

    def unexplained(self, positions: Sequence[int] = ()) -> list[str]:
        """The words that nothing explains: neither the table nor `positions`, nor that one asks."""
        skip = self.explained | set(positions)
        after = {i + 1 for at in self.columns.values() for i in at}
        # "medals" of "gold medals"
        heads = {i for i in after if i < len(self.tokens) and self.tokens[i].raw.endswith("s")}
        return [
            t.raw
            for i, t in enumerate(self.tokens)
            if i not in skip and i not in heads and carries_meaning(t)
        ]

    def find(self, pattern: str, start: int = 0) -> range | None:
        """The positions of the words that match a pattern, in which they have a space between."""
        words = [t.raw for t in self.tokens[start:]]
        m = re.search(rf"(?:^|(?<= ))(?:{pattern})(?= |$)", " ".join(words))
        if not m:
            return None
        first = start + " ".join(words)[: m.start()].count(" ")
        return range(first, first + m[0].count(" ") + 1)

    def column_within(
        self, first: int, last: int, among: Sequence[int] | None = None
    ) -> int | None:
        """The column named within these words: the fullest, then the nearest to their start."""
        inside = [
            (i not in self.full_columns, min(at), -len(at), i)
            for i, at in self.columns.items()
            if any(first <= a <= last for a in at) and (among is None or i in among)
        ]
        return min(inside)[3] if inside else None

    @property
    def is_exact(self) -> bool:
        """Whether no other cells than those quoted in full hold the same words among more."""
        for c in self.conditions:
            if c.op == "in":
                quotes = {" ".join(t.stem for t in tokenize(v)) for v in c.values}
                others = (
                    " ".join(t.stem for t in tokenize(v[:_LONGEST_TEXT]))
                    for v in dict.fromkeys(self.frame.column(c.column))
                    if v not in c.values
                )
                if any(f" {s} " in f" {o} " for o in others for s in quotes if s):
                    return False
        return True

    def _match_columns(self) -> None:
        """Columns whose whole name is said, then those that a word of theirs alone tells."""
        stems = self.stems
        term_counts: dict[str, int] = defaultdict(int)
        for h in self.headers:
            for t in set(h):
                term_counts[t] += 1
        for i, h in enumerate(self.headers):
            at = [next((n for n, t in enumerate(stems) if _same_stem(t, w)), None) for w in h]
            positions = frozenset(a for a in at if a is not None)
            if (
                h
                and len(positions) == len(set(h))
                and not (len(h) == 1 and self.tokens[next(iter(positions))].raw in REQUEST_WORDS)
            ):
                self.columns[i] = positions
                self.full_columns.add(i)
        column_positions = {a for at in self.columns.values() for a in at}
        for i, h in enumerate(self.headers):
            positions = frozenset(
                n
                for n, t in enumerate(stems)
                for w in h
                if term_counts[w] == 1 and _same_stem(t, w) and len(w) > 2 and w not in FILLER
            )
            if i not in self.columns and positions and not positions <= column_positions:
                self.columns[i] = positions - column_positions
        if column_positions:  # a name inside another one's is not meant: "Gold" of "Gold medals"
            for i in list(self.full_columns):
                if any(self.columns[i] < self.columns[o] for o in self.full_columns if o != i):
                    del self.columns[i]
                    self.full_columns.discard(i)

    def _match_cells(self) -> None:
        """Cells quoted in full, the longest first; then parts of cells."""
        index = self._cell_index()
        stems = self.stems
        bounds = {n for c in self.conditions for n in c.word_positions}
        free = [i not in bounds for i in range(len(self.tokens))]
        for i in self.full_columns:
            for a in self.columns[i] if len(self.columns[i]) > 1 else ():
                free[a] = False
        matches: dict[int, list[tuple[str, range]]] = defaultdict(list)
        for at in self._spans(free):
            hits = index.get(tuple(stems[n] for n in at))
            if hits and all(free[n] for n in at):
                column = self._best_column(sorted(hits))
                for cell in hits[column]:
                    matches[column].append((cell, at))
                for n in at:
                    free[n] = False
        for column, cells in matches.items():
            values = tuple(dict.fromkeys(c for c, _ in cells))
            self.conditions.append(
                Condition(column, "in", values, frozenset(n for _, at in cells for n in at))
            )
        self._match_cell_parts(free)

    def _spans(self, free: Sequence[bool]) -> Iterator[range]:
        """Runs of free words that may be a cell, the longest first; `free` may change meanwhile."""
        n = len(self.tokens)
        for size in range(min(_LONGEST_QUOTE, n), 0, -1):
            for first in range(n - size + 1):
                at = range(first, first + size)
                if all(free[i] for i in at) and self._is_telling(at):
                    yield at

    def _is_telling(self, span: range) -> bool:
        """Whether words say enough to be a cell: more than a column's name or words that ask."""
        words = [self.tokens[i] for i in span]
        if len(words) == 1:
            t = words[0]
            names_column = any(
                span[0] in positions and i in self.full_columns
                for i, positions in self.columns.items()
            )
            return (
                not names_column
                and not TOTAL.fullmatch(t.raw)
                and t.raw not in REQUEST_WORDS
                and t.stem not in FILLER
                and (
                    (len(t.raw) > 1 or bool(CJK.match(t.raw)))
                    and (not t.raw.isdigit() or len(t.raw) == 4)
                )
            )
        return any(t.raw not in REQUEST_WORDS and t.stem not in FILLER for t in words)

    def _cell_index(self) -> dict[tuple[str, ...], dict[int, list[str]]]:
        """Columns and cells by the words that they say."""
        index: dict[tuple[str, ...], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        cells_left = _MOST_CELLS
        for i, kind in enumerate(self.kinds):
            if kind in ("empty", "number", "integer") or cells_left <= 0:
                continue
            for cell in dict.fromkeys(self.frame.column(i)):
                cells_left -= 1
                for text in (
                    {cell, BRACKETS.sub(" ", cell)} if 0 < len(cell) <= _LONGEST_CELL else ()
                ):
                    key = tuple(t.stem for t in tokenize(text))
                    if 0 < len(key) <= _LONGEST_QUOTE and cell not in index[key][i]:
                        index[key][i].append(cell)
        return index

    def _best_column(self, columns: Sequence[int]) -> int:
        """The column meant where several have the cell: named, else naming rows, else the first."""
        mentioned = [c for c in columns if c in self.columns]
        return (mentioned or [c for c in columns if c == self.key_column()] or list(columns))[0]

    def _match_cell_parts(self, free: list[bool]) -> None:
        """Parts of cells of words: "Alabama" in "Mobile, Alabama"."""
        stems_of_cells = {
            i: [
                (cell, " ".join(t.stem for t in tokenize(cell[:_LONGEST_TEXT])))
                for cell in dict.fromkeys(self.frame.column(i))
                if cell
            ]
            for i, kind in enumerate(self.kinds)
            if kind in ("text", "date")
        }
        stems = self.stems
        asking = self.find("how many|number of|which|what")
        # "sites" of "how many sites" are the rows, not words in them
        head = asking.stop if asking else -1
        for at in self._spans(free):
            if not all(free[n] for n in at) or not self._may_be_part(at, head):
                continue
            part = f" {' '.join(stems[n] for n in at)} "
            hits = {}
            for i, texts in stems_of_cells.items():
                cells = [c for c, s in texts if part in f" {s} "]
                if cells and len(cells) < max(2, _COMMON_SHARE * len(texts)):
                    hits[i] = cells
            if hits:
                column = self._best_column(sorted(hits))
                self.conditions.append(
                    Condition(column, "in", tuple(hits[column]), frozenset(at), is_partial=True)
                )
                for n in at:
                    free[n] = False

    def _may_be_part(self, span: range, head: int) -> bool:
        """Whether words may be a part of a cell; those that only ask, or name a column, may not."""
        words = [self.tokens[n] for n in span]
        if len(span) > _LONGEST_PART or {words[0].raw, words[-1].raw} & REQUEST_WORDS:
            return False
        if any(n in positions for n in span for positions in self.columns.values()):
            return False
        if len(span) == 1 and (
            len(words[0].raw) < 3 or changes_question(words[0]) or span[0] == head
        ):
            return False
        return not any(SUPERLATIVE.fullmatch(t.raw) for t in words)

    def _match_bounds(self) -> None:
        """Bounds on numbers and years: "at least 7 weeks", "after 2010"."""
        words = " ".join(t.raw for t in self.tokens)
        starts = {0: 0}
        at = 0
        for n, t in enumerate(self.tokens):
            starts[at] = n
            at += len(t.raw) + 1
        for m in _BOUND.finditer(words):
            first, last = starts[m.start()], starts[m.start("n")]
            number = value(NUMBERS.get(m["n"], m["n"]))
            kind = next(k for k in _OPERATORS if m[k])
            of_time = kind in ("after", "since", "before")
            column = self._bounded_column(m["n"], of_time, first, last)
            if number is None or column is None:
                continue
            unit = self.frame.unit(column).lower().strip(". ")
            behind = self.tokens[last + 1 : last + 2]
            has_unit = any(unit in (t.raw, t.stem) for t in behind)
            positions = frozenset(range(first, last + 1 + has_unit))
            bound = (f"{number:.12g}",)
            self.conditions.append(Condition(column, _OPERATORS[kind], bound, positions))

    def _match_dates(self) -> None:
        """Months and years that a column of days is kept to: "in March 2024"."""
        days = [i for i in range(len(self.names)) if self.days(i)]
        condition_positions = {n for c in self.conditions for n in c.word_positions}
        days = [i for i in days if i in self.columns] or days
        if len(days) != 1:
            return
        for n, t in enumerate(self.tokens):
            before = self.tokens[n - 1].raw if n else ""
            if n in condition_positions or any(n in at for at in self.columns.values()):
                continue
            if YEAR.fullmatch(t.raw):
                self.conditions.append(Condition(days[0], "year", (t.raw,), frozenset({n})))
            elif re.fullmatch(MONTH, t.raw) and (
                t.raw != "may" or before in ("in", "of", "for", "during", "from", "by")
            ):
                month = str(1 + MONTHS.index(t.raw[:3]))
                self.conditions.append(Condition(days[0], "month", (month,), frozenset({n})))

    def _bounded_column(self, bound: str, of_time: bool, first: int, last: int) -> int | None:
        """The column of years or numbers that a bound is on."""
        years = [
            i
            for i, k in enumerate(self.kinds)
            if k == "date" and sum(bool(YEAR.search(c)) for c in self.frame.column(i)) > 0
        ]
        if YEAR.fullmatch(bound) and (of_time or years):
            mentioned = [i for i in years if i in self.columns]
            return next(iter(mentioned or years), None)
        if of_time:
            return None
        after = self.column_within(last + 1, last + _NEAR, self.measures)
        if after is not None:
            return after
        units = [
            i
            for i in self.measures
            if last + 1 < len(self.tokens)
            and self.frame.unit(i).lower().strip(". ") == self.tokens[last + 1].raw
        ]
        before = self.column_within(max(0, first - _NEAR_BEFORE), first, self.measures)
        return units[0] if len(units) == 1 else before


def _same_stem(a: str, b: str) -> bool:
    return a == b or (
        min(len(a), len(b)) >= 4
        and (a.startswith(b) or b.startswith(a))
        and abs(len(a) - len(b)) <= 3
    )
