"""What browsers may do with answers: run our own scripts only, frame nothing, guess no types."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INERT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; "
    "sandbox; frame-ancestors 'self'"
)
"""For files of the library: an SVG or a page opened on its own runs nothing and fetches nothing."""

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.S | re.I)
_OTHER_DIRECTIVES = (
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class SecurityHeaders:
    """ASGI: adds the headers to every answer that has not its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        html_start: Message | None = None
        body = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal html_start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                headers.setdefault("cross-origin-resource-policy", "same-origin")
                headers.setdefault(
                    "permissions-policy",
                    "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
                )
                headers["x-frame-options"] = (
                    "SAMEORIGIN"
                    if headers.get("content-security-policy") == INERT_POLICY
                    else "DENY"
                )
                if (
                    headers.get("content-type", "").startswith("text/html")
                    and "content-security-policy" not in headers
                ):
                    # a page's own scripts are known by their hashes: they must be seen first
                    html_start = message
                    return
                headers.setdefault(
                    "content-security-policy", "default-src 'none'; frame-ancestors 'none'"
                )
                await send(message)
            elif html_start is not None:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    MutableHeaders(raw=html_start["headers"])["content-security-policy"] = (
                        page_policy(body)
                    )
                    start, html_start = html_start, None
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self._app(scope, receive, send_with_headers)


def page_policy(page: bytes) -> str:
    """The policy under which a page's own inline scripts run, and no other.

    Vue compiles templates in the browser, hence 'unsafe-eval': it lets a script that runs make
    code, not a stranger's text become one.
    """
    hashes = {
        base64.b64encode(hashlib.sha256(m[2]).digest()).decode()
        for m in _INLINE_SCRIPT.finditer(page)
    }
    scripts = " ".join(f"'sha256-{h}'" for h in sorted(hashes))
    return f"default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; {_OTHER_DIRECTIVES}"
