"""The lines of calendars and contacts: iCalendar (RFC 5545) and vCard (RFC 6350, and 2.1)."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from polysense.read.file.encoding import decode

_HEAD = re.compile(
    r"(?:(?P<group>[\w-]{1,80})\.)?(?P<name>[A-Za-z][\w-]{0,80})"
    r'(?P<options>(?:;(?:[^":;]|"[^"]*")*)*):(?P<value>.*)',
    re.S,
)
_OPTION = re.compile(r';(?:([\w-]+)=)?((?:"[^"]*"|[^";])*)')
_ESCAPE = re.compile(r"\\(.)", re.S)
_BYTES = re.compile(r"^(?:BASE64|B)$", re.I)
_MOST_DEPTH = 20


@dataclass(frozen=True, slots=True)
class ContentLine:
    """A property: name in capitals, value as written, options by name; its lines in the file."""

    name: str
    value: str
    options: dict[str, str]
    lines: tuple[int, int]
    group: str = ""

    @property
    def text(self) -> str:
        """The value without escapes, on one line.

        >>> ContentLine("NOTE", r"Ropes\\, knots\\nand more", {}, (1, 1)).text
        'Ropes, knots and more'
        """
        words = _ESCAPE.sub(lambda m: " " if m[1] in "nN" else m[1], self.value)
        return " ".join(words.split())

    @property
    def fields(self) -> list[str]:
        """The parts of a value of several (a name, an address), without escapes; none is empty."""
        parts = re.split(r"(?<!\\);", self.value)
        return [t for p in parts if (t := ContentLine(self.name, p, {}, self.lines).text)]

    @property
    def is_binary(self) -> bool:
        """Whether the value is a picture or a key, as letters."""
        return bool(_BYTES.match(self.options.get("ENCODING", ""))) or self.value[:5] == "data:"


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END, without what is within that: its kind, its lines."""

    kind: str
    lines: tuple[int, int]
    properties: list[ContentLine] = field(default_factory=list)


def components(text: str) -> Iterator[Component]:
    """Those of a file in the order in which they end; what is cut short ends with the file."""
    open_components: list[Component] = []
    for line in content_lines(text):
        kind = line.value.strip().upper()
        if line.name == "BEGIN" and len(open_components) < _MOST_DEPTH:
            open_components.append(Component(kind, line.lines))
        elif line.name == "END" and open_components:
            component = open_components.pop()
            component.lines = component.lines[0], line.lines[1]
            yield component
        elif open_components:
            open_components[-1].properties.append(line)
            open_components[-1].lines = open_components[-1].lines[0], line.lines[1]
    yield from reversed(open_components)


def content_lines(text: str) -> Iterator[ContentLine]:
    """The properties of a file, each on one line again and decoded."""
    for whole, first, last in _unfold(text):
        if m := _HEAD.fullmatch(whole):
            options = {
                (name or _bare_option(value)).upper(): value.strip('"')
                for name, value in _OPTION.findall(m["options"])
            }
            value = m["value"]
            if options.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
                raw = quopri.decodestring(value.encode("utf-8", "replace"))
                value = decode(raw, options.get("CHARSET", ""))
            yield ContentLine(m["name"].upper(), value, options, (first, last), m["group"] or "")


def _bare_option(value: str) -> str:
    """The name of an option without one, as vCard 2.1 writes them."""
    return "ENCODING" if value.upper() in ("QUOTED-PRINTABLE", "BASE64", "B") else "TYPE"


def _unfold(text: str) -> Iterator[tuple[str, int, int]]:
    """(line, first, last line of the file) of lines that go over several."""
    parts: list[str] = []
    first = 1
    is_quoted = False
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if is_quoted or (parts and line[:1] in (" ", "\t")):
            parts.append(line if is_quoted else line[1:])
        else:
            if parts:
                yield "".join(parts), first, number - 1
            parts, first = [line], number
        is_quoted = line.endswith("=") and "QUOTED-PRINTABLE" in parts[0].upper()
        if is_quoted:
            parts[-1] = parts[-1][:-1]
    if parts:
        yield "".join(parts), first, text.count("\n") + 1
