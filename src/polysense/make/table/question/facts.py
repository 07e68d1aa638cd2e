"""What a reading comes to: conditions on rows, columns asked for, years and the ends of a span.

All conditions hold together; several cells of one column are one condition that any of them
fulfils. A span of years or of neighbouring cells ("from 2020 to 2023", "von Mai bis Juli",
"从2019年到2022年") is every one of them; `ends` are its two ends, for what changed between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from polysense.make.table.question.normalise import YEAR
from polysense.make.table.question.profile import Condition
from polysense.make.table.question.reading import Mention, Reading

NEAR = 3
"""Words between a bound and its number, a span's ends and its word; judged."""


@dataclass
class Facts:
    """See the module. `rest` are the words that nothing explains; `problem` says why there is no
    plan although all are explained: a year that the table does not have. `is_each`: a value for
    each of several things is asked for, `each` are the columns that name these.
    `answered` are columns of yes and no that a condition is on, `of_title` the words of attributes
    that only the title names.
    """

    reading: Reading
    where: list[Condition] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    each: list[int] = field(default_factory=list)
    periods: list[int] = field(default_factory=list)
    ends: list[Condition] = field(default_factory=list)
    is_span: bool = False
    is_each: bool = False
    bounded: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)
    of_title: set[int] = field(default_factory=set)
    explained: set[int] = field(default_factory=set)
    problem: str = ""

    @property
    def rest(self) -> tuple[str, ...]:
        return self.reading.words_without(self.explained)

    def phrase(self, kind: str, meaning: str = "") -> Mention | None:
        """The first phrase of a meaning that no number or bound has used up."""
        return next(
            (
                m
                for m in self.reading.mentions
                if m.means(kind, meaning) and not self.explained.issuperset(m.positions)
            ),
            None,
        )

    def operations(self) -> set[str]:
        """The operations that the words name."""
        return {
            e.meaning for m in self.reading.mentions for e in m.entries if e.kind == "operation"
        }

    @property
    def moments(self) -> list[int]:
        """The columns of days or of years that are asked for."""
        r = self.reading
        return [
            c
            for c in self.columns
            if r.kinds[c] == "date"
            or r.days(c)
            or ((cells := [x for x in r.frame.column(c) if x]) and all(map(YEAR.fullmatch, cells)))
        ]

    @property
    def measures(self) -> list[int]:
        """The columns of numbers that are asked for."""
        return [c for c in self.columns if c in self.reading.measures]


def next_mention(r: Reading, start: int, within: int) -> Mention | None:
    return next(
        (m for m in r.mentions if start <= m.positions.start < start + within
         and not m.means("word", "neutral") and m.kind == "phrase"),
        None,
    )  # fmt: skip


def mention_before(r: Reading, end: int) -> Mention | None:
    """The mention before a word, with nothing but function words between."""
    before = [m for m in r.mentions if m.positions.stop <= end]
    if not before:
        return None
    between = range(before[-1].positions.stop, end)
    if len(between) > NEAR or not all(r.is_function_word(r.tokens[i]) for i in between):
        return None
    return before[-1]
