"""What is to be paid: amounts of money, the labels that mean the total, cash less change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from polysense.make.table.form.line import Field, Line, right_of
from polysense.make.table.form.vocabulary import alternatives, phrases

_CODES = "|".join(sorted(map(re.escape, phrases("currency")), key=len, reverse=True))
_UNITS = "|".join(map(re.escape, phrases("unit")))

AMOUNT = re.compile(
    # whole amounts, which only their currency tells from numbers: ¥1,770, RM 12, 770円
    rf"(?:{_CODES})\s?\d{{1,3}}(?:,\d{{3}})+(?![\d%]|[.,]\d)"
    rf"|(?<![\d.,])\d+(?:,\d{{3}})*\s?(?:{_UNITS})"
    # 1.234,50 as the continent writes it
    rf"|(?:{_CODES})?\s?-?\d{{1,3}}(?:\.\d{{3}})+,\d\d(?![\d%])"
    rf"|(?:{_CODES})?\s?-?\d{{1,3}}(?:,\d{{3}})*[.,]\s?\d{{2}}(?![\d%])|(?:{_CODES})\s?\d+\b"
    r"|-?\d+[.,]\d{2}(?![\d%])",
    re.I,
)
_CURRENCY_NAME = re.compile(rf"^(?:{'|'.join(filter(str.isalpha, phrases('currency')))})\s*", re.I)
_POINT_LOST = re.compile(r"\W*(\d{1,5})\s(\d\d)\W*")  # the decimal point was not read

_TOTAL, _TAX = alternatives("total"), alternatives("tax")
_LABELS = (
    (re.compile(alternatives("rounded_total"), re.I), 6),
    (re.compile(alternatives("payable"), re.I), 5),
    (
        re.compile(
            rf"{alternatives('complete')}|{_TOTAL}.*{alternatives('including')}\W*(?:of\W*)?{_TAX}",
            re.I,
        ),
        4,
    ),
    (
        re.compile(
            rf"{_TOTAL}\s*(?:{alternatives('amount')}|{_CODES}|\(|:|$)|^\W*{_TOTAL}",
            re.I,
        ),
        3,
    ),
)
"""Labels that mean the total, and how telling they are; they and the weights below were set while
looking at 25 receipts of SROIE (see `vocabulary`)."""

_PAID_WEIGHT = 9.0  # of an amount that cash less change is, where no label names it
_REPEATED = 0.4  # for each time that an amount is labelled
_IS_PAID = 3.0  # for being cash less change
_LATER = 0.001  # for each line further down: of two like labels the later one counts
_ROUNDING_CENTS = 5  # by which an amount paid in cash may differ from the total
_LONGEST_VALUE = 16  # characters of a line below a label that may be its amount

_NO_TOTAL = re.compile(alternatives("not_total"), re.I)
_PAYMENT = re.compile(rf"^\W*{alternatives('payment')}", re.I)
_CHANGE = re.compile(rf"^\W*{alternatives('change')}", re.I)
_SUMMARY = re.compile(alternatives("summary"), re.I)


def total(lines: Sequence[Line]) -> Field | None:
    """What is to be paid: the amount beside the most telling label, checked by cash less change."""
    end = next((n for n, line in enumerate(lines) if _SUMMARY.search(line.text)), len(lines))
    candidates: list[tuple[float, Field]] = []
    for n, line in enumerate(lines[:end]):
        weight = next((w for pattern, w in _LABELS if pattern.search(line.text)), 0)
        if weight and not _NO_TOTAL.search(line.text) and (value := _amount_of(lines, n)):
            candidates.append((weight + _LATER * n, value))
    paid_cents = _paid_cents(lines)
    if paid_cents is not None and not any(cents(f.value) == paid_cents for _, f in candidates):
        candidates += _amounts_paid(lines, candidates, paid_cents)
    if not candidates:
        return None
    times = Counter(cents(f.value) for _, f in candidates)

    def rank(candidate: tuple[float, Field]) -> tuple[float, float]:
        amount = cents(candidate[1].value)
        score = candidate[0] // 1 + _REPEATED * times[amount] + _IS_PAID * (amount == paid_cents)
        return score, candidate[0]

    return max(candidates, key=rank)[1]


def _amounts_paid(
    lines: Sequence[Line], candidates: Sequence[tuple[float, Field]], paid_cents: int
) -> list[tuple[float, Field]]:
    """The last amount that is what was paid, if that is a labelled amount rounded, or none is."""
    is_rounded = any(
        abs((cents(f.value) or 0) - paid_cents) <= _ROUNDING_CENTS for _, f in candidates
    )
    if candidates and not is_rounded:
        return []
    fields = [
        Field("total", tidy(m[0]), line.span) for line in lines for m in AMOUNT.finditer(line.text)
    ]
    return [(_PAID_WEIGHT, f) for f in fields if cents(f.value) == paid_cents][-1:]


def _amount_of(lines: Sequence[Line], n: int) -> Field | None:
    """The amount on a label's own line, else beside it, else alone on the next line."""
    label = lines[n]
    if amounts := AMOUNT.findall(label.text):
        return Field("total", tidy(amounts[-1]), label.span)
    below = [o for o in lines[n + 1 : n + 2] if len(o.text) < _LONGEST_VALUE]
    for line in right_of(lines, label) or below:
        if amounts := AMOUNT.findall(line.text):
            return Field("total", tidy(amounts[-1]), line.span)
        if m := _POINT_LOST.fullmatch(line.text):
            return Field("total", f"{m[1]}.{m[2]}", line.span)
    return None


def _paid_cents(lines: Sequence[Line]) -> int | None:
    """Cash less change, in cents."""
    cash, change = _labelled_cents(lines, _PAYMENT), _labelled_cents(lines, _CHANGE)
    return cash[-1] - change[-1] if cash and change and cash[-1] >= change[-1] >= 0 else None


def _labelled_cents(lines: Sequence[Line], label: re.Pattern[str]) -> list[int]:
    fields = (_amount_of(lines, n) for n, line in enumerate(lines) if label.search(line.text))
    return [c for f in fields if f and (c := cents(f.value)) is not None]


def tidy(amount: str) -> str:
    """An amount with a decimal point and without its currency's name.

    >>> tidy("EUR 7,70"), tidy("RM 1,234.50"), tidy("1.234,50"), tidy("¥770")
    ('7.70', '1,234.50', '1,234.50', '¥770')
    """
    text = _CURRENCY_NAME.sub("", amount.strip())
    if re.search(r"\d\.\d{3}(?:\.\d{3})*,\d\d$", text):
        text = text.replace(".", ",")
    return re.sub(r",(\d\d)$", r".\1", text).replace(" ", "")


def cents(amount: str) -> int | None:
    """An amount in hundredths, to be compared."""
    try:
        return round(100 * float(re.sub(r"[^\d.]", "", amount)))
    except ValueError:
        return None
