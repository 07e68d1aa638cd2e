"""What browsers are told that they may do."""

from __future__ import annotations

import asyncio
import base64
import hashlib

from starlette.types import Message, Receive, Scope, Send

from polysense.serve.headers import INERT_POLICY, SecurityHeaders, page_policy


def respond(
    start: dict[str, str], *pieces: bytes, status: int = 200
) -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer, as they leave."""
    out: list[Message] = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        raw = [(k.encode(), v.encode()) for k, v in start.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        for n, piece in enumerate(pieces):
            await send(
                {"type": "http.response.body", "body": piece, "more_body": n + 1 < len(pieces)}
            )

    async def send(message: Message) -> None:
        out.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    asyncio.run(SecurityHeaders(inside)({"type": "http"}, receive, send))
    assert out[0]["type"] == "http.response.start"
    return {k.decode(): v.decode() for k, v in out[0]["headers"]}, b"".join(
        m["body"] for m in out[1:]
    )


def test_what_is_no_page_runs_nothing() -> None:
    """JSON that a browser is made to open is inert."""
    headers, body = respond({"content-type": "application/json"}, b"{}")
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (
        headers["x-content-type-options"],
        headers["x-frame-options"],
        headers["referrer-policy"],
    ) == ("nosniff", "DENY", "same-origin")
    assert (
        headers["cross-origin-opener-policy"]
        == headers["cross-origin-resource-policy"]
        == "same-origin"
    )
    assert body == b"{}"


def test_a_file_of_the_library_keeps_its_own_policy() -> None:
    """And may be framed by our page, where it is shown."""
    headers, _ = respond(
        {"content-type": "image/svg+xml", "content-security-policy": INERT_POLICY}, b"<svg/>"
    )
    assert headers["content-security-policy"] == INERT_POLICY
    assert "sandbox" in INERT_POLICY
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_a_page_runs_its_own_scripts_and_no_other() -> None:
    """Each inline script is known by its hash, as the browser reckons it, also when the page comes
    in pieces.
    """
    page = b"<script>one()</script><script src='x.js'></script><SCRIPT type=\"module\">two()\n</SCRIPT >"
    headers, body = respond({"content-type": "text/html; charset=utf-8"}, page[:10], page[10:], b"")
    assert body == page
    page_csp = headers["content-security-policy"]
    assert f"'sha256-{base64.b64encode(hashlib.sha256(b'one()').digest()).decode()}'" in page_csp
    scripts = next(d for d in page_csp.split("; ") if d.startswith("script-src"))
    assert "'unsafe-inline'" not in scripts
    assert "http" not in page_csp
    assert {
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    } <= set(page_csp.split("; "))
    assert page_policy(b"") == page_policy(b"<p>no scripts</p>")


def test_a_page_without_a_body_still_begins() -> None:
    """A redirect, or an answer to HEAD, that says it is HTML."""
    headers, body = respond({"content-type": "text/html"}, b"", status=303)
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src")
    assert body == b""
