"""Words of tokens as they come: whole characters, up to a stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

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


def _text(tokenizer: Any, ids: list[int]) -> str:
    text = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return str(text)


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text are the beginning of `stop`."""
    sizes = range(min(len(text), len(stop) - 1), 0, -1)
    return next((n for n in sizes if text.endswith(stop[:n])), 0)
