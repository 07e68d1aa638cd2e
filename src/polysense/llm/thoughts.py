"""What models that reason aloud think before they answer: no part of what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

THINKING, END_OF_THINKING = "<think>", "</think>"
"""Between these, at the beginning, models write what is no answer."""


class Thoughts:
    """Holds back thoughts at the beginning of a stream; is_thinking where the prompt has begun one.

    >>> thoughts = Thoughts()
    >>> thoughts.feed("<thi"), thoughts.feed("nk>So?</think> It is "), thoughts.feed("high.")
    ('', 'It is ', 'high.')
    """

    def __init__(self, is_thinking: bool = False) -> None:
        self._buffer, self._is_open = (THINKING if is_thinking else ""), True

    def feed(self, piece: str) -> str:
        """What of the words so far, and not given yet, is no thought."""
        if not self._is_open:
            return piece
        self._buffer = (self._buffer + piece).lstrip()
        if self._buffer.startswith(THINKING):
            _, end, rest = self._buffer.partition(END_OF_THINKING)
            self._buffer = rest.lstrip() if end else self._buffer
        if THINKING.startswith(self._buffer[: len(THINKING)]):
            return ""
        self._is_open = False
        return self._buffer

    @property
    def rest(self) -> str:
        """What was held back to the end and is no thought."""
        return "" if not self._is_open or self._buffer.startswith(THINKING) else self._buffer


def without_thoughts(pieces: Iterable[str], is_thinking: bool = False) -> Iterator[str]:
    """The pieces of a stream without its thoughts.

    >>> list(without_thoughts(["<b>", " is bold"]))
    ['<b>', ' is bold']
    """
    thoughts = Thoughts(is_thinking)
    for piece in pieces:
        if words := thoughts.feed(piece):
            yield words
    if thoughts.rest:
        yield thoughts.rest
