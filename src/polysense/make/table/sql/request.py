"""A language model is shown tables and a question, and writes the query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polysense.errors import ModelFailed
from polysense.make.table.question.engine import escape_name, has_years
from polysense.make.table.question.profile import TableProfile
from polysense.make.table.question.tables import TableSource
from polysense.make.table.sql.check import BadSql, check_sql, table_profiles, tables_of
from polysense.make.table.sql.run import Rows, run
from polysense.messages import Message, Usage
from polysense.model_reply import fenced, json_reply, object_schema, read_prompt
from polysense.protocols import LanguageModel

MAX_TRIES = 2
"""How often a model may write the query: the second time it is told what was wrong. Judged."""

MAX_TOKENS = 500
"""Tokens that a query may have; judged."""

SAMPLE_ROWS, SAMPLE_VALUES, MAX_CELL_CHARACTERS = 4, 12, 60
"""Rows of a table that a model is shown, values of each column of words, and characters of a cell;
judged.
"""

_SCHEMA = object_schema({"sql": {"type": "string"}})


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A query that was run: its tree, as text, the tables that it reads, what it gives, and the
    tokens that it took.
    """

    tree: Any
    sql: str
    table_names: tuple[str, ...]
    rows: Rows
    usage: Usage


def ask_for_query(
    model: LanguageModel, sources: Mapping[str, TableSource], words: str, prompt: str = ""
) -> QueryResult | None:
    """What the model's query gives; None where it writes none. Raises ModelFailed, also where it
    writes only what may not or cannot be run.
    """
    profiles = table_profiles(sources)
    tables = "\n\n".join(table_text(name, profile) for name, profile in profiles.items())
    messages = [
        Message.of("system", read_prompt("polysense.make.table.sql", "table_sql", prompt)),
        Message.of("user", fenced("tables", tables), f"Question: {words}"),
    ]
    usage, fault = Usage(), ""
    for _ in range(MAX_TRIES):
        answer = json_reply(model, messages, _SCHEMA, MAX_TOKENS)
        usage += answer.usage
        sql = answer.value["sql"].strip()
        if not sql:
            return None
        try:
            tree = check_sql(sql, sources, words)
            checked_sql = tree.sql(dialect="duckdb")
            names = tables_of(tree, sources)
            return QueryResult(tree, checked_sql, names, run(profiles, checked_sql), usage)
        except BadSql as e:
            fault = str(e)
            messages += [
                Message.of("assistant", answer.value["sql"]),
                Message.of("user", f"This is not run: {fault}. Write another, or none."),
            ]
    raise ModelFailed(
        f"{model.name} wrote no query that may be run: {fault}",
        "Ask in the words of the table's columns, or take a larger model.",
    )


def table_text(name: str, profile: TableProfile) -> str:
    """A table as a model is shown it: how SQL would make it, some rows, what its words are.

    >>> from polysense.read.table.frame import Frame
    >>> print(table_text("mill", TableProfile(Frame(("Grain", "Sacks"), (("Oats", "3"),)))))
    CREATE TABLE "mill" ("Grain" VARCHAR, "Sacks" DOUBLE); -- 1 rows
    Oats | 3
    "Grain" is one of: Oats
    """
    frame = profile.frame
    types = [_type(profile, i) for i in range(len(profile.names))]
    quoted_names = [f'"{escape_name(n)}"' for n in profile.names]
    columns = ", ".join(f"{n} {t}" for n, t in zip(quoted_names, types, strict=True))
    lines = [f'CREATE TABLE "{escape_name(name)}" ({columns}); -- {len(frame.rows)} rows']
    lines += [" | ".join(map(_short, row)) for row in frame.rows[:SAMPLE_ROWS]]
    for i, column_type in enumerate(types):
        values = list(dict.fromkeys(c for c in frame.column(i) if c))
        if column_type == "VARCHAR" and values:
            shown_values = ", ".join(map(_short, values[:SAMPLE_VALUES]))
            more = ", ..." if len(values) > SAMPLE_VALUES else ""
            lines.append(f"{quoted_names[i]} is one of: {shown_values}{more}")
    return "\n".join(lines)


def _type(profile: TableProfile, column: int) -> str:
    """As `engine.connect` makes the column, not as it is written."""
    if column in profile.measures:
        return "DOUBLE"
    if profile.days(column):
        return "DATE"
    return "BIGINT" if has_years(profile, column) else "VARCHAR"


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= MAX_CELL_CHARACTERS else f"{text[: MAX_CELL_CHARACTERS - 1]}…"
