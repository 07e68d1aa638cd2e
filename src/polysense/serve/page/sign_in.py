"""Signing in with a token; and the addresses of files to ask with and of the page's own files."""

from __future__ import annotations

import html
import re
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from polysense.errors import NotFound, PolysenseError, Unsupported
from polysense.ingest.jobs import parser_for
from polysense.query.understand import as_asset
from polysense.read.file.parts import part
from polysense.read.image import typefaces
from polysense.registry import Kit
from polysense.serve.context import Caller, Server
from polysense.serve.explain import EmptyFile, reader_hint, reader_title
from polysense.serve.guard import COOKIE
from polysense.serve.headers import INERT_POLICY
from polysense.serve.page.session import QueryFile, QueryFiles, page_language
from polysense.serve.page.translations import translator
from polysense.serve.problems import problem
from polysense.serve.uploads import BLOCK_BYTES, safe_path
from polysense.types import Part

COOKIE_SECONDS = 30 * 24 * 3600
"""A month, after which one signs in again; judged, not measured."""


def build_router(query_files: QueryFiles) -> APIRouter:
    """What the page asks for besides the API; no part of the API's document."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    def login(request: Request, token: str = "", wrong: bool = False) -> Response:
        """The form; with ?token=, straight in."""
        if token:
            return _login_response(request, token)
        return HTMLResponse(_login_form(request, wrong), headers={"cache-control": "no-store"})

    @router.post("/login")
    def enter(request: Request, token: Annotated[str, Form(max_length=200)] = "") -> Response:
        """A cookie that no script reads and no other site sends; whether it is a good one, the
        guard says, and counts.
        """
        return _login_response(request, token)

    @router.post("/page/hands")
    def upload(request: Request, file: UploadFile, server: Server, caller: Caller) -> Response:
        """A file to ask with, if it can be asked with."""
        id, folder = query_files.new_folder()
        path = folder / safe_path(file.filename or "file").rpartition("/")[2]
        with path.open("wb") as target:
            while piece := file.file.read(BLOCK_BYTES):
                target.write(piece)
        try:
            query_file = QueryFile(id, _readable_part(path, server.pool.kit), caller)
        except PolysenseError as e:
            query_files.discard(id)
            translate = translator(page_language(request))
            title, hint = translate(reader_title(e)), translate(reader_hint(e))
            return problem(e.status, e.title, f"{path.name}: {title}", hint)
        query_files.add(query_file)
        return JSONResponse({"id": id, "name": path.name, "modality": query_file.part.modality})

    @router.get("/page/hands/{id}")
    def show_file(id: str, caller: Caller) -> Response:
        """A picture in hand, for its owner to see."""
        query_file = query_files.get(id, caller)
        if query_file is None or not query_file.part.mime.startswith("image/"):
            raise NotFound("there is no such file in hand", "Add it again.")
        return FileResponse(
            query_file.part.data,
            media_type=query_file.part.mime,
            headers={"content-security-policy": INERT_POLICY},
        )

    @router.get("/page/static/{name:path}")
    def static_file(name: str) -> Response:
        """The page's own styles, scripts and typefaces."""
        root = files("polysense.serve.page") / "static"
        path = root.joinpath(*[p for p in name.split("/") if p not in ("", ".", "..")])
        if not path.is_file():
            raise HTTPException(404)
        types = {"css": "text/css", "js": "text/javascript", "woff2": "font/woff2"}
        kind = types.get(name.rpartition(".")[2], "text/plain")
        return Response(
            path.read_bytes(), media_type=kind, headers={"cache-control": "public, max-age=600"}
        )

    @router.get("/page/hanzi")
    def chinese_typeface() -> Response:
        """The Chinese typeface that pictures are lettered with, for machines that have none."""
        path = typefaces.file(typefaces.NOTO)
        if path is None:
            raise HTTPException(404)
        return FileResponse(
            path,
            media_type="font/ttf",
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    return router


def _readable_part(path: Path, kit: Kit) -> Part:
    """A file as a part of a question. Raises Unreadable where it is empty or nothing reads it."""
    query_part = part(path)
    if not path.stat().st_size:
        raise EmptyFile(f"{path.name} is empty")
    if parser_for(kit, as_asset(query_part)) is None:
        raise Unsupported(f"nothing here reads {path.name}")
    return query_part


def _login_response(request: Request, token: str) -> Response:
    response = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    response.set_cookie(
        COOKIE,
        re.sub(r"[^\w-]", "", token),
        COOKIE_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


def _login_form(request: Request, wrong: bool) -> str:
    language = page_language(request)
    translate = translator(language)
    alert = (
        f'<p role="alert"><b>{html.escape(translate("That token is not known."))}</b></p>'
        if wrong
        else ""
    )
    name = html.escape(translate("Token"))
    return f"""<!doctype html><html lang="{language}">
<head><meta charset="utf-8"><title>polysense</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/page/static/page.css"></head>
<body><main class="door"><h1>{html.escape(translate("A token is needed"))}</h1>{alert}
<form method="post" action="/login"><label class="only-read" for="token">{name}</label>
<input class="field" id="token" name="token" type="password" placeholder="{name}"
 autocomplete="current-password" autofocus required>
<button class="send">{html.escape(translate("Enter"))}</button></form></main></body></html>"""
