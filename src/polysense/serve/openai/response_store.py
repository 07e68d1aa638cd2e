"""The last responses of each caller, in memory: what `previous_response_id` goes on from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from polysense.errors import BadQuery, NotFound
from polysense.results import Turn
from polysense.serve.access import Grant
from polysense.serve.openai.response_schema import Response

MAX_RESPONSES = 100
"""Responses that are kept of one caller, the latest. This and the next are judged."""

MAX_TURNS = 32
"""Turns before a response that are kept with it, the latest: more than are read."""


class PreviousResponseNotFound(BadQuery):
    """A response to go on from that is not kept, or is another caller's."""

    default_hint = "Leave out previous_response_id, and send what was said before as input."


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A response, and the conversation up to and with it."""

    response: Response
    turns: tuple[Turn, ...]


class ResponseStore:
    """By caller: nobody sees what another was answered. A token whose rights change is another
    caller. What is kept is gone when the server ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_caller: dict[Grant, OrderedDict[str, KeptResponse]] = {}

    def add(self, caller: Grant, response: Response, turns: tuple[Turn, ...]) -> None:
        """Keep it; the oldest beyond MAX_RESPONSES is forgotten."""
        with self._lock:
            responses = self._by_caller.setdefault(caller, OrderedDict())
            responses[response.id] = KeptResponse(response, turns[-MAX_TURNS:])
            while len(responses) > MAX_RESPONSES:
                responses.popitem(last=False)

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
            if self._by_caller.get(caller, OrderedDict()).pop(id, None) is None:
                raise NotFound(f"no response {id!r} of this caller is kept", "It is gone already.")

    def _find(self, caller: Grant, id: str) -> KeptResponse | None:
        with self._lock:
            return self._by_caller.get(caller, OrderedDict()).get(id)
