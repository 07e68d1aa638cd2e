"""Who is let in: by the host that is asked for, the origin of the request, and its token.

Plain ASGI, so that it holds for everything behind it: the API, the page and its web socket, MCP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from polysense.serve.access import LOCAL, Grant, Keyring
from polysense.serve.problems import problem
from polysense.serve.rate import RateLimiter
from polysense.serve.settings import ServerSettings

COOKIE = "polysense"
PUBLIC_PATHS = frozenset({"/health", "/ready", "/login"})
"""What anyone may ask for: whether it lives, and the way in."""
_STATIC_PREFIX = "/page/static/"  # styles and typefaces of the way in

MOST_WRONG_TOKENS = 10_000
"""At the most, so that guessing fills no memory; then counting starts anew."""
ANYONE = Grant("anyone", "read", ())

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    kind: str
    detail: str
    hint: str = ""


class Guard:
    """Lets a request through with its Grant in `scope["state"]["grant"]`, or answers a problem.

    Where only this machine can connect and there are no tokens, everyone is LOCAL: but only under
    the machine's own names (against DNS rebinding), and never sent by another site's page (against
    CSRF).
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings, keyring: Keyring) -> None:
        self._app, self._settings, self._keyring = app, settings, keyring
        self._guesses = RateLimiter(settings.guesses, 60.0)
        self._wrong_tokens: set[tuple[str, int]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        verdict = self._check_origin(scope, headers) or self._authenticate(scope, headers)
        if isinstance(verdict, Grant):
            scope.setdefault("state", {})["grant"] = verdict
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": verdict.detail})
        elif verdict.status == 401 and _is_page(scope, headers):
            await send(
                {
                    "type": "http.response.start",
                    "status": 303,
                    "headers": [
                        (b"location", _login_location(headers)),
                        (b"cache-control", b"no-store"),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": b""})
        else:
            await problem(verdict.status, verdict.kind, verdict.detail, verdict.hint)(
                scope, receive, send
            )

    def _check_origin(self, scope: Scope, headers: Mapping[str, str]) -> _Refusal | None:
        """A name that is not ours, or another site's page asking in its visitor's name."""
        host = headers.get("host", "").lower()
        own_names = _LOCAL_HOSTS | {self._settings.host.lower(), *self._settings.names}
        if self._settings.loopback and _hostname(host) not in own_names:
            return _Refusal(
                403,
                "Forbidden",
                f"this server does not answer to {host!r}",
                "Use http://localhost, or name it: [serve] names.",
            )
        if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
            return None
        origin = headers.get("origin", "")
        is_foreign = bool(origin) and not (host and _origin_host(origin) == host)
        if is_foreign or headers.get("sec-fetch-site", "same-origin") in (
            "cross-site",
            "same-site",
        ):
            return _Refusal(
                403,
                "Forbidden",
                f"{origin or 'another site'} may not ask in its visitor's name",
                "Send the request from a program.",
            )
        return None

    def _authenticate(self, scope: Scope, headers: Mapping[str, str]) -> Grant | _Refusal:
        if self._settings.loopback and not len(self._keyring):
            return LOCAL  # a client that must send some token may send any
        token = _token(headers)
        if not token:
            if _is_public(scope):
                return ANYONE
            return _Refusal(
                401,
                "Denied",
                "this needs a token",
                "Send `Authorization: Bearer TOKEN`; `polysense token add NAME` makes one.",
            )
        address = (scope.get("client") or ("",))[0]
        if not self._guesses.has_room(address):
            return _Refusal(
                429,
                "TooManyGuesses",
                "too many wrong tokens came from this address",
                "Wait a minute.",
            )
        grant = self._keyring.find(token)
        if grant is not None:
            return grant
        self._count_wrong_token(address, token)
        if _is_public(scope):
            return ANYONE
        return _Refusal(
            401,
            "Denied",
            "no such token",
            "`polysense token list` shows the names of those there are.",
        )

    def _count_wrong_token(self, address: str, token: str) -> None:
        """Count a wrong token, once.

        A page left open sends its old one again and again, which guesses nothing.
        """
        attempt = (address, hash(token))
        if attempt not in self._wrong_tokens:
            if len(self._wrong_tokens) >= MOST_WRONG_TOKENS:
                self._wrong_tokens.clear()
            self._wrong_tokens.add(attempt)
            self._guesses.hit(address)


def _origin_host(origin: str) -> str:
    """Host and port of a page's origin; "" where it tells none ("null"), which is never ours."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_public(scope: Scope) -> bool:
    return scope["path"] in PUBLIC_PATHS or scope["path"].startswith(_STATIC_PREFIX)


def _login_location(headers: Mapping[str, str]) -> bytes:
    return b"/login?wrong=true" if _token(headers) else b"/login"


def _hostname(host: str) -> str:
    return (
        host[: host.index("]") + 1]
        if host.startswith("[") and "]" in host
        else host.partition(":")[0]
    )


def _token(headers: Mapping[str, str]) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""  # no browser sends that
    return cookie.value if cookie else ""


def _is_page(scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a person's browser asks for something to look at."""
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "")
