"""Lines of calendars and contacts."""

from __future__ import annotations

from polysense.read.document.content_lines import components, content_lines


def test_lines_that_go_over_several() -> None:
    """A word is whole again, and its lines are those of the file."""
    line, after = content_lines("SUMMARY;LANGUAGE=de:Haupt\n straße\\, 5\nUID:1")
    assert (line.name, line.text, line.lines) == ("SUMMARY", "Hauptstraße, 5", (1, 2))
    assert (after.value, after.lines) == ("1", (3, 3))


def test_old_contacts() -> None:
    """vCard 2.1: quoted bytes in an encoding of their own, options without names."""
    text = "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen M=C3=BC=\nller\nTEL;CELL:1"
    name, phone = content_lines(text)
    assert (name.text, name.lines) == ("Jürgen Müller", (1, 2))
    assert phone.options == {"TYPE": "CELL"}
    (photo,) = content_lines("PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ\n Sk")
    assert photo.is_binary


def test_components_within_others() -> None:
    """An alarm's words are not its event's; what is cut short is read."""
    text = "BEGIN:VEVENT\nSUMMARY:a\nBEGIN:VALARM\nSUMMARY:b\nEND:VALARM\nLOCATION:c"
    alarm, event = components(text)
    assert [p.value for p in alarm.properties] == ["b"]
    assert [p.value for p in event.properties] == ["a", "c"]
    assert event.lines == (1, 6)
