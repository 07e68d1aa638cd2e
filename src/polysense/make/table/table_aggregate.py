"""What the rows of a table come to: a sum, a count, an average, a change, or one of these for each
of several groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.make.table.question.answer import asked, chosen, readable, reckoned, wanted
from polysense.make.table.question.parse import Reading
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Part, Query


class TableAggregate(Generator):
    """Totals, counts, averages, differences, changes over years, and groupings ("revenue by
    month"), worked out by DuckDB.

    Only where the question's words and the table's headers leave no doubt; else nothing.
    `meta["sql"]` holds the query, `meta["answer"]` its values; each row names the cells that it was
    worked out from.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "table"
    cost = 0.09

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        words = asked(query)
        source = chosen(evidence, words)
        if source is None or not readable(source, words):
            return
        reading = Reading(source.frame, words, source.kinds)
        plan = wanted(reading)
        made = reckoned(source, reading, plan) if plan and not plan.rows else None
        if made is not None:
            yield made
