"""From what a question says of a table to a query, where its words and the table's headers leave no
doubt; None where they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from polysense.make.table.question.normalise import changes
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.profile import Condition

_STOPS_WORDS = (
    "is are was were be been do does did ha has have had in on at by from with that which who whom listed to for of the a an can there "
    "won wa during since after before between than and or took take"
)
_STOPS = frozenset(_STOPS_WORDS.split())


@dataclass(frozen=True, slots=True)
class Plan:
    """A query on the table `t`, and how sure its reading is: `rest` are the words that it leaves
    unexplained.

    select pairs an SQL expression with its name. answer is the position in `select` of what is
    asked for. cells are the columns read. rows: the result are rows of the table, not made of them.
    """

    how: str
    select: tuple[tuple[str, str], ...]
    answer: int
    cells: tuple[int, ...]
    where: tuple[Condition, ...] = ()
    extra: str = ""
    tail: str = ""
    rows: bool = False
    rest: tuple[str, ...] = field(default=(), compare=False)


def plan(r: Reading) -> Plan | None:
    """The first plan that fits, of the most special kind."""
    if r.find("respective|respectively"):
        return None
    for make in _MAKERS:
        found = make(r)
        if found is not None:
            return found
    return None


def name(r: Reading, column: int) -> str:
    """A column as SQL has it."""
    return '"' + r.names[column].replace('"', '""') + '"'


def measured(r: Reading, column: int) -> str:
    """A column's name with its unit."""
    unit = r.frame.unit(column)
    return r.names[column] if not unit or unit in r.names[column] else f"{r.names[column]} ({unit})"


def clear(r: Reading, known: Sequence[int], most: int = 0) -> tuple[str, ...] | None:
    """The words left unexplained, where they are few and none of them changes what is asked."""
    rest = r.rest(known)
    if any(len(c.values) > 1 and not c.piece for c in r.conditions) and r.find(
        r"from|between|through|until|to"
    ):
        return None
    if any(c.isdigit() for w in rest for c in w):
        return None
    hard = [
        t for i, t in enumerate(r.tokens) if i not in r.used and i not in set(known) and changes(t)
    ]
    return None if hard or len(rest) > most else tuple(rest)


def _head(r: Reading, start: int) -> range:
    """The words after a cue that say of what: up to a verb or a preposition."""
    end = start
    while end < len(r.tokens) and not _stops(r.tokens[end].raw) and end - start < 5:
        end += 1
    return range(start, end)


def _stops(word: str) -> bool:
    return word in _STOPS or (word.endswith("ed") and len(word) > 4)


def _only(r: Reading, *columns: int | None) -> bool:
    """Whether the question names no other columns than these and those of its conditions."""
    return set(r.columns) <= {*columns, *(c.column for c in r.conditions)}


_COUNTED = (
    "how many(?: different| distinct| unique| total)?|(?:the )?(?:total )?(?:number|count) of(?: different| distinct| unique)?"
    "|多 少 个|几 个"
)
_WHICH = (
    "(?:which|what|name the|list the|in which|in what)(?: of the(?:se| following)?)?(?: is| was| are| were)?(?: the)?"
    "|who(?: is| was)?(?: the)?|哪 (?:个|一|些)?"
)
_APART = (
    "(?:the )?difference(?: in| of)?(?: the)?(?: total)?(?: number| amount)?(?: of)?"
    "|how (?:many|much) (?:more|fewer|less|higher|larger|greater)(?: total)?"
)
_MOST = "most|highest|largest|biggest|greatest|maximum|max|best|top|最 高|最 大|最 多"
_LEAST = "least|fewest|lowest|smallest|minimum|min|worst|最 低|最 小|最 少"
_EXTREME = {
    "tallest": (1, "height"), "shortest": (0, "height length duration distance time"), "longest": (1, "length duration distance time long"),
    "oldest": (1, "age"), "youngest": (0, "age"), "heaviest": (1, "weight mass"), "lightest": (0, "weight mass"), "deepest": (1, "depth"),
    "widest": (1, "width"), "cheapest": (0, "price cost"), "expensive": (1, "price cost"), "populous": (1, "population"),
    "populated": (1, "population"), "warmest": (1, "temperature"), "coldest": (0, "temperature"), "hottest": (1, "temperature"),
    "highest": (1, "height elevation"), "fastest": (0, "time"), "slowest": (1, "time"), "largest": (1, "area size population capacity"),
    "biggest": (1, "area size population capacity"), "smallest": (0, "area size population capacity"),
}  # fmt: skip


def _measure_called(r: Reading, names: str) -> int | None:
    for wanted in names.split():
        found = [i for i in r.measures if wanted in r.headers[i]]
        if len(found) == 1:
            return found[0]
    return None


def _amount(r: Reading, measure: int, known: Sequence[int], total: bool = False) -> Plan | None:
    """What a column of numbers says of the rows named: the value of one row, the sum of several."""
    where = tuple(c for c in r.conditions if c.column != measure or c.op != "in")
    rest = clear(r, known)
    rows = r.rows(where)
    if rest is None or not rows:
        return None
    if len(rows) == 1:
        return Plan(
            "lookup",
            ((name(r, measure), r.names[measure]),),
            0,
            (measure,),
            where,
            rows=True,
            rest=rest,
        )
    return _sum(r, measure, where, rest) if total or where else None


def _sum(r: Reading, measure: int, where: tuple[Condition, ...], rest: tuple[str, ...]) -> Plan:
    return Plan(
        "sum",
        ((f"round(sum({name(r, measure)}), 6)", f"sum of {measured(r, measure)}"),),
        0,
        (measure,),
        where,
        rest=rest,
    )


def _count(r: Reading) -> Plan | None:
    cue = r.find(_COUNTED)
    if cue is None:
        return None
    head = _head(r, cue.stop)
    first = (
        min((min(at), i) for i, at in r.columns.items() if min(at) in head)[1]
        if any(min(at) in head for at in r.columns.values())
        else None
    )
    if first is not None and first in r.measures:
        known = [*cue, *r.columns[first], max(r.columns[first]) + 1]
        return (
            _amount(r, first, known, total=True)
            if first in r.full and r.adds(first) and _only(r, first)
            else None
        )
    where = tuple(r.conditions)
    known = [*cue, *head[-1:]]
    rest = clear(r, known)
    if (
        first is not None
        and first != r.key()
        and len(set(r.frame.column(first))) < len(r.frame.rows)
        and " different" not in f" {r.words}"
    ):
        return None
    if not r.exact or any(c.piece and set(c.at) & set(head[-1:]) for c in where):
        return None
    if (
        not where
        and first is None
        and not re.search(
            r"rows?|entr|items?|records?|lines?", " ".join(r.tokens[i].raw for i in head)
        )
    ):
        return None
    if (
        rest is None
        or not r.rows(where)
        or not head
        or not _only(r, first)
        or any(c.column == r.key() and c.op == "in" for c in where)
    ):
        return None
    if re.search("different|distinct|unique", " ".join(r.tokens[i].raw for i in cue)):
        if first is None:
            return None
        return Plan(
            "count",
            ((f"count(DISTINCT {name(r, first)})", f"count of {r.names[first]}"),),
            0,
            (first,),
            where,
            rest=rest,
        )
    counted = r.key() if first is None else first
    at = [c.column for c in where] or [k for k in [counted] if k is not None]
    filled = "" if counted is None else f"{name(r, counted)} IS NOT NULL"
    return Plan("count", (("count(*)", "count"),), 0, tuple(at), where, filled, rest=rest)


def _total(r: Reading) -> Plan | None:
    cue = r.find(
        "(?:the )?(?:total|sum|combined)(?: amount| number| value)?(?: of)?(?: the)?|altogether|in total|总 和|合 计|总 计|总 共"
    )
    if cue is None or set(cue) & r.used:
        return None
    measure = (
        r.column_at(cue.stop, cue.stop + 4, r.measures)
        if cue.stop < len(r.tokens)
        else r.column_at(0, cue.start, r.measures)
    )
    return (
        _amount(r, measure, cue, total=True)
        if measure is not None and r.adds(measure) and measure in r.full and _only(r, measure)
        else None
    )


def _average(r: Reading) -> Plan | None:
    cue = r.find("(?:the )?(?:average|mean)(?: number| amount| value)?(?: of)?(?: the)?|平 均")
    if cue is None or set(cue) & r.used:
        return None
    measure = r.column_at(cue.stop, cue.stop + 4, r.measures)
    where = tuple(r.conditions)
    rest = clear(r, cue)
    if (
        measure is None
        or rest is None
        or len(r.rows(where)) < 2
        or not r.adds(measure)
        or not _only(r, measure)
    ):
        return None
    return Plan(
        "average",
        ((f"round(avg({name(r, measure)}), 4)", f"average of {measured(r, measure)}"),),
        0,
        (measure,),
        where,
        rest=rest,
    )


def _asked(r: Reading) -> tuple[int | None, list[int]]:
    """The column that "which ..." or "who" asks for, and the words that say so."""
    cue = r.find(_WHICH)
    if cue is None:
        return None, []
    head = _head(r, cue.stop)
    found = (
        r.column_at(head.start, head.stop - 1)
        if head and r.tokens[cue.start].raw != "who"
        else None
    )
    return found, [*cue, *(head if head.stop - head.start <= 2 else [])]


def _extreme(r: Reading) -> Plan | None:
    words = "|".join(w for w in _EXTREME)
    cue = r.find(
        rf"(?:the )?(?:{_MOST}|{_LEAST}|most (?:{words})|least (?:{words})|{words})(?: number| amount| value| total)?(?: of)?(?: the)?"
    )
    if cue is None or set(cue) & r.used or (cue.start and r.tokens[cue.start - 1].raw == "at"):
        return None
    said = " ".join(r.tokens[i].raw for i in cue)
    adjective = next((w for w in _EXTREME if w in said.split()), "")
    measure = r.column_at(cue.stop, cue.stop + 3, r.measures)
    down = not re.search(rf"(?:^| )(?:{_LEAST})(?: |$)", said)
    if measure is None and adjective:
        measure = _measure_called(r, _EXTREME[adjective][1])
        down = bool(_EXTREME[adjective][0]) ^ ("least" in said.split())
    if measure is None or measure in [c.column for c in r.conditions]:
        return None
    target, known = _asked(r)
    known = [*known, *cue]
    where = tuple(r.conditions)
    rest = clear(r, known, 1)
    if rest is None or len(r.rows(where)) < 2:
        return None
    of_value = (
        r.find(
            rf"(?:what|how much|how many)(?: is| was| are| were)?(?: the| its| his| her| their)? (?:{_MOST}|{_LEAST})"
        )
        is not None
    )
    target = measure if of_value and target is None else target if target is not None else r.key()
    if (
        target is None
        or (target == measure and not of_value)
        or not _only(r, target, measure)
        or (measure not in r.full and not adjective)
    ):
        return None
    if r.ranks(measure):
        if not re.search("highest|best|top", said):
            return None
        down = False
    return ranked(r, target, measure, down, where, rest)


def ranked(
    r: Reading,
    target: int,
    measure: int,
    down: bool,
    where: tuple[Condition, ...],
    rest: tuple[str, ...],
    n: int = 1,
) -> Plan | None:
    names = [r.frame.column(target)[row] for row in r.rows(where)]
    if not _leads(r, target, measure, down, where) if n == 1 else len(set(names)) < len(names):
        return None
    columns = dict.fromkeys([*(k for k in [r.key()] if k is not None), target, measure])
    select = tuple((name(r, c), r.names[c]) for c in columns)
    order = f"{name(r, measure)} {'DESC' if down else 'ASC'} NULLS LAST"
    tail = f"QUALIFY rank() OVER (ORDER BY {order}) <= {n} ORDER BY {order}, _row"
    extra = f"{name(r, measure)} IS NOT NULL"
    return Plan(
        "highest" if down else "lowest",
        select,
        list(columns).index(target),
        (measure,),
        where,
        extra,
        tail,
        True,
        rest,
    )


def _leads(r: Reading, target: int, measure: int, down: bool, where: tuple[Condition, ...]) -> bool:
    """Whether one cell of `target` leads, both by its best row and by all its rows together: which
    of them is meant is not said.
    """
    best: dict[str, float] = {}
    total: dict[str, float] = {}
    numbers, names = r.frame.numbers(measure), r.frame.column(target)
    for row in r.rows(where):
        if (v := numbers[row]) is not None:
            v = v if down else -v
            best[names[row]] = max(best.get(names[row], v), v)
            total[names[row]] = total.get(names[row], 0.0) + v
    repeated = len(total) < sum(numbers[row] is not None for row in r.rows(where))
    return (
        not repeated
        or target == measure
        or max(best, key=lambda k: best[k]) == max(total, key=lambda k: total[k])
    )


def _compare(r: Reading) -> Plan | None:
    cue = r.find(
        "more|higher|larger|greater|bigger|longer|taller|older|better|less|fewer|lower|smaller|shorter|younger"
    )
    pair = next((c for c in r.conditions if c.op == "in" and len(c.values) == 2), None)
    if (
        cue is None
        or pair is None
        or r.find("or", min(pair.at)) is None
        or len(r.rows(r.conditions)) != 2
    ):
        return None
    measure = r.column_at(cue.stop, cue.stop + 3, r.measures)
    rest = clear(r, [*cue, *_asked(r)[1]])
    if measure is None or rest is None or r.ranks(measure):
        return None
    less = r.tokens[cue.start].raw in ("less", "fewer", "lower", "smaller", "shorter", "younger")
    return ranked(r, pair.column, measure, not less, tuple(r.conditions), rest)


def _difference(r: Reading) -> Plan | None:
    cue = r.find(_APART)
    if cue is None or set(cue) & r.used:
        return None
    pair = next((c for c in r.conditions if c.op == "in" and len(c.values) == 2), None)
    measure = r.column_at(cue.stop, len(r.tokens), r.measures)
    rest = clear(
        r, [*cue, *(i for i, t in enumerate(r.tokens) if t.raw in ("between", "than", "compared"))]
    )
    if (
        pair is None
        or measure is None
        or rest is None
        or len(r.rows(r.conditions)) != 2
        or not _only(r, measure)
    ):
        return None
    called = name(r, measure)
    return Plan(
        "difference",
        ((f"round(max({called}) - min({called}), 6)", f"difference of {measured(r, measure)}"),),
        0,
        (measure,),
        tuple(r.conditions),
        rest=rest,
    )


_MAKERS: tuple[Callable[[Reading], Plan | None], ...] = (
    _difference,
    _compare,
    _average,
    _count,
    _extreme,
    _total,
)
