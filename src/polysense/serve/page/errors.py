"""The page for errors, plain and without scripts; programs get a problem document."""

from __future__ import annotations

import html

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from polysense.errors import NotFound, PolysenseError
from polysense.serve.explain import reader_hint, reader_title
from polysense.serve.page.html import tag
from polysense.serve.page.session import Session, page_language
from polysense.serve.page.translations import translator
from polysense.serve.problems import problem_from


def show_error(session: Session, error: PolysenseError) -> None:
    """What happened and what to do, in a box."""
    words = session.explain(error)
    with tag("div", "problem", props={"role": "alert"}):
        tag("b", "", words.title)
        tag("p", "", words.detail)
        tag("p", "soft", words.hint)


def error_page(request: Request, error: PolysenseError) -> Response:
    """What happened and what to do, in the form that is asked for."""
    if "text/html" not in request.headers.get("accept", "text/html"):
        return problem_from(error)
    language = page_language(request)
    translate = translator(language)
    hint = "Go back to the question, or look into the library."
    if not isinstance(error, NotFound):
        hint = reader_hint(error)
    return HTMLResponse(
        f"""<!doctype html><html lang="{language}">
<head><meta charset="utf-8"><title>polysense</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/page/static/page.css"></head>
<body><main class="door"><h1>{html.escape(translate(reader_title(error)))}</h1>
<p class="soft">{html.escape(translate(hint))}</p>
<p><a href="/">{html.escape(translate("Ask your files"))}</a> ·
<a href="/library">{html.escape(translate("Library"))}</a></p></main></body></html>""",
        error.status,
    )


def install(app: FastAPI) -> None:
    """Of NiceGUI's app, behind which all addresses end that nobody else knows."""

    @app.exception_handler(404)
    async def _not_found(request: Request, _: Exception) -> Response:
        return error_page(
            request,
            NotFound(f"there is nothing at {request.url.path}", "The API is described at /docs."),
        )
