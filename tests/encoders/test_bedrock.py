"""Embeddings of Amazon Bedrock, before a server that takes only signed requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import Library, registry
from polysense.encoders.bedrock import Bedrock as Embeddings
from polysense.errors import BadConfig, ModelFailed
from polysense.messages import Usage
from polysense.testing import check_encoder
from polysense.types import Part

from ..endpoints.bedrock_server import SIGNED, running
from ..endpoints.keys import set_keys
from ..endpoints.local_server import Server

pytest.importorskip("boto3", reason="needs the extra bedrock")
pytestmark = pytest.mark.filterwarnings("ignore")  # boto3 warns of old Pythons
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


@pytest.mark.parametrize(
    ("model", "key"),
    [("amazon.titan-embed-text-v2:0", "inputText"), ("us.amazon.nova-2-multimodal", "taskType")],
)
def test_embeddings_of_titan_and_nova(server: Server, model: str, key: str) -> None:
    """Each in its own form, at the width asked for."""
    encoder = Embeddings(**options(server, model, dim=16))
    check_encoder(encoder, TIDES)
    assert encoder.space.dim == 16
    path, headers, body = server.requests[-1]
    assert path == f"/model/{model}/invoke"
    assert SIGNED.fullmatch(headers["Authorization"])
    assert key in body
    first, second = encoder.encode(TIDES, "query")
    assert not np.allclose(first, second, atol=0.1)
    with pytest.raises(ModelFailed, match="is too long"):
        Embeddings(**options(server, "amazon.titan-embed-text-too-long", dim=16)).encode(TIDES)


@pytest.mark.parametrize(
    "model",
    ["anthropic.claude", "amazon.nova-lite-v1:0", "my-amazon.titan-embed-text"],
)
def test_a_model_of_another_kind(model: str) -> None:
    """What else Bedrock has is told before anything is sent."""
    with pytest.raises(BadConfig, match="no embedding model"):
        Embeddings(model=model, region="us-east-1").check()


def test_the_first_titan_takes_words_alone(server: Server) -> None:
    """It refuses what the second has options for."""
    for model in ("amazon.titan-embed-text-v1", "us.amazon.titan-embed-g1-text-02"):
        Embeddings(**options(server, model)).encode(TIDES[:1])
        assert set(server.requests[-1][2]) == {"inputText"}
    address = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0"
    Embeddings(**options(server, address)).check()


@pytest.mark.slow
def test_from_a_file_to_an_answer(server: Server, tmp_path: Path) -> None:
    """One line of settings for each: found by Titan's vectors, written by Nova, cited."""
    (tmp_path / "tides.md").write_text("# Tides\n\nHigh water is at noon. Bells ring at seven.\n")
    place = f"region=eu-west-1,endpoint_url={server.url}"
    kit = registry.kit(
        encoders=[
            *(f"-{e}" for e in registry.OFFLINE.encoders),
            f"bedrock:model=amazon.titan-embed-text-v2:0,dim=16,{place}",
        ],
        language_models=[f"bedrock:model=amazon.nova-lite-v1:0,{place}"],
    )
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(tmp_path / "tides.md")
        answer = kb.ask("When is high water?")
    assert answer.parts[0].data == "High water is at noon. [1]"
    assert answer.parts[0].origin == "generated"
    assert answer.usage == Usage(11, 7)
