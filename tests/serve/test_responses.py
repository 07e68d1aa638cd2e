"""Files as answers: types, ranges, names."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from polysense.serve.headers import INERT_POLICY
from polysense.serve.responses import DOWNLOAD_TYPE, TEXT_TYPE, InertFileResponse, safe_type

TYPES = {
    ("image/png", ""): "image/png",
    ("image/svg+xml", "image"): "image/svg+xml",
    ("video/mp4", ""): "video/mp4",
    ("audio/mpeg", ""): "audio/mpeg",
    ("application/pdf", "text"): "application/pdf",
    ("text/html", "text"): TEXT_TYPE,
    ("application/xhtml+xml", "text"): TEXT_TYPE,
    ("text/javascript", "code"): TEXT_TYPE,
    ("application/json", ""): TEXT_TYPE,
    ("text/csv", "table"): TEXT_TYPE,
    ("application/xml", ""): TEXT_TYPE,
    ("application/zip", ""): DOWNLOAD_TYPE,
    ("application/x-shockwave-flash", ""): DOWNLOAD_TYPE,
    ("image/x-unknown", "image"): DOWNLOAD_TYPE,
    ("", ""): DOWNLOAD_TYPE,
    ("image/png\r\nx: y", ""): DOWNLOAD_TYPE,
    ("multipart/related", ""): DOWNLOAD_TYPE,
}


@pytest.mark.parametrize(("mime", "modality"), TYPES, ids=str)
def test_types(mime: str, modality: str) -> None:
    """Nothing that a browser runs keeps its type."""
    assert safe_type(mime, modality) == TYPES[mime, modality]


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "file").write_bytes(bytes(range(256)))
    app = FastAPI()

    @app.get("/there")
    def there(download: bool = False, mime: str = "video/mp4") -> InertFileResponse:
        return InertFileResponse(tmp_path / "file", mime, 60, 'clip "1".mp4', download, '"abc"')

    @app.get("/gone")
    def missing() -> InertFileResponse:
        return InertFileResponse(tmp_path / "gone", "video/mp4", 60)

    return TestClient(app)


def test_a_whole_file(client: TestClient) -> None:
    """Inert, and kept by its reader's browser only."""
    answer = client.get("/there")
    assert answer.content == bytes(range(256))
    assert answer.headers["content-security-policy"] == INERT_POLICY
    assert answer.headers["cache-control"] == "private, max-age=60"
    assert answer.headers["etag"] == '"abc"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''clip%20%221%22.mp4"
    assert (
        client.get("/there", params={"download": True})
        .headers["content-disposition"]
        .startswith("attachment")
    )
    assert (
        client.get("/there", params={"mime": DOWNLOAD_TYPE})
        .headers["content-disposition"]
        .startswith("attachment")
    )


@pytest.mark.parametrize(
    ("byte_range", "status", "body"),
    [
        ("bytes=0-3", 206, bytes(range(4))),
        ("bytes=250-", 206, bytes(range(250, 256))),
        ("bytes=-2", 206, bytes([254, 255])),
        ("bytes=250-999", 206, bytes(range(250, 256))),
        ("bytes=300-400", 416, None),
        ("bytes=9-3", 416, None),
        ("seconds=1-2", 416, None),
        ("bytes=a-b", 416, None),
        ("bytes=", 416, None),
    ],
)
def test_ranges(client: TestClient, byte_range: str, status: int, body: bytes | None) -> None:
    """So that a video can be seeked; a range that is none is a problem like any other."""
    answer = client.get("/there", headers={"range": byte_range, "accept-encoding": "gzip"})
    assert answer.status_code == status
    if body is None:
        assert answer.json()["title"] == "Range not satisfiable"
        assert answer.headers["content-type"] == "application/problem+json"
    else:
        assert answer.content == body
        assert answer.headers["content-range"].endswith("/256")


def test_several_ranges(client: TestClient) -> None:
    """As readers of PDFs ask."""
    answer = client.get("/there", headers={"range": "bytes=0-1,10-11"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")


def test_ranges_of_another_version(client: TestClient) -> None:
    """Who holds the beginning of another content gets all of this one."""
    assert (
        client.get("/there", headers={"range": "bytes=0-1", "if-range": '"old"'}).status_code == 200
    )
    assert (
        client.get("/there", headers={"range": "bytes=0-1", "if-range": '"abc"'}).status_code == 206
    )


def test_a_file_that_is_gone(client: TestClient) -> None:
    """Between the look and the sending."""
    answer = client.get("/gone")
    assert answer.status_code == 404
    assert answer.json()["hint"]
