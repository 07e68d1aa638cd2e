"""Plans for tables whose columns are periods ("2019", "June 30, 2018"): a row's change, average or
sum over them; two rows' ratio.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.make.table.question.normalise import changes, tells, tokens
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.plans import Plan, name
from polysense.make.table.question.profile import Condition

_SAID = re.compile(r"(?:19|20)\d\d|fy?(?:20)?\d\d")
_OPERATIONS = {
    "percent": r"(?:the )?(?:percentage|percent|%|relative) (?:change|increase decrease|increase|decrease|growth|difference)|growth rate",
    "change": r"(?:the )?(?:net |total |year on year )?(?:change|increase decrease|decrease increase|increase|decrease|difference|growth)",
    "average": r"(?:the )?(?:average|mean)",
    "sum": r"(?:the )?(?:total|sum|combined)(?: sum| amount)?",
}
_TWO = re.compile(r"(?:19|20)\d\d/(?:(?:19|20)\d\d|\d\d)")  # a year that begins in another
_AROUND_WORDS = "year from to between and for over year-end end ended fiscal period across both in of the as at during financial annual"
_AROUND = frozenset(_AROUND_WORDS.split())
_MONTH = re.compile(
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


def across(r: Reading) -> Plan | None:
    """What one row's numbers come to over two periods or more."""
    found = next(
        (
            (kind, at)
            for kind, pattern in _OPERATIONS.items()
            if (at := r.find(pattern)) is not None
        ),
        None,
    )
    if (
        found is None
        or any(c.op != "in" for c in r.conditions)
        or r.find("respective|respectively|absolute")
    ):
        return None
    kind, cue = found
    periods = _periods(r)
    row = _row(r, set(cue) | {i for c in periods for i in r.columns.get(c, ())})
    if row is None or len(periods) < 2 or (kind in ("percent", "change") and len(periods) != 2):
        return None
    label, said = row
    known = {*cue, *said, *(i for c in periods for i in r.columns.get(c, ()))}
    known |= {
        j
        for i, t in enumerate(r.tokens)
        if _MONTH.fullmatch(t.raw)
        for j in (i, i + 1)
        if j == i or r.tokens[min(j, len(r.tokens) - 1)].raw.isdigit()
    }
    rest = [
        t
        for i, t in enumerate(r.tokens)
        if i not in known and tells(t) and t.raw not in _AROUND and t.stem not in _AROUND
    ]
    shown = [r.shown(c, label) for c in periods]
    # points or percent of percents: not clear which
    if not all(shown) or (kind in ("percent", "sum") and any("%" in s for s in shown)):
        return None
    if len(rest) > 1 or any(changes(t) or t.raw[0].isdigit() for t in rest):
        return None
    back = r.find("from \\w*(\\d\\d) to \\w*(\\d\\d)")
    if (
        back
        and kind in ("percent", "change")
        and r.tokens[back[1]].raw[-2:] > r.tokens[back[3]].raw[-2:]
    ):
        periods = periods[::-1]
    return _plan(r, kind, label, periods, tuple(t.raw for t in rest))


def _plan(
    r: Reading, kind: str, label: Condition, periods: Sequence[int], rest: tuple[str, ...]
) -> Plan:
    names = [name(r, c) for c in periods]
    first, last = names[0], names[-1]
    span = f"{r.frame.columns[periods[0]]} to {r.frame.columns[periods[-1]]}"
    made = {
        "percent": (f"round(100 * ({last} - {first}) / {first}, 2)", f"change from {span} (%)"),
        "change": (f"round({last} - {first}, 6)", f"change from {span}"),
        "average": (f"round(({' + '.join(names)}) / {len(names)}, 4)", f"average of {span}"),
        "sum": (f"round({' + '.join(names)}, 6)", f"sum of {span}"),
    }[kind]
    return Plan(
        kind,
        ((name(r, label.column), r.names[label.column]), made),
        1,
        tuple(periods),
        (label,),
        rest=rest,
    )


def _periods(r: Reading) -> list[int]:
    """The columns of periods that are named, the earliest first; of a range of years all within;
    all where none is named.
    """
    years = {i: y for i in r.measures if (y := _year(r.frame.columns[i])) is not None}
    if len(set(years.values())) < len(years):
        return []
    said = [
        2000 + int(t.raw[-2:]) if t.raw[0] == "f" else int(t.raw)
        for t in r.tokens
        if _SAID.fullmatch(t.raw)
    ]
    said += [
        int(t.raw[-4:]) if len(t.raw) == 9 else 2000 + int(t.raw[-2:])
        for t in r.tokens
        if _TWO.fullmatch(t.raw)
    ]
    said += [
        int(y)
        for t in r.tokens
        for y in re.findall(r"(?:19|20)\d\d", t.raw)
        if re.fullmatch(r"\d{4}-\d{4}", t.raw) and not _TWO.fullmatch(t.raw)
    ]
    named = [i for i, y in years.items() if y in said]
    if said and len(named) < len(set(said)):
        return []
    if (
        len(set(said)) == 2
        and r.find("(?:average|mean|total|sum|period)") is not None
        and r.find("(?:between|to|through)") is not None
    ):
        named = [i for i, y in years.items() if min(said) <= y <= max(said)]
    return sorted(named or (years if not said else []), key=lambda i: years[i])


def _year(header: str) -> int | None:
    years = re.findall(r"\b(?:19|20)\d\d\b", header)
    if _TWO.fullmatch(header.strip()):
        return int(years[-1]) if len(years) == 2 else 2000 + int(header.strip()[-2:])
    short = re.fullmatch(r"\W*(?:fy|f|h[12]|q[1-4])\s*'?(\d\d)\W*", header.strip(), re.I)
    if short:
        return 2000 + int(short[1])
    fiscal = re.search(r"\bfy\s?(20\d\d)\b", header, re.I)
    return int(fiscal[1]) if fiscal else int(years[-1]) if len(set(years)) == 1 else None


def _row(r: Reading, known: set[int]) -> tuple[Condition, set[int]] | None:
    """The one row that the other words call by its label, and these words; None where several would
    do.
    """
    column = next((i for i, k in enumerate(r.kinds) if k == "text"), None)
    if column is None:
        return None
    wanted = {t.stem: i for i, t in enumerate(r.tokens) if i not in known and tells(t, strict=True)}
    scored = []
    for n, cell in enumerate(r.frame.column(column)):
        words = {t.stem for t in tokens(cell[:200]) if tells(t, strict=True)}
        common = words & wanted.keys()
        if common and len(common) >= 0.75 * len(words):
            scored.append((len(common) - 0.6 * len(words - common), n, cell, common))
    scored.sort(key=lambda s: -s[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    _, _, cell, common = scored[0]
    if r.frame.column(column).count(cell) > 1:
        return None
    at = {i for i, t in enumerate(r.tokens) if t.stem in common}
    return Condition(column, "in", (cell,), frozenset(at)), at
