"""What stands where nothing is, or nothing may be seen: one plain page, without scripts; a problem
document for programs.
"""

from __future__ import annotations

import html

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from polysense.errors import NotFound, PolysenseError
from polysense.serve.page.translations import speaker, spoken
from polysense.serve.problems import of


def lost(request: Request, error: PolysenseError) -> Response:
    """What happened and what to do, in the form that is asked for."""
    if "text/html" not in request.headers.get("accept", "text/html"):
        return of(error)
    language = spoken(request.headers.get("accept-language", ""))
    say = speaker(language)
    return HTMLResponse(
        f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>polysense</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page/static/page.css"></head>
<body><main class="door"><h1>{html.escape(str(error))}</h1><p class="soft">{html.escape(error.hint)}</p>
<p><a href="/">{html.escape(say("Ask your files"))}</a></p></main></body></html>""",
        error.status,
    )


def install(app: FastAPI) -> None:
    """Of NiceGUI's app, behind which all addresses end that nobody else knows."""

    @app.exception_handler(404)
    async def _nowhere(request: Request, _: Exception) -> Response:
        return lost(
            request,
            NotFound(f"there is nothing at {request.url.path}", "The API is described at /docs."),
        )
