"""Where the parts of a message stand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from polysense.read.document.email import message


def first_lines(tmp_path: Path, raw: str) -> list[tuple[str, int]]:
    path = tmp_path / "a.eml"
    path.write_bytes(raw.encode())
    return [
        (part.text.split("\n")[0], part.source_lines[0][0]) for part in message.message_parts(path)
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_words_that_stand_in_the_head_too(tmp_path: Path, newline: str) -> None:
    """A short body is not found in the field that happens to hold it."""
    raw = newline.join(["Subject: Hilary", "From: a@b.c", "", "Hi"])
    assert first_lines(tmp_path, raw) == [("Subject: Hilary", 1), ("Hi", 4)]


def test_parts_that_say_the_same(tmp_path: Path) -> None:
    """Each has its own line, and a forwarded head is not taken for the words that quote it."""
    raw = "Subject: All\nContent-Type: multipart/mixed; boundary=b\n\n"
    raw += "--b\n\nSubject: Old\n--b\n\nSubject: Old\n"
    raw += "--b\nContent-Type: message/rfc822\n\nSubject: Old\n\nThe end\n--b--\n"
    assert first_lines(tmp_path, raw) == [
        ("Subject: All", 1),
        ("Subject: Old", 6),
        ("Subject: Old", 9),
        ("Subject: Old", 13),
        ("The end", 15),
    ]


@pytest.mark.parametrize(("plain", "word"), [("See the page.", "<p>"), ("One two, three.", "One")])
def test_plain_words_that_only_point_to_the_page(tmp_path: Path, plain: str, word: str) -> None:
    """They do not stand for what it says."""
    page = "<style>p {}</style><p>One <b>two</b> three" + " more" * 9 * (word == "<p>")
    raw = "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n"
    raw += f"--b\n\n{plain}\n--b\nContent-Type: text/html\n\n{page}\n--b--\n"
    path = tmp_path / "a.eml"
    path.write_bytes(raw.encode())
    (text,) = [part.text for part in message.message_parts(path)][1:]
    assert word in text


@pytest.mark.parametrize(
    ("opening", "word"),
    [("<!-- ", "<p>"), ("<style ", "<p>"), ("<TITLE>", "<p>"), ("<!-- one two -->", "One")],
)
def test_openings_that_nothing_ends_cost_little(tmp_path: Path, opening: str, word: str) -> None:
    """A page is gone through once, however many they are."""
    page = opening * 20_000 + "<p>One two three" + " more" * 9 * (word == "<p>")
    raw = "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n"
    raw += f"--b\n\nOne two.\n--b\nContent-Type: text/html\n\n{page}\n--b--\n"
    path = tmp_path / "a.eml"
    path.write_bytes(raw.encode())
    began = time.process_time()
    (text,) = [part.text for part in message.message_parts(path)][1:]
    assert word in text
    assert time.process_time() - began < 5


@pytest.mark.slow
@pytest.mark.parametrize("body", ["hello", "caf\udce9"])
def test_many_parts_cost_little(tmp_path: Path, body: str) -> None:
    """Lines are counted on from the last part, and what cannot be found is not looked for a
    thousand times.
    """
    part = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    raw = (
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        + part * 3_000
        + "--b--\n"
        + "x" * (8 << 20)
    )
    path = tmp_path / "a.eml"
    path.write_bytes(raw.encode("utf-8", "surrogateescape"))
    began = time.process_time()
    assert len(list(message.message_parts(path))) == 3_001
    assert time.process_time() - began < 10
