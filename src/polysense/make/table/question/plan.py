"""A query as a plan, and what all planners ask of a question: what is left over, what is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from polysense.make.table.question.normalise import changes_question
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.profile import Condition, TableProfile

_STOP_TEXT = (
    "is are was were be been do does did ha has have had in on at by from with that which who whom "
    "listed to for of the a an can there won wa during since after before between than and or "
    "took take"
)
_STOP_WORDS = frozenset(_STOP_TEXT.split())
"""Verbs and prepositions behind which a question says no more of what it asks for; they
follow the questions of the development tables (WikiTableQuestions, TAT-QA)."""

_LONGEST_SUBJECT = 5  # words; judged, not measured

_WHICH_CUE = (
    "(?:which|what|name the|list the|in which|in what)(?: of the(?:se| following)?)?"
    "(?: is| was| are| were)?(?: the)?|who(?: is| was)?(?: the)?|哪 (?:个|一|些)?"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A query on a table; `rest` are the words of the question that it leaves unexplained.

    select pairs an SQL expression with its name. answer is the position in `select` of what is
    asked for. cells are the columns read. rows: the result are rows of the table, not made of them.
    label is the column that names the rows; operands are the (row, column) of the cells that a
    value is reckoned from, in the order of the reckoning. answers are what is asked for where it is
    no cell of the result. is_certain: every word of the question that carries meaning is in the
    plan, so that its result is an answer by itself. passed_over: how many nouns of it that say
    little ("item") the table does not have.
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
    label: int | None = None
    operands: tuple[tuple[int, int], ...] = ()
    answers: tuple[str, ...] = ()
    is_certain: bool = False
    passed_over: int = 0


def column_sql(question: TableProfile, column: int) -> str:
    """A column as SQL has it."""
    return '"' + question.names[column].replace('"', '""') + '"'


def name_with_unit(question: TableProfile, column: int) -> str:
    """A column's name with its unit."""
    unit, name = question.frame.unit(column), question.names[column]
    return name if not unit or unit in name else f"{name} ({unit})"


def aggregate(question: ParsedQuestion, how: str, sql: str, column: int) -> tuple[str, str]:
    """An expression over a column, with the name of its result; `{}` in `sql` is the column."""
    expression = sql.replace("{}", column_sql(question, column))
    return expression, f"{how} of {name_with_unit(question, column)}"


def unexplained_words(
    question: ParsedQuestion, positions: Sequence[int], limit: int = 0
) -> tuple[str, ...] | None:
    """The words left unexplained; None where they are too many or one changes what is asked.

    positions are those of words that the plan itself explains.
    """
    rest = question.unexplained(positions)
    has_list = any(len(c.values) > 1 and not c.is_partial for c in question.conditions)
    if has_list and question.find(r"from|between|through|until|to"):
        return None
    if any(c.isdigit() for w in rest for c in w):
        return None
    explained = question.explained | set(positions)
    changes = any(i not in explained and changes_question(t) for i, t in enumerate(question.tokens))
    return None if changes or len(rest) > limit else tuple(rest)


def subject_range(question: ParsedQuestion, start: int) -> range:
    """The words after a cue that say of what: up to a verb or a preposition."""
    end, last = start, min(len(question.tokens), start + _LONGEST_SUBJECT)
    while end < last and not _ends_subject(question.tokens[end].raw):
        end += 1
    return range(start, end)


def _ends_subject(word: str) -> bool:
    return word in _STOP_WORDS or (word.endswith("ed") and len(word) > 4)


def names_only(question: ParsedQuestion, *columns: int | None) -> bool:
    """Whether the question names no other columns than these and those of its conditions."""
    return set(question.columns) <= {*columns, *(c.column for c in question.conditions)}


def target_column(question: ParsedQuestion) -> tuple[int | None, list[int]]:
    """The column that "which ..." or "who" asks for, and the words that say so."""
    cue = question.find(_WHICH_CUE)
    if cue is None:
        return None, []
    subject = subject_range(question, cue.stop)
    column = None
    if subject and question.tokens[cue.start].raw != "who":
        column = question.column_within(subject.start, subject.stop - 1)
    return column, [*cue, *(subject if len(subject) <= 2 else [])]
