"""The error tree: each says what to do, has its HTTP status, crosses process borders, and stands in
the drawing.
"""

from __future__ import annotations

import http
import inspect
import pickle
import re

import pytest

from polysense import errors
from polysense.errors import PolysenseError

TREE = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, PolysenseError)]


@pytest.mark.parametrize("error", TREE)
def test_every_error_says_what_to_do(error: type[PolysenseError]) -> None:
    """A hint and a valid HTTP status, of its own or inherited; its own hint where one is given."""
    raised = error("it happened")
    assert str(raised) == "it happened"
    assert len(raised.hint) > 20
    assert raised.hint.endswith((".", "meanwhile"))
    assert http.HTTPStatus(raised.status).value >= 400
    assert error("x", "Do this.").hint == "Do this."
    assert error.__doc__


@pytest.mark.parametrize("error", TREE)
def test_every_error_survives_pickling(error: type[PolysenseError]) -> None:
    """Worker processes hand errors back whole."""
    again = pickle.loads(pickle.dumps(error("it happened", "Do this.")))
    assert type(again) is error
    assert (str(again), again.hint, again.status) == ("it happened", "Do this.", error.status)


OLD_TITLES = {
    errors.AlreadyExists: "Taken",
    errors.Unauthorized: "Denied",
    errors.RateLimited: "TooOften",
    errors.Cancelled: "Stopped",
    errors.MissingDependency: "Lacking",
}
"""What HTTP answers call those whose classes were renamed."""


@pytest.mark.parametrize("error", TREE)
def test_the_title_is_the_name_that_clients_know(error: type[PolysenseError]) -> None:
    """Renaming a class changes nothing for who compares the title of an HTTP answer."""
    assert error.title == OLD_TITLES.get(error, error.__name__)


def test_the_drawing_is_the_tree() -> None:
    """The module's docstring draws every class, under its base, with its status."""
    tree: dict[str, tuple[str, int]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"( *)([A-Z]\w+) +(\d{3})", line):
            depth, name, status = len(match[1]), match[2], int(match[3])
            above = [(d, n) for d, n in above if d < depth]
            tree[name] = (above[-1][1] if above else "Exception", status)
            above.append((depth, name))
    assert tree == {c.__name__: (c.__base__.__name__, c.status) for c in TREE if c.__base__}
