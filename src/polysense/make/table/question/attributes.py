"""Columns by what they say of a thing, without their name: how deep, who, when; and their units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.make.table.question import lexicon
from polysense.make.table.question.normalise import CJK, tokenize
from polysense.make.table.question.reading import Reading
from polysense.read.table.quantity import unit_in

_MONEY_NAME_TEXT = (
    "amount cost costs price fee total sum revenue income expenses spending salary wage wages "
    "betrag kosten preis summe umsatz einnahmen ausgaben gehalt lohn montant prix coût salaire "
    "dépenses importe precio coste salario gasto gastos 金额 费用 价格 收入 支出 工资"
)
_MONEY_NAMES = frozenset(_MONEY_NAME_TEXT.split())
"""What a column of money may be called where it has no unit."""


_CENTS = re.compile(r"\d[.,]\d\d$")


def has_money_name(r: Reading, column: int) -> bool:
    """Whether the name of a column says that it is of money."""
    name = r.frame.columns[column].lower()
    return any(w in name if CJK.match(w) else w in name.split() for w in _MONEY_NAMES)


def column_unit(r: Reading, column: int) -> str:
    """The unit of a column; its name where that is one."""
    name = r.frame.columns[column]
    first = next(iter(name.lower().split()), "")
    is_unit = first in lexicon.SAME_UNIT and (len(first) > 2 or first == name.lower().strip())
    return unit_in(name) or r.frame.unit(column) or (first if is_unit else "")


def attribute_column(r: Reading, attribute: str) -> int | None:
    """The one column that says an attribute: by its header, else by its unit."""
    headers, _, units = lexicon.ATTRIBUTES[attribute]
    of_words = attribute in ("person", "moment", "location", "meaning")
    kinds = ("date",) if attribute == "founding" else ("text", "date") if of_words else ()
    columns = [
        i
        for i, k in enumerate(r.kinds)
        if (k in kinds if kinds else i in r.measures and i not in r.periods)
    ]
    for word in headers.split():
        matches = [i for i in columns if _header_has(r, i, word)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            return None
    by_unit = [
        i
        for i in columns
        if any(lexicon.is_same_unit(column_unit(r, i), u) for u in units.split())
        and not _says_other_attribute(r, i)
    ]
    if not by_unit and attribute == "price":
        return _money_column(r, columns)
    return by_unit[0] if len(by_unit) == 1 else None


def _money_column(r: Reading, columns: Sequence[int]) -> int | None:
    """The one column that can be added and looks like money: "Amount", with cents in every cell."""
    additive = [c for c in columns if r.is_additive(c)]
    if len(additive) != 1 or not has_money_name(r, additive[0]) or column_unit(r, additive[0]):
        return None
    cells = [c for c in r.frame.column(additive[0]) if c]
    return additive[0] if cells and all(map(_CENTS.search, cells)) else None


def _says_other_attribute(r: Reading, column: int) -> bool:
    """Whether a header names an attribute: a length in metres is no width."""
    return any(
        _header_has(r, column, word)
        for headers, _, units in lexicon.ATTRIBUTES.values()
        if units
        for word in headers.split()
        if word not in lexicon.SAME_UNIT
    )


def _header_has(r: Reading, column: int, word: str) -> bool:
    if CJK.search(word):
        return word in r.frame.columns[column]
    stem = tokenize(word)[0].stem
    return stem in r.headers[column]
