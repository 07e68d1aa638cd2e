"""What a table says to a question, in one sentence with its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.errors import PolysenseError
from polysense.make.question_text import question_text
from polysense.make.table.question.answer import Result, can_query, plan_question, run_plan
from polysense.make.table.question.reckoned import row_of_total
from polysense.make.table.question.tables import TableSource, join_sources, table_sources
from polysense.make.table.question.wording import is_han, sentence
from polysense.protocols import Generator
from polysense.types import Evidence, Modality, Origin, Part, Query

MOST_QUESTION_WORDS = 60
"""Words of a question beyond which it is a text, not a question on a table; judged."""


class TableAnswer(Generator):
    """The value, row, sum or change that a question asks of a table, or of records in prose.

    Only where every word of the question that carries meaning is explained by the table, its title
    or the language of questions: then what is made is an answer by itself (`is_conclusive`). The
    part's span is the place of the very cells; meta["how"] names the operation.
    """

    accepts: frozenset[Modality] = frozenset({"table", "text"})
    emits: Modality = "text"
    cost = 0.2
    origin: Origin = "composed"
    is_conclusive = True

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        words = question_text(query)
        if not words.strip() or len(words.split()) > MOST_QUESTION_WORDS:
            return
        if any(p.modality != "text" for p in query):
            return  # the words may be about the file
        results = _fullest([r for s in _sources(evidence, words) if (r := _result(s, words))])
        if not results or any(r.answers != results[0].answers for r in results):
            return
        result = results[0]
        text = sentence(result, is_han(words))
        if not text:
            return
        rows = sorted({row for rows in result.rows for row in rows})
        operands = result.plan.operands
        columns = sorted({*result.column_numbers, *(c for _, c in operands)})
        number = result.evidence[0]
        yield Part(
            "text",
            f"{text} [{number}]",
            span=result.source.span(sorted({r for r, _ in operands}) or rows, columns),
            meta={"evidence": [number], "how": result.plan.how, "sql": result.sql},
        )


def _sources(evidence: Sequence[Evidence], words: str) -> list[TableSource]:
    """The tables of the evidence, each once, and two joined where the question needs both."""
    sources: list[TableSource] = []
    for e in evidence:
        try:
            sources += [s for s in table_sources([e]) if _is_new(s, sources)]
        except PolysenseError:
            continue  # a table that cannot be read says nothing
    join = join_sources(sources, words) if len(sources) > 1 else None
    return [*sources, join] if join else sources


def _is_new(source: TableSource, sources: Sequence[TableSource]) -> bool:
    return all(
        s.evidence[0].hit.chunk.asset.id != source.evidence[0].hit.chunk.asset.id
        or s.frame != source.frame
        for s in sources
    )


def _fullest(results: Sequence[Result]) -> list[Result]:
    """The results of the tables that say most of a question's nouns themselves: a table with a
    column "item" is asked for the dearest item, not one that only has prices.
    """
    least = min((r.plan.passed_over for r in results), default=0)
    return [r for r in results if r.plan.passed_over == least]


def _result(source: TableSource, words: str) -> Result | None:
    if not can_query(source, words):
        return None
    planned = plan_question(source, words)
    if planned is None or not planned[1].is_certain:
        return None
    profile, plan = planned
    return run_plan(source, profile, row_of_total(profile, plan) or plan)
