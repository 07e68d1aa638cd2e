"""Files as answers: a type that browsers cannot mistake, ranges, and a name that cannot break out
of its header.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from polysense.serve.headers import INERT
from polysense.serve.problems import problem

_SHOWN = re.compile(
    r"image/(?:png|jpeg|gif|webp|avif|bmp|svg\+xml)|audio/.*|video/.*|application/pdf|model/gltf-binary|font/.*"
)
"""Types that are sent as what they are: none of them runs anything under `INERT`."""

TEXT, SAVED = "text/plain; charset=utf-8", "application/octet-stream"


def safe_type(mime: str, modality: str = "") -> str:
    """What a stranger's file is sent as: words and code, pages too, as plain text; what nobody
    shows, to be saved.

    >>> safe_type("image/png"), safe_type("text/html"), safe_type("application/x-msdownload")
    ('image/png', 'text/plain; charset=utf-8', 'application/octet-stream')
    """
    if _SHOWN.fullmatch(mime):
        return mime
    words = (
        mime.startswith("text/")
        or modality in ("text", "code")
        or mime in ("application/json", "application/xml")
    )
    return TEXT if words else SAVED


class Sent(FileResponse):
    """A file of the library, inert; asked for with a wrong range, or gone meanwhile, a problem."""

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
            "content-security-policy": INERT,
            "cache-control": f"private, max-age={seconds}",
        } | ({"etag": etag} if etag else {})
        kind = "attachment" if download or mime == SAVED else "inline"
        super().__init__(
            path,
            media_type=mime,
            filename=name or None,
            content_disposition_type=kind,
            headers=headers,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        refused: Response | None = None
        began = False

        async def told(message: Message) -> None:
            nonlocal refused, began
            if message["type"] == "http.response.start":
                began = True
                if message["status"] in (400, 416):
                    refused = problem(
                        416,
                        "RangeNotSatisfiable",
                        "there is no such range",
                        "Ask for bytes=FIRST-LAST within its size.",
                    )
                    refused.headers.update(
                        {
                            k.decode(): v.decode()
                            for k, v in message["headers"]
                            if k == b"content-range"
                        }
                    )
            if refused is None:
                await send(message)

        try:
            await super().__call__(scope, receive, told)
        except (OSError, RuntimeError):
            if began:
                raise
            refused = problem(
                404, "NotFound", "the file is no longer there", "Index its folder again."
            )
        if refused is not None:
            await refused(scope, receive, send)
