"""Embeddings at /v1, and which models there are."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
from openai import OpenAI

from polysense.protocols import Encoder, Vectors
from polysense.registry import Kit
from polysense.serve.run import build_context
from polysense.serve.settings import ServerSettings
from polysense.types import Part, Role, Space

from .conftest import ClientWithToken


class Letters(Encoder):
    """Counts letters: a text encoder without a model."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("alphabet", "1", 26)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Of unit length; NaN where there are no letters."""
        rows = [[str(p.data).lower().count(chr(97 + i)) for i in range(26)] for p in parts]
        counted = np.asarray(rows, np.float32)
        length = np.linalg.norm(counted, axis=1, keepdims=True)
        return np.divide(counted, length, out=np.full_like(counted, np.nan), where=length > 0)


@pytest.fixture
def encoder_client(
    template: Path, tmp_path: Path, bare: Kit, start: Callable[..., str]
) -> Iterator[OpenAI]:
    """The client of a server with an encoder of words, called letters, of the space alphabet."""
    kit = replace(bare, encoders={"letters": Letters()})
    shutil.copytree(template, tmp_path / "own")
    context = build_context(ServerSettings(home=tmp_path / "encodes"), str(tmp_path / "own"), kit)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        yield client


def test_embeddings(encoder_client: OpenAI) -> None:
    """One vector for each input, by the encoder's name or its space's, the same as numbers and as
    base64.
    """
    texts = ["a red bicycle", "cycle bride"]
    embeddings = encoder_client.embeddings.create(model="letters", input=texts)
    assert [len(d.embedding) for d in embeddings.data] == [26, 26]
    assert [d.index for d in embeddings.data] == [0, 1]
    assert np.allclose(
        [d.embedding for d in embeddings.data], Letters().encode([Part("text", t) for t in texts])
    )
    one = encoder_client.embeddings.create(
        model="alphabet", input=texts[0], encoding_format="float", dimensions=26
    )
    assert np.allclose(one.data[0].embedding, embeddings.data[0].embedding)
    assert embeddings.usage.total_tokens == 0


UNENCODABLE: list[tuple[dict[str, Any], int, str]] = [
    ({"model": "letters", "input": [1, 2, 3]}, 400, "tokens are not taken"),
    ({"model": "letters", "input": [[1, 2], [3]]}, 400, "tokens are not taken"),
    ({"model": "letters", "input": []}, 400, "input is empty"),
    ({"model": "letters", "input": ["x"] * 2049}, 400, "too much"),
    ({"model": "letters", "input": ["x", "123"]}, 400, "input 1 has nothing to encode"),
    ({"model": "letters", "input": "x", "dimensions": 5}, 400, "26 dimensions"),
    ({"model": "main", "input": "x"}, 404, "no encoder"),
    ({"model": "letters"}, 400, "input"),
]


def test_embeddings_refuse(encoder_client: OpenAI) -> None:
    """What cannot be encoded is told, with the status that OpenAI gives it."""
    for body, status, says_so in UNENCODABLE:
        with pytest.raises(openai.APIStatusError, match=says_so) as error:
            encoder_client.post("/embeddings", body=body, cast_to=object)
        assert error.value.status_code == status


def test_models(client_with_token: ClientWithToken, encoder_client: OpenAI) -> None:
    """Libraries and encoders are the models; a token sees those libraries only that it may read."""
    assert [m.id for m in encoder_client.models.list()] == ["main", "letters", "alphabet"]
    assert encoder_client.models.retrieve("alphabet").owned_by == "polysense"
    assert [m.id for m in client_with_token("read").models.list()] == ["main"]
    assert [m.id for m in client_with_token("all").models.list()] == ["main", "other"]
    assert [m.id for m in client_with_token("other").models.list()] == ["other"]
