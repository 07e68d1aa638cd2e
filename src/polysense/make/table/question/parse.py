"""What a question says of a table: which columns it names, which cells, which bounds, and what it
says beside them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from polysense.make.table.question.normalise import (
    FILLER,
    MONTH,
    MONTHS,
    NUMBERS,
    SUPERLATIVE,
    TOTAL,
    WIDE,
    YEAR,
    changes,
    tells,
    tokens,
)
from polysense.make.table.question.profile import BRACKETS, Condition, Facts
from polysense.read.language.analysis import STOP
from polysense.read.table.frame import Frame
from polysense.read.table.quantity import value

MOST_WORDS = 600
"""Characters of a question that are read."""

_LONGEST = 10  # words of a cell that a question may quote
_MOST_CELLS = 60_000
_OPS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<", "after": ">", "since": ">=", "before": "<"}
_BOUND = re.compile(
    r"\b(?:(?P<ge>at least|no less than|not less than)|(?P<le>at most|no more than|not more than|up to)|"
    r"(?P<gt>more than|greater than|larger than|higher than|over|above|exceeding|longer than|taller than)|"
    r"(?P<lt>less than|fewer than|smaller than|lower than|under|below|shorter than)|(?P<after>after)|(?P<since>since)|(?P<before>before))"
    rf"(?: the)?(?: year)? (?P<n>\d[\d.,]*|{'|'.join(NUMBERS)})\b"
)


class Reading(Facts):
    """A question laid on a table. `columns` are those that it names, with where; `conditions` keep
    to the rows that it names.

    full are the columns whose whole name is said.
    """

    def __init__(self, found: Frame, words: str, kinds: Sequence[str] | None = None) -> None:
        super().__init__(found, kinds)
        self.words = words
        self.tokens = tokens(words[:MOST_WORDS])
        self.columns: dict[int, frozenset[int]] = {}
        self.full: set[int] = set()
        self.conditions: list[Condition] = []
        self._name_columns()
        self._bound()
        self._time()
        self._name_cells()

    @property
    def stems(self) -> list[str]:
        """The question's words as they are compared."""
        return [t.stem for t in self.tokens]

    @property
    def used(self) -> set[int]:
        """Which words name columns, cells and bounds."""
        return {i for at in self.columns.values() for i in at} | {
            i for c in self.conditions for i in c.at
        }

    def rest(self, known: Sequence[int] = ()) -> list[str]:
        """The words that nothing explains: neither the table, nor `known` ones, nor words that only
        ask.
        """
        explained = self.used | set(known)
        after = {i + 1 for at in self.columns.values() for i in at}
        # "medals" of "gold medals"
        heads = {i for i in after if i < len(self.tokens) and self.tokens[i].raw.endswith("s")}
        return [
            t.raw
            for i, t in enumerate(self.tokens)
            if i not in explained and i not in heads and tells(t)
        ]

    def find(self, pattern: str, start: int = 0) -> range | None:
        """Which words a pattern is said by; the words are those of `tokens`, a space between two."""
        said = [t.raw for t in self.tokens[start:]]
        m = re.search(rf"(?:^|(?<= ))(?:{pattern})(?= |$)", " ".join(said))
        if not m:
            return None
        first = start + " ".join(said)[: m.start()].count(" ")
        return range(first, first + m[0].count(" ") + 1)

    def column_at(self, first: int, last: int, among: Sequence[int] | None = None) -> int | None:
        """The column named within these words: the fullest, then the nearest to their start."""
        inside = [
            (i not in self.full, min(at), -len(at), i)
            for i, at in self.columns.items()
            if any(first <= a <= last for a in at) and (among is None or i in among)
        ]
        return min(inside)[3] if inside else None

    @property
    def exact(self) -> bool:
        """Whether the cells quoted in full are all that say so: no others hold the same words among
        more.
        """
        for c in self.conditions:
            if c.op == "in":
                said = {" ".join(t.stem for t in tokens(v)) for v in c.values}
                others = (
                    " ".join(t.stem for t in tokens(v[:300]))
                    for v in dict.fromkeys(self.frame.column(c.column))
                    if v not in c.values
                )
                if any(f" {s} " in f" {o} " for o in others for s in said if s):
                    return False
        return True

    def _name_columns(self) -> None:
        stems = self.stems
        counted: dict[str, int] = defaultdict(int)
        for h in self.headers:
            for t in set(h):
                counted[t] += 1
        for i, h in enumerate(self.headers):
            at = [next((n for n, t in enumerate(stems) if _same(t, w)), None) for w in h]
            held = frozenset(a for a in at if a is not None)
            if (
                h
                and len(held) == len(set(h))
                and not (len(h) == 1 and self.tokens[next(iter(held))].raw in STOP)
            ):
                self.columns[i] = held
                self.full.add(i)
        taken = {a for at in self.columns.values() for a in at}
        for i, h in enumerate(self.headers):
            held = frozenset(
                n
                for n, t in enumerate(stems)
                for w in h
                if counted[w] == 1 and _same(t, w) and len(w) > 2 and w not in FILLER
            )
            if i not in self.columns and held and not held <= taken:
                self.columns[i] = held - taken
        if taken:  # a name inside another one's is not meant: "Gold" of "Gold medals"
            for i in list(self.full):
                if any(self.columns[i] < self.columns[o] for o in self.full if o != i):
                    del self.columns[i]
                    self.full.discard(i)

    def _name_cells(self) -> None:
        """Cells quoted in full, the longest first; then parts of cells."""
        index = self._cells()
        stems, free = (
            self.stems,
            [i not in {n for c in self.conditions for n in c.at} for i in range(len(self.tokens))],
        )
        for i in self.full:
            for a in self.columns[i] if len(self.columns[i]) > 1 else ():
                free[a] = False
        found: dict[int, list[tuple[str, range]]] = defaultdict(list)
        for at in self._spans(free):
            hits = index.get(tuple(stems[n] for n in at))
            if hits and all(free[n] for n in at):
                column = self._chosen(sorted(hits))
                for cell in hits[column]:
                    found[column].append((cell, at))
                for n in at:
                    free[n] = False
        for column, cells in found.items():
            values = tuple(dict.fromkeys(c for c, _ in cells))
            self.conditions.append(
                Condition(column, "in", values, frozenset(n for _, at in cells for n in at))
            )
        self._name_pieces(free)

    def _spans(self, free: Sequence[bool]) -> Iterator[range]:
        n = len(self.tokens)
        for size in range(min(_LONGEST, n), 0, -1):
            for first in range(n - size + 1):
                at = range(first, first + size)
                if all(free[i] for i in at) and self._telling(at):
                    yield at

    def _telling(self, at: range) -> bool:
        said = [self.tokens[i] for i in at]
        if len(said) == 1:
            t = said[0]
            named = any(at[0] in held and i in self.full for i, held in self.columns.items())
            return (
                not named
                and not TOTAL.fullmatch(t.raw)
                and t.raw not in STOP
                and t.stem not in FILLER
                and (
                    (len(t.raw) > 1 or bool(WIDE.match(t.raw)))
                    and (not t.raw.isdigit() or len(t.raw) == 4)
                )
            )
        return any(t.raw not in STOP and t.stem not in FILLER for t in said)

    def _cells(self) -> dict[tuple[str, ...], dict[int, list[str]]]:
        """Columns and cells by the words that they say."""
        index: dict[tuple[str, ...], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        left = _MOST_CELLS
        for i, kind in enumerate(self.kinds):
            if kind in ("empty", "number", "integer") or left <= 0:
                continue
            for cell in dict.fromkeys(self.frame.column(i)):
                left -= 1
                for said in {cell, BRACKETS.sub(" ", cell)} if 0 < len(cell) <= 120 else ():
                    key = tuple(t.stem for t in tokens(said))
                    if 0 < len(key) <= _LONGEST and cell not in index[key][i]:
                        index[key][i].append(cell)
        return index

    def _chosen(self, columns: Sequence[int]) -> int:
        """The column meant where several have the cell: one that is named, else one that names
        rows, else the first.
        """
        named = [c for c in columns if c in self.columns]
        return (named or [c for c in columns if c == self.key()] or list(columns))[0]

    def _name_pieces(self, free: list[bool]) -> None:
        """Parts of cells of words: "Alabama" in "Mobile, Alabama"."""
        texts = [i for i, k in enumerate(self.kinds) if k in ("text", "date")]
        said = {
            i: [
                (cell, " ".join(t.stem for t in tokens(cell[:300])))
                for cell in dict.fromkeys(self.frame.column(i))
                if cell
            ]
            for i in texts
        }
        stems = self.stems
        asking = self.find("how many|number of|which|what")
        # "sites" of "how many sites" are the rows, not words in them
        head = asking.stop if asking else -1
        for at in self._spans(free):
            if (
                len(at) > 5
                or not all(free[n] for n in at)
                or self.tokens[at[0]].raw in STOP
                or self.tokens[at[-1]].raw in STOP
            ):
                continue
            if any(n in held for n in at for held in self.columns.values()) or (
                len(at) == 1 and len(self.tokens[at[0]].raw) < 3
            ):
                continue
            piece = f" {' '.join(stems[n] for n in at)} "
            if len(at) == 1 and (changes(self.tokens[at[0]]) or at[0] == head):
                continue
            if any(SUPERLATIVE.fullmatch(self.tokens[n].raw) for n in at):
                continue
            hits = {i: [c for c, s in cells if piece in f" {s} "] for i, cells in said.items()}
            hits = {
                i: cells
                for i, cells in hits.items()
                if cells and len(cells) < max(2, 0.9 * len(said[i]))
            }
            if hits:
                column = self._chosen(sorted(hits))
                self.conditions.append(
                    Condition(column, "in", tuple(hits[column]), frozenset(at), piece=True)
                )
                for n in at:
                    free[n] = False

    def _bound(self) -> None:
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
            kind = next(k for k in _OPS if m[k])
            op, column = (
                _OPS[kind],
                self._bounded(m["n"], kind in ("after", "since", "before"), first, last),
            )
            if number is None or column is None:
                continue
            unit = self.frame.unit(column).lower().strip(". ")
            spot = frozenset(
                range(
                    first,
                    last
                    + 1
                    + (
                        last + 1 < len(self.tokens)
                        and unit in (self.tokens[last + 1].raw, self.tokens[last + 1].stem)
                    ),
                )
            )
            self.conditions.append(Condition(column, op, (f"{number:.12g}",), spot))

    def _time(self) -> None:
        """Months and years that a column of days is kept to: "in March 2024"."""
        days = [i for i in range(len(self.names)) if self.dates(i)]
        taken = {n for c in self.conditions for n in c.at}
        days = [i for i in days if i in self.columns] or days
        if len(days) != 1:
            return
        for n, t in enumerate(self.tokens):
            before = self.tokens[n - 1].raw if n else ""
            if n in taken or any(n in at for at in self.columns.values()):
                continue
            if YEAR.fullmatch(t.raw):
                self.conditions.append(Condition(days[0], "year", (t.raw,), frozenset({n})))
            elif re.fullmatch(MONTH, t.raw) and (
                t.raw != "may" or before in ("in", "of", "for", "during", "from", "by")
            ):
                self.conditions.append(
                    Condition(days[0], "month", (str(1 + MONTHS.index(t.raw[:3])),), frozenset({n}))
                )

    def _bounded(self, said: str, of_time: bool, first: int, last: int) -> int | None:
        years = [
            i
            for i, k in enumerate(self.kinds)
            if k == "date" and sum(bool(YEAR.search(c)) for c in self.frame.column(i)) > 0
        ]
        if YEAR.fullmatch(said) and (of_time or years):
            named = [i for i in years if i in self.columns]
            return next(iter(named or years), None)
        if of_time:
            return None
        after = self.column_at(last + 1, last + 3, self.measures)
        if after is not None:
            return after
        units = [
            i
            for i in self.measures
            if last + 1 < len(self.tokens)
            and self.frame.unit(i).lower().strip(". ") == self.tokens[last + 1].raw
        ]
        before = self.column_at(max(0, first - 6), first, self.measures)
        return units[0] if len(units) == 1 else before


def _same(a: str, b: str) -> bool:
    return a == b or (
        min(len(a), len(b)) >= 4
        and (a.startswith(b) or b.startswith(a))
        and abs(len(a) - len(b)) <= 3
    )
