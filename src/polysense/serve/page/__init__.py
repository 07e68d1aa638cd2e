"""What people see: NiceGUI on the server's own app, with nothing from elsewhere."""

from __future__ import annotations

from fastapi import FastAPI

from polysense.serve.context import Context


def mount(app: FastAPI, context: Context) -> None:
    """Add the page to the server, once in a process: NiceGUI keeps one app in it."""
    from polysense.serve.page.pages import build

    build(app, context)
