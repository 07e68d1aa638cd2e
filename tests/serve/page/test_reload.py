"""What a visitor typed, attached and was answered outlives a lost connection and a reload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Running, ask

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_an_answer_is_come_back_to(page: Any) -> None:
    """From what is like one of its places."""
    ask(page, "What does E-17 mean?")
    page.click(".hit >> nth=0 >> text=More like this")
    page.wait_for_selector("h2:has-text('More like this')")
    assert not page.locator(".said").is_visible()
    page.click("text=Back to the answer")
    page.wait_for_selector(".said:has-text('Pond float stuck')")
    assert page.locator("h2:has-text('Found')").count() == 1


def test_a_connection_lost_takes_nothing(page: Any, running: Running, tmp_path: Path) -> None:
    """A tunnel, a sleep, a server that is too busy to answer: what is asked, typed and attached is
    there afterwards, in the same page, and the page goes on working.
    """
    note = tmp_path / "note.txt"
    note.write_text("The quay has nine bollards.")
    ask(page, "What does E-17 mean?")
    page.fill("#question", "And what do I do")
    page.set_input_files("input[type=file]", str(note))
    page.wait_for_selector(".given .name:has-text('note.txt')")
    page.click(".chip[data-to=image]")
    page.wait_for_selector(".chip[data-to=image][aria-pressed=true]")
    page.evaluate("window.same = true")
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    page.wait_for_selector("#popup[aria-hidden=false]")
    page.wait_for_timeout(9_000)  # longer than NiceGUI keeps a page by itself
    page.context.set_offline(False)
    page.wait_for_selector("#popup[aria-hidden=true]", state="attached", timeout=60_000)
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.same")
    assert "Pond float stuck" in page.inner_text(".said")
    assert page.input_value("#question") == "And what do I do"
    assert "note.txt" in page.inner_text(".given")
    page.click(".said .cite >> nth=0")
    page.wait_for_selector(".place-pane:not(.hidden)")


def test_a_tab_loaded_again_is_as_it_was(page: Any, tmp_path: Path) -> None:
    """By its reader, by the system, or since the server knows the old one no more: the answer, the
    words typed since, files, form and filters; nothing is asked twice. Back shows what was before.
    """
    note = tmp_path / "note.txt"
    note.write_text("The quay has nine bollards.")
    page.goto("/")
    page.wait_for_selector("#question")
    page.fill("#question", "How many bollar")
    page.reload()
    page.wait_for_selector(".chip[data-to=text][aria-pressed=true]")
    assert page.input_value("#question") == "How many bollar"
    page.goto("/library")
    page.goto("/")
    page.wait_for_selector("#question")
    page.wait_for_function("document.querySelector('#question').value === 'How many bollar'")

    page.set_input_files("input[type=file]", str(note))
    page.wait_for_selector(".given .name:has-text('note.txt')")
    page.click("button[aria-label='Filters']")
    page.fill(".filters input >> nth=0", "documents")
    page.press(".filters input >> nth=0", "Tab")
    page.fill("#question", "What does E-17 mean?")
    page.press("#question", "Enter")
    page.wait_for_selector(".section h2:has-text('Evidence')")
    answer = page.inner_text(".answer")
    timing = page.inner_text("[data-timing]")
    page.fill("#question", "something else")
    page.click(".chip[data-to=audio]")
    page.wait_for_selector(".chip[data-to=audio][aria-pressed=true]")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector(".section h2:has-text('Evidence')")
    page.wait_for_selector(".chip[data-to=audio][aria-pressed=true]")
    assert page.inner_text(".answer") == answer
    assert page.inner_text("[data-timing]") == timing  # else it was asked anew
    assert page.input_value("#question") == "something else"
    assert page.locator(".given .thing").count() == 1
    assert page.input_value(".filters input >> nth=0") == "documents"
    assert page.locator(".filters").is_visible()

    page.click(".given button[aria-label^='Remove']")
    page.click(".chip[data-to=text]")
    page.fill("#question", "who mended the water wheel?")
    page.fill(".filters input >> nth=0", "")
    page.press(".filters input >> nth=0", "Tab")
    page.press("#question", "Enter")
    page.wait_for_function("location.search.includes('wheel')")
    page.wait_for_selector(".hit .name:has-text('people.tsv')")
    page.go_back()
    page.wait_for_function("document.querySelector('#question')?.value === 'What does E-17 mean?'")
    page.wait_for_selector(".said:has-text('Pond float stuck')")


def test_a_question_is_answered_though_the_tab_was_loaded_again(page: Any) -> None:
    """While the answer was still being made."""
    page.goto("/?to=video")
    page.wait_for_selector("#question")
    page.fill("#question", "the ferry Petrel II")
    page.press("#question", "Enter")
    page.wait_for_function("location.search.includes('ferry')")
    page.reload()
    page.wait_for_function("document.querySelector('.made video')?.readyState > 1", timeout=120_000)
