"""What every part of the server needs, and how a request gets at it: the library it names, if its
token may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Path, Request

from polysense.errors import Forbidden, NotFound
from polysense.serve.access import Grant, Keyring, Scope
from polysense.serve.library_pool import Held, Shelf
from polysense.serve.limits import Turns
from polysense.serve.settings import Serving
from polysense.serve.telemetry import Metrics


class Timed(Protocol):
    """What a library gives: a ranking, an answer."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Milliseconds of each stage."""
        ...


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True, slots=True)
class Context:
    """One server."""

    settings: Serving
    shelf: Shelf
    keyring: Keyring
    turns: Turns
    metrics: Metrics = field(default_factory=Metrics)
    leaving: Event = field(default_factory=Event)
    """Set when the server is told to end: what would go on for long ends then."""

    def question(self, kind: str, work: Callable[[], T]) -> T:
        """What a library gives, worked on in turn with others, and counted. Raises Busy."""
        with self.turns.taken():
            given = work()
        self.metrics.staged(kind, given.timings)
        return given


async def context(request: Request) -> Context:
    """The server that a request came to."""
    found = request.app.state.context
    assert isinstance(found, Context)
    return found


async def grant(request: Request) -> Grant:
    """What the one who asks may do."""
    found = request.state.grant
    assert isinstance(found, Grant)
    return found


def permitted(server: Context, who: Grant, scope: Scope, library: str) -> Held:
    """The library, if this may be done in it. Raises NotFound for one that may not even be read:
    that it exists is not told; Forbidden.
    """
    if not who.may("read", library):
        raise NotFound(f"there is no library {library!r}", "List them: GET /api/libraries")
    held = server.shelf.get(library)
    if not who.may(scope, library):
        raise Forbidden(f"this token may {who.scope} in {library!r}, not {scope}")
    return held


Server = Annotated[Context, Depends(context)]
Who = Annotated[Grant, Depends(grant)]
Name = Annotated[
    str, Path(description="The library's name.", examples=["main"], min_length=1, max_length=64)
]


def _reading(library: Name, server: Server, who: Who) -> Held:
    return permitted(server, who, "read", library)


def _writing(library: Name, server: Server, who: Who) -> Held:
    return permitted(server, who, "write", library)


async def _administering(who: Who) -> Grant:
    if not who.may("admin", "*"):
        raise Forbidden("this needs a token with scope admin for all libraries")
    return who


Reading = Annotated[Held, Depends(_reading)]
Writing = Annotated[Held, Depends(_writing)]
Administering = Annotated[Grant, Depends(_administering)]
