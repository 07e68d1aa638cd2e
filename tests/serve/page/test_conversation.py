"""Questions of one tab that lean on those before."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ask

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_a_question_leans_on_the_one_before(page: Any) -> None:
    """What it was read as is told; the way back to the one before, and to a new conversation."""
    ask(page, "How tall is the lighthouse tower?")
    page.fill("#question", "Who drew it?")
    page.press("#question", "Enter")
    page.wait_for_selector(".note:has-text('Who drew the lighthouse tower?')")
    assert page.inner_text(".earlier button") == "How tall is the lighthouse tower?"
    page.reload()
    page.wait_for_selector(".earlier button")
    page.click(".earlier button")
    page.wait_for_function(
        "!document.querySelector('.earlier button') && document.querySelector('.section h2')"
        " && document.querySelector('.said[data-answered]')"
    )
    page.fill("#question", "Who drew it?")
    page.press("#question", "Enter")
    page.wait_for_selector(".earlier a")
    page.click(".earlier a")
    page.wait_for_selector(".greeting")
    assert page.locator(".earlier button").count() == 0
