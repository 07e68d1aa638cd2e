"""Which columns and rows of a table a question's words ask about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.read.language.analysis import terms
from polysense.read.language.function_words import REQUEST_WORDS

_FORM_TEXT = (
    "chart plot graph draw bar line pie scatter histogram figure picture table list row column "
    "value number compare comparison versus vs against per each every trend over time between "
    "sheet data give make turn convert sum total average mean max maximum min minimum high highest "
    "low lowest large largest most least more than less 图 图表 表 画 列 行"
)
_FORM_WORDS = frozenset(terms(_FORM_TEXT))
"""Stems of words that say in which form an answer is asked for; English and some Chinese."""

_FORM_OR_NAME = frozenset(terms("total sum mean max min value number time"))
"""Those of them that may be a column's whole name."""

# Shares of a label's words that a question must say; judged, not measured.
_IN_FULL, _IN_PART = 0.99, 0.5
_LONGEST_LABEL = 80  # characters of a cell that a question may name
_LONGEST_YEAR = 30  # characters of a cell in which a year is looked for

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_YEARS = re.compile(r"\b(1[5-9]\d\d|20\d\d|21\d\d)\b")
_BETWEEN = re.compile(
    r"\b(?:from|between)\s+(\S+)\s+(?:to|and|until|till|through)\s+(\S+)"
    r"|\b(\d{4})\s*[-–]\s*(\d{4})\b|从(\S+?)到(\S+)",
    re.I,
)
_SINCE, _UNTIL = (
    re.compile(r"\b(?:since|after|from)\s+(\d{4})\b", re.I),
    re.compile(r"\b(?:until|till|before|up to)\s+(\d{4})\b", re.I),
)


def label_coverage(label: str, question: str) -> float:
    """How much of a label (0..1) a question says.

    >>> label_coverage("Income (GBP)", "income by month"), label_coverage("收入", "每月的收入")
    (1.0, 1.0)
    >>> label_coverage("Mill income", "income by month")
    0.5
    """
    label = re.sub(r"[(\[（].*?[)\]）]", " ", label).strip() or label
    characters = [c for c in label if _CJK.match(c)]
    if characters:
        pairs = {
            label[i : i + 2]
            for i in range(len(label) - 1)
            if _CJK.match(label[i]) and _CJK.match(label[i + 1])
        } or set(characters)
        return sum(p in question for p in pairs) / len(pairs)
    label_terms = [
        t for t in dict.fromkeys(terms(label.replace("_", " "))) if t not in REQUEST_WORDS
    ]
    question_terms = terms(question)
    return (
        sum(any(_same_term(t, w) for w in question_terms) for t in label_terms) / len(label_terms)
        if label_terms
        else 0.0
    )


def columns(names: Sequence[str], question: str) -> list[int]:
    """The columns whose names a question says, all those that it says as fully as the best.

    >>> columns(["Month", "Income (GBP)", "Costs (GBP)"], "chart income by month")
    [0, 1]
    """
    coverages = [label_coverage(n, question) if n else 0.0 for n in names]
    full = [i for i, f in enumerate(coverages) if f >= _IN_FULL and not _is_form(names[i])]
    best = max(coverages, default=0.0)
    return full or (
        [i for i, f in enumerate(coverages) if f >= max(_IN_PART, best) and not _is_form(names[i])]
        if best >= _IN_PART
        else []
    )


def rows(labels: Sequence[Sequence[str]], names: Sequence[str], question: str) -> list[int]:
    """The rows that a question names by one of their labels, or by years.

    >>> rows([["Tea"], ["Coffee"], ["Milk"]], ["Item"], "price of tea and coffee")
    [0, 1]
    """
    header_terms = {t for n in names for t in terms(n)}
    content_words = " ".join(
        w for w in re.findall(r"\S+", question) if not (set(terms(w)) <= header_terms | _FORM_WORDS)
    )
    if limits := _year_limits(question):
        within = [
            i
            for i, row in enumerate(labels)
            if any(limits[0] <= int(y) <= limits[1] for y in _years_of(row))
        ]
        if within:
            return within
    spans = _rows_between(labels, question)
    if spans:
        return spans
    return [
        i for i, row in enumerate(labels) if any(_names_label(cell, content_words) for cell in row)
    ]


def _same_term(a: str, b: str) -> bool:
    return a == b or (
        min(len(a), len(b)) >= 4
        and (a.startswith(b) or b.startswith(a))
        and abs(len(a) - len(b)) <= 2
    )


def _is_form(name: str) -> bool:
    """Whether a column's name says only the form of an answer, as "row" or "chart" do."""
    return set(terms(name)) <= _FORM_WORDS - _FORM_OR_NAME


def _names_label(cell: str, words: str) -> bool:
    return (
        0 < len(cell) <= _LONGEST_LABEL
        and any(c.isalnum() for c in cell)
        and label_coverage(cell, words) >= _IN_FULL
    )


def _years_of(row: Sequence[str]) -> list[str]:
    return [y for cell in row if len(cell) <= _LONGEST_YEAR for y in _YEARS.findall(cell)]


def _year_limits(question: str) -> tuple[int, int] | None:
    """The years that a question keeps to: a range, an open end, or the years named."""
    span = _BETWEEN.search(question)
    ends = [g for g in (span.groups() if span else ()) if g]
    if len(ends) == 2 and all(_YEARS.search(e) for e in ends):
        a, b = (int(_YEARS.search(e)[0]) for e in ends)  # type: ignore[index]
        return min(a, b), max(a, b)
    since, until = _SINCE.search(question), _UNTIL.search(question)
    if since or until:
        return int(since[1]) if since else 0, int(until[1]) if until else 9999
    return None


def _rows_between(labels: Sequence[Sequence[str]], question: str) -> list[int]:
    """Rows from one label to another: "from March to June"."""
    span = _BETWEEN.search(question)
    ends = [g.strip(",.?!;。？") for g in (span.groups() if span else ()) if g]
    if len(ends) != 2:
        return []
    first = [
        i
        for i, row in enumerate(labels)
        if any(_names_label(c, ends[0]) or c.lower().startswith(ends[0].lower()) for c in row if c)
    ]
    last = [
        i
        for i, row in enumerate(labels)
        if any(_names_label(c, ends[1]) or c.lower().startswith(ends[1].lower()) for c in row if c)
    ]
    return list(range(first[0], last[-1] + 1)) if first and last and first[0] < last[-1] else []
