"""Responses that are kept: of each caller the last, and for nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import NotFound
from polysense.results import Turn
from polysense.serve.access import Grant, Keyring
from polysense.serve.openai.responses.schema import Response
from polysense.serve.openai.responses.store import (
    MAX_RESPONSES,
    MAX_TURNS,
    PreviousResponseNotFound,
    ResponseStore,
)
from polysense.types import Part

ANN, BO = Grant("ann", "read"), Grant("bo", "read")


def response(n: int) -> Response:
    return Response(id=f"resp_{n}", created_at=0, status="completed", model="main")


def turns(n: int) -> tuple[Turn, ...]:
    return tuple(Turn("user", (Part("text", str(i)),)) for i in range(n))


def test_the_oldest_are_forgotten() -> None:
    """Of the same caller: nobody pushes out another's."""
    store = ResponseStore()
    store.add(BO, response(0), ())
    for n in range(MAX_RESPONSES + 1):
        store.add(ANN, response(n), ())
    with pytest.raises(PreviousResponseNotFound):
        store.turns(ANN, "resp_0")
    assert store.get(ANN, "resp_1").id == "resp_1"
    assert store.get(BO, "resp_0").id == "resp_0"


def test_a_conversation_does_not_grow_without_end() -> None:
    """The latest turns are kept."""
    store = ResponseStore()
    store.add(ANN, response(1), turns(MAX_TURNS + 5))
    kept_turns = store.turns(ANN, "resp_1")
    assert (len(kept_turns), kept_turns[-1].text) == (MAX_TURNS, str(MAX_TURNS + 4))


def test_nobody_reads_anothers() -> None:
    """Nor does a token of the same name with other rights."""
    store = ResponseStore()
    store.add(ANN, response(1), turns(1))
    for other in (BO, Grant("ann", "read", ("letters",)), Grant("ann", "admin")):
        for read in (store.get, store.turns, store.delete):
            with pytest.raises((NotFound, PreviousResponseNotFound)):
                read(other, "resp_1")
    store.delete(ANN, "resp_1")
    with pytest.raises(NotFound):
        store.get(ANN, "resp_1")


def test_a_token_made_anew_is_another_caller(tmp_path: Path) -> None:
    """Though it has the name, the scope and the libraries of one that was removed."""
    keyring, store = Keyring(tmp_path / "tokens.json"), ResponseStore()
    first = keyring.find(keyring.add("ann"))
    keyring.remove("ann")
    second = keyring.find(keyring.add("ann"))
    assert first is not None
    assert second is not None
    store.add(first, response(1), turns(1))
    with pytest.raises(NotFound):
        store.get(second, "resp_1")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By bytes, over all callers: who has asked least lately is forgotten first."""
    monkeypatch.setattr("polysense.serve.openai.responses.store.MAX_BYTES", 20_000)
    store = ResponseStore()
    store.add(BO, response(0), ())
    for n in range(10):
        large = response(n).model_copy(update={"instructions": "x" * 5_000})
        store.add(ANN, large, ())
    with pytest.raises(NotFound):
        store.get(BO, "resp_0")
    with pytest.raises(NotFound):
        store.get(ANN, "resp_0")
    assert store.get(ANN, "resp_9").id == "resp_9"
