"""What a receipt, bill or form says under its labels: who, where, when, how much, and every other
"key: value".

Rules over lines of print with their boxes, after the fields of ICDAR 2019's SROIE (Huang et al.,
"Scanned receipts OCR and information extraction"): company, date, address, total.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from polysense.types import Span

MOST_LINES = 600

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = re.compile(
    rf"(?<![\d./-])(?:\d{{1,2}}(?:\s?[-/.]|\s)\s?\d{{1,2}}\s?[-/.]\s?(?:20\d\d|19\d\d|\d\d)|(?:20|19)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[\s./-]*{_MONTH}[\s.,/'-]*(?:20\d\d|19\d\d|\d\d)|{_MONTH}\s+\d{{1,2}},?\s+(?:20|19)\d\d|(?:20|19)\d\d年\d{{1,2}}月\d{{1,2}}日)"
    r"(?![\d/-])|(?<![\d./-])\d{1,2}[-/.]\d{1,2}[-/.]20\d\d(?=\d\d?:\d\d)",  # the hour may touch it
    re.I,
)
_AMOUNT = re.compile(
    r"(?:RM|MYR|USD|EUR|GBP|[$€£¥])?\s?-?\d{1,3}(?:,\d{3})*[.,]\s?\d{2}(?![\d%])|(?:RM|[$€£¥])\s?\d+\b|-?\d+[.,]\d{2}(?![\d%])",
    re.I,
)
_TOTALS = (
    (
        re.compile(
            r"total\s*(?:amount\s*)?round|round\w*\s*d?\s*(?:total|amt|amount)|total.*(?:after|incl?\w*)\W*(?:of\W*)?(?:round|adj)",
            re.I,
        ),
        6,
    ),
    (
        re.compile(
            r"grand\s*total|net{1,2}\s*(?:total|amt|amount|to pay)|amount\s*(?:due|payable)|total\s*(?:due|payable|to pay)|balance due",
            re.I,
        ),
        5,
    ),
    (
        re.compile(
            r"total.*(?:incl|inclusive|with|w/)\W*(?:of\W*)?(?:gst|sst|tax|vat|6%)|total\s*sales?\s*\(?\s*incl|应付|实收|合\s*计|总\s*计",
            re.I,
        ),
        4,
    ),
    (
        re.compile(
            r"total\s*(?:amount|amt|rm|\(|sales?|myr|:|usd|$)|^\W*(?:total|tota1|totai|toial)\b",
            re.I,
        ),
        3,
    ),
)
_NO_TOTAL = re.compile(
    r"sub\W*total|total\s*(?:qty|quantity|item|no\b|pcs|disc|saving|gst|tax|vat|sst|excl|exc\b|before|supplies|amount\s*excl|w/?o)|qty|exclu|excl\b|item\(s\)|"
    r"discount|points?|saving|tax\s*total|total\s*.{0,8}\(?ex",
    re.I,
)
_PAID = re.compile(
    r"^\W*(?:cash|tender(?:ed)?|paid|payment|visa|master(?:card)?|amount\s*(?:tendered|paid))\b",
    re.I,
)
_CHANGE = re.compile(r"^\W*(?:change|balance|baki)\b", re.I)
_FIRM = re.compile(
    r"\b(?:s[do]n\.?\s*b?hd|bhd|b\.?h\.?d|ltd|limited|inc|llc|plc|corp(?:oration)?|gmbh|s\.?a\.?r\.?l|pty|co\.|enterprise|trading|restoran|restaurant|"
    r"cafe|kedai|stationery|hardware|machinery|supermarket|market|mart|store|stores|bakery|pharmacy|hotel|perniagaan|industries|holdings?|"
    r"services?|s/b)\b|有限公司|酒店|餐厅|超市|商店",
    re.I,
)
_STREET = re.compile(
    r"\b(?:jalan|jln|jaian|lorong|lot|taman|tmn|no\.?\s?\d\w*|kawasan|persiaran|bandar|kampung|kg\.|seksyen|section|street|"
    r"st\.|road|rd\b|avenue|ave\b|lane|drive|blvd|boulevard|floor|block|blk|unit|level|plaza|mall|complex|suite|johor|selangor|kuala|penang)\b"
    r"|^\d{1,4}[A-Z]?, |\b\d{5},?\s+[A-Z]{3}|[省市区路街号]",
    re.I,
)
_NOT_PLACE = re.compile(
    r"\b(?:tel|fax|phone|h/?p|gst|sst|tax|reg|roc|co\.?\s*no|company\s*(?:no|reg)|invoice|receipt|cash|bill|date|email|e-mail|www|http|website|cashier|"
    r"table|order|member|document|doc|time|trans)\b|@|\.com\b",
    re.I,
)
_REGISTRATION = re.compile(
    r"^\W*(?:\(?\s*(?:co\.?\s*)?(?:reg|roc|no|gst|id)?[\s.:#()no]*)?[A-Z]{0,3}\d[\dQO]{4,}\s*[-–]?\s*[A-Z]?\W*$",
    re.I,
)
_SUMMARY = re.compile(r"\b(?:gst|tax|sst|vat)\b.*\bsummary\b|tax\s*code|汇总", re.I)
_BRACKETED = re.compile(r"^\W*\(\s*[A-Z]{0,3}\d[\w-]*\s*\)\s*")
_PAIR = re.compile(r"^\s*([^\W\d_][^:：]{0,38}?)\s*[:：]\s*(.*)$")
_CLOCK = re.compile(r"\d\s*[:：]\s*\d\d|https?\s*[:：]//")


@dataclass(frozen=True, slots=True)
class Line:
    """Print on one line, and where it is; box as fractions of the page."""

    text: str
    span: Span

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Its box; none is the whole."""
        return self.span.box or (0.0, 0.0, 1.0, 1.0)

    @property
    def middle(self) -> float:
        """How far down it is."""
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True, slots=True)
class Field:
    """A label, its value, and where that stands."""

    name: str
    value: str
    span: Span


def fields(lines: Sequence[Line]) -> list[Field]:
    """The fields of a receipt that are found: company, address, date, total, in this order; then
    its other labelled values.
    """
    lines = lines[:MOST_LINES]
    known = [f for f in (company(lines), address(lines), date(lines), total(lines)) if f]
    taken = {f.value for f in known}
    return [*known, *(p for p in pairs(lines) if p.value not in taken)]


def is_receipt(found: Iterable[Field]) -> bool:
    """Whether these fields make a receipt or bill of it: an amount to pay, and when or by whom."""
    names = {f.name for f in found}
    return "total" in names and bool(names & {"date", "company", "address"})


def row(lines: Sequence[Line], line: Line) -> list[Line]:
    """What stands to the right of a line, on its row, from the left."""
    high = line.box[3] - line.box[1]
    beside = [
        o
        for o in lines
        if o is not line
        and abs(o.middle - line.middle) < 0.6 * high
        and o.box[0] >= line.box[2] - 0.3 * (line.box[2] - line.box[0])
    ]
    return sorted(beside, key=lambda o: o.box[0])


def total(lines: Sequence[Line]) -> Field | None:
    """What is to be paid: the amount beside the most telling of the labels that mean it, checked
    against cash less change.
    """
    end = next((n for n, line in enumerate(lines) if _SUMMARY.search(line.text)), len(lines))
    found: list[tuple[float, Field]] = []
    for n, line in enumerate(lines[:end]):
        weight = next((w for pattern, w in _TOTALS if pattern.search(line.text)), 0)
        if weight and not _NO_TOTAL.search(line.text) and (value := _amount_by(lines, n)):
            found.append((weight + 0.001 * n, value))
    paid = _paid(lines)
    if paid is not None and not any(_cents(f.value) == paid for _, f in found):
        # what is paid in cash is rounded
        near = not found or any(abs((_cents(f.value) or 0) - paid) <= 5 for _, f in found)
        printed = (
            Field("total", _tidy(m[0]), line.span)
            for line in lines
            for m in _AMOUNT.finditer(line.text)
        )
        found += [(9.0, f) for f in printed if near and _cents(f.value) == paid][-1:]
    if not found:
        return None
    said = Counter(_cents(f.value) for _, f in found)
    return max(
        found,
        key=lambda f: (
            f[0] // 1 + 0.4 * said[_cents(f[1].value)] + 3.0 * (_cents(f[1].value) == paid),
            f[0],
        ),
    )[1]


def _amount_by(lines: Sequence[Line], n: int) -> Field | None:
    """The amount on a label's own line, else beside it, else on the next line where that holds
    nothing else.
    """
    label = lines[n]
    if amounts := _AMOUNT.findall(label.text):
        return Field("total", _tidy(amounts[-1]), label.span)
    beside = row(lines, label)
    for line in beside or [o for o in lines[n + 1 : n + 2] if len(o.text) < 16]:
        if amounts := _AMOUNT.findall(line.text):
            return Field("total", _tidy(amounts[-1]), line.span)
        if m := re.fullmatch(r"\W*(\d{1,5})\s(\d\d)\W*", line.text):  # the point was not read
            return Field("total", f"{m[1]}.{m[2]}", line.span)
    return None


def _paid(lines: Sequence[Line]) -> int | None:
    """Cash less change, in cents."""
    cash = [
        c
        for n, line in enumerate(lines)
        if _PAID.search(line.text)
        and (f := _amount_by(lines, n))
        and (c := _cents(f.value)) is not None
    ]
    change = [
        c
        for n, line in enumerate(lines)
        if _CHANGE.search(line.text)
        and (f := _amount_by(lines, n))
        and (c := _cents(f.value)) is not None
    ]
    return cash[-1] - change[-1] if cash and change and cash[-1] >= change[-1] >= 0 else None


def _tidy(amount: str) -> str:
    said = re.sub(r"^(?:RM|MYR|USD|EUR|GBP)\s*", "", amount.strip(), flags=re.I)
    return re.sub(r",(\d\d)$", r".\1", said).replace(" ", "")


def _cents(said: str) -> int | None:
    digits = re.sub(r"[^\d.]", "", said)
    try:
        return round(100 * float(digits))
    except ValueError:
        return None


def date(lines: Sequence[Line]) -> Field | None:
    """The day of the receipt: one beside "date", else the first."""
    found: list[tuple[int, int, Field]] = []
    for n, line in enumerate(lines):
        for m in _DATE.finditer(line.text):
            if _possible(m[0]):
                labelled = re.search(r"\bdat[ae]?\b|日期", line.text, re.I) or any(
                    re.search(r"\bdate\b|日期", o.text, re.I)
                    for o in lines
                    if line in row(lines, o)
                )
                due = re.search(
                    r"\b(?:due|exp|valid|print|w\.?e\.?f|since|gst)\w*",
                    line.text[: m.start()],
                    re.I,
                )
                found.append(
                    (
                        0 if labelled and not due else 2 if due else 1,
                        n,
                        Field("date", m[0].strip(), line.span),
                    )
                )
    return min(found, key=lambda f: f[:2])[2] if found else None


def _possible(said: str) -> bool:
    """Whether some reading of a date's numbers is a day."""
    numbers = [int(d) for d in re.findall(r"\d+", said)]
    if re.search(r"[a-z]{3}", said, re.I):
        return any(1 <= n <= 31 for n in numbers)
    small = [n for n in numbers if n <= 31]
    return (
        len(numbers) == 3
        and len(small) >= 2
        and any(1 <= n <= 12 for n in small)
        and all(n >= 1 for n in numbers[:2])
    )


def company(lines: Sequence[Line]) -> Field | None:
    """Who sold: the first line that ends like a firm's name, else the first that looks like a
    heading.
    """
    head = [line for line in lines[:12] if not _REGISTRATION.match(line.text)]
    stop = next((n for n, line in enumerate(head) if n and _looks_like_place(line.text)), len(head))
    for n, line in enumerate(head[: max(stop, 1)]):
        if (
            _FIRM.search(line.text)
            and not _NOT_PLACE.search(_FIRM.sub("", line.text))
            and not re.match(r"\W*(?:tax|cash|invoice)", line.text, re.I)
        ):
            return _joined_name(head[:stop], n)
    for line in head[:stop]:
        if _heading(line.text):
            return Field("company", _clean(line.text), line.span)
    return None


def _joined_name(head: Sequence[Line], n: int) -> Field:
    """A firm's name over two lines: what ends it may stand alone on the second."""
    line = head[n]
    bare = _FIRM.sub("", line.text)
    if n and len(re.sub(r"[^\w]", "", bare)) < 4 and _heading(head[n - 1].text):
        return Field(
            "company",
            f"{_clean(head[n - 1].text)} {_clean(line.text)}",
            head[n - 1].span.union(line.span),
        )
    return Field("company", _clean(line.text), line.span)


def _heading(said: str) -> bool:
    letters = [c for c in said if c.isalpha()]
    plain = re.sub(r"[^\w\s]", "", said)
    return (
        len(letters) >= 4
        and len(letters) > 0.6 * len(plain.replace(" ", ""))
        and not said.islower()
        and not _NOT_PLACE.search(said)
        and not _DATE.search(said)
    )


def _clean(said: str) -> str:
    return " ".join(said.strip(" *-–—=_.,:;|").split())


def _looks_like_place(said: str) -> bool:
    return (
        bool(_STREET.search(said))
        and not _NOT_PLACE.search(said)
        and sum(c.isalpha() for c in said) > 2
    )


def address(lines: Sequence[Line]) -> Field | None:
    """Where: the lines from the first that names a street to the last before telephones, numbers
    and the bill itself.
    """
    head = lines[:18]
    name = company(lines)
    start = next(
        (
            n
            for n, line in enumerate(head)
            if _looks_like_place(line.text) and not (name and line.span == name.span)
        ),
        None,
    )
    if start is None:
        return None
    first = _BRACKETED.sub("", head[start].text)
    kept = [Line(first, head[start].span)]
    for line in head[start + 1 :]:
        if (
            _NOT_PLACE.search(line.text)
            or _DATE.search(line.text)
            or _AMOUNT.fullmatch(line.text.strip())
            or len(kept) == 6
        ):
            break
        if _REGISTRATION.match(line.text):
            if _STREET.search(kept[-1].text) and re.search(r"\d{5}", kept[-1].text):
                break
            continue
        gap = line.box[1] - kept[-1].box[3]
        goes_on = _continues(line.text) or (
            kept[-1].text.rstrip().endswith(",") and any(c.isalpha() for c in line.text)
        )
        if not goes_on or gap > 1.6 * (line.box[3] - line.box[1]):
            break
        kept.append(line)
    span = kept[0].span
    for line in kept[1:]:
        span = span.union(line.span)
    return Field("address", " ".join(" ".join(line.text.split()) for line in kept), span)


def _continues(said: str) -> bool:
    """Whether a line goes on with an address: a place, a town in capitals or brackets."""
    if re.search(r"\b(?:invoice|receipt|bill|order)\b|^\W*[-*=]{2}|^\W*\*", said, re.I):
        return False
    letters = sum(c.isalpha() for c in said)
    return _looks_like_place(said) or (
        letters >= 4 and letters > 0.7 * len(re.sub(r"[\s.,()-]", "", said)) and len(said) < 45
    )


def pairs(lines: Sequence[Line]) -> list[Field]:
    """Labelled values: "key: value" on a line, or a key that ends with a colon and what stands
    beside it.
    """
    found: dict[str, Field] = {}
    for line in lines:
        m = _PAIR.match(line.text)
        if not m or _CLOCK.match(line.text.strip()):
            continue
        name, value, span = " ".join(m[1].split()), m[2].strip(), line.span
        if not value:
            beside = row(lines, line)[:1]
            if not beside or beside[0].text.rstrip().endswith((":", "：")):
                continue
            value, span = beside[0].text.strip(" :："), beside[0].span
        if value and name.lower() not in found and any(c.isalnum() for c in value):
            found[name.lower()] = Field(name, value, span)
    return list(found.values())
