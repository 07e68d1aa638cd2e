"""The addresses of the page, and what stands at each."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import nicegui
from fastapi import FastAPI, Request, Response
from nicegui import ui

from polysense.errors import NotFound, PolysenseError
from polysense.serve.context import Context
from polysense.serve.page.ask import OUTPUTS, Desk
from polysense.serve.page.errors import install, lost
from polysense.serve.page.grid import Grid
from polysense.serve.page.html import tag
from polysense.serve.page.layout import framed
from polysense.serve.page.library import Holdings
from polysense.serve.page.session import Hands, Visit
from polysense.serve.page.sign_in import routes
from polysense.types import Hit, Span

FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#14666d"/>'
    '<circle cx="13" cy="14" r="6" fill="none" stroke="#fbfaf7" stroke-width="2.6"/>'
    '<path d="M17.5 18.5 24 25" stroke="#ffd96a" stroke-width="3" stroke-linecap="round"/></svg>'
)


def build(app: FastAPI, context: Context) -> None:
    """Put them on the app."""
    hands = Hands()
    app.include_router(routes(hands))

    def page(path: str, fill: Callable[[Visit, Request], None]) -> None:
        def shown(request: Request) -> Response | None:
            try:
                visit = Visit.of(request, context)
            except PolysenseError as e:
                return lost(request, e)
            with framed(visit, path):
                fill(visit, request)
            return None

        ui.page(path, title="polysense", response_timeout=20)(shown)

    def asking(visit: Visit, request: Request) -> None:
        desk = Desk(visit, hands)
        desk.build()
        ui.context.client.on_delete(desk.leave)
        _asked(request, desk)

    page("/", asking)
    page("/library", lambda visit, _: Holdings(visit).build())
    page("/grid", lambda visit, _: Grid(visit).build())
    install(nicegui.app)
    ui.run_with(
        app,
        title="polysense",
        favicon=FAVICON,
        tailwind=False,
        gzip_middleware_factory=None,
        show_welcome_message=False,
        dark=None,
    )
    _closing(app, hands)


def _asked(request: Request, desk: Desk) -> None:
    """What the address asks for: a modality, a question, a place."""
    asked = request.query_params
    if asked.get("to") in OUTPUTS:
        desk.choose(asked["to"])
    if asset := asked.get("asset"):
        try:
            hit = _hit(desk.visit, asset, asked.get("chunk", ""))
            desk.look(hit, _span(asked.get("span", "")) or hit.place)
        except PolysenseError as e:
            with tag("p", "note"):
                tag("span", "", f"{e} {e.hint}")
    if question := asked.get("q", ""):
        ui.timer(0.05, lambda: desk.ask(question[:2000]), once=True)
        ui.run_javascript(
            f"document.querySelector('#question').value = {json.dumps(question[:2000])}"
        )


def _hit(visit: Visit, asset: str, chunk: str) -> Hit:
    chunks = visit.held.library.chunks(asset)
    if not chunks:
        raise NotFound("nothing in this file is searched", "See the library's page for why.")
    return Hit(next((c for c in chunks if c.id == chunk), chunks[0]), 0.0)


def _span(said: str) -> Span | None:
    try:
        raw: Any = json.loads(said) if said else None
        return Span.from_dict(raw) if isinstance(raw, dict) else None
    except (ValueError, TypeError):
        return None


def _closing(app: FastAPI, hands: Hands) -> None:
    before = app.router.lifespan_context

    @asynccontextmanager
    async def living(of: FastAPI) -> Any:
        async with before(of) as state:
            yield state
        hands.close()

    app.router.lifespan_context = living
