"""Calendars and contacts: a passage for each event, task, note and person."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document.blocks import Heading, TextBlock
from polysense.read.document.content_lines import Component, ContentLine, components
from polysense.read.document.html import blocks as html
from polysense.read.document.text import TextParser
from polysense.read.file.archive import local_file
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.text import read_text
from polysense.types import Asset, Chunk, Link, Span

CALENDAR, CONTACTS = "text/calendar", "text/vcard"

_KINDS = {"VEVENT": "Event", "VTODO": "Task", "VJOURNAL": "Note", "VCARD": "Contact"}
_LABELS = {
    "SUMMARY": "", "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "DURATION": "Duration",
    "LOCATION": "Place", "STATUS": "Status", "COMPLETED": "Completed", "RRULE": "Repeats",
    "EXDATE": "Except", "RDATE": "Also on", "ORGANIZER": "Organizer", "ATTENDEE": "With",
    "CATEGORIES": "Categories", "PRIORITY": "Priority", "URL": "URL", "CONTACT": "Contact",
    "COMMENT": "Comment", "DESCRIPTION": "Description", "PERCENT-COMPLETE": "Percent complete",
    "FN": "", "NICKNAME": "Nickname", "ORG": "Organization", "TITLE": "Title", "ROLE": "Role",
    "TEL": "Phone", "EMAIL": "Email", "ADR": "Address", "BDAY": "Birthday",
    "ANNIVERSARY": "Anniversary", "IMPP": "Messenger", "RELATED": "Related", "NOTE": "Note",
    "GEO": "Coordinates", "RESOURCES": "Resources", "X-SOCIALPROFILE": "Profile",
    "X-SKYPE": "Skype", "X-SKYPE-USERNAME": "Skype", "X-JABBER": "Jabber", "X-AIM": "AIM",
    "X-ICQ": "ICQ", "X-MSN": "MSN", "X-QQ": "QQ", "X-TWITTER": "Twitter",
    "X-ABDATE": "Date", "X-ABRELATEDNAMES": "Related", "X-ALT-DESC": "Description",
}  # fmt: skip
"""What is told of a property, in this order; what programs tell each other is not."""

_CALENDAR_FIELDS = ("X-WR-CALNAME", "NAME", "X-WR-CALDESC", "DESCRIPTION")
_DATES = frozenset(
    {
        *("DTSTART", "DTEND", "DUE", "COMPLETED", "EXDATE", "RDATE"),
        *("BDAY", "ANNIVERSARY", "X-ABDATE"),
    }
)
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d))?(Z)?)?")
_ALARM_NOTES = ("SUMMARY", "DESCRIPTION")
_PEOPLE = frozenset({"ORGANIZER", "ATTENDEE"})
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")


class CalendarParser(Parser):
    """Reads .ics and .vcf: each event, task or contact with its dates, places and numbers."""

    accepts: ClassVar[frozenset[str]] = frozenset({CALENDAR, CONTACTS})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """In order, at their lines; without any, as its text. Raises TooLarge, Unreadable where
        there is nothing.
        """
        parts = list(components(read_text(local_file(asset))))
        entries = [c for c in parts if c.kind in _KINDS]
        if not entries and any(c.properties for c in parts):
            yield from TextParser().parse(asset)
            return
        if not entries:
            raise Unreadable(
                f"{asset.name} holds no event, task or contact",
                "It should hold lines BEGIN:VEVENT or BEGIN:VCARD; export it again.",
            )
        context = asset.name.rsplit(".", 1)[0]
        for p in (p for c in parts if c.kind == "VCALENDAR" for p in c.properties):
            if p.name in _CALENDAR_FIELDS and p.text:
                place = Span(lines=p.lines)
                yield from placed_passages(asset, [(f"Calendar: {p.text}.", place)], place, context)
        alarms = sorted((c for c in parts if c.kind == "VALARM"), key=lambda c: c.lines)
        starts = [alarm.lines[0] for alarm in alarms]
        for entry in sorted(entries, key=lambda c: c.lines):
            place = Span(lines=entry.lines)
            first, last = (bisect_left(starts, line) for line in entry.lines)
            texts = [(_description(entry, alarms[first:last]), place)]
            yield from placed_passages(asset, texts, place, context)


def _description(entry: Component, alarms: Sequence[Component] = ()) -> str:
    """What is told of an entry and its alarms, a sentence."""
    labels = {p.group: p.text for p in entry.properties if p.name == "X-ABLABEL"}
    title = ""
    facts: list[str] = []
    for name, label in _LABELS.items():
        for p in entry.properties:
            if p.name != name or p.is_binary or not (value := _value(p)):
                continue
            if name == "X-ALT-DESC" and any(fact.startswith("Description") for fact in facts):
                continue  # the same as a page
            if not label:
                title = title or value
                continue
            kind = _APPLE_LABEL.sub(r"\1", labels.get(p.group, "")) if p.group else ""
            kind = kind or ", ".join(_types(p))
            facts.append(f"{label} ({kind}): {value}" if kind else f"{label}: {value}")
    names = (" ".join(reversed(p.fields[:2])) for p in entry.properties if p.name == "N")
    title = title or next(names, "")
    notes = {p.text: None for a in alarms for p in a.properties if p.name in _ALARM_NOTES}
    facts += [f"Reminder: {note}" for note in notes if note and note != title]
    return "; ".join([f"{_KINDS[entry.kind]}: {title}".rstrip(": "), *facts]).rstrip(".") + "."


def _value(p: ContentLine) -> str:
    """A property's value as a person writes it."""
    if p.name in _DATES:
        zone = p.options.get("TZID", "")
        dates = ", ".join(_DATE.sub(_plain_date, part) for part in p.text.split(","))
        return f"{dates} ({zone})" if zone and ":" in dates else dates
    if p.name == "RRULE":
        pairs = (part.partition("=") for part in p.text.lower().split(";"))
        return ", ".join(
            _DATE.sub(_plain_date, v.upper()) if k == "until" else v if k == "freq" else f"{k} {v}"
            for k, _, v in pairs
        )
    if p.name in _PEOPLE:
        address = re.sub(r"^mailto:", "", p.text, flags=re.I)
        name = p.options.get("CN", "")
        person = f"{name} <{address}>" if name and name != address else address
        answer = p.options.get("PARTSTAT", "").lower()
        return f"{person} ({answer})" if answer not in ("", "needs-action") else person
    if p.name == "X-ALT-DESC":
        blocks = html.read(p.text).blocks
        words = [
            b.text if isinstance(b, Heading) else str(b)
            for b in blocks
            if isinstance(b, Heading | TextBlock)
        ]
        return " ".join(" ".join(words).split())
    if p.name in ("ORG", "ADR"):
        return ", ".join(p.fields)
    if p.name == "STATUS":
        return p.text.lower()
    return p.text


def _plain_date(m: re.Match[str]) -> str:
    """20240612T093000Z as 2024-06-12 09:30 UTC."""
    date = f"{m[1]}-{m[2]}-{m[3]}"
    if not m[4]:
        return date
    seconds = f":{m[6]}" if m[6] not in (None, "00") else ""
    return f"{date} {m[4]}:{m[5]}{seconds}{' UTC' if m[7] else ''}"


def _types(p: ContentLine) -> list[str]:
    """Home, work or mobile: of a number, an address."""
    if p.name not in ("TEL", "EMAIL", "ADR", "X-SOCIALPROFILE"):
        return []
    words = p.options.get("TYPE", "").lower().split(",")
    return [w for w in words if w not in ("", "internet", "voice", "pref")]
