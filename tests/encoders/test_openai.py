"""Embeddings of OpenAI's protocol, before a real server."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from polysense.encoders.openai import OpenAI
from polysense.errors import BadConfig, ModelFailed
from polysense.testing import check_encoder
from polysense.types import Part

from ..endpoints.keys import SECRET, set_keys
from ..endpoints.local_server import Server
from ..endpoints.openai_server import WIDTH, running

pytest.importorskip("openai", reason="needs the extra llm")
TIDES = [Part("text", "High water is at noon."), Part("text", "Bells ring at seven.")]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def options(server: Server, model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "base_url": server.url, "key": "TEST_KEY", "retries": 0, **more}


def test_embeddings_keep_the_contract_and_their_order(server: Server) -> None:
    """Rows come back in any order; the key goes in its header; the width is the server's own."""
    encoder = OpenAI(**options(server, "text-embedding-3-small"))
    check_encoder(encoder, TIDES)
    assert encoder.space.name == "openai-text-embedding-3-small"
    assert encoder.space.dim == WIDTH
    first, second = encoder.encode(TIDES)
    (again,) = encoder.encode(TIDES[1:])
    assert np.allclose(second, again, atol=1e-6)
    assert not np.allclose(first, second, atol=0.1)
    path, headers, body = server.requests[-1]
    assert (path, headers["authorization"]) == ("/v1/embeddings", f"Bearer {SECRET}")
    assert body["encoding_format"] == "float"


def test_only_models_that_can_are_asked_for_fewer_numbers(server: Server) -> None:
    """Others would refuse; that their vectors are of another width is told."""
    assert OpenAI(**options(server, "text-embedding-3-large", dim=4)).encode(TIDES).shape == (2, 4)
    assert server.requests[-1][2]["dimensions"] == 4
    with pytest.raises(BadConfig, match="gave 2 x 8 numbers"):
        OpenAI(**options(server, "bge", dim=4)).encode(TIDES)
    assert "dimensions" not in server.requests[-1][2]


def test_a_request_that_is_refused_once_is_sent_again(server: Server) -> None:
    """As often as `retries` says."""
    with pytest.raises(ModelFailed, match="asked too much"):
        OpenAI(**options(server, "busy-once", dim=WIDTH)).encode(TIDES)
    server.requests.clear()
    OpenAI(**options(server, "busy-once", dim=WIDTH, retries=1)).encode(TIDES)
    assert len(server.requests) == 2


@pytest.mark.parametrize("model", ["unauthorised", "other-protocol"])
def test_what_goes_wrong_is_told_without_the_key(
    server: Server, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line, and in no log at all."""
    caplog.set_level(logging.INFO)
    with pytest.raises(ModelFailed, match=model) as raises:
        OpenAI(**options(server, model, dim=WIDTH)).encode(TIDES)
    text = "".join(traceback.format_exception(raises.value)) + raises.value.hint + caplog.text
    assert SECRET not in text


def test_a_setting_that_is_none_is_told_before_anything_is_sent() -> None:
    """By the plug-in's own name, with an example."""
    with pytest.raises(BadConfig, match=r"^openai has no model"):
        OpenAI(model="").check()
