"""Plans that put rows together: "income by month", "how many orders per customer"."""

from __future__ import annotations

from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plan import Plan, aggregate, column_sql, unexplained_words

_MOST_GROUPS = 400
"""Different cells of a column that rows are put together by; judged, not measured."""

_TIMES = {
    "month": "%Y-%m",
    "year": "%Y",
    "day": "%Y-%m-%d",
    "week": "%G-W%V",
    "quarter": "",
    "月": "%Y-%m",
    "年": "%Y",
}
_FUNCTIONS = (
    ("avg", "average", "(?:the )?(?:average|mean)|平 均"),
    ("max", "highest", "(?:the )?(?:highest|maximum|max|largest|most)|最 (?:高|大|多)"),
    ("min", "lowest", "(?:the )?(?:lowest|minimum|min|smallest|least)|最 (?:低|小|少)"),
    ("count", "count", "how many|(?:the )?(?:number|count) of|count|多 少 个|几 个|数 量"),
    ("sum", "sum", "(?:the )?(?:total|sum|overall)(?: of)?|how much|总 (?:和|计|额)?|合 计"),
)


def plan_groups(question: ParsedQuestion) -> Plan | None:
    """One row for each value of the column that "per", "by" or "each" names."""
    cue = question.find("per|by|for each|in each|of each|for every|each|grouped by|按|每 个?")
    if cue is None or cue.stop >= len(question.tokens):
        return None
    key, key_positions = _group_key(question, cue.stop)
    if not key:
        return None
    function, how, function_cue = next(
        ((f, h, at) for f, h, p in _FUNCTIONS if (at := question.find(p)) is not None),
        ("sum", "sum", range(0)),
    )
    measures = [
        i
        for i in question.columns
        if i in question.measures and not set(question.columns[i]) & set(key_positions)
    ]
    counts = function == "count"
    where = tuple(c for c in question.conditions if not c.word_positions & set(key_positions))
    subject = range(function_cue.stop, min(function_cue.stop + 1, len(question.tokens)))
    subject = subject if counts else range(0)
    rest = unexplained_words(question, [*cue, *key_positions, *function_cue, *subject])
    if rest is None:
        return None
    if not counts and (len(measures) != 1 or not question.is_additive(measures[0])):
        return None
    expression, alias = key
    if counts:
        value, cells = ("count(*)", "count"), (_column_of_key(question, alias),)
    else:
        value = aggregate(question, how, f"round({function}({{}}), 6)", measures[0])
        cells = (measures[0],)
    extra, tail = f"{expression} IS NOT NULL", f"GROUP BY {expression} ORDER BY min(_row)"
    return Plan("group", ((expression, alias), value), 1, cells, where, extra, tail, rest=rest)


def _column_of_key(question: ParsedQuestion, alias: str) -> int:
    """The column that rows are put together by; the column of days where that is a unit of time."""
    if alias in question.names:
        return question.names.index(alias)
    return next(i for i in range(len(question.names)) if question.days(i))


def _group_key(question: ParsedQuestion, start: int) -> tuple[tuple[str, str] | None, list[int]]:
    """What to group by, as SQL and as a name, and the words that say it.

    A column that repeats itself, or a unit of time.
    """
    column = question.column_within(start, start + 2)
    if column is not None:
        cells = [c for c in question.frame.column(column) if c]
        if len(set(cells)) == len(cells) or len(set(cells)) > _MOST_GROUPS:
            return None, []
        key = column_sql(question, column), question.names[column]
        return key, sorted(question.columns[column])
    unit = question.tokens[start].stem
    day_columns = [i for i in range(len(question.names)) if question.days(i)]
    if unit in _TIMES and len(day_columns) == 1:
        day = column_sql(question, day_columns[0])
        if unit == "quarter":
            return (f"year({day}) || '-Q' || quarter({day})", unit), [start]
        return (f"strftime({day}, '{_TIMES[unit]}')", unit), [start]
    return None, []
