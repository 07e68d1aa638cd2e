"""Commands that open a library to others."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from polysense.cli.common import Command, print_result

if TYPE_CHECKING:
    from polysense.config import Settings
    from polysense.serve.settings import ServerSettings


def declare(command: Command) -> None:
    """Serve, mcp, token."""
    c = command(
        _serve,
        "serve",
        "serve the library: HTTP API, OpenAI-compatible endpoint, MCP, and a page for the browser",
    )
    c.add_argument(
        "--host",
        default="",
        help="where to listen (default 127.0.0.1; any other address needs tokens)",
    )
    c.add_argument("--port", default="", help="the port (default 8765)")
    c.add_argument(
        "--home",
        default="",
        metavar="FOLDER",
        help="where tokens and libraries made over HTTP are kept",
    )
    c.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="FOLDER",
        help="a folder that may be indexed by path (may be repeated)",
    )
    command(
        _mcp,
        "mcp",
        "serve the library to agents on standard input and output (Model Context Protocol)",
    )
    c = command(_token, "token", "tokens for a server: add, list, remove")
    c.add_argument("what", choices=("add", "list", "remove"), help="add prints the new token, once")
    c.add_argument("name", nargs="?", default="", metavar="NAME", help="whose it is")
    c.add_argument(
        "--scope",
        choices=("read", "write", "admin"),
        default="read",
        help="what it may do (default: read)",
    )
    c.add_argument(
        "--for",
        dest="libraries",
        action="append",
        default=[],
        metavar="LIBRARY",
        help="only in this library (may be repeated)",
    )
    c.add_argument("--home", default="", metavar="FOLDER", help="the server's folder")


def _serving(args: argparse.Namespace) -> tuple[Settings, ServerSettings]:
    from polysense import config
    from polysense.serve.settings import read_settings

    settings = config.read()
    names = {"host": "host", "port": "port", "home": "home", "allow": "folders"}
    return settings, read_settings(
        settings.serve,
        {name: v for flag, name in names.items() if (v := getattr(args, flag, None))},
    )


def _serve(args: argparse.Namespace) -> None:
    from polysense.serve.run import serve

    settings, serving = _serving(args)
    serve(serving, getattr(args, "library", settings.library), settings.kit(), settings.limits)


def _mcp(args: argparse.Namespace) -> None:
    from polysense.serve.mcp.server import stdio

    settings, serving = _serving(args)
    stdio(serving, getattr(args, "library", settings.library), settings.kit(), settings.limits)


def _token(args: argparse.Namespace) -> None:
    from polysense.serve.access import Keyring

    keyring = Keyring(_serving(args)[1].tokens)
    if args.what == "list":
        grants = [
            {"name": g.name, "scope": g.scope, "libraries": list(g.libraries)}
            for g in keyring.grants()
        ]
        print_result(
            args,
            {"tokens": grants},
            (f"{g.name}: {g.scope}, {', '.join(g.libraries)}" for g in keyring.grants()),
        )
    elif args.what == "remove":
        keyring.remove(args.name)
        print_result(args, {"removed": args.name}, [f"{args.name} removed"])
    else:
        token = keyring.add(args.name, args.scope, args.libraries or ["*"])
        print_result(args, {"name": args.name, "token": token}, [token])
