"""Connecting: what is said where that fails."""

from __future__ import annotations

import builtins
from importlib.util import find_spec

import pytest

from polysense.errors import LibraryError, MissingDependency
from polysense.stores.milvus.store import Milvus


def test_without_pymilvus_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported before it is needed; then what is missing is named."""
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.split(".")[0] == "pymilvus":
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependency) as e:
        Milvus(path="127.0.0.1/kb").count()
    assert "pip install 'polysense[milvus]'" in e.value.hint


@pytest.mark.skipif(
    not find_spec("pymilvus"), reason="pymilvus is not installed: pip install pymilvus"
)
def test_a_server_that_is_not_there_is_said_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens: LibraryError with the address, within the time that connecting may
    take.
    """
    monkeypatch.setattr("polysense.stores.milvus.connection.CONNECT_SECONDS", 0.5)
    with pytest.raises(LibraryError, match=r"127\.0\.0\.1:9 does not answer"):
        Milvus(path="127.0.0.1:9/kb").count()
