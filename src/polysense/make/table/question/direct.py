"""Plans for questions of which every word that carries meaning is explained by the table.

One operation at most: a question that names two, or a bound or an order that no plan takes up, has
no plan here. Each planner takes the facts of a reading and gives a plan or None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from polysense.make.table.question import lexicon
from polysense.make.table.question.attributes import attribute_column, column_unit, has_money_name
from polysense.make.table.question.facts import Facts
from polysense.make.table.question.groups import each_plan, leading_group
from polysense.make.table.question.normalise import SUM
from polysense.make.table.question.plan import Plan, column_sql
from polysense.make.table.question.profile import Condition
from polysense.make.table.question.ranking import has_clear_leader
from polysense.make.table.question.read_facts import ASK_WHICH, facts
from polysense.make.table.question.reading import Mention, Reading
from polysense.make.table.question.reckoned import aggregate_plan, change_plan
from polysense.make.table.question.row_plan import asked_columns, label_of, rows_plan

_COUNTS_TEXT = (
    "units quantity number amount pieces count sold qty anzahl menge stück quantité cantidad "
    "unidades 数量 件数 销量"
)
_COUNTS = frozenset(_COUNTS_TEXT.split())
"""Headers of columns that count what the rows are about."""

_KIND_SHARE = 0.3  # of the rows: that differ in a column of kinds, that are of a kind; judged
_SHORT_CELL = 4  # words of a cell that is a kind, not a note; judged

_OFTEN = frozenset(["often", "frequently", "häufigsten", "seltensten", "souvent"])
_LITTLE_NOUNS = frozenset(["item", "items", "kind", "kinds", "type", "name", "value", "values"])
_FLOW_TEXT = (
    "spend spent pay paid earn earned receive received zahlte zahlten bezahlt bezahlte verdiente "
    "ausgegeben eingenommen gezahlt pagó pagaron gastó gastaron ganó payé dépensé gagné 花了 付了"
)
_FLOW = frozenset(_FLOW_TEXT.split())
"""Verbs of which several amounts are one together."""
_SPENT = frozenset(["spend", "spent", "ausgegeben", "gastado", "dépensé", "花了"])
"""Verbs by which all of a table of amounts is meant where nothing narrows it."""
_MONEY_VERBS = _FLOW - {"receive", "received"} | {"pay", "pays", "spends", "earns"}
_ASKING = frozenset(["who", "when", "where", "why", "how", "is", "are", "does", "do", "did", "can"])
"""Words of questions that ask for something else than a list."""


def direct_plan(reading: Reading) -> Plan | None:
    """The plan of a question that leaves no doubt."""
    f = facts(reading)
    if f.rest or f.problem:
        return None
    plan = _plan(f)
    if plan is None or not _suits_verbs(f, plan):
        return None
    nouns = [t.raw for m in reading.mentions if m.entries for t in reading.tokens_of(m)]
    return replace(plan, passed_over=sum(noun in _LITTLE_NOUNS for noun in nouns))


def _suits_verbs(f: Facts, plan: Plan) -> bool:
    """Whether a verb of having ("took", "scored") is of an amount, or of a column of yes and no."""
    r = f.reading
    if not any(m.is_verb for m in r.mentions):
        return True
    amounts = [c for c in plan.cells if c in r.measures]
    if any(t.raw in _MONEY_VERBS for t in r.tokens):
        return any(_is_money(r, c) for c in amounts)
    if any(t.raw.startswith("scor") for t in r.tokens):
        return any(not _is_money(r, c) for c in amounts)
    return bool(amounts or f.answered)


def _is_money(r: Reading, column: int) -> bool:
    """Whether a column is of money: by its unit, without one by its name."""
    if unit := column_unit(r, column):
        return unit.split("/")[0].lower() in lexicon.MONEY.split()
    return has_money_name(r, column)


def _plan(f: Facts) -> Plan | None:
    superlative, comparative = f.phrase("superlative"), f.phrase("comparative")
    operations = f.operations()
    bound = f.phrase("bound")
    if superlative and any(e.meaning[1:] == "moment" for e in superlative.entries):
        if not f.moments and not superlative.means("attribute"):
            return None  # the first of what, is not said
        superlative = superlative if f.moments else None  # how long it does last
    if (bound and bound is not superlative) or f.phrase("bound_behind"):
        return None
    if f.is_each:
        return each_plan(f) if superlative is None and comparative is None else None
    if superlative is not None:
        if operations == {"sum"}:
            return _leading_group(f, superlative)
        return _extreme(f, superlative) if not operations else None
    if comparative is not None:
        return _comparison(f, comparative) if not operations else None
    if operations & {"percent", "change", "difference"}:
        return change_plan(f, operations)
    if operations == {"average"}:
        return aggregate_plan(f, "average")
    if operations and operations != {"sum"}:
        return None
    if count := f.phrase("word", "count"):
        return _count(f, count, "sum" in operations)
    if not operations and _is_of_all(f):
        return aggregate_plan(f, "sum")
    return aggregate_plan(f, "sum") if operations else _lookup(f)


def _is_of_all(f: Facts) -> bool:
    """Whether the sum of a whole column is meant by other words: what everything costs, what was
    spent, the "total" that each row has.
    """
    r = f.reading
    if f.where or len(r.frame.rows) < 2:
        return False
    is_amount = f.phrase("word", "amount") is not None
    asks_price = any(m.means("attribute", "price") for m in r.mentions)
    if f.phrase("word", "everything"):
        return is_amount or asks_price
    if is_amount and any(t.raw in _SPENT for t in r.tokens):
        return True
    return any(SUM.fullmatch(r.frame.columns[c]) for c in f.measures) and not _shows(f)


def _leading_group(f: Facts, mention: Mention) -> Plan | None:
    """What a column of words has whose rows come to most together."""
    r = f.reading
    keys = [c for c in f.columns if r.kinds[c] == "text" and c not in {w.column for w in f.where}]
    measure, descending = _superlative_measure(f, mention, "superlative")
    if len(keys) != 1 or measure is None or measure not in r.measures:
        return None
    return leading_group(f, keys[0], measure, descending)


def _lookup(f: Facts) -> Plan | None:
    """What stands in the rows and columns named."""
    r = f.reading
    targets = asked_columns(f)
    limits = [c.column for c in f.where if c.op != "in" or c.is_partial]
    if f.where and not targets:
        amount = f.phrase("word", "amount") or f.phrase("word", "chart")
        additive = [c for c in r.measures if c not in r.periods and not r.is_rank(c)]
        has_verb = any(m.is_verb for m in r.mentions) and not f.bounded
        if (amount or has_verb) and len(additive) == 1:
            if any(t.raw in _FLOW for t in r.tokens):
                return aggregate_plan(f, "sum")
            targets = additive
        elif _asks_which(r) or _is_request(f) or f.phrase("word", "table"):
            return _listing(f, limits)
    if not targets or not (f.where or len(r.frame.rows) == 1 or _shows(f)):
        return None
    if not f.where and not any(c in r.measures for c in targets):
        return None
    if any(c.is_partial and c.column != r.label_column and not _is_short_cell(r, c)
           for c in f.where):  # fmt: skip
        return None  # what a note speaks of may not be what the row is
    if (noun := _noun_asked_for(f)) is not None:
        targets = [noun, *(c for c in targets if c != noun)]
    if limits and all(c.is_partial or c.op != "in" for c in f.where) and len(r.rows(f.where)) > 1:
        targets = [
            *targets,
            *(c.column for c in f.where if c.op != "in" and c.column not in targets),
        ]
    return rows_plan(f, "lookup", targets, targets[0])


def _noun_asked_for(f: Facts) -> int | None:
    """The column right behind "which" or "what"."""
    r = f.reading
    conditions = {c.column for c in f.where}
    for m in r.mentions:
        before = r.tokens[m.positions.start - 1].raw if m.positions.start else ""
        is_asked = before.startswith(ASK_WHICH) and m.kind in ("column", "column_part")
        if is_asked and len(m.columns) == 1 and m.columns[0] not in conditions:
            return m.columns[0]
    return None


def _is_request(f: Facts) -> bool:
    """Whether only things and a limit on them are named: "backpacks under 100 euros"."""
    r = f.reading
    asks = any(t.raw in _ASKING for t in r.tokens)
    return bool(f.bounded) and not asks and not f.phrase("word", "count")


def _shows(f: Facts) -> bool:
    """Whether a chart or a list is asked for."""
    return f.phrase("word", "chart") is not None or f.phrase("word", "table") is not None


def _asks_which(r: Reading) -> bool:
    return any(t.raw.startswith(ASK_WHICH) for t in r.tokens) or any(
        m.means("attribute", "person") for m in r.mentions
    )


def _listing(f: Facts, limits: Sequence[int]) -> Plan | None:
    """The rows that fulfil conditions, by what names them."""
    r = f.reading
    label = label_of(f)
    limited_columns = [c for c in limits if c != label and c in r.measures] or [
        c.column for c in f.where if c.column != label and c.op != "in"
    ]
    if label is None or all(c.column == label for c in f.where):
        return None
    if any(c.is_partial and c.column != label and not _is_short_cell(r, c) for c in f.where):
        return None  # what a note speaks of may not be what the row is
    return rows_plan(f, "lookup", list(dict.fromkeys(limited_columns)), label)


def _is_short_cell(r: Reading, condition: Condition) -> bool:
    """Whether the cells of a condition are kinds of things, or a record's own words."""
    words = sum(len(c.split()) for c in condition.values)
    is_body = not r.frame.columns[condition.column]
    return is_body or words <= _SHORT_CELL * len(condition.values)


def _superlative_measure(f: Facts, mention: Mention, kind: str) -> tuple[int | None, bool]:
    """The column that leads, and whether its largest value does."""
    r = f.reading
    conditions = {c.column for c in f.where if c.op == "in"}
    named_columns = [c for c in f.measures if c not in conditions]
    entries = [e for e in mention.entries if e.kind == kind]
    plain = [e for e in entries if len(e.meaning) == 1]
    if plain and len(named_columns) == 1:
        return named_columns[0], plain[0].meaning == "+"
    for e in entries:
        if e.meaning[1:] == "moment":
            moments = f.moments
            return (moments[0], e.meaning[0] == "+") if len(moments) == 1 else (None, True)
        column = attribute_column(r, e.meaning[1:]) if len(e.meaning) > 1 else None
        if column is not None and named_columns in ([], [column]):
            return column, e.meaning[0] == "+"
        headers = lexicon.ATTRIBUTES[e.meaning[1:]][0].split() if len(e.meaning) > 1 else []
        if column is None and len(f.periods) == 1 and r.title_names(headers):
            return f.periods[0], e.meaning[0] == "+"
    if any(r.tokens[i].raw in _OFTEN for i in mention.positions):
        return None, True  # how often is how many rows
    additive = [c for c in r.measures if c not in r.periods and r.is_additive(c)]
    if plain and not named_columns and len(f.periods) == 1:
        return f.periods[0], plain[0].meaning == "+"
    if plain and not named_columns and not f.periods and len(additive) == 1:
        return additive[0], plain[0].meaning == "+"
    return None, True


def _extreme(f: Facts, mention: Mention) -> Plan | None:
    """The row with the largest or smallest value; of one row, the year with it."""
    r = f.reading
    rows = r.rows(f.where)
    if len(rows) == 1 and len(r.periods) > 1 and not f.measures:
        return _extreme_period(f, mention, rows[0])
    measure, descending = _superlative_measure(f, mention, "superlative")
    if measure is None or len(rows) < 2 or r.is_rank(measure):
        return None
    if any(c.is_partial for c in f.where) and len(rows) < _KIND_SHARE * len(r.frame.rows):
        return None  # few of the rows are called so: perhaps all are
    direction = "DESC" if descending else "ASC"
    order = f"{column_sql(r, measure)} {direction} NULLS LAST"
    label = label_of(f, [measure])
    others = [c for c in asked_columns(f) if c not in (measure, label)]
    if any(c in r.measures for c in others) or label is None:
        return None
    if not has_clear_leader(r, (others or [label])[0], measure, descending, tuple(f.where)):
        return None
    asks_which = any(t.raw in ("which", "who") for t in r.tokens)
    asks_value = measure in r.named_columns and label not in r.named_columns and not asks_which
    return rows_plan(
        f,
        "highest" if descending else "lowest",
        [*others, measure],
        measure if asks_value and not others else others[0] if others else label,
        f"QUALIFY rank() OVER (ORDER BY {order}) <= 1 ORDER BY {order}, _row",
        f"{column_sql(r, measure)} IS NOT NULL",
    )


def _extreme_period(f: Facts, mention: Mention, row: int) -> Plan | None:
    r = f.reading
    plain = [e for e in mention.entries if e.kind == "superlative" and len(e.meaning) == 1]
    columns = [c for c in (f.periods or sorted(r.periods)) if c in r.measures]
    values = {c: v for c in columns if (v := r.frame.numbers(c)[row]) is not None}
    if not plain or len(values) < 2:
        return None
    choose = max if plain[0].meaning == "+" else min
    best = choose(values, key=lambda c: values[c])
    if list(values.values()).count(values[best]) > 1:
        return None
    plan = rows_plan(f, "highest" if plain[0].meaning == "+" else "lowest", [best], best)
    return plan and replace(plan, answers=(r.frame.columns[best],))


def _comparison(f: Facts, mention: Mention) -> Plan | None:
    """Which of two has more, with both values."""
    r = f.reading
    measure, descending = _superlative_measure(f, mention, "comparative")
    if measure is None or len(f.ends) != 2 or len(r.rows(f.where)) != 2 or r.is_rank(measure):
        return None
    if f.phrase("word", "amount") or f.phrase("word", "by_how_much"):
        f.columns = [measure]
        return change_plan(f, {"difference"})
    order = f"{column_sql(r, measure)} {'DESC' if descending else 'ASC'}"
    label = f.ends[0].column
    f.columns = [label, measure]
    return rows_plan(f, "compare", [measure], label, f"ORDER BY {order}, _row")


def _count(f: Facts, cue: Mention, total: bool) -> Plan | None:
    """How many: the value of a row, the sum of a column of amounts, or how many rows."""
    r = f.reading
    behind = [m for m in r.mentions if m.positions.start >= cue.positions.stop]
    head = next((m for m in behind if not m.is_verb and not m.means("word", "offer")), None)
    if head is None:
        return None
    measures = (
        [c for c in head.columns if c in r.measures] if head.kind.startswith("column") else []
    )
    if measures or [c for c in f.periods if c in head.columns]:
        return aggregate_plan(f, "sum") if not f.each else None
    if f.phrase("word", "handled"):
        amounts = [c for c in r.measures if _COUNTS & {*r.frame.columns[c].lower().split()}]
        if len(amounts) != 1 or f.measures:
            return None
        f.columns = [*f.columns, amounts[0]]
        return aggregate_plan(f, "sum")
    if f.periods or (f.measures and not f.bounded):
        return None
    return _count_rows(f, head, total)


def _is_short(r: Reading, mention: Mention) -> bool:
    """Whether a part is one of short cells, or of a record's own words, which have no header."""
    column = mention.columns[0]
    words = sum(len(c.split()) for c in mention.values)
    return not r.frame.columns[column] or words <= _SHORT_CELL * len(mention.values)


def _is_exact(r: Reading, condition: Condition) -> bool:
    """Whether no other cells of a condition's column say the same words among more."""
    if condition.op != "in" or condition.is_partial:
        return True
    others = {c.lower() for c in r.frame.column(condition.column) if c not in condition.values}
    return not any(v.lower() in other for v in condition.values for other in others)


def _count_rows(f: Facts, head: Mention, total: bool) -> Plan | None:
    """How many rows, or how many different cells of a column that repeats itself."""
    r = f.reading
    label = r.label_column
    explained_columns = {*head.columns, label, *(c.column for c in f.where)}
    if not set(f.columns) <= explained_columns:
        return None  # what another column says of the rows is not asked
    if len(f.where) > 1 and any(c.is_partial for c in f.where):
        return None  # which rows a part of a cell means is a guess
    if head.kind.startswith("column"):
        column = head.columns[0]
        cells = [row[column] for n, row in enumerate(r.frame.rows) if n in r.rows(f.where)]
        if len(set(cells)) < len(cells):
            is_kind = len(set(cells)) <= _KIND_SHARE * len(cells)
            if f.where or total or head.kind == "column_part" or not is_kind:
                return None  # of which of the rows is not said
            select = ((f"count(DISTINCT {column_sql(r, column)})", f"count of {r.names[column]}"),)
            return Plan("count", select, 0, (column,), tuple(f.where), is_certain=True)
        label = column
    elif head.kind not in ("cell", "cell_part", "context") or (
        head.kind == "cell" and head.columns[0] == label
    ):
        return None
    elif head.kind == "cell_part" and head.columns[0] != label and not _is_short(r, head):
        return None  # what a note speaks of is not what the rows are
    rows = r.rows(f.where)
    if label is None or not rows or not all(_is_exact(r, c) for c in f.where):
        return None
    operands = [(row, label) for row in rows if r.frame.rows[row][label]]
    extra = f"{column_sql(r, label)} IS NOT NULL"
    return Plan(
        "count", (("count(*)", "count"),), 0, (label,), tuple(f.where), extra,
        operands=tuple(operands), label=label, is_certain=True,
    )  # fmt: skip
