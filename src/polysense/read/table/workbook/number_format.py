"""Values of cells as a person sees them in a sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

from polysense.read.file.raised import raised_text

_PATTERN = re.compile(r'"[^"]*"|\\.|.')


def format_value(value: Any, style: str = "General") -> str:
    """A cell's value as its number format shows it; dates as ISO 8601.

    >>> format_value(0.125, "0.0%"), format_value(1234.5, "$#,##0.00"), format_value(-3, "General")
    ('12.5%', '$1,234.50', '-3')
    >>> format_value(2.50, '0.0" kg"'), format_value(7, "000-00")
    ('2.5 kg', '000-07')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return (
            value.date().isoformat()
            if value.time() == dt.time()
            else value.isoformat(" ", "minutes" if not value.second else "seconds")
        )
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _format_duration(value, style)
    if isinstance(value, list):  # pieces of rich text
        return rich_text(_font_pieces(value))
    if not isinstance(value, (int, float)):
        return str(value)
    return _format_number(value, style)


def _format_duration(value: dt.timedelta, style: str) -> str:
    """Hours, minutes and seconds as far as the format has them; hours are not folded into days."""
    seconds = round(abs(value.total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes_left = divmod(minutes, 60)
    sign = "-" if value.total_seconds() < 0 else ""
    style = style.lower()
    if "h" not in style:
        whole = str(minutes) if "m" in style else str(seconds)
        return sign + (f"{whole}:{rest:02}" if "m" in style and "s" in style else whole)
    text = f"{hours}:{minutes_left:02}" if "m" in style else str(hours)
    return sign + (f"{text}:{rest:02}" if "s" in style else text)


def rich_text(pieces: Iterable[tuple[str, bool, bool]]) -> str:
    """The words of (text, is struck out, is raised) one after the other: without what is struck
    out, raised characters as they are read.

    >>> rich_text([("10", False, False), ("40", True, False), (" m", False, False), ("2", 0, 1)])
    '10 m²'
    """
    words = ""
    for text, is_struck, is_raised in pieces:
        if not is_struck:
            words += raised_text(words, text) if is_raised else text
    return words


def _font_pieces(pieces: list[Any]) -> Iterator[tuple[str, bool, bool]]:
    """Of openpyxl's rich text, as `rich_text` takes them."""
    for piece in pieces:
        font = getattr(piece, "font", None)
        is_raised = getattr(font, "vertAlign", None) == "superscript"
        yield str(getattr(piece, "text", piece)), bool(getattr(font, "strike", None)), is_raised


def _format_number(value: float, style: str) -> str:
    """A number in the digits, signs and words of a number format."""
    style = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r'"\1"', _section(value, style or "General"))
    style = re.sub(r"\[[^\]]*\]|_.|\*.", "", style)
    literal = re.compile(r'"([^"]*)"|\\(.)')
    masked = literal.sub(lambda m: " " * len(m[0]), style)
    digits = re.search(r"([0#?][0#?,]*|(?=\.[0#?]))(?:\.([0#?]+))?", masked)
    if not digits or "/" in style:
        return f"{value:.15g}"
    before, after = (
        literal.sub(lambda m: m[1] or m[2] or "", part)
        for part in (style[: digits.start()], style[digits.end() :])
    )
    places = len(digits[2] or "")
    if after.startswith("E"):
        return f"{value:.{places}E}"
    if re.search(r"[0#?]", masked[digits.end() :]):
        return f"{'-' if value < 0 else ''}{_fill_pattern(abs(value), style)}"
    number = (
        f"{abs(value) * (100 if '%' in after else 1):{',' if ',' in digits[1] else ''}.{places}f}"
    )
    if "," not in digits[1]:
        number = number.zfill(digits[1].count("0") + (places + 1 if places else 0))
    if "#" in (digits[2] or ""):
        number = number.rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{before.lstrip()}{number}{after.rstrip()}"


def _section(value: float, style: str) -> str:
    """The part of a number format for a value; of parts for signs alone always the first."""
    first, *others = style[:300].split(";")
    limit = re.match(r"\[<=?(\d+)\]", first)
    return others[0] if limit and others and value > int(limit[1]) else first


def _fill_pattern(value: float, style: str) -> str:
    """A number's digits in a pattern with several groups of places, as telephone numbers have."""
    marks = _PATTERN.findall(style)
    places = sum(mark in "0#?" for mark in marks)
    point = max((n for n, mark in enumerate(marks) if mark == "."), default=len(marks))
    digits = list(f"{value:.{sum(mark in '0#?' for mark in marks[point:])}f}".replace(".", ""))
    characters: list[str] = []
    for mark in reversed(marks):
        if mark not in "0#?":
            characters.append(mark.strip('"') if mark[0] == '"' else mark[-1])
            continue
        places -= 1
        head = digits if not places else digits[-1:]  # the first place takes all that is left
        characters.append("".join(head) or ("0" if mark == "0" else ""))
        del digits[-1:]
    return "".join(reversed(characters)).strip()
