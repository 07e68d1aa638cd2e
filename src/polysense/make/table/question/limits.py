"""Limits that a question sets: on columns of numbers ("under 20 euros"), and by years."""

from __future__ import annotations

from polysense.make.table.question import lexicon
from polysense.make.table.question.attributes import attribute_column, column_unit
from polysense.make.table.question.facts import NEAR, Facts, mention_before, next_mention
from polysense.make.table.question.normalise import CJK
from polysense.make.table.question.profile import Condition
from polysense.make.table.question.reading import YEAR, Mention, Reading

_STRONG_TO = frozenset(["to", "until", "till", "through", "bis", "à", "hasta", "到", "至"])
_SINCE = frozenset(["since", "from", "depuis", "desde", "seit", "自", "从"])
_OR_OF = frozenset(["from", "de", "desde", "从"])
"""Words that say of a column of one year as well that it is meant: "sales from 2019"."""
_OF_TIME = frozenset(["before", "after", "vor", "nach", "avant", "après", "antes", "después"])
_LONGEST_UNIT = 3  # words of a unit
_BETWEEN = frozenset(["between", "zwischen", "entre"])


def read_bounds(f: Facts) -> None:
    """Limits on a column of numbers: "under 20 euros", "20元以下", "cheaper than 20"."""
    r = f.reading
    for m in r.mentions:
        number = r.number_of(m)
        if number is None or r.year_of(m) is not None:
            continue
        operator, attribute, cue = _operator_of(r, m)
        if any(r.tokens[i].raw in _OF_TIME for i in cue):
            continue
        if not operator:
            _read_equal(f, m, number)
            continue
        after = m.positions.stop
        unit, size = _unit_behind(r, after)
        column, uses_unit = _bounded_column(r, m, attribute, unit)
        if column is None:
            continue
        behind = next((x for x in r.mentions if x.positions.start == after), None)
        if not uses_unit and behind and behind.means("word", "dimension"):
            uses_unit, size = True, len(behind.positions)
        positions = {*m.positions, *cue, *(range(after, after + size) if uses_unit else ())}
        f.explained |= positions
        f.bounded.append(column)
        f.where.append(Condition(column, operator, (f"{number:.12g}",), frozenset(positions)))


def _unit_behind(r: Reading, start: int) -> tuple[str, int]:
    """The unit that stands behind a number, and of how many words; else the next word."""
    for size in range(_LONGEST_UNIT, 0, -1):
        words = [t.raw for t in r.tokens[start : start + size]]
        unit = ("" if words and CJK.match(words[0]) else " ").join(words)
        if len(words) == size and unit in lexicon.SAME_UNIT:
            return unit, size
    return (r.tokens[start].raw, 1) if start < len(r.tokens) else ("", 0)


def _is_unit_of(column_unit: str, unit: str) -> bool:
    """Whether a limit in a unit is one on a column: euros on "€", and on "€/kg"."""
    return lexicon.is_same_unit(column_unit, unit) or (
        "/" in column_unit and lexicon.is_same_unit(column_unit.split("/")[0], unit)
    )


def _read_equal(f: Facts, number: Mention, amount: float) -> None:
    """A number beside a column of numbers: "with 4 cranes"."""
    r = f.reading
    behind = next((m for m in r.mentions if m.positions.start == number.positions.stop), None)
    columns = behind.columns if behind and behind.kind in ("column", "column_part") else ()
    if len(columns) == 1 and columns[0] in r.measures:
        numbers = zip(r.frame.column(columns[0]), r.frame.numbers(columns[0]), strict=True)
        cells = tuple(dict.fromkeys(cell for cell, v in numbers if v == amount))
        positions = frozenset((*number.positions, *(behind.positions if behind else ())))
        f.explained |= positions
        f.where.append(Condition(columns[0], "in", cells or ("",), positions))


def _operator_of(r: Reading, number: Mention) -> tuple[str, str, set[int]]:
    """The operator of a number, the attribute that a comparative names, and the words of both."""
    behind = next_mention(r, number.positions.stop, NEAR)
    if behind and behind.means("bound_behind"):
        entry = next(e for e in behind.entries if e.kind == "bound_behind")
        return entry.meaning, "", set(behind.positions)
    before = mention_before(r, number.positions.start)
    if before is None:
        return "", "", set()
    if before.means("bound"):
        entry = next(e for e in before.entries if e.kind == "bound")
        return entry.meaning, "", set(before.positions)
    if before.means("word", "than"):
        comparative = mention_before(r, before.positions.start)
        if comparative and comparative.means("comparative"):
            entry = max(
                (e for e in comparative.entries if e.kind == "comparative"),
                key=lambda e: len(e.meaning),
            )
            operator = ">" if entry.meaning[0] == "+" else "<"
            positions = {*before.positions, *comparative.positions}
            return operator, entry.meaning[1:], positions
    return "", "", set()


def _bounded_column(
    r: Reading, number: Mention, attribute: str, unit: str
) -> tuple[int | None, bool]:
    """The column that a limit is on, and whether the word behind the number is its unit."""
    units = {i: column_unit(r, i) for i in r.measures}
    with_unit = [i for i, u in units.items() if u and _is_unit_of(u, unit)]
    if attribute:
        column = attribute_column(r, attribute)
        return column, column in with_unit
    if len(with_unit) == 1:
        return with_unit[0], True
    at = number.positions
    named_columns = sorted(
        (min(abs(m.positions.start - at.start), abs(m.positions.start - at.stop)), c)
        for m in r.mentions
        if m.kind in ("column", "column_part")
        for c in m.columns
        if c in r.measures
    )
    attribute_columns = [
        c
        for m in r.mentions
        for e in m.entries
        if e.kind == "attribute" and (c := attribute_column(r, e.meaning)) in r.measures
    ]
    if named_columns:
        return named_columns[0][1], named_columns[0][1] in with_unit
    if attribute_columns:
        return attribute_columns[0], attribute_columns[0] in with_unit
    additive = [i for i in r.measures if i not in r.periods and r.is_additive(i)]
    is_unit = unit in lexicon.SAME_UNIT
    return (additive[0], False) if len(additive) == 1 and not is_unit else (None, False)


def _years(f: Facts) -> list[tuple[Mention, int]]:
    """The years that are named, in order; a span in one word ("2019-2022") as its two ends."""
    r = f.reading
    result = []
    for m in r.mentions:
        text = r.tokens[m.positions.start].raw
        if f.explained.issuperset(m.positions) or len(m.positions) != 1:
            continue
        if m.kind in ("number", "cell", "column") and (years := YEAR.findall(text)):
            result += [(m, int(y)) for y in years]
    return result


def is_span(r: Reading, a: Mention, b: Mention) -> bool:
    """Whether two mentions are the ends of a span."""
    if a is b:
        return True
    between = [m for m in r.mentions if a.positions.stop <= m.positions.start < b.positions.start]
    to = next((m for m in between if m.means("word", "to")), None)
    if to is None or any(not (m.means("word") or m.kind == "context") for m in between):
        return False
    if r.tokens[to.positions.start].raw in _STRONG_TO or r.tokens[to.positions.start].raw == "a":
        return True
    before = [
        r.tokens[i].raw
        for m in r.mentions
        if a.positions.start - NEAR <= m.positions.start < a.positions.start
        for i in m.positions
    ]
    return bool(_BETWEEN & set(before))


def read_years(f: Facts) -> None:
    """Years as columns, or as conditions on a column of years or days."""
    r = f.reading
    years = _years(f)
    columns = {c: y for c, y in r.periods.items() if c in r.measures}
    asks_for_all = f.phrase("word", "all") is not None and f.phrase("word", "periods") is not None
    if not years:
        if columns and asks_for_all:
            f.periods, f.is_span = sorted(columns, key=lambda c: columns[c]), True
        return
    f.is_span = len(years) == 2 and is_span(r, years[0][0], years[1][0])
    low, high = min(y for _, y in years), max(y for _, y in years)
    positions = {i for m, _ in years for i in m.positions}
    f.explained |= positions
    if columns:
        years_to_show = [
            y
            for y in columns.values()
            if (low <= y <= high if f.is_span else any(y == year for _, year in years))
        ]
        if not {y for _, y in years} <= set(columns.values()):
            f.problem = f"year {low}"
        elif len(years) == 1 and (bound := _bound_of_year(f, years[0][0])):
            holds = {">": low.__lt__, ">=": low.__le__, "<": low.__gt__, "<=": low.__ge__}[bound]
            years_to_show, f.is_span = [y for y in columns.values() if holds(y)], True
        f.periods = sorted(
            (c for c, y in columns.items() if y in years_to_show), key=lambda c: columns[c]
        )
        return
    dated = [i for i in range(len(r.kinds)) if r.days(i)]
    of_years = [
        i for i, k in enumerate(r.kinds) if k == "date" and i not in dated
        and any(YEAR.search(c) for c in r.frame.column(i))
    ]  # fmt: skip
    candidates = [c for c in of_years if c in r.named_columns] or of_years or dated
    if len(candidates) != 1:
        f.problem = f"year {low}"
        return
    column = candidates[0]
    at = frozenset(positions)
    if f.is_span:
        f.where += [
            Condition(column, ">=", (str(low),), at),
            Condition(column, "<=", (str(high),), at),
        ]
    elif len(years) == 1 and (bound := _bound_of_year(f, years[0][0])):
        f.where.append(Condition(column, bound, (str(low),), at))
    elif column in dated:
        if len(years) > 1:
            f.problem = f"years {low}, {high}"
        f.where.append(Condition(column, "year", (str(low),), at))
    else:
        cells = [c for c in r.frame.column(column) if any(str(y) in c for _, y in years)]
        f.where.append(Condition(column, "in", tuple(dict.fromkeys(cells)) or ("",), at))
    if len(years) == 2:
        f.ends = [
            Condition(column, "in", tuple(dict.fromkeys(cells)), frozenset(m.positions))
            for m, y in years
            for cells in [[c for c in r.frame.column(column) if str(y) in c]]
        ]


def _bound_of_year(f: Facts, year: Mention) -> str:
    """The operator that stands before a year or behind it: "before 1950", "1950年之前"."""
    r = f.reading
    before = mention_before(r, year.positions.start)
    behind = next_mention(r, year.positions.stop, NEAR)
    for mention, kind in ((before, "bound"), (behind, "bound_behind")):
        if mention is not None and mention.means(kind):
            f.explained |= set(mention.positions)
            return next(e.meaning for e in mention.entries if e.kind == kind)
    cue = "" if before is None else r.tokens[before.positions.start].raw
    if cue in _SINCE and not (r.periods and cue in _OR_OF):
        return ">="
    return ""
