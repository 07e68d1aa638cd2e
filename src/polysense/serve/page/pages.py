"""The addresses of the page, and what stands at each."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import nicegui
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from nicegui import ui

from polysense.errors import NotFound, PolysenseError
from polysense.serve.context import Context
from polysense.serve.page.ask import AskPage
from polysense.serve.page.errors import error_page, install
from polysense.serve.page.grid import RouteGrid
from polysense.serve.page.layout import page_layout
from polysense.serve.page.library import LibraryPage
from polysense.serve.page.live_answers import LiveAnswers
from polysense.serve.page.session import QueryFiles, Session
from polysense.serve.page.sign_in import build_router
from polysense.types import Hit, Span

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="#14666d"/>'
    '<circle cx="13" cy="14" r="6" fill="none" stroke="#fbfaf7" stroke-width="2.6"/>'
    '<path d="M17.5 18.5 24 25" stroke="#ffd96a" stroke-width="3" stroke-linecap="round"/></svg>'
)


RECONNECT_SECONDS = 600.0
"""How long a page is kept for a tab whose connection was lost: through a tunnel, a sleep, a busy
server. Judged, not measured: a page is some hundred kilobytes of memory. A tab that comes back
later is loaded anew, and finds its words, files and answer again (`draft.js`, `live_answers`).
"""

PING_SECONDS = 25.0
"""Within about so many seconds both sides see that a connection is dead. NiceGUI takes it for how
long a page is kept, too, but pages have their own."""


def build(app: FastAPI, context: Context) -> None:
    """Put them on the app."""
    query_files, live_answers = QueryFiles(), LiveAnswers()
    app.include_router(build_router(query_files))

    def page(path: str, draw: Callable[[Session, Request], None]) -> None:
        def render_page(request: Request) -> Response | None:
            try:
                session = Session.open(request, context)
            except PolysenseError as e:
                return error_page(request, e)
            with page_layout(session, path):
                draw(session, request)
            return None

        ui.page(
            path,
            title="polysense",
            response_timeout=20,
            reconnect_timeout=RECONNECT_SECONDS,
        )(render_page)
        app.add_api_route(path, _head, methods=["HEAD"], include_in_schema=False)

    def show_ask_page(session: Session, request: Request) -> None:
        ask_page = AskPage(session, query_files, live_answers)
        ask_page.build(request.query_params.get("q", ""))
        ui.context.client.on_delete(ask_page.leave)
        _apply_query(request, ask_page)

    page("/", show_ask_page)
    page("/library", lambda session, _: LibraryPage(session).build())
    page("/grid", lambda session, _: RouteGrid(session).build())
    install(nicegui.app)
    ui.run_with(
        app,
        title="polysense",
        favicon=FAVICON,
        reconnect_timeout=PING_SECONDS,
        tailwind=False,
        gzip_middleware_factory=None,
        show_welcome_message=False,
        dark=None,
    )
    _close_with_app(app, query_files)


async def _head() -> Response:
    """Whether the page is there, for those who watch over it."""
    return HTMLResponse("")


def _apply_query(request: Request, ask_page: AskPage) -> None:
    """What the address asks for: what stands in the box, a question, a place."""
    parameters = request.query_params
    has_files = ask_page.box.restore(parameters)
    if asset := parameters.get("asset"):
        try:
            hit = _find_hit(ask_page.session, asset, parameters.get("chunk", ""))
            ask_page.open_place(hit, _parse_span(parameters.get("span", "")) or hit.place)
        except PolysenseError as e:
            ask_page.show_error(e)
    question = parameters.get("q", "")
    if (question or parameters.get("with")) and not ask_page.show_again(parameters):
        if has_files:
            ui.timer(0, lambda: ask_page.ask(question), once=True)
        else:
            ask_page.show_note("A file is no longer here: add it again.")


def _find_hit(session: Session, asset: str, chunk: str) -> Hit:
    chunks = session.entry.library.chunks(asset)
    if not chunks:
        raise NotFound("nothing in this file is searched", "See the library's page for why.")
    return Hit(next((c for c in chunks if c.id == chunk), chunks[0]), 0.0)


def _parse_span(text: str) -> Span | None:
    try:
        raw: Any = json.loads(text) if text else None
        return Span.from_dict(raw) if isinstance(raw, dict) else None
    except (ValueError, TypeError):
        return None


def _close_with_app(app: FastAPI, query_files: QueryFiles) -> None:
    inner_lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> Any:
        async with inner_lifespan(application) as state:
            yield state
        query_files.close()

    app.router.lifespan_context = lifespan
