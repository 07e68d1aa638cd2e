"""Errors as a visitor understands them: what to do next in the page or with a client, by the class
of the error; never what to type in a terminal of the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from polysense import errors


class EmptyFile(errors.Unreadable):
    """A file without content."""


_OWNER = "Whoever runs this server has to see to it."

READER_HINTS: Mapping[type[errors.PolysenseError], str] = {
    errors.PolysenseError: "Try again. If it happens again, tell whoever runs this server.",
    errors.BadQuery: "Ask with words, a file, or both.",
    errors.BadFilter: "Look at the filters again: kind, folder, name, dates.",
    errors.NotFound: "It may have been removed or renamed since: search again.",
    errors.Unreadable: "Open the file in the program that made it and save it again, "
    "then add it again.",
    EmptyFile: "Choose a file with something in it.",
    errors.Encrypted: "Save a copy without the password and add that.",
    errors.TooLarge: "Split it or make it smaller, then add it again.",
    errors.Unsupported: "Save it as a common type, such as PDF, PNG, MP3, MP4 or plain text, "
    "then add it again.",
    errors.NoRoute: "Choose another form of answer. The grid shows what can become what.",
    errors.LibraryError: _OWNER,
    errors.LibraryLocked: "Another program is writing to it: try again when that is done. "
    "Searching works meanwhile.",
    errors.AlreadyExists: "Choose another name.",
    errors.Unauthorized: "Sign in with a token.",
    errors.Forbidden: "Your token does not allow this: ask whoever runs this server for another.",
    errors.Busy: "Try again in a few seconds.",
    errors.RateLimited: "Wait a little, then ask less often.",
    errors.Cancelled: "Start it again: it goes on where it stopped.",
    errors.MissingDependency: _OWNER,
    errors.BadConfig: _OWNER,
}
"""What a visitor can do. A class without one has that of the class it comes from."""

READER_TITLES: Mapping[type[errors.PolysenseError], str] = {
    errors.PolysenseError: "Something went wrong",
    errors.BadQuery: "This cannot be asked so",
    errors.BadFilter: "The filter cannot be read",
    errors.NotFound: "This is not here",
    errors.Unreadable: "The file cannot be read",
    EmptyFile: "The file is empty",
    errors.Encrypted: "The file needs a password",
    errors.TooLarge: "The file is too large",
    errors.Unsupported: "Nothing here reads this type of file",
    errors.NoRoute: "Nothing here gives an answer of this form",
    errors.LibraryError: "The library cannot be used now",
    errors.AlreadyExists: "The name is in use",
    errors.Unauthorized: "This needs a token",
    errors.Forbidden: "This is not allowed",
    errors.Busy: "Too much is asked at once",
    errors.Cancelled: "It was stopped",
    errors.MissingDependency: "Something is not installed on the server",
    errors.BadConfig: "A setting of the server makes no sense",
}
"""What happened, in a few words."""

_COMMAND = re.compile(
    r"polysense [a-z]|polysense\.toml|pip install|\bapt\b|(?:^|[\s(`])--?[a-z]|\[\w+\] \w|"
    r"configuration\.md"
)
"""What is typed at the server: a command, an option, a setting."""


def reader_hint(error: errors.PolysenseError) -> str:
    """What a visitor can do about it, in English, as the page's translations know it."""
    return READER_HINTS[next(c for c in type(error).__mro__ if c in READER_HINTS)]


def reader_title(error: errors.PolysenseError) -> str:
    """What happened, in English, as the page's translations know it."""
    return READER_TITLES[next(c for c in type(error).__mro__ if c in READER_TITLES)]


def without_commands(hint: str, error: errors.PolysenseError | None = None) -> str:
    """A hint as it is, or one for visitors where it says what to type at the server.

    error is what it belongs to; a hint that was kept alone is known by the class that gives it.

    >>> without_commands("Ask again.")
    'Ask again.'
    >>> without_commands("Save a copy without the password, then run `polysense index` on it.")
    'Save a copy without the password and add that.'
    """
    if not _COMMAND.search(hint):
        return hint
    if error is not None:
        return reader_hint(error)
    owner = next((c for c in _classes() if c.__dict__.get("default_hint") == hint), None)
    return reader_hint((owner or errors.Unreadable)(""))


def _classes(of: type[errors.PolysenseError] = errors.PolysenseError) -> Iterator[type]:
    yield of
    for child in of.__subclasses__():
        yield from _classes(child)
