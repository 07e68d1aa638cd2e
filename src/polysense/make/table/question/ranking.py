"""Plans for what leads: "which hill is the highest", "who won more", "top 3 products by sales"."""

from __future__ import annotations

import re

from polysense.make.table.question.normalise import NUMBERS
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plan import (
    Plan,
    column_sql,
    names_only,
    target_column,
    unexplained_words,
)
from polysense.make.table.question.profile import Condition, TableProfile

_MOST = "most|highest|largest|biggest|greatest|maximum|max|best|top|最 高|最 大|最 多"
_LEAST = "least|fewest|lowest|smallest|minimum|min|worst|最 低|最 小|最 少"
_TOP = "top|highest|largest|biggest|most|最 (?:高|大|多) 的?"
_BOTTOM = "bottom|lowest|smallest|fewest|least|最 (?:低|小|少) 的?"
_MORE = (
    "more|higher|larger|greater|bigger|longer|taller|older|better"
    "|less|fewer|lower|smaller|shorter|younger"
)
_LESS = ("less", "fewer", "lower", "smaller", "shorter", "younger")

_MEASURES = {
    "tallest": (True, "height"),
    "shortest": (False, "height length duration distance time"),
    "longest": (True, "length duration distance time long"),
    "oldest": (True, "age"),
    "youngest": (False, "age"),
    "heaviest": (True, "weight mass"),
    "lightest": (False, "weight mass"),
    "deepest": (True, "depth"),
    "widest": (True, "width"),
    "cheapest": (False, "price cost"),
    "expensive": (True, "price cost"),
    "populous": (True, "population"),
    "populated": (True, "population"),
    "warmest": (True, "temperature"),
    "coldest": (False, "temperature"),
    "hottest": (True, "temperature"),
    "highest": (True, "height elevation"),
    "fastest": (False, "time"),
    "slowest": (True, "time"),
    "largest": (True, "area size population capacity"),
    "biggest": (True, "area size population capacity"),
    "smallest": (False, "area size population capacity"),
}
"""What adjectives measure: whether the largest value is meant, and headers in order of likelihood;
they follow the questions of the development tables (WikiTableQuestions)."""

_SUPERLATIVES = "|".join(_MEASURES)
_SUPERLATIVE_CUE = (
    rf"(?:the )?(?:{_MOST}|{_LEAST}|most (?:{_SUPERLATIVES})|least (?:{_SUPERLATIVES})"
    rf"|{_SUPERLATIVES})(?: number| amount| value| total)?(?: of)?(?: the)?"
)
_VALUE_CUE = (
    r"(?:what|how much|how many)(?: is| was| are| were)?(?: the| its| his| her| their)? "
    rf"(?:{_MOST}|{_LEAST})"
)
_MOST_TOP_ROWS = 1000  # more are no answer


def plan_extreme(question: ParsedQuestion) -> Plan | None:
    """The row with the highest or lowest value, or that value."""
    cue = question.find(_SUPERLATIVE_CUE)
    if cue is None or set(cue) & question.explained or _follows_at(question, cue):
        return None
    cue_words = " ".join(question.tokens[i].raw for i in cue)
    adjective = next((w for w in _MEASURES if w in cue_words.split()), "")
    measure = question.column_within(cue.stop, cue.stop + 3, question.measures)
    descending = not re.search(rf"(?:^| )(?:{_LEAST})(?: |$)", cue_words)
    if measure is None and adjective:
        measure = _measure_with_header(question, _MEASURES[adjective][1])
        descending = _MEASURES[adjective][0] ^ ("least" in cue_words.split())
    if measure is None or measure in [c.column for c in question.conditions]:
        return None
    target, positions = target_column(question)
    where = tuple(question.conditions)
    rest = unexplained_words(question, [*positions, *cue], 1)
    if rest is None or len(question.rows(where)) < 2:
        return None
    asks_for_value = question.find(_VALUE_CUE) is not None
    if target is None:
        target = measure if asks_for_value else question.key_column()
    if (
        target is None
        or (target == measure and not asks_for_value)
        or not names_only(question, target, measure)
        or (measure not in question.full_columns and not adjective)
    ):
        return None
    if question.is_rank(measure):
        if not re.search("highest|best|top", cue_words):
            return None
        descending = False
    return plan_ranking(question, target, measure, descending, where, rest)


def _follows_at(question: ParsedQuestion, cue: range) -> bool:
    """Whether a cue is part of "at most", "at least"."""
    return bool(cue.start) and question.tokens[cue.start - 1].raw == "at"


def _measure_with_header(question: ParsedQuestion, headers: str) -> int | None:
    for header in headers.split():
        measures = [i for i in question.measures if header in question.headers[i]]
        if len(measures) == 1:
            return measures[0]
    return None


def plan_comparison(question: ParsedQuestion) -> Plan | None:
    """Which of two rows has more: "who won more games, Ann or Bob"."""
    cue = question.find(_MORE)
    pair = next((c for c in question.conditions if c.op == "in" and len(c.values) == 2), None)
    if (
        cue is None
        or pair is None
        or question.find("or", min(pair.word_positions)) is None
        or len(question.rows(question.conditions)) != 2
    ):
        return None
    measure = question.column_within(cue.stop, cue.stop + 3, question.measures)
    rest = unexplained_words(question, [*cue, *target_column(question)[1]])
    if measure is None or rest is None or question.is_rank(measure):
        return None
    descending = question.tokens[cue.start].raw not in _LESS
    where = tuple(question.conditions)
    return plan_ranking(question, pair.column, measure, descending, where, rest)


def plan_top_rows(question: ParsedQuestion) -> Plan | None:
    """The rows that lead a ranking: "top 3 products by sales", "the five largest"."""
    number = rf"(?:\d{{1,3}}|{'|'.join(NUMBERS)})"
    top = question.find(rf"(?:the )?(?:{_TOP}) {number}|(?:the )?{number} (?:{_TOP})")
    bottom = question.find(rf"(?:the )?(?:{_BOTTOM}) {number}|(?:the )?{number} (?:{_BOTTOM})")
    cue = top or bottom
    if cue is None or set(cue) & question.explained or _follows_at(question, cue):
        return None
    cue_words = [question.tokens[i].raw for i in cue]
    number_word = next(word for word in cue_words if word in NUMBERS or word.isdigit())
    by = question.find("by|in terms of|according to|in|with the|按")
    measure = question.column_within(by.stop, by.stop + 2, question.measures) if by else None
    if measure is None:
        measure = question.column_within(cue.stop, len(question.tokens), question.measures)
    labels = [i for i in question.columns if i not in question.measures]
    target = question.column_within(cue.stop, cue.stop + 2, labels)
    target = question.key_column() if target is None else target
    rest = unexplained_words(question, [*cue, *(by or ()), cue.stop])
    if measure is None or target is None or rest is None or question.is_rank(measure):
        return None
    count = min(int(NUMBERS.get(number_word, number_word)), _MOST_TOP_ROWS)
    where = tuple(question.conditions)
    return plan_ranking(question, target, measure, top is not None, where, rest, count)


def plan_ranking(
    question: ParsedQuestion,
    target: int,
    measure: int,
    descending: bool,
    where: tuple[Condition, ...],
    rest: tuple[str, ...],
    count: int = 1,
) -> Plan | None:
    """The first rows by a measure; None where `target` does not tell clearly who leads."""
    names = [question.frame.column(target)[row] for row in question.rows(where)]
    if count > 1 and len(set(names)) < len(names):
        return None
    if count == 1 and not has_clear_leader(question, target, measure, descending, where):
        return None
    key = question.key_column()
    keys: list[int] = [] if key is None else [key]
    columns = list(dict.fromkeys([*keys, target, measure]))
    select = tuple((column_sql(question, c), question.names[c]) for c in columns)
    order = f"{column_sql(question, measure)} {'DESC' if descending else 'ASC'} NULLS LAST"
    return Plan(
        "highest" if descending else "lowest",
        select,
        columns.index(target),
        (measure,),
        where,
        extra=f"{column_sql(question, measure)} IS NOT NULL",
        tail=f"QUALIFY rank() OVER (ORDER BY {order}) <= {count} ORDER BY {order}, _row",
        rows=True,
        rest=rest,
    )


def has_clear_leader(
    question: TableProfile,
    target: int,
    measure: int,
    descending: bool,
    where: tuple[Condition, ...],
) -> bool:
    """Whether one cell of `target` leads, both by its best row and by all its rows together.

    Which of them is meant is not said.
    """
    best: dict[str, float] = {}
    total: dict[str, float] = {}
    numbers, names = question.frame.numbers(measure), question.frame.column(target)
    rows = question.rows(where)
    for row in rows:
        if (v := numbers[row]) is not None:
            v = v if descending else -v
            best[names[row]] = max(best.get(names[row], v), v)
            total[names[row]] = total.get(names[row], 0.0) + v
    repeats = len(total) < sum(numbers[row] is not None for row in rows)
    return (
        not repeats
        or target == measure
        or max(best, key=lambda k: best[k]) == max(total, key=lambda k: total[k])
    )
