"""Errors at /v1 in the shape that the client of OpenAI reads."""

from __future__ import annotations

import httpx2
import openai
import pytest

from .conftest import QUESTION, ClientWithToken, ask


def test_errors_are_in_the_shape_that_the_client_reads(
    client_with_token: ClientWithToken, base: str
) -> None:
    """A wrong token, a malformed request, an unknown path, an answer that cannot be: each has its
    status, code and words.
    """
    with pytest.raises(openai.AuthenticationError) as denied:
        ask(client_with_token("wrong"), QUESTION)
    assert (denied.value.code, denied.value.type) == ("invalid_api_key", "authentication_error")
    with pytest.raises(openai.BadRequestError) as malformed:
        client_with_token("read").chat.completions.create(model="main", messages=[])
    assert (malformed.value.code, malformed.value.param) == ("malformed", "messages")
    with pytest.raises(openai.NotFoundError) as nowhere:
        client_with_token("read").get("/nothing", cast_to=object)
    assert nowhere.value.code == "not_found"
    for stream in (False, True):
        with pytest.raises(openai.UnprocessableEntityError, match="smell") as no_way:
            ask(client_with_token("read"), QUESTION, modalities=["smell"], stream=stream)
        assert no_way.value.code == "no_route"
    for more in ({"n": 2}, {"response_format": {"type": "xml"}}):
        with pytest.raises(openai.BadRequestError):
            ask(client_with_token("read"), QUESTION, **more)
    raw = httpx2.post(
        f"{base}/v1/chat/completions", content=b"{", headers={"content-type": "application/json"}
    )
    assert raw.status_code == 401
    assert set(raw.json()["error"]) == {"message", "type", "param", "code"}
    assert raw.headers["www-authenticate"].startswith("Bearer")
