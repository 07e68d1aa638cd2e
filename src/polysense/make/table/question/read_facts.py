"""Reads the facts of a question: limits, years, cells, columns, attributes without a name."""

from __future__ import annotations

from polysense.make.table.question.attributes import (
    attribute_column,
    column_unit,
    has_money_name,
)
from polysense.make.table.question.facts import Facts
from polysense.make.table.question.limits import is_span, read_bounds, read_years
from polysense.make.table.question.negations import negations
from polysense.make.table.question.normalise import tokenize
from polysense.make.table.question.profile import Condition
from polysense.make.table.question.reading import Mention, Reading

ASK_WHICH = ("which", "what", "welch", "quel", "cuál", "qué", "list", "哪", "什")
"""How words begin that ask for one or several of many."""

_STOCK_TEXT = "stock inventory lager bestand lagerbestand vorrat stocks existencias inventario"
_STOCK, _STOCK_HAN = frozenset(_STOCK_TEXT.split()), ("库存", "存货")
_STRICT_EACH = frozenset(["each", "every", "per", "for", "je", "每", "个", "各"])
YES = frozenset(
    ["yes", "y", "ja", "j", "oui", "o", "sí", "si", "s", "是", "有", "x", "✓", "✔", "true"]
)
NO = frozenset(["no", "n", "nein", "non", "否", "无", "没有", "-", "–", "—", "", "✗", "✘", "false"])
"""Cells that say whether a row has what its column is called."""
_NAMES_OF_COLUMNS = ("column", "column_part")
_HOW_HIGH = frozenset(["height"])


def facts(reading: Reading) -> Facts:
    """The facts of a reading."""
    result = Facts(reading)
    read_bounds(result)
    read_years(result)
    _read_months(result)
    _read_stock(result)
    _read_each(result)
    _read_cells(result)
    _read_columns(result)
    _read_answers(result)
    _read_attributes(result)
    _read_period_columns(result)
    _read_number_of_rows(result)
    if unused := [
        m
        for m in reading.mentions
        if m.kind == "number" and not result.explained.issuperset(m.positions)
    ]:
        result.problem = result.problem or f"number {unused[0].values[0]}"
    return result


def _read_months(f: Facts) -> None:
    """Months that a column of days is kept to: "in January"."""
    r = f.reading
    months = [m for m in r.mentions if m.kind == "month"]
    days = [d for d in r.days(months[0].columns[0]) or () if d] if months else []
    number = int(months[0].values[0]) if months else 0
    if len({d.year for d in days if d.month == number}) > 1 and not _has_year(f):
        f.problem = "a month of several years"
    elif len(months) == 1:
        at = frozenset(months[0].positions)
        f.where.append(Condition(months[0].columns[0], "month", months[0].values, at))
    elif months:
        f.problem = "several months"


def _has_year(f: Facts) -> bool:
    return any(c.op in ("year", ">=", "<=", ">", "<") for c in f.where)


def _read_stock(f: Facts) -> None:
    """What is out of stock, where a column says how many there are."""
    r = f.reading
    for meaning, operator in (("sold_out", "<="), ("in_stock", ">")):
        m = f.phrase("word", meaning)
        if m is None:
            continue
        columns = [
            i for i in r.measures if _STOCK & {t.raw for t in tokenize(r.frame.columns[i])}
        ] or [i for i in r.measures if any(w in r.frame.columns[i] for w in _STOCK_HAN)]
        if len(columns) != 1:
            f.problem = "no column for stock"
            return
        at = frozenset(m.positions)
        f.explained |= at
        f.bounded.append(columns[0])
        f.where.append(Condition(columns[0], operator, ("0",), at))


def _read_each(f: Facts) -> None:
    """What a value is asked for each of: a column's name, or words that all its cells say."""
    r = f.reading
    for cue in (m for m in r.mentions if m.means("word", "each")):
        after = cue.positions.stop
        m = next((m for m in r.mentions if after <= m.positions.start <= after + 1), None)
        if m is None:
            continue
        is_strict = all(r.tokens[i].raw in _STRICT_EACH for i in cue.positions)
        cells = set(r.frame.column(m.columns[0])) - {""} if m.columns else set()
        if m.kind in ("column", "column_part") and len(m.columns) == 1:
            if m.columns[0] in r.measures and not is_strict:
                continue  # "the lowest two by height"
            f.each += m.columns
        elif m.kind == "cell_part" and cells <= set(m.values) and is_strict:
            f.each.append(m.columns[0])
            f.explained |= set(m.positions)
        elif not is_strict:
            continue
        f.is_each = True
        f.explained |= set(cue.positions)


def _read_answers(f: Facts) -> None:
    """Columns that say yes or no, where what is asked of is another: "rooms with a projector"."""
    r = f.reading
    names_row = any(c.column == r.label_column and c.op == "in" for c in f.where)
    asks_person = any(m.means("attribute", "person") for m in r.mentions)
    is_count = f.phrase("word", "count") is not None
    if names_row or not (_asks_which(r) or asks_person or is_count):
        return
    columns = {c for c in f.columns if _says_yes_or_no(r, c)}
    is_of_rows = (
        asks_person
        or is_count
        or any(m.kind == "context" for m in r.mentions)
        or any(columns & {*m.columns} and _is_right_behind_which(r, m) for m in r.mentions)
    )
    least = 1 if is_of_rows else 2
    denials = negations(r, columns)
    for column in [c for c in f.columns if c in columns]:
        if len(f.columns) < least:
            break
        mentions = [m for m in r.mentions if m.kind.startswith("column") and column in m.columns]
        denied = [i for m in mentions for i in denials.get(m.positions.start, ())]
        answers = NO if denied else YES
        values = tuple(
            c for c in dict.fromkeys(r.frame.column(column)) if c.strip().lower() in answers
        )
        at = frozenset({*denied}.union(*(m.positions for m in mentions)))
        f.explained |= set(denied)
        f.columns.remove(column)
        f.answered.append(column)
        f.where.append(Condition(column, "in", values, at))


def _is_right_behind_which(r: Reading, m: Mention) -> bool:
    start = m.positions.start
    return (
        m.kind.startswith("column") and start > 0 and r.tokens[start - 1].raw.startswith(ASK_WHICH)
    )


def _says_yes_or_no(r: Reading, column: int) -> bool:
    cells = {c.strip().lower() for c in r.frame.column(column)}
    return column not in r.measures and bool(cells & YES) and cells <= YES | NO


def _asks_which(r: Reading) -> bool:
    return any(t.raw.startswith(ASK_WHICH) for t in r.tokens)


def _read_period_columns(f: Facts) -> None:
    """All columns of years, where what they hold is named by the table's title only."""
    r = f.reading
    columns = [c for c in sorted(r.periods, key=lambda c: r.periods[c]) if c in r.measures]
    names_them = any(m.kind == "context" or m.positions.start in f.of_title for m in r.mentions)
    is_whole = f.operations() & {"average", "sum"} and not f.measures
    if not f.periods and len(columns) > 1 and names_them and is_whole:
        f.periods, f.is_span = columns, True


def _read_number_of_rows(f: Facts) -> None:
    """The number of rows beside the name of what they are: "the three shops"."""
    r = f.reading
    for m in r.mentions:
        amount = None if f.explained.issuperset(m.positions) else r.number_of(m)
        after = m.positions.stop
        labels = (
            x for x in r.mentions if x.kind in _NAMES_OF_COLUMNS and r.label_column in x.columns
        )
        label = next((x for x in labels if after <= x.positions.start <= after + 1), None)
        if amount == len(r.frame.rows) and label is not None and not f.where:
            f.explained |= set(range(m.positions.start, label.positions.start))


def _read_cells(f: Facts) -> None:
    """Conditions that cells make: any of several of one column, all of several columns."""
    r = f.reading
    cells = [
        m
        for m in r.mentions
        if m.kind in ("cell", "cell_part") and not f.explained.issuperset(m.positions)
    ]
    columns = r.named_columns
    for m in cells:
        rows = {c: r.rows([Condition(c, "in", m.values, frozenset())]) for c in m.columns}
        differ = len({tuple(n) for n in rows.values()}) > 1
        if differ and len(columns & set(m.columns)) != 1:
            f.problem = "a cell of several columns"
    for column in dict.fromkeys(_column_of(m, columns) for m in cells):
        own = [m for m in cells if _column_of(m, columns) == column]
        whole = [m for m in own if m.kind == "cell"]
        at = frozenset(i for m in own for i in m.positions)
        if whole:
            values = tuple(dict.fromkeys(c for m in whole for c in m.values))
            if len(whole) == 2 and not f.ends:
                f.ends = [Condition(column, "in", m.values, frozenset(m.positions)) for m in whole]
            if len(whole) == 2 and is_span(r, *whole):
                values = _cells_between(r, column, *(m.values[0] for m in whole)) or values
                f.is_span = True
            if any(not any(p in values for p in m.values) for m in own if m not in whole):
                f.problem = "parts of other cells"
            f.where.append(Condition(column, "in", values, at))
            continue
        common = set.intersection(*(set(m.values) for m in own))
        either = set().union(*(m.values for m in own))
        every = [c for c in r.frame.column(column) if c in (common or either)]
        if len(set(every)) == len({c for c in r.frame.column(column) if c}):
            continue  # what all rows say is said of the table
        f.where.append(Condition(column, "in", tuple(dict.fromkeys(every)), at, is_partial=True))


def _column_of(mention: Mention, columns: frozenset[int]) -> int:
    """The column of a cell: of several that have it, the one that is named."""
    return next((c for c in mention.columns if c in columns), mention.columns[0])


def _cells_between(r: Reading, column: int, first: str, last: str) -> tuple[str, ...]:
    """The cells from one to another, as the table has them in order."""
    cells = r.frame.column(column)
    a, b = cells.index(first), len(cells) - 1 - cells[::-1].index(last)
    return tuple(dict.fromkeys(c for c in cells[a : b + 1] if c)) if a <= b else ()


def _read_columns(f: Facts) -> None:
    """The columns that are named; of a part of several names, the one that the years decide."""
    r = f.reading
    whole = [c for m in r.mentions if m.kind == "column" for c in m.columns]
    parts = [set(m.columns) for m in r.mentions if m.kind == "column_part"]
    for m in r.mentions:
        if m.kind not in ("column", "column_part") or f.explained.issuperset(m.positions):
            continue
        options = set(m.columns)
        for other in parts:
            options = options & other or options
        if f.periods and options & set(f.periods):
            f.periods = [c for c in f.periods if c in options]
            continue
        if m.kind == "column_part" and options & set(whole):
            continue
        if len(options) > 1 and not options <= set(r.periods):
            f.problem = f.problem or "several columns"
        options_in_order = sorted(options)[:1] if len(options) == 1 else sorted(options)
        f.columns += [c for c in options_in_order if c not in f.columns]


def _read_attributes(f: Facts) -> None:
    """What is asked of a thing without the name of its column: how deep, who, when."""
    r = f.reading
    how_high_last = sorted(r.mentions, key=lambda m: any(e.meaning in _HOW_HIGH for e in m.entries))
    for m in how_high_last:
        options = [e.meaning for e in m.entries if e.kind == "attribute"]
        if m.means("word", "verb") and f.phrase("word", "count"):
            continue  # "how many take the bus"
        if m.means("superlative") and f.moments:
            continue  # "joined last" asks for no duration
        is_operation = m.means("operation") and not r.asks_meaning(m)
        if not options or is_operation or f.explained.issuperset(m.positions):
            continue
        columns = [c for o in options if (c := attribute_column(r, o)) is not None]
        if not columns and options[0] == "price" and "sum" in f.operations():
            columns = _only_money(r)
        if not columns and options[0] == "person" and (column := _only_names(f)) is not None:
            columns = [column]
        if columns:
            f.columns += [c for c in columns[:1] if c not in f.columns]
        elif _is_of_title(f, m) or (_HOW_HIGH & set(options) and _is_amount(f)):
            f.explained |= set(m.positions)
            f.of_title.add(m.positions.start)
        elif not m.means("word") or m.means("word", "verb"):
            f.problem = f.problem or f"no column for {' '.join(options)}"


def _is_of_title(f: Facts, m: Mention) -> bool:
    """Whether a table's title names an attribute that its columns of years hold."""
    r = f.reading
    has_periods = sum(c in r.measures for c in r.periods) > 1
    return has_periods and all(r.is_in_title(r.tokens[i]) for i in m.positions)


def _is_amount(f: Facts) -> bool:
    """Whether "how high" is asked of an amount: of a column, or of what the title names."""
    r = f.reading
    return bool(f.measures) or (len(r.periods) > 1 and any(m.kind == "context" for m in r.mentions))


def _only_money(r: Reading) -> list[int]:
    """The one column that can be added, where its name says that it is money: "Amount"."""
    columns = [c for c in r.measures if c not in r.periods and r.is_additive(c)]
    is_money = len(columns) == 1 and has_money_name(r, columns[0])
    return columns if is_money and not column_unit(r, columns[0]) else []


def _only_names(f: Facts) -> int | None:
    """The one column of words beside those that the conditions are on, where somebody is asked; of
    those who lead or are within a limit, what names the rows.
    """
    r = f.reading
    if any(m.means("attribute", "person") and len(m.positions) > 1 for m in r.mentions):
        return None  # "in charge of" asks for more than for a name
    conditions = {c.column for c in f.where}
    others = [i for i, k in enumerate(r.kinds) if k == "text" and i not in conditions]
    is_of_rows = f.phrase("superlative") or any(c.op != "in" for c in f.where)
    if len(others) > 1 and is_of_rows and r.label_column in others:
        return r.label_column
    return others[0] if len(others) == 1 else None
