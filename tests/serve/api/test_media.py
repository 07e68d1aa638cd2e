"""What there is to look at: bytes with ranges, pages, frames, pictures of places; and what is not
there.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from polysense.serve.context import Context

MAIN = "/api/libraries/main"


@pytest.fixture
def ids(client: TestClient) -> dict[str, str]:
    """Asset ids by name."""
    return {a["name"]: a["asset"] for a in client.get(f"{MAIN}/assets").json()["assets"]}


def test_content_and_ranges(client: TestClient, ids: dict[str, str], files: Any) -> None:
    """A recording can be seeked; its ending is sent alone."""
    whole = (files / "tone.wav").read_bytes()
    path = f"{MAIN}/assets/{ids['tone.wav']}/content"
    assert client.get(path).content == whole
    some = client.get(path, headers={"range": "bytes=100-199", "accept-encoding": "gzip"})
    assert (some.status_code, some.content, some.headers["content-range"]) == (
        206,
        whole[100:200],
        f"bytes 100-199/{len(whole)}",
    )
    assert "content-encoding" not in some.headers
    assert some.headers["content-type"].startswith("audio/")
    assert client.get(path, headers={"range": f"bytes={len(whole)}-"}).status_code == 416


def test_words_are_sent_as_words(client: TestClient, ids: dict[str, str]) -> None:
    """In their letters."""
    answer = client.get(f"{MAIN}/assets/{ids['moon.txt']}/content")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'inline; filename="moon.txt"'
    assert (
        client.get(f"{MAIN}/assets/{ids['moon.txt']}/content", params={"download": 1})
        .headers["content-disposition"]
        .startswith("attach")
    )


@pytest.mark.parametrize("name", ["red.png", "drawing.svg"])
def test_thumbnails(client: TestClient, ids: dict[str, str], name: str) -> None:
    """Of the size asked for, as PNG, whatever the file is."""
    answer = client.get(f"{MAIN}/assets/{ids[name]}/picture", params={"longest": 40})
    assert answer.headers["content-type"] == "image/png"
    assert max(Image.open(io.BytesIO(answer.content)).size) <= 40


def test_pictures_of_places(client: TestClient, context: Context, ids: dict[str, str]) -> None:
    """By the piece's id, and by nothing else that the library would take for one."""
    (chunk,) = context.pool.get("main").library.chunks(ids["red.png"])
    assert client.get(f"{MAIN}/chunks/{chunk.id}/picture").status_code == 200
    for other in (ids["red.png"], "red.png", "0" * 32):
        assert client.get(f"{MAIN}/chunks/{other}/picture").status_code == 404


def test_what_there_is_not(client: TestClient, ids: dict[str, str]) -> None:
    """A page of what has none, a frame of what does not move; sizes that nobody needs."""
    for path in ("pages/1", "frame", "model"):
        answer = client.get(f"{MAIN}/assets/{ids['moon.txt']}/{path}")
        assert answer.status_code == 404
        assert answer.json()["hint"]
    for path in (
        "pages/0",
        "pages/x",
        "pages/100001",
        "frame?at=-1",
        "frame?at=nan",
        "picture?longest=15",
        "picture?longest=4097",
    ):
        assert client.get(f"{MAIN}/assets/{ids['moon.txt']}/{path}").status_code == 422, path


def test_pages(client: TestClient, wait_for_job: Any) -> None:
    """Of a PDF; one that it has not is told."""
    wait_for_job(client, client.put(f"{MAIN}/files/a.pdf", content=pdf()).json()["job"])
    (asset,) = client.get(f"{MAIN}/assets", params={"name": "a.pdf"}).json()["assets"]
    answer = client.get(f"{MAIN}/assets/{asset['asset']}/pages/1", params={"longest": 200})
    assert max(Image.open(io.BytesIO(answer.content)).size) == 200
    assert client.get(f"{MAIN}/assets/{asset['asset']}/pages/2").status_code == 422


def pdf() -> bytes:
    """A page."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "#369").save(out, "pdf")
    return out.getvalue()


@pytest.mark.parametrize(
    "name",
    ["x", "0123.txt", "0123abcd", "0123abcd.", "0123abcd.exe/x", "ABCDEF01.png", "0123abcd.p-g"],
)
def test_answers_have_their_names(client: TestClient, name: str) -> None:
    """No other is even looked for."""
    assert client.get(f"{MAIN}/answers/{name}").status_code == 404


def test_an_answer_that_is_a_page_is_sent_as_words(client: TestClient, context: Context) -> None:
    """What a generator wrote could hold a stranger's words: it runs nothing."""
    folder = context.pool.get("main").library.cache / "answers"
    folder.mkdir(parents=True)
    (folder / "0123abcd.html").write_text("<!doctype html><html><script>alert(1)</script></html>")
    answer = client.get(f"{MAIN}/answers/0123abcd.html")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer.headers["content-security-policy"]
