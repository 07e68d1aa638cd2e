"""Plans that put rows together: "income by month", "orders per customer", "average price for each
brand"; and the first of a ranking.
"""

from __future__ import annotations

import re

from polysense.make.table.question.normalise import NUMBERS
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.plans import Plan, clear, measured, name, ranked

_TIMES = {
    "month": "%Y-%m",
    "year": "%Y",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "quarter": "",
    "月": "%Y-%m",
    "年": "%Y",
}
_HIGH, _LOW = (
    "top|highest|largest|biggest|most|最 (?:高|大|多) 的?",
    "bottom|lowest|smallest|fewest|least|最 (?:低|小|少) 的?",
)
_FUNCTIONS = (
    ("avg", "average", "(?:the )?(?:average|mean)|平 均"),
    ("max", "highest", "(?:the )?(?:highest|maximum|max|largest|most)|最 (?:高|大|多)"),
    ("min", "lowest", "(?:the )?(?:lowest|minimum|min|smallest|least)|最 (?:低|小|少)"),
    ("count", "count", "how many|(?:the )?(?:number|count) of|count|多 少 个|几 个|数 量"),
    ("sum", "sum", "(?:the )?(?:total|sum|overall)(?: of)?|how much|总 (?:和|计|额)?|合 计"),
)


def grouped(r: Reading) -> Plan | None:
    """One row for each value of the column that "per", "by" or "each" names."""
    cue = r.find("per|by|for each|in each|of each|for every|each|grouped by|按|每 个?")
    if cue is None or cue.stop >= len(r.tokens):
        return None
    key, said = _key(r, cue.stop)
    if not key:
        return None
    function, how, at = next(
        ((f, h, at) for f, h, p in _FUNCTIONS if (at := r.find(p)) is not None),
        ("sum", "sum", range(0)),
    )
    others = [i for i in r.columns if i in r.measures and not set(r.columns[i]) & set(said)]
    where = tuple(c for c in r.conditions if not c.at & set(said))
    head = range(at.stop, min(at.stop + 1, len(r.tokens))) if function == "count" else range(0)
    rest = clear(r, [*cue, *said, *at, *head])
    if (
        rest is None
        or (function != "count" and len(others) != 1)
        or (function != "count" and not r.adds(others[0]))
    ):
        return None
    expression, alias = key
    column = said_column(r, alias)
    if function == "count":
        days = [i for i in range(len(r.names)) if r.dates(i)]
        made, cells = ("count(*)", "count"), (column if column is not None else days[0],)
    else:
        made = (f"round({function}({name(r, others[0])}), 6)", f"{how} of {measured(r, others[0])}")
        cells = (others[0],)
    tail = f"GROUP BY {expression} ORDER BY min(_row)"
    return Plan(
        "group",
        ((expression, alias), made),
        1,
        cells,
        where,
        f"{expression} IS NOT NULL",
        tail,
        rest=rest,
    )


def said_column(r: Reading, alias: str) -> int | None:
    """The column of that name."""
    return r.names.index(alias) if alias in r.names else None


def _key(r: Reading, start: int) -> tuple[tuple[str, str] | None, list[int]]:
    """What to group by, as SQL and as a name, and the words that say it: a column that repeats
    itself, or a unit of time.
    """
    column = r.column_at(start, start + 2)
    if column is not None:
        cells = [c for c in r.frame.column(column) if c]
        repeats = len(set(cells)) < len(cells) and len(set(cells)) <= 400
        return (
            ((name(r, column), r.names[column]), sorted(r.columns[column]))
            if repeats
            else (None, [])
        )
    unit = r.tokens[start].stem
    dates = [i for i in range(len(r.names)) if r.dates(i)]
    if unit in _TIMES and len(dates) == 1:
        called = name(r, dates[0])
        if unit == "quarter":
            return (f"year({called}) || '-Q' || quarter({called})", unit), [start]
        return (f"strftime({called}, '{_TIMES[unit]}')", unit), [start]
    return None, []


def first(r: Reading) -> Plan | None:
    """The rows that lead a ranking: "top 3 products by sales", "the five largest"."""
    number = rf"(?:\d{{1,3}}|{'|'.join(NUMBERS)})"
    cue = r.find(rf"(?:the )?(?:{_HIGH}) {number}|(?:the )?{number} (?:{_HIGH})")
    last = r.find(rf"(?:the )?(?:{_LOW}) {number}|(?:the )?{number} (?:{_LOW})")
    at = cue or last
    if at is None or set(at) & r.used or (at.start and r.tokens[at.start - 1].raw == "at"):
        return None
    said = next(t.raw for t in (r.tokens[i] for i in at) if t.raw in NUMBERS or t.raw.isdigit())
    by = r.find("by|in terms of|according to|in|with the|按")
    measure = r.column_at(by.stop, by.stop + 2, r.measures) if by else None
    if measure is None:
        measure = r.column_at(at.stop, len(r.tokens), r.measures)
    target = r.column_at(at.stop, at.stop + 2, [i for i in r.columns if i not in r.measures])
    known = [*at, *(by or ()), at.stop]
    rest = clear(r, known)
    target = r.key() if target is None else target
    if measure is None or target is None or rest is None or r.ranks(measure):
        return None
    return ranked(
        r,
        target,
        measure,
        cue is not None,
        tuple(r.conditions),
        rest,
        min(int(NUMBERS.get(said, said)), 1000),
    )


def words_of_time(r: Reading) -> bool:
    """Whether the question groups by a unit of time that no column can tell."""
    return bool(
        re.search(r"\b(?:per|by|each|every) (?:month|week|quarter|day)\b", r.words.lower())
    ) and not any(r.dates(i) for i in range(len(r.names)))
