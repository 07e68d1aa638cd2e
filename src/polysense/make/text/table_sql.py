"""What a table says to a question, by a query that the language model writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from polysense.errors import PolysenseError
from polysense.make.question_text import question_text
from polysense.make.table.question.answer import can_query
from polysense.make.table.question.tables import TableSource, table_sources
from polysense.make.table.question.wording import is_han
from polysense.make.table.sql.check import table_profiles
from polysense.make.table.sql.places import Places, places
from polysense.make.table.sql.request import ask_for_query
from polysense.make.table.sql.run import run
from polysense.make.table.sql.wording import sentence
from polysense.make.text.table_answer import MOST_QUESTION_WORDS
from polysense.protocols import Generator, LanguageModel
from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_TABLES, MAX_RANK = 3, 4
"""Tables that a model is shown, and the place among what was found up to which they may stand;
judged: it is asked about every question that has such a table.
"""


class TableSql(Generator):
    """The value, rows or sum that a question asks of tables, where no rule reads it: the language
    model writes the query, which is checked, run by DuckDB, and told in meta["sql"].

    Only where tables are among the first that were found and have a word of the question. The
    part's span is the place of the cells that took part, as far as the query tells. prompt is a
    file with other instructions than the package's own.
    """

    accepts: frozenset[Modality] = frozenset({"table"})
    emits: Modality = "text"
    cost = 0.9
    origin: Origin = "generated"
    is_conclusive = True

    def __init__(self, *, language_model: LanguageModel, prompt: str = "") -> None:
        self.language_model, self.prompt = language_model, prompt

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        words = question_text(query)
        if any(p.modality != "text" for p in query) or len(words.split()) > MOST_QUESTION_WORDS:
            return
        sources = _sources([e for e in evidence if e.n <= MAX_RANK], words)
        result = sources and ask_for_query(self.language_model, sources, words, self.prompt)
        if not result:
            return
        profiles = table_profiles(sources)
        own_names = result.table_names
        name = own_names[0] if len(own_names) == 1 else ""
        at = places(result.tree, profiles[name], partial(run, profiles)) if name else Places()
        text = sentence(result.rows, result.tree, profiles.get(name), at, is_han(words))
        if not text:
            return
        main = sources[own_names[0]]
        numbers = list(dict.fromkeys(e.n for n in own_names for e in sources[n].evidence))
        yield Part(
            "text",
            f"{text} {''.join(f'[{n}]' for n in numbers)}",
            span=main.span(at.rows, at.columns or range(len(main.frame.columns))),
            meta={
                "evidence": numbers,
                "how": "sql",
                "sql": result.sql,
                "model": self.language_model.name,
                "usage": [result.usage.input_tokens, result.usage.output_tokens],
            },
        )


def _sources(evidence: Sequence[Evidence], words: str) -> dict[str, TableSource]:
    """The tables of the evidence that can be asked, by their names in SQL; none where no word of
    the question stands in any.
    """
    try:
        sources = table_sources(evidence) if evidence else []
    except PolysenseError:
        return {}  # a table that cannot be read says nothing
    usable = [s for s in sources if can_query(s, words)][:MAX_TABLES]
    own = set(content_terms(words))
    if not any(own & set(terms(" ".join(_texts(s)))) for s in usable):
        return {}
    return {s.sql_name: s for s in usable}


def _texts(source: TableSource) -> Iterator[str]:
    """All words of a table, those that it is called too."""
    yield from source.context
    yield from source.frame.columns
    yield from (cell for row in source.frame.rows for cell in row)
