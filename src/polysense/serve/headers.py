"""What browsers may do with what they get: run our own scripts only, be framed by nobody, guess no
types.
"""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox; frame-ancestors 'self'"
"""For files of the library: an SVG or a page opened on its own runs nothing and fetches nothing."""

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.S | re.I)
_REST = (
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Headers:
    """ASGI: adds the headers to every answer that has not its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = b""

        async def adding(message: Message) -> None:
            nonlocal held, body
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
                    "SAMEORIGIN" if headers.get("content-security-policy") == INERT else "DENY"
                )
                if (
                    headers.get("content-type", "").startswith("text/html")
                    and "content-security-policy" not in headers
                ):
                    # a page's own scripts are known by their hashes: they must be seen first
                    held = message
                    return
                headers.setdefault(
                    "content-security-policy", "default-src 'none'; frame-ancestors 'none'"
                )
                await send(message)
            elif held is not None:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    MutableHeaders(raw=held["headers"])["content-security-policy"] = policy(body)
                    start, held = held, None
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self._app(scope, receive, adding)


def policy(page: bytes) -> str:
    """The policy under which a page's own inline scripts run, and no other.

    Vue compiles templates in the browser, hence 'unsafe-eval': it lets a script that runs make
    code, not a stranger's text become one.
    """
    hashes = {
        base64.b64encode(hashlib.sha256(m[2]).digest()).decode() for m in _INLINE.finditer(page)
    }
    scripts = " ".join(f"'sha256-{h}'" for h in sorted(hashes))
    return f"default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; {_REST}"
