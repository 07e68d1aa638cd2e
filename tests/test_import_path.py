"""Objects by the place where they are made: what is imported, what is called, what is refused."""

from __future__ import annotations

import sys
from collections import OrderedDict
from pathlib import Path

import pytest

from polysense.errors import BadConfig, MissingDependency
from polysense.import_path import make_object, own_words

MODULE = """
import collections
from pathlib import Path
HERE = collections.OrderedDict(made_by="hand")
NUMBER = 3
SECRET = "sk-0123456789abcdefghij-very-secret"
class Sub(collections.OrderedDict): pass
def make(model="small"): return collections.OrderedDict(model=model)
def make_list(): return []
def fail(): raise ValueError("no key " + SECRET + "\\nnor anything else")
class Holder: make = staticmethod(make)
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's module, importable."""
    (tmp_path / "somebodys.py").write_text(MODULE)
    (tmp_path / "broken.py").write_text("import surely_not_here\n")
    (tmp_path / "raising.py").write_text("raise OSError('the disk is away')\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("somebodys", "broken", "raising"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def make(source: object, model: str = "") -> object:
    return make_object(source, "x:thing=", "mapping", lambda o: isinstance(o, OrderedDict), model)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("somebodys:HERE", {"made_by": "hand"}),
        ("somebodys:Sub", {}),
        ("somebodys:make", {"model": "small"}),
        ("somebodys:Holder.make", {"model": "small"}),
    ],
)
def test_a_path_leads_to_the_object_or_to_what_makes_it(path: str, expected: object) -> None:
    """The object itself, a class, a function, one within a class."""
    assert make(path) == expected


def test_the_model_is_what_it_is_called_with() -> None:
    """So that one line of configuration is enough for a framework's own class."""
    assert make("somebodys:make", "large") == {"model": "large"}


def test_in_python_the_object_may_be_given() -> None:
    """Who writes Python has no need of a path."""
    thing = OrderedDict(a=1)
    assert make(thing) is thing


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "x:thing= names no mapping"),
        ("somebodys", "no place of an object"),
        ("somebodys:", "no place of an object"),
        ("../somebodys:make", "no place of an object"),
        ("somebodys:nothing", "somebodys has no nothing"),
        ("somebodys:NUMBER", "is a int, no mapping"),
        ("somebodys:make_list", "made a list, no mapping"),
        ("somebodys:fail", "failed when it was called: ValueError: no key"),
        ("raising:make", "raising cannot be imported: OSError: the disk is away"),
    ],
)
def test_what_leads_to_nothing_is_refused(path: str, message: str) -> None:
    """Each mistake by its name, before anything is indexed."""
    with pytest.raises(BadConfig, match=message):
        make(path)


@pytest.mark.parametrize("path", ["surely_not_here:make", "broken:make"])
def test_a_package_that_is_not_here_is_named(path: str) -> None:
    """The one to install: the module's own, or one that it needs."""
    with pytest.raises(MissingDependency, match="there is no module surely_not_here") as raises:
        make(path)
    assert raises.value.hint


def test_nothing_of_a_key_is_told() -> None:
    """Errors of others may hold the key that they were made with."""
    with pytest.raises(BadConfig) as raises:
        make("somebodys:fail")
    assert "very-secret" not in str(raises.value)
    assert "nor anything else" not in str(raises.value)
    assert raises.value.__suppress_context__
    assert own_words(ValueError()) == "ValueError"
