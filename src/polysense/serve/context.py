"""What every part of the server needs, and how a request gets it, as far as its token allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Path, Request

from polysense.errors import Forbidden, NotFound
from polysense.serve.access import Grant, Keyring, Scope
from polysense.serve.library_pool import LibraryPool, PoolEntry
from polysense.serve.limits import ConcurrencyLimit
from polysense.serve.settings import ServerSettings
from polysense.serve.telemetry import Metrics


class HasTimings(Protocol):
    """What a library gives: a ranking, an answer."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Milliseconds of each stage."""
        ...


T = TypeVar("T", bound=HasTimings)


@dataclass(frozen=True, slots=True)
class Context:
    """One server."""

    settings: ServerSettings
    pool: LibraryPool
    keyring: Keyring
    concurrency: ConcurrencyLimit
    metrics: Metrics = field(default_factory=Metrics)
    shutting_down: Event = field(default_factory=Event)
    """Set when the server is told to end: what would go on for long ends then."""

    def run_question(self, kind: str, work: Callable[[], T]) -> T:
        """What a library gives, worked on in turn with others, and counted. Raises Busy."""
        with self.concurrency.acquire():
            result = work()
        self.metrics.observe_stages(kind, result.timings)
        return result


async def get_context(request: Request) -> Context:
    """The server that a request came to."""
    context = request.app.state.context
    assert isinstance(context, Context)
    return context


async def get_grant(request: Request) -> Grant:
    """What the one who asks may do."""
    grant = request.state.grant
    assert isinstance(grant, Grant)
    return grant


def authorize(server: Context, caller: Grant, scope: Scope, library: str) -> PoolEntry:
    """The library, if the caller may do this in it, as they may see it. Raises NotFound, Forbidden.

    One that may not even be read is NotFound: that it exists is not told. To those who may only
    read, files have names, and no places on the server.
    """
    if not caller.allows("read", library):
        raise NotFound(f"there is no library {library!r}", "List them: GET /api/libraries")
    entry = server.pool.get(library)
    if not caller.allows(scope, library):
        raise Forbidden(f"this token may {caller.scope} in {library!r}, not {scope}")
    return replace(entry, hides_folders=not caller.allows("write", library))


Server = Annotated[Context, Depends(get_context)]
Caller = Annotated[Grant, Depends(get_grant)]
Name = Annotated[
    str, Path(description="The library's name.", examples=["main"], min_length=1, max_length=64)
]


def _readable_entry(library: Name, server: Server, caller: Caller) -> PoolEntry:
    return authorize(server, caller, "read", library)


def _writable_entry(library: Name, server: Server, caller: Caller) -> PoolEntry:
    return authorize(server, caller, "write", library)


async def _admin_caller(caller: Caller) -> Grant:
    if not caller.allows("admin", "*"):
        raise Forbidden("this needs a token with scope admin for all libraries")
    return caller


ReadableEntry = Annotated[PoolEntry, Depends(_readable_entry)]
WritableEntry = Annotated[PoolEntry, Depends(_writable_entry)]
AdminCaller = Annotated[Grant, Depends(_admin_caller)]
