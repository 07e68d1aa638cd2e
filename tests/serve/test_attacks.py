"""What must fail: each test is an attack on a server, and says what it would have won."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from polysense.serve import fetch as fetching
from polysense.serve.app import app
from polysense.serve.context import Context

MAIN = "/api/libraries/main"
SECRET = "the combination is 4711"


def assets(client: TestClient, library: str = "main") -> dict[str, dict[str, Any]]:
    """The files of a library by name."""
    return {a["name"]: a for a in client.get(f"/api/libraries/{library}/assets").json()["assets"]}


def paths(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything in the OpenAPI document."""
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, about in methods.items():
            yield method.upper(), path, about


# -- paths
# -------------------------------------------------------------------------------------------------------------------------

NAMES = (
    "../../escaped.txt", "..\\..\\escaped.txt", "/etc/escaped.txt", "C:\\escaped.txt", "a/../../../escaped.txt", "....//escaped.txt",
    "%2e%2e%2fescaped.txt", "..%2fescaped.txt", "a\0b/../escaped.txt", "\u2025/escaped.txt", ".ssh/../escaped.txt", "..\u2044escaped.txt",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_upload_names_stay_in_their_folder(
    client: TestClient, context: Context, tmp_path: Path, name: str
) -> None:
    """A file written elsewhere could be a shell's start-up file: by form, and by the address
    itself.
    """
    uploads = context.shelf.get("main").uploads
    before = {
        p for p in tmp_path.rglob("*") if not p.is_relative_to(uploads) and "served" not in str(p)
    }
    by_form = client.post(f"{MAIN}/files", files={"files": (name.replace("\0", ""), b"words")})
    by_body = client.put(f"{MAIN}/files/{quote(name, safe='')}", content=b"words")
    for answer in (by_form, by_body):
        assert answer.status_code in (202, 400, 404)
        for kept in answer.json().get("files", ()):
            assert (uploads / kept).is_file()
            assert (uploads / kept).resolve().is_relative_to(uploads.resolve())
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
        "/assets/../../../etc/passwd/content", "/assets/..%2f..%2f..%2fetc%2fpasswd/content", "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/assets/%2fetc%2fpasswd/content", "/assets/%00/content", "/answers/..%2fcatalogue.db", "/answers/%2e%2e%2fcatalogue.db",
        "/answers/0123456789abcdef.txt%00.png", "/answers/../../catalogue.db", "/chunks/..%2f..%2fx/picture",
        "/chunks/%27%20or%201=1/picture", "/assets/%27%20or%20%271%27=%271/chunks", "/jobs/..%2f..%2fx", "/assets/%ed%a0%80/content",
    ],
)  # fmt: skip
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


def raw(base: str, request: bytes, seconds: float = 10.0) -> tuple[int, bytes]:
    """The status and the rest of what a server answers to these bytes."""
    url = urlsplit(base)
    with socket.create_connection((url.hostname, url.port), timeout=seconds) as sock:
        sock.sendall(request)
        answer = b""
        try:
            while piece := sock.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return int(answer.split(b" ", 2)[1]) if answer else 0, answer


def test_a_link_in_the_uploads_leads_nowhere(
    client: TestClient, context: Context, tmp_path: Path
) -> None:
    """Someone at the machine links a folder into the uploads: nothing is written through it."""
    uploads = context.shelf.get("main").uploads
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
    found = assets(client)["moon.txt"]
    held = context.shelf.get("main")
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    place = Path(found["uri"])
    words = place.read_bytes()
    try:
        place.unlink()
        place.symlink_to(secret)
        answer = client.get(f"{MAIN}/assets/{found['asset']}/content")
    finally:
        place.unlink()
        place.write_bytes(words)
    assert answer.status_code == 404
    assert SECRET not in answer.text
    assert held.library.exists


def test_zip_slip(client: TestClient, context: Context, ended: Any, tmp_path: Path) -> None:
    """An archive with members above it: nothing is unpacked outside the cache."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../../../slipped.txt", "/slipped.txt", "..\\..\\slipped.txt", "fine.txt"):
            archive.writestr(name, f"the words of {name} about herons")
    answer = client.put(f"{MAIN}/files/slip.zip", content=out.getvalue())
    job = ended(client, answer.json()["job"])
    assert job["state"] == "done", job
    for asset in client.get(f"{MAIN}/assets", params={"name": "slip.zip"}).json()["assets"]:
        client.get(f"{MAIN}/assets/{asset['asset']}/content")
    cache = context.shelf.get("main").library.cache
    strays = [p for p in tmp_path.rglob("slipped*") if not p.is_relative_to(cache)]
    assert strays == []
    assert not list(tmp_path.parents[1].glob("slipped*"))
    assert not Path("/slipped.txt").exists()


# -- addresses
# ---------------------------------------------------------------------------------------------------------------------


class Site(BaseHTTPRequestHandler):
    """A web server of somebody else: /secret, and /to?URL that redirects."""

    def do_GET(self) -> None:
        self.server.seen.append(self.path)  # type: ignore[attr-defined]
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("location", self.path[4:])
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("content-length", str(len(SECRET)))
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def site() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    server.seen = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


HOSTS = (
    "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fe80::1]",
    "[fc00::1]", "[fec0::1]",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_addresses_of_the_machine_and_its_network_are_not_fetched(served: Any, host: str) -> None:
    """Reading what only the server can reach (its own ports, a cloud's metadata): even where the
    host is allowed by mistake.
    """
    with site() as other:
        port = other.server_address[1]
        name = host.strip("[]").lower()
        with TestClient(app(served(url_hosts=(name,))), base_url="http://localhost") as client:
            answer = client.post(f"{MAIN}/urls", json={"url": f"http://{host}:{port}/secret"})
        # 422: a spelling that this system resolves to nothing
        assert answer.status_code in (403, 422), answer.text
        assert other.seen == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/x", "file:///etc/passwd", "ftp://files.example/x", "gopher://files.example/x", "http://files.example@127.0.0.1/x",
        "http://user:word@files.example/x", "http://files.example\r\nx: y/", "http:///x", "http://files.example.evil.example/", "//files.example/x",
        "http://[::1", "http://files.example:99999/", "javascript:alert(1)", "http://evilfiles.example/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(served: Any, url: str) -> None:
    """Only the hosts allowed, only the web; none of the ways to write a host that is read as
    another.
    """
    with TestClient(
        app(served(url_hosts=("files.example",))), base_url="http://localhost"
    ) as client:
        assert client.post(f"{MAIN}/urls", json={"url": url}).status_code in (400, 403)


def test_a_name_that_leads_home_is_not_followed(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: an allowed name resolves to this machine, first or beside a public address."""
    with site() as other:
        port = other.server_address[1]
        home, away = (
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
            (socket.AF_INET, 1, 6, "", ("93.184.215.14", port)),
        )
        real = socket.getaddrinfo
        with TestClient(
            app(served(url_hosts=("files.example",))), base_url="http://localhost"
        ) as client:
            for found in ([home], [home, away], [away, home]):
                monkeypatch.setattr(
                    socket,
                    "getaddrinfo",
                    lambda host, *a, f=found, **k: (
                        f if host == "files.example" else real(host, *a, **k)
                    ),
                )
                answer = client.post(
                    f"{MAIN}/urls", json={"url": f"http://files.example:{port}/secret"}
                )
                assert answer.status_code == 403
                assert "this machine" in answer.json()["detail"]
        assert other.seen == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/secret",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://[::1",
        "//[::1]/x",
    ],
)
def test_redirects_are_checked_like_addresses(
    served: Any, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """An allowed host sends the server on to where it may not go."""
    with site() as other:
        port = other.server_address[1]
        # the first step is allowed here
        monkeypatch.setattr(fetching, "public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(socket, "getaddrinfo", resolved(port))
        target = to.format(port=port)
        with TestClient(
            app(served(url_hosts=("files.example",))), base_url="http://localhost"
        ) as client:
            answer = client.post(
                f"{MAIN}/urls", json={"url": f"http://files.example:{port}/to?{target}"}
            )
        assert answer.status_code in (400, 403, 422), answer.text
        assert [p for p in other.seen if p == "/secret"] == []  # type: ignore[attr-defined]


def resolved(port: int) -> Any:
    """A resolver that knows files.example, here."""
    real = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "files.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, *args, **kwargs)

    return answer


# -- what browsers would run
# -------------------------------------------------------------------------------------------------------


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


def test_uploaded_files_run_nothing_either(client: TestClient, ended: Any) -> None:
    """Types that nobody thinks of: the name and the content say page, the answer does not."""
    hostile = {"x.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script><p>herons</p></html>',
               "x.js": "alert('herons')", "x.xml": '<?xml-stylesheet href="javascript:alert(1)"?><a>herons</a>', "x.mht": "herons"}  # fmt: skip
    answer = client.post(
        f"{MAIN}/files", files=[("files", (n, t.encode())) for n, t in hostile.items()]
    )
    ended(client, answer.json()["job"])
    for name, asset in assets(client).items():
        if name in hostile:
            sent = client.get(f"{MAIN}/assets/{asset['asset']}/content")
            assert sent.headers["content-type"] in (
                "text/plain; charset=utf-8",
                "application/octet-stream",
            )
            assert "sandbox" in sent.headers["content-security-policy"]


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


# -- bodies
# ------------------------------------------------------------------------------------------------------------------------


def test_a_body_that_says_it_is_too_large_is_not_read(served: Any) -> None:
    """Filling the disk."""
    with TestClient(app(served(upload_mb=1)), base_url="http://localhost") as client:
        for answer in (
            client.put(f"{MAIN}/files/big.txt", content=b"x" * (1 << 20 | 1)),
            client.post(f"{MAIN}/files", files={"files": ("big.txt", b"x" * (1 << 20))}),
            client.post(f"{MAIN}/search", json={"text": "x" * (1 << 20)}),
        ):
            assert answer.status_code == 413
            assert answer.json()["type"] == "urn:polysense:too-large"


@pytest.mark.parametrize("kind", ["put", "form", "json", "urlencoded"])
def test_a_body_that_does_not_say_how_large_it_is_is_cut_off(served: Any, kind: str) -> None:
    """The same, in chunks: by body, by form, in memory; nothing of it stays."""
    sent = 0

    def forever() -> Iterator[bytes]:
        nonlocal sent
        if kind == "form":
            yield b'--b\r\ncontent-disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield b"x" * (1 << 16)

    types = {
        "put": "text/plain",
        "form": "multipart/form-data; boundary=b",
        "json": "application/json",
        "urlencoded": "application/x-www-form-urlencoded",
    }
    path = {"put": "/files/big.txt", "form": "/files", "json": "/search", "urlencoded": "/files"}[
        kind
    ]
    context = served(upload_mb=1)
    with TestClient(app(context), base_url="http://localhost") as client:
        answer = client.request(
            "PUT" if kind == "put" else "POST",
            MAIN + path,
            content=forever(),
            headers={"content-type": types[kind]},
        )
        assert answer.status_code == 413, answer.text
        uploads = context.shelf.get("main").uploads
        assert [p for p in uploads.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("kind", ["json", "form"])
def test_what_is_held_in_memory_is_bounded_more_tightly(
    served: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A question of two gigabytes, whatever type it says it has."""
    from polysense.serve import limits

    monkeypatch.setattr(limits, "HELD_MB", 1)
    types = {"json": "application/json", "form": "multipart/form-data; boundary=b"}
    with TestClient(app(served()), base_url="http://localhost") as client:
        headers = {"content-type": types[kind]}
        assert (
            client.post(
                f"{MAIN}/recommend", content=b"x" * (1 << 20 | 1), headers=headers
            ).status_code
            == 413
        )
        assert client.put(f"{MAIN}/files/big.txt", content=b"x" * (1 << 20 | 1)).status_code == 202


def test_a_body_that_does_not_come_is_not_waited_for(served: Any, start: Any) -> None:
    """Slow bodies hold connections until there are none left."""
    base = start(served(body_seconds=0.3))
    head = f"PUT {MAIN}/files/slow.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nwords".encode()
    began = time.monotonic()
    status, answer = raw(base, head)
    assert status == 408
    assert b"urn:polysense:too-slow" in answer
    assert time.monotonic() - began < 5


def test_a_body_that_drips_is_not_waited_for(served: Any, start: Any) -> None:
    """A byte now and then is never silent for long, and never done."""
    context = served(body_seconds=0.4)
    url = urlsplit(start(context))
    with socket.create_connection((url.hostname, url.port), timeout=10) as sock:
        sock.sendall(
            f"PUT {MAIN}/files/slow.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n".encode()
        )
        answer = b""
        sock.settimeout(0.1)
        for _ in range(60):
            try:
                sock.sendall(b"x")
                answer += sock.recv(4096)
            except TimeoutError:
                pass
            if answer:
                break
    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("size", [3_000, 20_000])
def test_forms_of_thousands_of_parts_are_refused(client: TestClient, size: int) -> None:
    """Each part costs a temporary file."""
    part = b'--b\r\ncontent-disposition: form-data; name="%s"; filename="x"\r\n\r\nx\r\n'
    for path, name in (("/search", b"file"), ("/files", b"files"), ("/ask", b"x")):
        body = (part % name) * size + b"--b--\r\n"
        answer = client.post(
            MAIN + path, content=body, headers={"content-type": "multipart/form-data; boundary=b"}
        )
        assert answer.status_code == 400, (path, answer.text)
    fields = (
        b'--b\r\ncontent-disposition: form-data; name="text"\r\n\r\nx\r\n' * size + b"--b--\r\n"
    )
    assert (
        client.post(
            f"{MAIN}/search",
            content=fields,
            headers={"content-type": "multipart/form-data; boundary=b"},
        ).status_code
        == 400
    )


BOMBS = {
    "deep": b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "huge number": b'{"k": ' + b"9" * 100_000 + b"}",
    "not a number": b'{"k": NaN, "text": "x"}',
    "infinity": b'{"k": Infinity, "text": "x"}',
    "half a letter": b'{"text": "\\ud800"}',
    "half a letter as a name": b'{"\\ud800": 1}',
    "nothing": b"",
    "not UTF-8": b'{"text": "\xff"}',
    "many names": ("{" + ",".join(f'"x{n}": 1' for n in range(50_000)) + "}").encode(),
    "many values": b'{"text": "x", "modality": [' + b",".join([b'"x"'] * 50_000) + b"]}",
    "a list": b"[]",
    "nul": b'{"text": "a\\u0000b"}',
    "deep filter": b'{"text": "x", "where": "' + b"(" * 4_000 + b"page = 1" + b")" * 4_000 + b'"}',
    "deep retriever": b'{"text": "x", "using": "' + b"(" * 900 + b"bm25" + b")" * 900 + b'"}',
    "long filter": b'{"text": "x", "where": "' + b" or ".join([b"page = 1"] * 900) + b'"}',
}


@pytest.mark.parametrize(
    "path",
    [
        f"{MAIN}/search",
        f"{MAIN}/ask",
        f"{MAIN}/recommend",
        "/v1/chat/completions",
        "/v1/embeddings",
        "/mcp",
    ],
)
@pytest.mark.parametrize("bomb", BOMBS)
def test_json_bombs_are_told_from_questions(client: TestClient, bomb: str, path: str) -> None:
    """Crashing or stalling the server with one short request; the answer is short, too."""
    began = time.process_time()
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    answer = client.post(path, content=BOMBS[bomb], headers=headers)
    assert answer.status_code in (400, 404, 422) or (
        answer.status_code == 200 and "filter" in bomb
    ), (
        answer.status_code,
        answer.text[:300],
    )
    assert len(answer.content) < 30_000
    assert time.process_time() - began < 10


# -- who asks
# ----------------------------------------------------------------------------------------------------------------------


def test_guessing_tokens_is_slowed_down(served: Any) -> None:
    """Ten guesses a minute; then not even a right one is looked at from there."""
    context = served(guesses=5)
    token = context.keyring.add("reader")
    with TestClient(app(context), base_url="http://localhost") as client:
        statuses = [
            client.get(MAIN, headers={"authorization": f"Bearer guess{n}"}).status_code
            for n in range(8)
        ]
        assert statuses == [401] * 5 + [429] * 3
        right = client.get(MAIN, headers={"authorization": f"Bearer {token}"})
        assert right.status_code == 429
        assert right.headers["retry-after"] == "60"
        by_cookie = client.get(MAIN, headers={"cookie": "polysense=guess"})
        assert by_cookie.status_code == 429


def test_an_old_token_sent_again_is_one_guess(served: Any) -> None:
    """A page left open after its token was removed must not lock out everyone behind its address."""
    context = served(guesses=3)
    token = context.keyring.add("reader")
    with TestClient(app(context), base_url="http://localhost") as client:
        assert {
            client.get(MAIN, headers={"cookie": "polysense=old"}).status_code for _ in range(20)
        } == {401}
        assert client.get(MAIN, headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_too_many_requests_of_one_are_refused(served: Any) -> None:
    """One client leaves room for others."""
    with TestClient(app(served(requests=5)), base_url="http://localhost") as client:
        statuses = [client.get(MAIN).status_code for _ in range(30)]
        assert 429 in statuses
        assert client.get("/health").status_code == 200


def body_of(about: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """What to send to a path, by its own example."""
    content = about.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return {"content": b"words"} if content else {}
    schema = content["application/json"]["schema"]
    schema = (
        components["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )
    return {"json": schema.get("examples", [{}])[0]}


def filled(path: str, library: str, asset: str) -> str:
    """A path of the document with real values."""
    values = {
        "{library}": library,
        "{asset}": asset,
        "{page}": "1",
        "{name}": "x.txt",
        "{name:path}": "x.txt",
        "{job}": "0",
        "{chunk}": "0",
    }
    for key, value in values.items():
        path = path.replace(key, value)
    return path


def test_a_token_for_one_library_opens_no_other(guarded: Any) -> None:
    """Every path with a library in it, of the OpenAPI document, so that a new one cannot be
    forgotten: it is as if it did not exist.
    """
    everything, reader = guarded("all"), guarded("other")
    document = everything.get("/openapi.json").json()
    asset = next(iter(assets(everything).values()))["asset"]
    tried = 0
    for method, path, about in paths(everything):
        if "{library}" in path:
            answer = reader.request(
                method, filled(path, "main", asset), **body_of(about, document["components"])
            )
            absent = reader.request(
                method, filled(path, "nonesuch", asset), **body_of(about, document["components"])
            )
            wanted = 403 if (method, path) == ("DELETE", "/api/libraries/{library}") else 404
            assert (answer.status_code, absent.status_code) == (wanted, wanted), (
                method,
                path,
                answer.text,
            )
            assert answer.text.replace("main", "?") == absent.text.replace("nonesuch", "?"), (
                "that it exists is told"
            )
            tried += 1
    assert tried >= 20
    assert reader.get("/api/libraries").json() == {"libraries": ["other"]}
    assert reader.get("/api/libraries/other").status_code == 200
    assert reader.get("/api/tokens").status_code == 403
    assert reader.post("/api/libraries", json={"name": "mine"}).status_code == 403


READERS = {"/search", "/ask", "/recommend"}


def test_a_token_to_read_writes_nothing(guarded: Any) -> None:
    """Every path that changes something, of the OpenAPI document."""
    reader, everything = guarded("read"), guarded("all")
    document = everything.get("/openapi.json").json()
    asset = next(iter(assets(reader).values()))["asset"]
    tried = []
    for method, path, about in paths(everything):
        asks = any(path.endswith(r) for r in READERS) or path.startswith("/v1")
        if method in ("POST", "PUT", "DELETE", "PATCH") and not asks:
            answer = reader.request(
                method, filled(path, "main", asset), **body_of(about, document["components"])
            )
            if path == "/api/libraries/{library}/files" and method == "POST":
                answer = reader.post(
                    filled(path, "main", asset), files={"files": ("x.txt", b"words")}
                )
            assert answer.status_code == 403, (method, path, answer.status_code, answer.text)
            tried.append(path)
    assert len(tried) >= 10
    assert len(assets(reader)) == 7


def test_a_token_to_write_rules_nothing(guarded: Any) -> None:
    """Libraries and tokens are made by an administrator; one for a single library rules none but
    cannot make others.
    """
    for name in ("write", "admin"):
        client = guarded(name)
        assert client.post("/api/libraries", json={"name": "mine"}).status_code == 403
        assert client.delete("/api/libraries/other").status_code == 403
        assert client.get("/api/tokens").status_code == 403
        assert client.post("/api/tokens", json={"name": "me", "scope": "admin"}).status_code == 403
        assert client.delete("/api/tokens/read").status_code == 403


def test_without_a_token_nothing_is_told(guarded: Any) -> None:
    """Every path of the document, but those that say whether the server lives."""
    nobody, everything = guarded(""), guarded("all")
    for method, path, _ in paths(everything):
        status = nobody.request(method, filled(path, "main", "0")).status_code
        assert status == (200 if path in ("/health", "/ready") else 401), (method, path)
    assert nobody.get("/openapi.json").status_code == 401
    assert nobody.get("/docs").status_code == 401


CROSS = (
    {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://localhost.evil.example"}, {"origin": "http://localhost:1"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://[::1"}, {"origin": "https://localhost@evil.example"},
)  # fmt: skip


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_another_sites_page_does_nothing_in_its_visitors_name(
    client: TestClient, headers: dict[str, str]
) -> None:
    """CSRF: a form or a script of another site sends what this server does without a token."""
    for method, path in (
        ("POST", f"{MAIN}/search"),
        ("POST", "/api/libraries"),
        ("DELETE", f"{MAIN}/assets/x"),
        ("PUT", f"{MAIN}/files/x"),
    ):
        assert client.request(method, path, headers=headers, content=b"{}").status_code == 403
    assert (
        client.post(
            f"{MAIN}/search", json={"text": "moon"}, headers={"origin": "http://localhost"}
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "",
        "[::2]",
        "10.0.0.1",
    ],
)
def test_another_name_for_this_machine_is_not_answered(client: TestClient, host: str) -> None:
    """DNS rebinding: a stranger's name leads to this machine, and its page reads as if it were
    ours.
    """
    assert client.get(MAIN, headers={"host": host}).status_code == 403
    for ours in ("localhost", "localhost:8765", "127.0.0.1:1", "[::1]:8765"):
        assert client.get(MAIN, headers={"host": ours}).status_code == 200


def test_a_socket_needs_what_a_request_needs(guarded: Any, client: TestClient) -> None:
    """Web sockets carry no token of their own: without one, or from another site's page, they are
    closed before they open.
    """
    for asked, headers in (
        (guarded(""), {}),
        (guarded("all"), {"origin": "http://evil.example"}),
        (client, {"host": "evil.example"}),
    ):
        with (
            pytest.raises(WebSocketDisconnect) as closed,
            asked.websocket_connect("/_nicegui_ws/socket.io/", headers=headers),
        ):
            pass
        assert closed.value.code == 1008


# -- headers and labels
# ------------------------------------------------------------------------------------------------------------

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
def test_file_names_do_not_break_out_of_headers(client: TestClient, ended: Any, name: str) -> None:
    """A line end in a name would be a header of its own; a quote, a type of its own."""
    words = f"herons {ODD.index(name)}".encode()
    answer = client.post(f"{MAIN}/files", files={"files": (name, words)})
    assert answer.status_code == 202
    ended(client, answer.json()["job"])
    (kept,) = answer.json()["files"]
    sent = client.get(
        f"{MAIN}/assets/{assets(client)[kept]['asset']}/content", params={"download": True}
    )
    assert sent.content == words
    told = sent.headers["content-disposition"]
    assert told.startswith("attachment; filename")
    assert told.isascii()
    assert told.isprintable()
    assert told.count('"') in (0, 2)
    assert "set-cookie" not in sent.headers


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

    def broken() -> list[str]:
        raise RuntimeError(SECRET)

    with TestClient(
        app(context), base_url="http://localhost", raise_server_exceptions=False
    ) as client:
        monkeypatch.setattr(context.shelf, "names", broken)
        answer = client.get("/api/libraries")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert json.loads(answer.text)["title"] == "Internal error"


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/embeddings"])
def test_no_other_door_opens_another_library(guarded: Any, path: str) -> None:
    """The OpenAI endpoint takes a library's name as its model: one that the token does not open is
    as if it were not there.
    """
    body = {"model": "main", "messages": [{"role": "user", "content": "moon"}], "input": "moon"}
    wanted = guarded("other").post(path, json={**body, "model": "nonesuch"})
    answer = guarded("other").post(path, json=body)
    assert answer.status_code == wanted.status_code == 404
    assert answer.text.replace("main", "?") == wanted.text.replace("nonesuch", "?")
    assert guarded("").post(path, json=body).status_code == 401


def test_the_page_shows_no_other_library(
    context: Context, tokens: Mapping[str, str], start: Any
) -> None:
    """Nor MCP: without a token neither answers, and with one for another library no name of a file
    is in it.
    """
    base = start(context, page=True)
    for path in ("/", "/library", "/grid", "/mcp"):
        assert (
            raw(
                base,
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(),
            )[0]
            == 401
        ), path
    cookie = (
        f"Cookie: polysense={tokens['other']}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    )
    own = raw(base, f"GET /?library=other HTTP/1.1\r\nHost: localhost\r\n{cookie}".encode())
    assert own[0] == 200
    other = raw(base, f"GET /?library=nonesuch HTTP/1.1\r\nHost: localhost\r\n{cookie}".encode())
    main = raw(base, f"GET /?library=main HTTP/1.1\r\nHost: localhost\r\n{cookie}".encode())
    assert main[0] == other[0] != 200
    assert b"moon.txt" not in main[1]
