"""Words of tokens as they come: whole characters, up to a stop, without what was only thought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

THINKING, END_OF_THINKING = "<think>", "</think>"
"""Between these, models that reason aloud write what is no answer."""

_HALF = "\ufffd"


def decode(tokens: Iterable[int], tokenizer: Any) -> Iterator[str]:
    """The words of each token, once they are whole: a character may have several.

    Decoded are a few tokens together with those before them, whose words tell where a blank
    belongs; so it costs the same at the end of a long text as at its beginning.
    """
    ids: list[int] = []
    start, complete = 0, 0
    for token in tokens:
        ids.append(token)
        before, text = _text(tokenizer, ids[start:complete]), _text(tokenizer, ids[start:])
        if len(text) > len(before) and not text.endswith(_HALF):
            yield text[len(before) :]
            start, complete = complete, len(ids)
    if rest := _text(tokenizer, ids[start:])[len(_text(tokenizer, ids[start:complete])) :]:
        yield rest


def until(pieces: Iterable[str], stop: str) -> Iterator[str]:
    """What comes before `stop`; what might become it is held back until it is known.

    >>> list(until(["It is hi", "gh.\\nUs", "er: And?"], "\\nUser:"))
    ['It is hi', 'gh.']
    >>> list(until(["It is hi", "gh.\\nUs"], "\\nUser:"))
    ['It is hi', 'gh.', '\\nUs']
    """
    buffer = ""
    for piece in pieces:
        buffer += piece
        before, separator, _ = buffer.partition(stop)
        if separator:
            if before:
                yield before
            return
        size = _overlap(buffer, stop)
        if ready := buffer[: len(buffer) - size]:
            yield ready
        buffer = buffer[len(buffer) - size :]
    if buffer:
        yield buffer


def without_thoughts(pieces: Iterable[str], is_thinking: bool = False) -> Iterator[str]:
    """What is no thought at the beginning; is_thinking where the prompt has begun one.

    >>> list(without_thoughts(["<thi", "nk>So", " high?</think>", "\\n\\nIt is ", "high."]))
    ['It is ', 'high.']
    >>> list(without_thoughts(["<b>", " is bold"]))
    ['<b>', ' is bold']
    """
    buffer, is_open = (THINKING if is_thinking else ""), True
    for piece in pieces:
        if not is_open:
            yield piece
            continue
        buffer = (buffer + piece).lstrip()
        if buffer.startswith(THINKING):
            _, end, rest = buffer.partition(END_OF_THINKING)
            buffer = rest.lstrip() if end else buffer
        if not THINKING.startswith(buffer[: len(THINKING)]):
            yield buffer
            buffer, is_open = "", False
    if is_open and buffer and not buffer.startswith(THINKING):
        yield buffer


def _text(tokenizer: Any, ids: list[int]) -> str:
    text = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return str(text)


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text are the beginning of `stop`."""
    sizes = range(min(len(text), len(stop) - 1), 0, -1)
    return next((n for n in sizes if text.endswith(stop[:n])), 0)
