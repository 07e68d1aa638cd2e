"""The parts of a server, and who gets which library."""

from __future__ import annotations

import pytest

from polysense.errors import BadConfig, Forbidden, NotFound, PolysenseError
from polysense.registry import Kit
from polysense.serve.access import LOCAL, Grant, Scope
from polysense.serve.context import Context, authorize
from polysense.serve.run import build_context
from polysense.serve.settings import ServerSettings

READ, WRITE = Grant("r", "read", ("main",)), Grant("w", "write", ("main",))


@pytest.mark.parametrize(
    ("who", "scope", "library", "error"),
    [
        (LOCAL, "admin", "main", None),
        (READ, "read", "main", None),
        (WRITE, "write", "main", None),
        (READ, "write", "main", Forbidden),
        (WRITE, "admin", "main", Forbidden),
        (READ, "read", "other", NotFound),
        (READ, "write", "other", NotFound),
        (LOCAL, "read", "none", NotFound),
        (Grant("n", "admin", ()), "read", "main", NotFound),
    ],
)
def test_who_may_what(
    context: Context, who: Grant, scope: Scope, library: str, error: type[PolysenseError] | None
) -> None:
    """A library that may not be read is as if it were not there."""
    context.pool.create("other")
    if error is None:
        assert authorize(context, who, scope, library).name == library
    else:
        with pytest.raises(error):
            authorize(context, who, scope, library)


def test_a_library_in_memory_is_not_served(bare: Kit) -> None:
    """Its jobs would fill another one."""
    with pytest.raises(BadConfig):
        build_context(ServerSettings(), "memory://", bare)
