"""What people see: NiceGUI on the server's own app, without any other server and without anything
from elsewhere.
"""

from __future__ import annotations

from fastapi import FastAPI

from polysense.serve.context import Context


def mount(app: FastAPI, context: Context) -> None:
    """Add the page to the server. NiceGUI keeps one app in a process, so this is done once in it."""
    from polysense.serve.page.pages import build

    build(app, context)
