"""Calendars and contacts as people export them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import Unreadable
from polysense.read.document.calendar import CalendarParser
from polysense.read.file.mime import sniff
from polysense.types import Asset, Chunk

EVENTS = """BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Europe/Berlin
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20240612T093000
DTEND;TZID=Europe/Berlin:20240612T101500
SUMMARY:Zahnarzt bei Dr. Müller\\, Haupt
 straße 5
DESCRIPTION:Bring the\\nX-ray
RRULE:FREQ=WEEKLY;COUNT=3
ATTENDEE;CN="Lee, Ann":mailto:ann@x.example
END:VEVENT
BEGIN:VEVENT
SUMMARY:Picnic
DTSTART;VALUE=DATE:20240701
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
"""
CONTACTS = """BEGIN:VCARD
VERSION:3.0
N:Roe;Jane;;;
ORG:Acme\\, Inc.;Ropes
TEL;TYPE=CELL:+1 555 0142
item1.TEL:+1 555 0143
item1.X-ABLabel:_$!<HomeFax>!$_
PHOTO;ENCODING=b:AAAA
END:VCARD
"""


def read(tmp_path: Path, text: str, name: str) -> list[Chunk]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    asset = Asset("0" * 32, str(path), sniff(path), "text", path.stat().st_size, path=path)
    return [c for c in CalendarParser().parse(asset) if isinstance(c, Chunk)]


def test_events(tmp_path: Path) -> None:
    """Each is a passage at its lines, with its dates as people write them."""
    first, second = read(tmp_path, EVENTS, "a.ics")
    assert first.text == (
        "Event: Zahnarzt bei Dr. Müller, Hauptstraße 5; Start: 2024-06-12 09:30 (Europe/Berlin); "
        "End: 2024-06-12 10:15 (Europe/Berlin); Repeats: weekly, count 3; "
        "With: Lee, Ann <ann@x.example>; Description: Bring the X-ray."
    )
    assert (first.span.lines, second.span.lines) == ((5, 14), (15, 19))
    assert second.text == "Event: Picnic; Start: 2024-07-01; Status: cancelled."


def test_contacts(tmp_path: Path) -> None:
    """Numbers with what they are, no picture; whatever the file is called."""
    (chunk,) = read(tmp_path, CONTACTS, "export")
    assert chunk.text == (
        "Contact: Jane Roe; Organization: Acme, Inc., Ropes; Phone (cell): +1 555 0142; "
        "Phone (HomeFax): +1 555 0143."
    )


def test_a_calendar_of_nothing(tmp_path: Path) -> None:
    """Says so."""
    with pytest.raises(Unreadable, match="holds no event"):
        read(tmp_path, "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a.ics")


def test_answers_alarms_and_names(tmp_path: Path) -> None:
    """What a calendar is called, who comes, what an alarm says: nothing is lost."""
    text = (
        "BEGIN:VCALENDAR\nX-WR-CALNAME:Rowing club\nBEGIN:VEVENT\nSUMMARY:Regatta\n"
        "ATTENDEE;CN=Lee;PARTSTAT=DECLINED:mailto:l@x.example\nRESOURCES:Boat\nGEO:48.1;11.5\n"
        "X-ALT-DESC;FMTTYPE=text/html:<p>Bring <b>oars</b></p>\n"
        "BEGIN:VALARM\nDESCRIPTION:Pack the tent\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    name, event = read(tmp_path, text, "a.ics")
    assert (name.text, name.span.lines) == ("Calendar: Rowing club.", (2, 2))
    assert event.text == (
        "Event: Regatta; With: Lee <l@x.example> (declined); Coordinates: 48.1;11.5; "
        "Resources: Boat; Description: Bring oars; Reminder: Pack the tent."
    )


def test_what_holds_no_event_is_read_as_its_text(tmp_path: Path) -> None:
    """As times at which somebody is busy."""
    busy = "BEGIN:VFREEBUSY\nFREEBUSY:20240612T093000Z/PT1H\nEND:VFREEBUSY\n"
    (chunk,) = read(tmp_path, f"BEGIN:VCALENDAR\n{busy}END:VCALENDAR\n", "a.ics")
    assert "20240612T093000Z/PT1H" in chunk.text
