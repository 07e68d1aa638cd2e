"""Amazon Bedrock, before a server that takes only signed requests: a language model."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.llm.bedrock import Bedrock
from polysense.messages import Message, Usage
from polysense.testing import check_language_model
from polysense.types import Part

from ..endpoints.bedrock_server import SIGNED, WORDS, running
from ..endpoints.keys import SECRET, set_keys
from ..endpoints.local_server import Server

pytest.importorskip("boto3", reason="needs the extra bedrock")
pytestmark = pytest.mark.filterwarnings("ignore")  # boto3 warns of old Pythons
QUESTION = [Message.of("system", "Be short."), Message.of("user", "When is high water?")]
TIDES = [Part("text", "High water is at noon."), Part("text", "Bells ring at seven.")]


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def options(server: Server, model: str, **more: Any) -> dict[str, Any]:
    fixed = {"region": "eu-west-1", "endpoint_url": server.url, "retries": 0, "seconds": 5.0}
    return {"model": model, **fixed, **more}


def test_the_contract(server: Server) -> None:
    """As anybody's language model."""
    check_language_model(Bedrock(**options(server, "amazon.nova-lite-v1:0")), QUESTION)


def test_a_chat_is_signed_and_in_the_protocols_form(server: Server) -> None:
    """The system apart, the bound, the temperature; the words as they come, then the tokens; whole
    where that is asked for.
    """
    plain = Bedrock(**options(server, "amazon.nova-lite-v1:0", stream=False))
    assert list(plain.chat(QUESTION, most=50)) == [WORDS, Usage(11, 7)]
    assert server.requests[-1][0] == "/model/amazon.nova-lite-v1:0/converse"
    *pieces, usage = Bedrock(**options(server, "amazon.nova-lite-v1:0")).chat(QUESTION, most=50)
    assert (len(pieces) > 2, "".join(map(str, pieces)), usage) == (True, WORDS, Usage(11, 7))
    path, headers, body = server.requests[-1]
    assert path == "/model/amazon.nova-lite-v1:0/converse-stream"
    signed = SIGNED.fullmatch(headers["Authorization"])
    assert signed is not None
    assert (signed["id"], signed["region"]) == ("AKIDEXAMPLE", "eu-west-1")
    assert body == {
        "system": [{"text": "Be short."}],
        "messages": [{"role": "user", "content": [{"text": "When is high water?"}]}],
        "inferenceConfig": {"maxTokens": 50, "temperature": 0.0},
    }


def test_pictures_go_to_models_that_see(server: Server) -> None:
    """As PNG, among the words."""
    seeing = Bedrock(**options(server, "amazon.nova-lite-v1:0", accepts="text+image"))
    picture = Part("image", np.full((4, 6, 3), 90, np.uint8))
    list(seeing.chat([Message.of("user", picture, "What?")]))
    image, text = server.requests[-1][2]["messages"][0]["content"]
    assert image["image"]["format"] == "png"
    assert base64.b64decode(image["image"]["source"]["bytes"]).startswith(b"\x89PNG")
    assert text == {"text": "What?"}


def test_thoughts_are_left_out(server: Server) -> None:
    """As from every model."""
    for streams in (True, False):
        *pieces, _ = Bedrock(**options(server, "thinks", stream=streams)).chat(QUESTION)
        assert "".join(map(str, pieces)) == WORDS


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("denied", "refused the credentials"),
        ("unknown", "ResourceNotFoundException"),
        ("too-long", "Input is too long"),
        ("busy", "ThrottlingException"),
        ("broken", "Internal error"),
        ("other-protocol", "something else than Bedrock"),
        ("cut-off", "before its end"),
        ("filtered", "content filter"),
        ("empty", "empty answer"),
        ("breaks-off", "before its end"),
        ("fails-midway", "It fell over"),
    ],
)
def test_what_goes_wrong_is_told_without_the_key(
    server: Server, model: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line, with what to do, and nothing of the credentials in error, traceback or log."""
    caplog.set_level(logging.INFO)
    with pytest.raises(ModelFailed, match=words) as raises:
        list(Bedrock(**options(server, model)).chat(QUESTION))
    text = "".join(traceback.format_exception(raises.value)) + raises.value.hint + caplog.text
    assert SECRET not in text
    assert "Signature=" not in text
    assert raises.value.hint


def test_a_request_that_is_refused_once_is_sent_again(server: Server) -> None:
    """As often as `retries` says."""
    server.requests.clear()
    assert list(Bedrock(**options(server, "busy-once", retries=2)).chat(QUESTION))[-1] == Usage(
        11, 7
    )
    assert len(server.requests) == 2


@pytest.mark.parametrize("model", ["other-protocol", "cut-off", "empty", "broken"])
def test_the_same_goes_wrong_where_the_answer_comes_whole(server: Server, model: str) -> None:
    """And is told."""
    with pytest.raises(ModelFailed):
        list(Bedrock(**options(server, model, stream=False)).chat(QUESTION))


def test_who_has_heard_enough_closes_the_stream(server: Server) -> None:
    """No connection is left open for the rest."""
    stream = Bedrock(**options(server, "amazon.nova-lite-v1:0")).chat(QUESTION)
    assert WORDS.startswith(str(next(stream)))
    stream.close()  # type: ignore[attr-defined]


def test_nobody_there_and_no_credentials(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are told with what to set."""
    absent = Bedrock(**options(server, "m", endpoint_url="http://127.0.0.1:9"))
    with pytest.raises(ModelFailed, match="cannot be reached"):
        list(absent.chat(QUESTION))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ModelFailed, match="no credentials") as raises:
        list(Bedrock(**options(server, "m")).chat(QUESTION))
    assert "AWS_PROFILE" in raises.value.hint


def test_a_model_that_is_none() -> None:
    """It is told before anything is sent."""
    with pytest.raises(BadConfig, match="bedrock has no model"):
        Bedrock().check()
