"""Settings of Amazon Bedrock that are none; requests and failures are tested with its plug-ins."""

from __future__ import annotations

import sys

import pytest

from polysense.endpoints.bedrock import BedrockModel
from polysense.errors import BadConfig, MissingDependency

from .keys import set_keys


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


def test_settings_that_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model, a region, the package: each with what to write or install."""
    pytest.importorskip("boto3", reason="needs the extra bedrock")
    with pytest.raises(BadConfig, match="no model"):
        BedrockModel("").client()
    with pytest.raises(BadConfig, match="region") as raises:
        BedrockModel("m").client()
    assert "AWS_REGION" in raises.value.hint
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(MissingDependency, match="boto3"):
        BedrockModel("m", "us-east-1").client()
