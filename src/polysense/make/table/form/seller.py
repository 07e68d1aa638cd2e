"""Who sold, and where: the firm's name and its address in the heading of a receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.make.table.form.amounts import AMOUNT
from polysense.make.table.form.dates import DATE
from polysense.make.table.form.line import Field, Line
from polysense.make.table.form.vocabulary import alternatives

# Lines and shares of the heading, set while looking at 25 receipts of SROIE (see `vocabulary`).
_NAME_LINES, _ADDRESS_LINES = 12, 18  # lines among which name and address are sought
_MOST_ADDRESS_LINES = 6
_LETTERS_OF_HEADING, _LETTERS_OF_TOWN = 0.6, 0.7  # share of letters in a name, in a town's line
_LONGEST_TOWN = 45  # characters
_GAP = 1.6  # heights of a line that an address may leave free between two lines

_FIRM = re.compile(alternatives("firm"), re.I)
_STREET = re.compile(
    rf"{alternatives('street')}|{alternatives('house_number')}\.?\s?\d\w*"
    r"|^\d{1,4}[A-Z]?, |\b\d{5},?\s+[A-Z]{3}",
    re.I,
)
_NOT_PLACE = re.compile(rf"{alternatives('not_place')}|@|\.com\b", re.I)
_NOT_FIRM = re.compile(rf"\W*{alternatives('not_firm')}", re.I)
_NOT_ADDRESS = re.compile(rf"{alternatives('document')}|^\W*[-*=]{{2}}|^\W*\*", re.I)
_REGISTRATION = re.compile(
    rf"^\W*(?:\(?\s*(?:co\.?\s*)?{alternatives('registration')}?[\s.:#()no]*)?"
    r"[A-Z]{0,3}\d[\dQO]{4,}\s*[-–]?\s*[A-Z]?\W*$",
    re.I,
)
_NUMBER_IN_BRACKETS = re.compile(r"^\W*\(\s*[A-Z]{0,3}\d[\w-]*\s*\)\s*")


def company(lines: Sequence[Line]) -> Field | None:
    """Who sold: the first line that ends like a firm's name, else the first heading."""
    head = [line for line in lines[:_NAME_LINES] if not _REGISTRATION.match(line.text)]
    stop = next((n for n, line in enumerate(head) if n and _is_place(line.text)), len(head))
    for n, line in enumerate(head[: max(stop, 1)]):
        if (
            _FIRM.search(line.text)
            and not _NOT_PLACE.search(_FIRM.sub("", line.text))
            and not _NOT_FIRM.match(line.text)
        ):
            return _full_name(head[:stop], n)
    for line in head[:stop]:
        if _is_heading(line.text):
            return Field("company", _clean(line.text), line.span)
    return None


def _full_name(head: Sequence[Line], n: int) -> Field:
    """A firm's name over two lines: what ends it may stand alone on the second."""
    line = head[n]
    rest = _FIRM.sub("", line.text)
    if n and len(re.sub(r"[^\w]", "", rest)) < 4 and _is_heading(head[n - 1].text):
        name = f"{_clean(head[n - 1].text)} {_clean(line.text)}"
        return Field("company", name, head[n - 1].span.union(line.span))
    return Field("company", _clean(line.text), line.span)


def _is_heading(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    plain = re.sub(r"[^\w\s]", "", text)
    return (
        len(letters) >= 4
        and len(letters) > _LETTERS_OF_HEADING * len(plain.replace(" ", ""))
        and not text.islower()
        and not _NOT_PLACE.search(text)
        and not DATE.search(text)
    )


def _clean(text: str) -> str:
    return " ".join(text.strip(" *-–—=_.,:;|").split())


def _is_place(text: str) -> bool:
    has_letters = sum(c.isalpha() for c in text) > 2
    return bool(_STREET.search(text)) and not _NOT_PLACE.search(text) and has_letters


def address(lines: Sequence[Line]) -> Field | None:
    """Where: from the first line that names a street to telephones, numbers and the bill itself."""
    head = lines[:_ADDRESS_LINES]
    name = company(lines)
    start = next(
        (
            n
            for n, line in enumerate(head)
            if _is_place(line.text) and not (name and line.span == name.span)
        ),
        None,
    )
    if start is None:
        return None
    first = _NUMBER_IN_BRACKETS.sub("", head[start].text)
    parts = [Line(first, head[start].span)]
    for line in head[start + 1 :]:
        if (
            _NOT_PLACE.search(line.text)
            or DATE.search(line.text)
            or AMOUNT.fullmatch(line.text.strip())
            or len(parts) == _MOST_ADDRESS_LINES
        ):
            break
        if _REGISTRATION.match(line.text):
            if _STREET.search(parts[-1].text) and re.search(r"\d{5}", parts[-1].text):
                break
            continue
        gap = line.box[1] - parts[-1].box[3]
        has_comma = parts[-1].text.rstrip().endswith(",") and any(c.isalpha() for c in line.text)
        goes_on = _continues_address(line.text) or has_comma
        if not goes_on or gap > _GAP * (line.box[3] - line.box[1]):
            break
        parts.append(line)
    span = parts[0].span
    for line in parts[1:]:
        span = span.union(line.span)
    return Field("address", " ".join(" ".join(line.text.split()) for line in parts), span)


def _continues_address(text: str) -> bool:
    """Whether a line goes on with an address: a place, a town in capitals or brackets."""
    if _NOT_ADDRESS.search(text):
        return False
    letters = sum(c.isalpha() for c in text)
    share = _LETTERS_OF_TOWN * len(re.sub(r"[\s.,()-]", "", text))
    return _is_place(text) or (letters >= 4 and letters > share and len(text) < _LONGEST_TOWN)
