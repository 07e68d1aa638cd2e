"""Files to ask with: pasted, dropped, recorded, photographed; one that nobody reads is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polysense.demo import QUERIES

from .conftest import ask

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_asked_by_picture(page: Any) -> None:
    """A photo alone finds what it shows."""
    ask(page, file=QUERIES / "snapshot.jpg")
    assert "red-bicycle" in page.inner_text(".hit .name >> nth=0")
    page.click(".given button[aria-label^='Remove']")
    page.wait_for_selector(".given .thing", state="detached")


def test_pasted_and_photographed(page: Any) -> None:
    """A screenshot from the clipboard, a picture of the camera: both come into hand."""
    page.goto("/")
    page.wait_for_selector(".intake button")
    page.evaluate(
        """async () => { const c = document.createElement('canvas'); c.width = c.height = 40; const b = await new Promise(r => c.toBlob(r));
        const d = new DataTransfer(); d.items.add(new File([b], 'clip.png', {type: 'image/png'}));
        window.dispatchEvent(new ClipboardEvent('paste', {clipboardData: d})); }"""
    )
    page.wait_for_selector(".given .name:has-text('clip.png')")
    page.click("button[aria-label='Take a photo']")
    page.wait_for_function("document.querySelector('.lens video')?.videoWidth > 0")
    page.click(".lens .send")
    page.wait_for_selector(".given .name:has-text('photo.jpg')")


def test_a_file_that_nobody_reads_is_refused_at_once(page: Any, tmp_path: Path) -> None:
    """Not when it is asked with: which file, what is wrong with it and what to do, in the reader's
    language.
    """
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    page.goto("/")
    for language, name, words in (
        ("en", "empty.txt", "The file is empty"),
        ("zh", "empty.txt", "文件是空的"),
        ("en", "noise.bin", "Nothing here reads this type of file"),
    ):
        cookie = {"name": "polysense-language", "value": language, "url": page.url}
        page.context.add_cookies([cookie])
        page.goto("/")
        page.wait_for_selector(".intake button")
        page.set_input_files("input[type=file]", str(tmp_path / name))
        page.wait_for_selector(f".q-notification:has-text('{words}')")
        assert name in page.inner_text(".q-notification")
        assert page.locator(".given .thing").count() == 0


def test_dropped_on_the_question_or_on_the_library(page: Any) -> None:
    """Files that are dragged over the page are asked with, or added, by where they are let go."""
    page.goto("/")
    page.wait_for_selector(".intake button")
    drag = """(zone) => { const d = new DataTransfer(); d.items.add(new File(['The quay has nine bollards.'], 'quay.txt', {type: 'text/plain'}));
        if (!zone) { window.dispatchEvent(new DragEvent('dragenter', {dataTransfer: d})); return; }
        document.querySelectorAll('.veil .zone')[zone - 1].dispatchEvent(new DragEvent('drop', {dataTransfer: d, bubbles: true, cancelable: true})); }"""
    page.evaluate(drag, 0)
    page.wait_for_selector(".veil .zone:has-text('Ask with this')")
    page.evaluate(drag, 1)
    page.wait_for_selector(".given .name:has-text('quay.txt')")
    page.evaluate(drag, 0)
    page.wait_for_selector(".veil .zone:has-text('Add to the library')")
    page.evaluate(drag, 2)
    page.wait_for_url("**/library*")
    page.wait_for_selector(".file .name:has-text('quay.txt')", timeout=90_000)


def test_recorded(page: Any) -> None:
    """The microphone's sound comes into hand as a recording."""
    page.goto("/")
    page.click("button[aria-label='Record']")
    page.wait_for_selector("button[aria-label='Stop recording']")
    page.wait_for_timeout(900)
    page.click("button[aria-label='Stop recording']")
    page.wait_for_selector(".given .name:has-text('recording.webm')")
    assert "audio" in page.inner_text(".given .thing")
