"""What must fail: each test is an attack on a server, and says what it would have won.

Here by names and contents of files; test_attacks_* have those by address, by body, and on access.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from polysense.serve.app import build_app
from polysense.serve.context import Context

from .attacks import MAIN, SECRET, assets, raw

NAMES = (
    "../../escaped.txt",
    "..\\..\\escaped.txt",
    "/etc/escaped.txt",
    "C:\\escaped.txt",
    "a/../../../escaped.txt",
    "....//escaped.txt",
    "%2e%2e%2fescaped.txt",
    "..%2fescaped.txt",
    "a\0b/../escaped.txt",
    "\u2025/escaped.txt",
    ".ssh/../escaped.txt",
    "..\u2044escaped.txt",
)


@pytest.mark.parametrize("name", NAMES)
def test_upload_names_stay_in_their_folder(
    client: TestClient, context: Context, tmp_path: Path, name: str
) -> None:
    """A file written elsewhere could be a shell's start-up file: by form, and by the address
    itself.
    """
    uploads = context.pool.get("main").uploads
    before = {
        p for p in tmp_path.rglob("*") if not p.is_relative_to(uploads) and "served" not in str(p)
    }
    by_form = client.post(f"{MAIN}/files", files={"files": (name.replace("\0", ""), b"words")})
    by_body = client.put(f"{MAIN}/files/{quote(name, safe='')}", content=b"words")
    for answer in (by_form, by_body):
        assert answer.status_code in (202, 400, 404)
        for path in answer.json().get("files", ()):
            assert (uploads / path).is_file()
            assert (uploads / path).resolve().is_relative_to(uploads.resolve())
    after = {
        p for p in tmp_path.rglob("*") if not p.is_relative_to(uploads) and "served" not in str(p)
    }
    assert {p.name for p in after - before} <= {"lock", "cache"} | {
        p.name for p in after if "kb" in p.parts
    }
    assert not list(tmp_path.parent.glob("escaped*"))
    assert not Path("/etc/escaped.txt").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../../etc/passwd/content",
        "/assets/..%2f..%2f..%2fetc%2fpasswd/content",
        "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/assets/%2fetc%2fpasswd/content",
        "/assets/%00/content",
        "/answers/..%2fcatalogue.db",
        "/answers/%2e%2e%2fcatalogue.db",
        "/answers/0123456789abcdef.txt%00.png",
        "/answers/../../catalogue.db",
        "/chunks/..%2f..%2fx/picture",
        "/chunks/%27%20or%201=1/picture",
        "/assets/%27%20or%20%271%27=%271/chunks",
        "/jobs/..%2f..%2fx",
        "/assets/%ed%a0%80/content",
    ],
)
def test_ids_are_no_paths(client: TestClient, server: str, path: str) -> None:
    """Reading any file of the machine, or the library's own database; also sent raw, as no client
    would.
    """
    answer = client.get(MAIN + path)
    assert answer.status_code == 404, answer.text
    assert "root:" not in answer.text
    assert raw(
        server,
        f"GET {MAIN + path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(),
    )[0] in (400, 404)


def test_a_link_in_the_uploads_leads_nowhere(
    client: TestClient, context: Context, tmp_path: Path
) -> None:
    """Someone at the machine links a folder into the uploads: nothing is written through it."""
    uploads = context.pool.get("main").uploads
    uploads.mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (uploads / "link").symlink_to(tmp_path / "outside")
    (uploads / "file.txt").symlink_to(tmp_path / "outside" / "target.txt")
    answer = client.put(f"{MAIN}/files/link/x.txt", content=b"words")
    assert answer.status_code == 400
    client.put(f"{MAIN}/files/file.txt", content=b"words")
    assert not list((tmp_path / "outside").iterdir())


def test_a_file_that_became_another_is_not_sent(
    client: TestClient, context: Context, files: Path, tmp_path: Path
) -> None:
    """Whoever may write to an indexed folder puts a link to a secret in the place of a file that
    was indexed.
    """
    asset = assets(client)["moon.txt"]
    entry = context.pool.get("main")
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    place = Path(asset["uri"])
    words = place.read_bytes()
    try:
        place.unlink()
        place.symlink_to(secret)
        answer = client.get(f"{MAIN}/assets/{asset['asset']}/content")
    finally:
        place.unlink()
        place.write_bytes(words)
    assert answer.status_code == 404
    assert SECRET not in answer.text
    assert entry.library.exists


def test_zip_slip(client: TestClient, context: Context, wait_for_job: Any, tmp_path: Path) -> None:
    """An archive with members above it: nothing is unpacked outside the cache."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../../slipped.txt", "/slipped.txt", "..\\..\\slipped.txt", "fine.txt"):
            archive.writestr(name, f"the words of {name} about herons")
    answer = client.put(f"{MAIN}/files/slip.zip", content=out.getvalue())
    job = wait_for_job(client, answer.json()["job"])
    assert job["state"] == "done", job
    for asset in client.get(f"{MAIN}/assets", params={"name": "slip.zip"}).json()["assets"]:
        client.get(f"{MAIN}/assets/{asset['asset']}/content")
    cache = context.pool.get("main").library.cache
    strays = [p for p in tmp_path.rglob("slipped*") if not p.is_relative_to(cache)]
    assert strays == []
    assert not list(tmp_path.parents[1].glob("slipped*"))
    assert not Path("/slipped.txt").exists()


@pytest.mark.parametrize(
    ("name", "kind"), [("drawing.svg", "image/svg+xml"), ("page.html", "text/plain; charset=utf-8")]
)
def test_files_run_nothing(client: TestClient, name: str, kind: str) -> None:
    """A stranger's SVG or page, opened on its own, would act as whoever opens it."""
    answer = client.get(f"{MAIN}/assets/{assets(client)[name]['asset']}/content")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    policy = {
        d.split()[0]: d.split()[1:] for d in answer.headers["content-security-policy"].split("; ")
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["sandbox"] == []
    assert "script-src" not in policy


def test_uploaded_files_run_nothing_either(client: TestClient, wait_for_job: Any) -> None:
    """Types that nobody thinks of: the name and the content say page, the answer does not."""
    hostile = {
        "x.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script><p>herons</p></html>',
        "x.js": "alert('herons')",
        "x.xml": '<?xml-stylesheet href="javascript:alert(1)"?><a>herons</a>',
        "x.mht": "herons",
    }
    answer = client.post(
        f"{MAIN}/files", files=[("files", (n, t.encode())) for n, t in hostile.items()]
    )
    wait_for_job(client, answer.json()["job"])
    for name, asset in assets(client).items():
        if name in hostile:
            content = client.get(f"{MAIN}/assets/{asset['asset']}/content")
            assert content.headers["content-type"] in (
                "text/plain; charset=utf-8",
                "application/octet-stream",
            )
            assert "sandbox" in content.headers["content-security-policy"]


def test_everything_has_its_headers(client: TestClient) -> None:
    """Also errors, JSON and the documentation: no sniffing, no framing by others, no scripts but
    ours.
    """
    for path in ("/health", "/nowhere", MAIN, "/openapi.json", "/docs", "/metrics"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")


ODD = (
    'a"b.txt',
    "a\r\nset-cookie: x=y.txt",
    "a;b=c.txt",
    "\u6f6e\u6c50\u8868.txt",
    "a\u202egnp.txt",
    "a\tb.txt",
    "a%0d%0ab.txt",
    "'; drop.txt",
)


@pytest.mark.parametrize("name", ODD)
def test_file_names_do_not_break_out_of_headers(
    client: TestClient, wait_for_job: Any, name: str
) -> None:
    """A line end in a name would be a header of its own; a quote, a type of its own."""
    words = f"herons {ODD.index(name)}".encode()
    answer = client.post(f"{MAIN}/files", files={"files": (name, words)})
    assert answer.status_code == 202
    wait_for_job(client, answer.json()["job"])
    (path,) = answer.json()["files"]
    content = client.get(
        f"{MAIN}/assets/{assets(client)[path]['asset']}/content", params={"download": True}
    )
    assert content.content == words
    disposition = content.headers["content-disposition"]
    assert disposition.startswith("attachment; filename")
    assert disposition.isascii()
    assert disposition.isprintable()
    assert disposition.count('"') in (0, 2)
    assert "set-cookie" not in content.headers


def test_nobody_makes_labels_up(client: TestClient) -> None:
    """A label value for each path or method that someone asks for would fill the memory of this
    server, and of Prometheus.
    """
    for n in range(50):
        client.get(f"/made/up/{n}")
        client.get(f"/api/libraries/made-up-{n}")
        client.request(f"MADE{n}", "/health")
        client.get(f"{MAIN}/assets/made-up-{n}/content")
    text = client.get("/metrics").text
    assert "MADE" not in text
    assert "/made/up" not in text
    assert "made-up" not in text
    assert (
        len(
            [line for line in text.splitlines() if line.startswith("polysense_http_requests_total")]
        )
        < 12
    )


def test_errors_tell_nothing_of_the_inside(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug is answered with a problem, and its traceback stays in the log."""

    def failing_names() -> list[str]:
        raise RuntimeError(SECRET)

    with TestClient(
        build_app(context), base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        monkeypatch.setattr(context.pool, "names", failing_names)
        answer = client.get("/api/libraries")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert json.loads(answer.text)["title"] == "Internal error"
