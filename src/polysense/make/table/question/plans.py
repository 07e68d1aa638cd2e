"""Plans for counts, totals, averages and differences; and the first plan of any kind that fits.

From what a question says of a table to a query, where its words and the table's headers leave no
doubt; None where they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plan import (
    Plan,
    aggregate,
    column_sql,
    names_only,
    subject_range,
    unexplained_words,
)
from polysense.make.table.question.profile import Condition
from polysense.make.table.question.ranking import plan_comparison, plan_extreme

_COUNT_CUE = (
    "how many(?: different| distinct| unique| total)?"
    "|(?:the )?(?:total )?(?:number|count) of(?: different| distinct| unique)?|多 少 个|几 个"
)
_TOTAL_CUE = (
    "(?:the )?(?:total|sum|combined)(?: amount| number| value)?(?: of)?(?: the)?"
    "|altogether|in total|总 和|合 计|总 计|总 共"
)
_AVERAGE_CUE = "(?:the )?(?:average|mean)(?: number| amount| value)?(?: of)?(?: the)?|平 均"
_DIFFERENCE_CUE = (
    "(?:the )?difference(?: in| of)?(?: the)?(?: total)?(?: number| amount)?(?: of)?"
    "|how (?:many|much) (?:more|fewer|less|higher|larger|greater)(?: total)?"
)
_NEAR = 4
"""Words behind a cue among which its column is named; judged, not measured."""


def plan(question: ParsedQuestion) -> Plan | None:
    """The first plan that fits, of the most special kind."""
    if question.find("respective|respectively"):
        return None
    for make_plan in _PLANNERS:
        candidate = make_plan(question)
        if candidate is not None:
            return candidate
    return None


def _plan_amount(
    question: ParsedQuestion, measure: int, positions: Sequence[int], total: bool = False
) -> Plan | None:
    """What a column of numbers says of the rows named: the value of one row, the sum of several."""
    where = tuple(c for c in question.conditions if c.column != measure or c.op != "in")
    rest = unexplained_words(question, positions)
    rows = question.rows(where)
    if rest is None or not rows:
        return None
    if len(rows) == 1:
        select = ((column_sql(question, measure), question.names[measure]),)
        return Plan("lookup", select, 0, (measure,), where, rows=True, rest=rest)
    if not total and not where:
        return None
    select = (aggregate(question, "sum", "round(sum({}), 6)", measure),)
    return Plan("sum", select, 0, (measure,), where, rest=rest)


def _plan_count(question: ParsedQuestion) -> Plan | None:
    """How many rows, different cells of a column, or how much of a column of numbers."""
    cue = question.find(_COUNT_CUE)
    if cue is None:
        return None
    subject = subject_range(question, cue.stop)
    starts = [(min(at), i) for i, at in question.columns.items() if min(at) in subject]
    column = min(starts)[1] if starts else None
    if column is not None and column in question.measures:
        if (
            column not in question.full_columns
            or not question.is_additive(column)
            or not names_only(question, column)
        ):
            return None
        positions = [*cue, *question.columns[column], max(question.columns[column]) + 1]
        return _plan_amount(question, column, positions, total=True)
    where = tuple(question.conditions)
    rest = unexplained_words(question, [*cue, *subject[-1:]])
    if rest is None or not _can_count_rows(question, subject, column, where):
        return None
    if re.search("different|distinct|unique", _words(question, cue)):
        if column is None:
            return None
        expression = f"count(DISTINCT {column_sql(question, column)})"
        select = ((expression, f"count of {question.names[column]}"),)
        return Plan("count", select, 0, (column,), where, rest=rest)
    key = question.key_column() if column is None else column
    cells = [c.column for c in where] or ([] if key is None else [key])
    extra = "" if key is None else f"{column_sql(question, key)} IS NOT NULL"
    return Plan("count", (("count(*)", "count"),), 0, tuple(cells), where, extra, rest=rest)


def _can_count_rows(
    question: ParsedQuestion, subject: range, column: int | None, where: Sequence[Condition]
) -> bool:
    """Whether what is counted are rows: each is one of what is asked for, and no other is."""
    if (
        column is not None
        and column != question.key_column()
        and len(set(question.frame.column(column))) < len(question.frame.rows)
        and " different" not in f" {question.text}"
    ):
        return False
    last_word = set(subject[-1:])
    if not question.is_exact or any(c.is_partial and c.word_positions & last_word for c in where):
        return False
    asks_for_rows = re.search(r"rows?|entr|items?|records?|lines?", _words(question, subject))
    if not where and column is None and not asks_for_rows:
        return False
    names_one_row = any(c.column == question.key_column() and c.op == "in" for c in where)
    return (
        bool(question.rows(where))
        and bool(subject)
        and names_only(question, column)
        and not names_one_row
    )


def _words(question: ParsedQuestion, positions: range) -> str:
    return " ".join(question.tokens[i].raw for i in positions)


def _plan_total(question: ParsedQuestion) -> Plan | None:
    cue = question.find(_TOTAL_CUE)
    if cue is None or set(cue) & question.explained:
        return None
    if cue.stop < len(question.tokens):
        measure = question.column_within(cue.stop, cue.stop + _NEAR, question.measures)
    else:
        measure = question.column_within(0, cue.start, question.measures)
    if (
        measure is None
        or not question.is_additive(measure)
        or measure not in question.full_columns
        or not names_only(question, measure)
    ):
        return None
    return _plan_amount(question, measure, cue, total=True)


def _plan_average(question: ParsedQuestion) -> Plan | None:
    cue = question.find(_AVERAGE_CUE)
    if cue is None or set(cue) & question.explained:
        return None
    measure = question.column_within(cue.stop, cue.stop + _NEAR, question.measures)
    where = tuple(question.conditions)
    rest = unexplained_words(question, cue)
    if (
        measure is None
        or rest is None
        or len(question.rows(where)) < 2
        or not question.is_additive(measure)
        or not names_only(question, measure)
    ):
        return None
    select = (aggregate(question, "average", "round(avg({}), 4)", measure),)
    return Plan("average", select, 0, (measure,), where, rest=rest)


def _plan_difference(question: ParsedQuestion) -> Plan | None:
    """How far the values of two rows are apart."""
    cue = question.find(_DIFFERENCE_CUE)
    if cue is None or set(cue) & question.explained:
        return None
    pair = next((c for c in question.conditions if c.op == "in" and len(c.values) == 2), None)
    measure = question.column_within(cue.stop, len(question.tokens), question.measures)
    between = [i for i, t in enumerate(question.tokens) if t.raw in ("between", "than", "compared")]
    rest = unexplained_words(question, [*cue, *between])
    if (
        pair is None
        or measure is None
        or rest is None
        or len(question.rows(question.conditions)) != 2
        or not names_only(question, measure)
    ):
        return None
    select = (aggregate(question, "difference", "round(max({}) - min({}), 6)", measure),)
    return Plan("difference", select, 0, (measure,), tuple(question.conditions), rest=rest)


_PLANNERS: tuple[Callable[[ParsedQuestion], Plan | None], ...] = (
    _plan_difference,
    plan_comparison,
    _plan_average,
    _plan_count,
    plan_extreme,
    _plan_total,
)
