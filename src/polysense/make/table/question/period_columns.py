"""Plans for tables whose columns are periods ("2019"): a row's change, average or sum over them.

The words follow the questions of the development tables (TAT-QA); the numbers are judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.make.table.question.normalise import carries_meaning, changes_question, tokenize
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plan import Plan, column_sql
from polysense.make.table.question.profile import Condition

_YEAR_WORD = re.compile(r"(?:19|20)\d\d|fy?(?:20)?\d\d")
_OPERATIONS = {
    "percent": "(?:the )?(?:percentage|percent|%|relative) "
    "(?:change|increase decrease|increase|decrease|growth|difference)|growth rate",
    "change": "(?:the )?(?:net |total |year on year )?"
    "(?:change|increase decrease|decrease increase|increase|decrease|difference|growth)",
    "average": "(?:the )?(?:average|mean)",
    "sum": "(?:the )?(?:total|sum|combined)(?: sum| amount)?",
}
_SPLIT_YEAR = re.compile(r"(?:19|20)\d\d/(?:(?:19|20)\d\d|\d\d)")  # a year that begins in another
_PERIOD_TEXT = (
    "year from to between and for over year-end end ended fiscal period across both in of the as "
    "at during financial annual"
)
_PERIOD_WORDS = frozenset(_PERIOD_TEXT.split())
"""Words that may stand around a period and say nothing else."""

_MOST_UNEXPLAINED = 1  # words of a question that nothing explains
_LEAST_OVERLAP = 0.75  # share of a row's label that a question must say
_MISSED_WORD = 0.6  # what a word of the label that it does not say takes from a word that it says
_LONGEST_LABEL = 200  # characters of a label that are compared
_MONTH = re.compile(
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


def plan_over_periods(question: ParsedQuestion) -> Plan | None:
    """What one row's numbers come to over two periods or more."""
    operation = next(
        (
            (kind, at)
            for kind, pattern in _OPERATIONS.items()
            if (at := question.find(pattern)) is not None
        ),
        None,
    )
    if (
        operation is None
        or any(c.op != "in" for c in question.conditions)
        or question.find("respective|respectively|absolute")
    ):
        return None
    kind, cue = operation
    periods = _periods(question)
    row = _match_row(question, set(cue) | {i for c in periods for i in question.columns.get(c, ())})
    if row is None or len(periods) < 2 or (kind in ("percent", "change") and len(periods) != 2):
        return None
    label, row_positions = row
    positions = {*cue, *row_positions, *(i for c in periods for i in question.columns.get(c, ()))}
    positions |= {
        j
        for i, t in enumerate(question.tokens)
        if _MONTH.fullmatch(t.raw)
        for j in (i, i + 1)
        if j == i or question.tokens[min(j, len(question.tokens) - 1)].raw.isdigit()
    }
    rest = [
        t
        for i, t in enumerate(question.tokens)
        if i not in positions
        and carries_meaning(t)
        and t.raw not in _PERIOD_WORDS
        and t.stem not in _PERIOD_WORDS
    ]
    cells = [question.single_cell(c, label) for c in periods]
    # points or percent of percents: not clear which
    if not all(cells) or (kind in ("percent", "sum") and any("%" in s for s in cells)):
        return None
    if len(rest) > _MOST_UNEXPLAINED or any(
        changes_question(t) or t.raw[0].isdigit() for t in rest
    ):
        return None
    back = question.find("from \\w*(\\d\\d) to \\w*(\\d\\d)")
    if (
        back
        and kind in ("percent", "change")
        and question.tokens[back[1]].raw[-2:] > question.tokens[back[3]].raw[-2:]
    ):
        periods = periods[::-1]
    return _period_plan(question, kind, label, periods, tuple(t.raw for t in rest))


def _period_plan(
    question: ParsedQuestion,
    kind: str,
    label: Condition,
    periods: Sequence[int],
    rest: tuple[str, ...],
) -> Plan:
    names = [column_sql(question, c) for c in periods]
    first, last = names[0], names[-1]
    span = f"{question.frame.columns[periods[0]]} to {question.frame.columns[periods[-1]]}"
    value = {
        "percent": (f"round(100 * ({last} - {first}) / {first}, 2)", f"change from {span} (%)"),
        "change": (f"round({last} - {first}, 6)", f"change from {span}"),
        "average": (f"round(({' + '.join(names)}) / {len(names)}, 4)", f"average of {span}"),
        "sum": (f"round({' + '.join(names)}, 6)", f"sum of {span}"),
    }[kind]
    return Plan(
        kind,
        ((column_sql(question, label.column), question.names[label.column]), value),
        1,
        tuple(periods),
        (label,),
        rest=rest,
    )


def _periods(question: ParsedQuestion) -> list[int]:
    """The columns of periods that a question names, or within its range, or all; by years."""
    year_of_column = {
        i: y for i in question.measures if (y := _year(question.frame.columns[i])) is not None
    }
    if len(set(year_of_column.values())) < len(year_of_column):
        return []
    years = [year for t in question.tokens for year in _years_of(t.raw)]
    columns = [i for i, y in year_of_column.items() if y in years]
    if years and len(columns) < len(set(years)):
        return []
    if (
        len(set(years)) == 2
        and question.find("(?:average|mean|total|sum|period)") is not None
        and question.find("(?:between|to|through)") is not None
    ):
        columns = [i for i, y in year_of_column.items() if min(years) <= y <= max(years)]
    return sorted(columns or (year_of_column if not years else []), key=lambda i: year_of_column[i])


def _years_of(word: str) -> list[int]:
    """The years that a word of a question names: "2019", "fy19", "2018/19", "2017-2019"."""
    if _YEAR_WORD.fullmatch(word):
        return [2000 + int(word[-2:]) if word[0] == "f" else int(word)]
    if _SPLIT_YEAR.fullmatch(word):
        return [int(word[-4:]) if len(word) == 9 else 2000 + int(word[-2:])]
    if re.fullmatch(r"\d{4}-\d{4}", word):
        return [int(year) for year in re.findall(r"(?:19|20)\d\d", word)]
    return []


def _year(header: str) -> int | None:
    """The year that a column's header names; None where it names none or several."""
    years = re.findall(r"\b(?:19|20)\d\d\b", header)
    if _SPLIT_YEAR.fullmatch(header.strip()):
        return int(years[-1]) if len(years) == 2 else 2000 + int(header.strip()[-2:])
    short = re.fullmatch(r"\W*(?:fy|f|h[12]|q[1-4])\s*'?(\d\d)\W*", header.strip(), re.I)
    if short:
        return 2000 + int(short[1])
    fiscal = re.search(r"\bfy\s?(20\d\d)\b", header, re.I)
    return int(fiscal[1]) if fiscal else int(years[-1]) if len(set(years)) == 1 else None


def _match_row(question: ParsedQuestion, positions: set[int]) -> tuple[Condition, set[int]] | None:
    """The one row that the other words call by its label, and the positions of these words."""
    column = next((i for i, k in enumerate(question.kinds) if k == "text"), None)
    if column is None:
        return None
    stem_positions = {
        t.stem: i
        for i, t in enumerate(question.tokens)
        if i not in positions and carries_meaning(t, strict=True)
    }
    scored = []
    for n, cell in enumerate(question.frame.column(column)):
        words = {t.stem for t in tokenize(cell[:_LONGEST_LABEL]) if carries_meaning(t, strict=True)}
        common = words & stem_positions.keys()
        if common and len(common) >= _LEAST_OVERLAP * len(words):
            scored.append((len(common) - _MISSED_WORD * len(words - common), n, cell, common))
    scored.sort(key=lambda s: -s[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    _, _, cell, common = scored[0]
    if question.frame.column(column).count(cell) > 1:
        return None
    at = {i for i, t in enumerate(question.tokens) if t.stem in common}
    return Condition(column, "in", (cell,), frozenset(at)), at
