"""What the rows of a table come to: a sum, a count, an average, a change; or these for groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.make.question_text import question_text
from polysense.make.table.question.answer import (
    can_query,
    choose_source,
    plan_question,
    run_plan,
)
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Part, Query


class TableAggregate(Generator):
    """Totals, counts, averages, differences, changes over years and groups, worked out by DuckDB.

    Only where the question's words and the table's headers leave no doubt; else nothing.
    `meta["sql"]` holds the query, `meta["answer"]` its values; each row names the cells that it was
    worked out from.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "table"
    cost = 0.09

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        question_words = question_text(query)
        source = choose_source(evidence, question_words)
        if source is None or not can_query(source, question_words):
            return
        planned = plan_question(source, question_words)
        if planned is None or planned[1].rows:
            return
        result = run_plan(source, *planned)
        if result is not None:
            yield result.part()
