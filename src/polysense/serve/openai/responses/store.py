"""The last responses of each caller, in memory: what `previous_response_id` goes on from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from polysense.errors import BadQuery, NotFound
from polysense.results import Turn
from polysense.serve.access import Grant
from polysense.serve.openai.responses.schema import Response

MAX_RESPONSES = 100
"""Responses that are kept of one caller, the latest. This and the next are judged."""

MAX_TURNS = 32
"""Turns before a response that are kept with it, the latest: more than are read."""


MAX_BYTES = 64 << 20
"""Of all callers' responses and turns together, about; judged."""


class PreviousResponseNotFound(BadQuery):
    """A response to go on from that is not kept, or is another caller's."""

    default_hint = "Leave out previous_response_id, and send what was said before as input."


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A response, and the conversation up to and with it."""

    response: Response
    turns: tuple[Turn, ...]
    size: int


class ResponseStore:
    """By caller: nobody sees what another was answered. A token whose rights change, and one made
    anew under an old name, is another caller. What is kept is gone when the server ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_caller: OrderedDict[Grant, OrderedDict[str, KeptResponse]] = OrderedDict()
        self._size = 0

    def add(self, caller: Grant, response: Response, turns: tuple[Turn, ...]) -> None:
        """Keep it; the oldest of the caller beyond MAX_RESPONSES is forgotten, and beyond MAX_BYTES
        the oldest of whoever has asked least lately.
        """
        turns = turns[-MAX_TURNS:]
        size = len(response.model_dump_json()) + sum(len(t.text) for t in turns)
        with self._lock:
            responses = self._by_caller.setdefault(caller, OrderedDict())
            self._by_caller.move_to_end(caller)
            responses[response.id] = KeptResponse(response, turns, size)
            self._size += size
            while len(responses) > MAX_RESPONSES:
                self._forget_oldest(caller)
            while self._size > MAX_BYTES:
                self._forget_oldest(next(iter(self._by_caller)))

    def _forget_oldest(self, caller: Grant) -> None:
        responses = self._by_caller[caller]
        _, oldest = responses.popitem(last=False)
        self._size -= oldest.size
        if not responses:
            del self._by_caller[caller]

    def turns(self, caller: Grant, id: str) -> tuple[Turn, ...]:
        """The conversation up to and with a response. Raises PreviousResponseNotFound."""
        entry = self._find(caller, id)
        if entry is None:
            raise PreviousResponseNotFound(f"no response {id!r} of this caller is kept")
        return entry.turns

    def get(self, caller: Grant, id: str) -> Response:
        """A response. Raises NotFound."""
        entry = self._find(caller, id)
        if entry is None:
            raise NotFound(f"no response {id!r} of this caller is kept", "Ask again.")
        return entry.response

    def delete(self, caller: Grant, id: str) -> None:
        """Forget it. Raises NotFound."""
        with self._lock:
            entry = self._by_caller.get(caller, OrderedDict()).pop(id, None)
            self._size -= entry.size if entry else 0
            if entry is None:
                raise NotFound(f"no response {id!r} of this caller is kept", "It is gone already.")

    def _find(self, caller: Grant, id: str) -> KeptResponse | None:
        with self._lock:
            return self._by_caller.get(caller, OrderedDict()).get(id)
