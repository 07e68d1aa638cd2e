"""Files as answers: an unmistakable type, ranges, and a name that stays within its header."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from polysense.serve.headers import INERT_POLICY
from polysense.serve.problems import problem

_BROWSER_TYPES = re.compile(
    r"image/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)|audio/.*|video/.*|application/pdf"
    r"|model/gltf-binary|font/.*"
)
"""Types that are sent as what they are: none of them runs anything under INERT_POLICY."""

TEXT_TYPE, DOWNLOAD_TYPE = "text/plain; charset=utf-8", "application/octet-stream"


def safe_type(mime: str, modality: str = "") -> str:
    """The type of a stranger's file: words, code and pages as plain text; the unknown to be saved.

    >>> safe_type("image/png"), safe_type("text/html"), safe_type("application/x-msdownload")
    ('image/png', 'text/plain; charset=utf-8', 'application/octet-stream')
    """
    if _BROWSER_TYPES.fullmatch(mime):
        return mime
    is_text = (
        mime.startswith("text/")
        or modality in ("text", "code")
        or mime in ("application/json", "application/xml")
    )
    return TEXT_TYPE if is_text else DOWNLOAD_TYPE


class InertFileResponse(FileResponse):
    """A file of the library, inert; a problem where the range is wrong or the file is gone."""

    def __init__(
        self,
        path: Path,
        mime: str,
        seconds: int,
        name: str = "",
        download: bool = False,
        etag: str = "",
    ) -> None:
        """seconds: how long a browser may keep it. mime is one that `safe_type` gave."""
        headers = {
            "content-security-policy": INERT_POLICY,
            "cache-control": f"private, max-age={seconds}",
        } | ({"etag": etag} if etag else {})
        kind = "attachment" if download or mime == DOWNLOAD_TYPE else "inline"
        super().__init__(
            path,
            media_type=mime,
            filename=name or None,
            content_disposition_type=kind,
            headers=headers,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        refusal: Response | None = None
        has_begun = False

        async def send_unless_refused(message: Message) -> None:
            nonlocal refusal, has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                if message["status"] in (400, 416):
                    refusal = problem(
                        416,
                        "RangeNotSatisfiable",
                        "there is no such range",
                        "Ask for bytes=FIRST-LAST within its size.",
                    )
                    refusal.headers.update(
                        {
                            k.decode(): v.decode()
                            for k, v in message["headers"]
                            if k == b"content-range"
                        }
                    )
            if refusal is None:
                await send(message)

        try:
            await super().__call__(scope, receive, send_unless_refused)
        except (OSError, RuntimeError):
            if has_begun:
                raise
            refusal = problem(
                404, "NotFound", "the file is no longer there", "Index its folder again."
            )
        if refusal is not None:
            await refusal(scope, receive, send)
