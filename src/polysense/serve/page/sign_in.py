"""The way in, for those who hold a token; and the hands that files to ask with are put into."""

from __future__ import annotations

import html
import re
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from polysense.errors import NotFound, PolysenseError
from polysense.read.file.parts import part
from polysense.read.image import typefaces
from polysense.serve.context import Who
from polysense.serve.guard import COOKIE
from polysense.serve.headers import INERT
from polysense.serve.page.session import Given, Hands
from polysense.serve.page.translations import speaker, spoken
from polysense.serve.problems import of
from polysense.serve.uploads import safe

MONTH = 30 * 24 * 3600


def routes(hands: Hands) -> APIRouter:
    """What the page asks for besides the API; no part of the API's document."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def login(request: Request, token: str = "", wrong: bool = False) -> Response:
        """The form; with ?token=, straight in."""
        if token:
            return _in(request, token)
        return HTMLResponse(_form(request, wrong), headers={"cache-control": "no-store"})

    @router.post("/login")
    def enter(request: Request, token: Annotated[str, Form(max_length=200)] = "") -> Response:
        """A cookie that no script reads and no other site sends; whether it is a good one, the
        guard says, and counts.
        """
        return _in(request, token)

    @router.post("/page/hands")
    def take(file: UploadFile, who: Who) -> Response:
        """A file to ask with."""
        id, folder = hands.place()
        path = folder / safe(file.filename or "file").rpartition("/")[2]
        with path.open("wb") as kept:
            while piece := file.file.read(1 << 20):
                kept.write(piece)
        try:
            given = Given(id, part(path), who)
        except PolysenseError as e:
            return of(e)
        hands.take(given)
        return JSONResponse({"id": id, "name": path.name, "modality": given.part.modality})

    @router.get("/page/hands/{id}")
    def show(id: str, who: Who) -> Response:
        """A picture in hand, for its owner to see."""
        given = hands.get(id, who)
        if given is None or not given.part.mime.startswith("image/"):
            raise NotFound("there is no such file in hand", "Add it again.")
        return FileResponse(
            given.part.data, media_type=given.part.mime, headers={"content-security-policy": INERT}
        )

    @router.get("/page/static/{name:path}")
    def static(name: str) -> Response:
        """The page's own styles, scripts and typefaces."""
        root = files("polysense.serve.page") / "static"
        found = root.joinpath(*[p for p in name.split("/") if p not in ("", ".", "..")])
        if not found.is_file():
            raise HTTPException(404)
        kinds = {"css": "text/css", "js": "text/javascript", "woff2": "font/woff2"}
        kind = kinds.get(name.rpartition(".")[2], "text/plain")
        return Response(
            found.read_bytes(), media_type=kind, headers={"cache-control": "public, max-age=600"}
        )

    @router.get("/page/hanzi")
    def hanzi() -> Response:
        """The Chinese typeface that pictures are lettered with, for machines that have none."""
        found = typefaces.file(typefaces.NOTO)
        if found is None:
            raise HTTPException(404)
        return FileResponse(
            found,
            media_type="font/ttf",
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    return router


def _in(request: Request, token: str) -> Response:
    answer = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    answer.set_cookie(
        COOKIE,
        re.sub(r"[^\w-]", "", token),
        MONTH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def _form(request: Request, wrong: bool) -> str:
    language = spoken(request.headers.get("accept-language", ""))
    say = speaker(language)
    trouble = (
        f'<p role="alert"><b>{html.escape(say("That token is not known."))}</b></p>'
        if wrong
        else ""
    )
    name = html.escape(say("Token"))
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>polysense</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page/static/page.css"></head>
<body><main class="door"><h1>{html.escape(say("A token is needed"))}</h1>{trouble}
<form method="post" action="/login"><label class="only-read" for="token">{name}</label>
<input class="field" id="token" name="token" type="password" placeholder="{name}" autocomplete="current-password" autofocus required>
<button class="send">{html.escape(say("Enter"))}</button></form></main></body></html>"""
