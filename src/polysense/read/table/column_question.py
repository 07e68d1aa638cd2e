"""Which columns and rows of a table a question's words ask about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.read.language.analysis import STOP, terms

_ASKING = (
    "chart plot graph draw bar line pie scatter histogram figure picture table list row column value number compar comparison versu vs "
    "against per each every trend over time between sheet data give make mak turn convert sum total averag mean max maximum min minimum "
    "high highest low lowest large largest most least more than less 图 图表 表 画 列 行"
)
_FORM = frozenset(_ASKING.split())
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_YEARS = re.compile(r"\b(1[5-9]\d\d|20\d\d|21\d\d)\b")
_BETWEEN = re.compile(
    r"\b(?:from|between)\s+(\S+)\s+(?:to|and|until|till|through)\s+(\S+)|\b(\d{4})\s*[-–]\s*(\d{4})\b|从(\S+?)到(\S+)",
    re.I,
)
_SINCE, _UNTIL = (
    re.compile(r"\b(?:since|after|from)\s+(\d{4})\b", re.I),
    re.compile(r"\b(?:until|till|before|up to)\s+(\d{4})\b", re.I),
)


def heard(label: str, words: str) -> float:
    """How much of a label (0..1) the words say.

    >>> heard("Income (GBP)", "income by month"), heard("Mill income", "income by month"), heard("收入", "每月的收入")
    (1.0, 0.5, 1.0)
    """
    label = re.sub(r"[(\[（].*?[)\]）]", " ", label).strip() or label
    wide = [c for c in label if _WIDE.match(c)]
    if wide:
        pairs = {
            label[i : i + 2]
            for i in range(len(label) - 1)
            if _WIDE.match(label[i]) and _WIDE.match(label[i + 1])
        } or set(wide)
        return sum(p in words for p in pairs) / len(pairs)
    said = [t for t in dict.fromkeys(terms(label.replace("_", " "))) if t not in STOP]
    wanted = terms(words)
    return sum(any(_same(t, w) for w in wanted) for t in said) / len(said) if said else 0.0


def columns(names: Sequence[str], words: str) -> list[int]:
    """The columns whose names the words say, all those that are said as fully as the best; none
    where none is.

    >>> columns(["Month", "Income (GBP)", "Costs (GBP)"], "chart income by month")
    [0, 1]
    """
    found = [heard(n, words) if n else 0.0 for n in names]
    full = [i for i, f in enumerate(found) if f >= 0.99 and not _formal(names[i])]
    best = max(found, default=0.0)
    return full or (
        [i for i, f in enumerate(found) if f >= max(0.5, best) and not _formal(names[i])]
        if best >= 0.5
        else []
    )


def rows(labels: Sequence[Sequence[str]], names: Sequence[str], words: str) -> list[int]:
    """The rows that the words name by one of their labels, or by years; none where they name none.

    >>> rows([["Tea"], ["Coffee"], ["Milk"]], ["Item"], "price of tea and coffee")
    [0, 1]
    """
    headings = {t for n in names for t in terms(n)}
    wanted = " ".join(
        w for w in re.findall(r"\S+", words) if not (set(terms(w)) <= headings | _FORM)
    )
    if limits := _limits(words):
        within = [
            i
            for i, row in enumerate(labels)
            if any(limits[0] <= int(y) <= limits[1] for y in _years_of(row))
        ]
        if within:
            return within
    spans = _between(labels, words)
    if spans:
        return spans
    return [i for i, row in enumerate(labels) if any(_named(cell, wanted) for cell in row)]


def _same(a: str, b: str) -> bool:
    return a == b or (
        min(len(a), len(b)) >= 4
        and (a.startswith(b) or b.startswith(a))
        and abs(len(a) - len(b)) <= 2
    )


def _formal(name: str) -> bool:
    return set(terms(name)) <= _FORM - {
        "total",
        "sum",
        "mean",
        "max",
        "min",
        "value",
        "number",
        "time",
    }


def _named(cell: str, words: str) -> bool:
    return 0 < len(cell) <= 80 and any(c.isalnum() for c in cell) and heard(cell, words) >= 0.99


def _years_of(row: Sequence[str]) -> list[str]:
    return [y for cell in row if len(cell) <= 30 for y in _YEARS.findall(cell)]


def _limits(words: str) -> tuple[int, int] | None:
    """The years that the words keep to: a range, an open end, or the years named."""
    m = _BETWEEN.search(words)
    ends = [g for g in (m.groups() if m else ()) if g]
    if len(ends) == 2 and all(_YEARS.search(e) for e in ends):
        a, b = (int(_YEARS.search(e)[0]) for e in ends)  # type: ignore[index]
        return min(a, b), max(a, b)
    since, until = _SINCE.search(words), _UNTIL.search(words)
    if since or until:
        return int(since[1]) if since else 0, int(until[1]) if until else 9999
    return None


def _between(labels: Sequence[Sequence[str]], words: str) -> list[int]:
    """Rows from one label to another: "from March to June"."""
    m = _BETWEEN.search(words)
    ends = [g.strip(",.?!;。？") for g in (m.groups() if m else ()) if g]
    if len(ends) != 2:
        return []
    first = [
        i
        for i, row in enumerate(labels)
        if any(_named(c, ends[0]) or c.lower().startswith(ends[0].lower()) for c in row if c)
    ]
    last = [
        i
        for i, row in enumerate(labels)
        if any(_named(c, ends[1]) or c.lower().startswith(ends[1].lower()) for c in row if c)
    ]
    return list(range(first[0], last[-1] + 1)) if first and last and first[0] < last[-1] else []
