"""Servers of OpenAI's protocol: whose key is sent where, what no address is. Requests and failures
are tested with the plug-ins.
"""

from __future__ import annotations

import pytest

from polysense.endpoints.openai import OpenAIServer
from polysense.errors import BadConfig


def test_a_key_goes_to_whom_it_is_for() -> None:
    """OpenAI's to OpenAI, Azure's to Azure, to others only one that is named."""
    azure = "https://me.openai.azure.com"
    assert OpenAIServer("m").key_variable == "OPENAI_API_KEY"
    assert OpenAIServer("m", azure, api_version="1").key_variable == "AZURE_OPENAI_API_KEY"
    assert OpenAIServer("m", azure).key_variable == ""
    assert OpenAIServer("m", "https://example.org/v1").key_variable == ""
    assert OpenAIServer("m", "https://example.org/v1", "MY_KEY").key_variable == "MY_KEY"


def test_names_for_people() -> None:
    """With the host where it is not OpenAI's, without the user of an address."""
    assert OpenAIServer("gpt-4o").name == "gpt-4o"
    assert OpenAIServer("m", "https://me:secret@example.org/v1").name == "m at example.org"


def test_what_no_address_is() -> None:
    """It is told by the plug-in's name."""
    pytest.importorskip("openai", reason="needs the extra llm")
    with pytest.raises(BadConfig, match=r"^openai_speech: 'nowhere' is no address of a server"):
        OpenAIServer("m", "nowhere", plugin="openai_speech").check("openai_speech:model=m")


def test_it_is_shown_without_its_password() -> None:
    """Whoever prints it, or logs it."""
    text = repr(OpenAIServer("m", "https://user:secret@host/v1"))
    assert "host/v1" in text
    assert "secret" not in text
