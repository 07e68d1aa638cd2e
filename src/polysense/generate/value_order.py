"""Compared things in the order of their values, where those are told without doubt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from polysense.question import ValueOrder
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.stems import stem
from polysense.types import Evidence

_ALL_FUNCTION_WORDS = frozenset().union(*FUNCTION_WORDS.values())
_SIGNS = "$€£¥₹"
_VALUE = re.compile(
    rf"(?P<sign>[{_SIGNS}])?\s?(?<![A-Za-zÀ-ÿ\d.,/:-])(?P<number>\d+(?:[.,]\d+)*)(?![\w]*[/:-]\d)"
    rf"\s?(?P<unit>[^\W\d_]+(?:/[^\W\d_]+)?[²³]?|[%{_SIGNS}]|°\s?[CF])?"
)
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_HAN = re.compile("[\u3400-\u9fff]")


def sort_by_value(
    evidence: Sequence[Evidence], order: ValueOrder, language: str
) -> Sequence[Evidence]:
    """The evidence by its values; as it is where there is more than one unit, or more than one
    value of it, that all have in common.
    """
    if not order or len(evidence) < 2:
        return evidence
    values = [_values(str(e.part.data), language) for e in evidence if e.part.modality == "text"]
    if len(values) < len(evidence):
        return evidence
    units = set.intersection(*(set(v) for v in values))
    if len(units) != 1 or any(len(v[u]) != 1 for v in values for u in units):
        return evidence
    unit = units.pop()
    keys = [v[unit][0] for v in values]
    sign = -1.0 if order == "greatest first" else 1.0
    return [evidence[i] for i in sorted(range(len(keys)), key=lambda i: sign * keys[i])]


def _values(text: str, language: str) -> Mapping[str, list[float]]:
    """Unit -> the numbers in a text that have it; without a number that may be read in two ways."""
    values = defaultdict[str, list[float]](list)
    for m in _VALUE.finditer(text):
        unit = m["sign"] or m["unit"] or ""
        is_date = _YEAR.fullmatch(m["number"]) and unit.startswith("年")
        if not unit or is_date or (len(unit) > 1 and unit.lower() in _ALL_FUNCTION_WORDS):
            continue
        unit = unit[:1] if _HAN.match(unit) else stem(unit.lower())
        number = _number(m["number"], language)
        values[unit] += [number] if number is not None else [0.0, 0.0]  # two are a doubt
    return values


def _number(digits: str, language: str) -> float | None:
    """A number in figures; None where it depends on the country what a sign in it means."""
    has_comma_groups = language in ("", "en", "zh")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits) and has_comma_groups:
        return float(digits.replace(",", ""))
    if re.fullmatch(r"\d+", digits):
        return float(digits)
    if re.fullmatch(r"\d+[.,]\d+", digits) and not re.search(r"[.,]\d{3}$", digits):
        return float(digits.replace(",", "."))
    return None
