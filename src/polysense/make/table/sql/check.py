"""What a language model may write as a query: one SELECT, on the tables that it was shown, with
functions that only reckon, and no values but the question's and the cells'.

The first of three walls: what passes is run in a database that reaches no file and no setting
(`engine.connect`), within bounds of memory and time (`run`). And it is written anew from the tree
that was checked, so that both read the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from polysense.make.table.question.profile import TableProfile
from polysense.make.table.question.tables import TableSource
from polysense.make.table.question.wording import MOST_LINES
from polysense.read.language.folding import fold

MAX_CHARACTERS, MAX_DEPTH = 2_000, 60
"""Of a query, and how deep it may be nested; judged: those of a person have a tenth."""

_HARMLESS_NUMBERS = frozenset({"0", "1", "2", "100"})
"""Numbers that a query needs for itself: a share of a hundred, a half, the row before."""

MAX_DATE_PART = 53
"""The largest number of a month, a day or a week: May is 5, which no question says."""

_FUNCTION_TEXT = (
    "and or xor not case if coalesce nullif cast try_cast greatest least "
    "sum count avg min max median mode stddev stddev_pop stddev_samp variance variance_pop "
    "percentile_cont percentile_disc arg_max arg_min count_if any_value first last "
    "logical_and logical_or corr "
    "abs round floor ceil sign sqrt pow ln log exp mod int_div "
    "lower upper trim length substring split_part contains starts_with "
    "ends_with str_position regexp_like regexp_extract left right "
    "year month day quarter week day_of_week extract date_diff datediff date_trunc timestamp_trunc "
    "time_to_str str_to_time "
    "row_number rank dense_rank lag lead first_value last_value ntile "
    "exists"
)
_FUNCTIONS = frozenset(_FUNCTION_TEXT.split())
"""Functions by the names that sqlglot has for them. None reads anything but its arguments, none
makes rows, and none makes a text longer than its own: DuckDB counts no memory for such a text, and
cannot be interrupted while it makes one.
"""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?!\w)")
_DAY = re.compile(r"(\d{4})-\d\d(?:-\d\d)?")
_PATTERN_SIGN = re.compile(r"[%_^$.*+?()\[\]|\\]+")


class BadSql(ValueError):
    """A query that is not run, and why."""


def check_sql(sql: str, sources: Mapping[str, TableSource], words: str) -> Any:
    """The tree of a query that may be run. Raises BadSql, saying what is wrong.

    sources are the tables by their names in SQL; words are the question's.
    """
    if len(sql) > MAX_CHARACTERS:
        raise BadSql("it is too long")
    tree = _parse(sql)
    _check_tree(tree, sources)
    _check_values(tree, sources, words)
    return tree


def _parse(sql: str) -> Any:
    """Its only statement."""
    import sqlglot
    from sqlglot import exp

    try:
        statements = [s for s in sqlglot.parse(sql, read="duckdb") if s is not None]
    except (sqlglot.errors.SqlglotError, RecursionError) as e:
        raise BadSql("it is no SQL") from e
    if len(statements) != 1:
        raise BadSql("it is not one statement")
    if not isinstance(statements[0], exp.Select | exp.SetOperation):
        raise BadSql("it is no SELECT")
    return statements[0]


def _check_tree(tree: Any, sources: Mapping[str, TableSource]) -> None:
    """Raises BadSql where it does, or reads, anything that it may not."""
    from sqlglot import exp

    own_names = {c.alias.lower() for c in tree.find_all(exp.CTE)}
    names = {n.lower() for n in sources}
    has_table = False
    for node in tree.walk():
        if node.depth > MAX_DEPTH:
            raise BadSql("it is nested too deeply")
        if isinstance(node, exp.Table):
            is_plain = isinstance(node.this, exp.Identifier) and not (node.db or node.catalog)
            name = node.name.lower()
            if not is_plain or name not in names | own_names:
                raise BadSql(f"{node.sql(dialect='duckdb')} is none of the tables")
            has_table |= name in names
        elif isinstance(node, exp.With) and node.args.get("recursive"):
            raise BadSql("it is recursive")
        elif isinstance(node, exp.Func) and _function_name(node) not in _FUNCTIONS:
            raise BadSql(f"the function {_function_name(node)} is not for it")
        elif isinstance(node, _forbidden_nodes()):
            raise BadSql(f"{node.key} is not for it")
    if not has_table:
        raise BadSql("it reads none of the tables")
    for query in tree.find_all(exp.Select):
        if query.args.get("into") or query.args.get("sample"):
            raise BadSql("it does more than select")
    for column in tree.selects:
        if not any(column.find_all(exp.Column, exp.Star)):
            raise BadSql("it says a value that is in no cell")


def _forbidden_nodes() -> tuple[Any, ...]:
    """Kinds of nodes that stand for something else than reading and reckoning."""
    from sqlglot import exp

    return (
        exp.DDL, exp.DML, exp.Command, exp.Pragma, exp.Describe, exp.Set, exp.Attach, exp.Copy,
        exp.Lateral, exp.Values, exp.Parameter, exp.Placeholder, exp.Pivot, exp.TableSample,
        exp.DPipe,
    )  # fmt: skip


def _function_name(node: Any) -> str:
    from sqlglot import exp

    return str(node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()


def _check_values(tree: Any, sources: Mapping[str, TableSource], words: str) -> None:
    """Raises BadSql where a value in it is neither the question's nor a cell's, or one of the
    question's is left out.
    """
    from sqlglot import exp

    cells = fold("\n".join(_texts(sources.values())))
    cell_numbers = set(_numbers(cells))
    own_numbers, literal_text = set(_numbers(words)), list[str]()
    for literal in tree.find_all(exp.Literal):
        text = str(literal.this)
        literal_text.append(text)
        if literal.is_string:
            pieces = [p.strip() for p in _PATTERN_SIGN.split(fold(text)) if p.strip()]
            day = _DAY.fullmatch(text)
            is_day = day is not None and day[1] in own_numbers | cell_numbers
            is_own = all(p in cells or p in fold(words) for p in pieces)
            if is_day or is_own or _is_pattern(literal):
                continue
            raise BadSql(f"{text!r} is neither in the question nor in a cell")
        number = _plain(text)
        if number in own_numbers | cell_numbers | _HARMLESS_NUMBERS or _is_count(literal):
            continue
        raise BadSql(f"{text} is neither in the question nor in a cell")
    around = " ".join((*literal_text, *(c.name for c in tree.find_all(exp.Column))))
    around += " ".join(t for s in sources.values() for t in s.context)
    mentions = set(_numbers(re.sub(r"[^\w.,]", " ", around)))
    if left_out := own_numbers - mentions:
        raise BadSql(f"it leaves out {', '.join(sorted(left_out))}, which the question names")


def _is_pattern(literal: Any) -> bool:
    """Whether a text says how to read cells, not what is in them."""
    from sqlglot import exp

    readers = (exp.RegexpExtract, exp.SplitPart, exp.Trim, exp.TimeToStr, exp.StrToTime)
    return literal.find_ancestor(*readers) is not None


def _is_count(literal: Any) -> bool:
    """Whether a number only says how many rows, or digits, or which column."""
    from sqlglot import exp

    parents = (exp.Round, exp.Ordered, exp.Group, exp.SplitPart, exp.RegexpExtract, exp.Substring)
    if isinstance(literal.parent, exp.Limit | exp.Offset):
        return int(literal.this) <= MOST_LINES if str(literal.this).isdigit() else False
    if isinstance(literal.parent, exp.Binary | exp.In | exp.Between):
        parts = (exp.Month, exp.Day, exp.Quarter, exp.Week, exp.DayOfWeek, exp.Extract)
        return isinstance(literal.parent.this, parts) and float(literal.this) <= MAX_DATE_PART
    return isinstance(literal.parent, (*parents, exp.PercentileCont, exp.DataTypeParam))


def _texts(sources: Iterable[TableSource]) -> Iterator[str]:
    for source in sources:
        yield from source.frame.columns
        yield from (cell for row in source.frame.rows for cell in row)


def _numbers(text: str) -> Iterator[str]:
    return (_plain(n) for n in _NUMBER.findall(text))


def _plain(number: str) -> str:
    """A number without separators of thousands, as it is compared.

    >>> _plain("1,250.50"), _plain("2021"), _plain("0.5")
    ('1250.5', '2021', '0.5')
    """
    number = re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", ".").rstrip(".")
    return number.rstrip("0").rstrip(".") if number.count(".") == 1 else number


def tables_of(tree: Any, sources: Mapping[str, TableSource]) -> tuple[str, ...]:
    """The tables that a query reads, by their names, in their order."""
    from sqlglot import exp

    names = {t.name.lower() for t in tree.find_all(exp.Table)}
    return tuple(n for n in sources if n.lower() in names)


def table_profiles(sources: Mapping[str, TableSource]) -> dict[str, TableProfile]:
    """What is known of each table."""
    return {name: TableProfile(s.frame, s.kinds) for name, s in sources.items()}
