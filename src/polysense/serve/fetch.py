"""Fetch a file from an address: from allowed hosts only, and never from this machine or its network
(SSRF).

The address that a name leads to is checked where the connection is made, so that a name that leads
elsewhere the second time is of no use (DNS rebinding). Redirects are followed by hand, each checked
like the first.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpcore

from polysense.errors import BadQuery, Forbidden, TooLarge, Unreadable
from polysense.serve.uploads import landing

REDIRECTS = 5
SECONDS = 30.0
"""The longest silence."""
LONGEST = 900.0
"""Seconds for all of it."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Carries an IPv4 address in its last four bytes (RFC 6052)."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is assigned for the IPv6 internet (RFC 4291)."""
_HEADERS = [("User-Agent", "polysense"), ("Accept-Encoding", "identity")]
_EXTENSIONS = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}


def fetch(url: str, folder: Path, hosts: Sequence[str], most: int) -> Path:
    """The file at `url`, kept in `folder`. Raises Forbidden, TooLarge, Unreadable."""
    until = time.monotonic() + LONGEST
    with httpcore.ConnectionPool(network_backend=_Public(), retries=1) as pool:
        for _ in range(REDIRECTS + 1):
            check(url, hosts)
            try:
                with pool.stream("GET", url, headers=_HEADERS, extensions=_EXTENSIONS) as answer:
                    headers = {
                        k.lower().decode("latin-1"): v.decode("latin-1") for k, v in answer.headers
                    }
                    if answer.status in (301, 302, 303, 307, 308) and "location" in headers:
                        url = _next(url, headers["location"])
                        continue
                    if answer.status != 200:
                        raise Unreadable(
                            f"{url} answers with status {answer.status}",
                            "Check the address in a browser.",
                        )
                    return _kept(answer.iter_stream(), folder, _name(url, headers), most, until)
            except (
                httpcore.TimeoutException,
                httpcore.NetworkError,
                httpcore.ProtocolError,
                httpcore.UnsupportedProtocol,
            ) as e:
                raise Unreadable(
                    f"{url} cannot be fetched: {e or type(e).__name__}",
                    "Check the address and the network.",
                ) from e
    raise Unreadable(f"{url} redirects too often", "Give the address that it ends at.")


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as e:
        raise Unreadable(
            f"{url} redirects to what is no address", "Check the address in a browser."
        ) from e


def check(url: str, hosts: Sequence[str]) -> None:
    """Raises BadQuery where it is no address of the web, Forbidden where its host is not allowed."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError as e:
        raise BadQuery(f"{url!r} is no address", "Write https://host/file.pdf.") from e
    if (
        parts.scheme not in ("http", "https")
        or not host
        or parts.username is not None
        or re.search(r"[\x00-\x20\x7f]", url)
    ):
        raise BadQuery(f"{url!r} is no address that can be fetched", "Write https://host/file.pdf.")
    if not any(host == h or (h.startswith(".") and host.endswith(h)) for h in hosts):
        raise Forbidden(
            f"files are not fetched from {host}",
            "Allow it: url_hosts under [serve] in polysense.toml.",
        )


def public(address: str) -> bool:
    """Whether an IP address is somewhere on the internet, not here nor near here.

    >>> [public(a) for a in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "9.9.9.9")]
    [False, False, False, False, False, False, True]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
        if ip not in _UNICAST:  # ::127.0.0.1, site-local and what else was once given a meaning
            return False
    return ip.is_global and not ip.is_multicast


class _Public(httpcore.SyncBackend):
    """Connects to public addresses only."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = [
                str(entry[4][0])
                for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            ]
        except OSError as e:
            raise httpcore.ConnectError(f"there is no host {host}") from e
        for address in found:
            if not public(address):
                raise Forbidden(
                    f"{host} is an address of this machine or its network",
                    "Only public addresses are fetched.",
                )
        return super().connect_tcp(found[0], port, timeout, local_address, socket_options)


def _name(url: str, headers: dict[str, str]) -> str:
    said = re.search(r"filename=\"?([^\";]+)", headers.get("content-disposition", ""))
    last = said[1] if said else unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return f"{urlsplit(url).hostname}/{last.replace('/', '-') or 'index.html'}"


def _kept(body: Iterable[bytes], folder: Path, name: str, most: int, until: float) -> Path:
    size = 0
    with landing(folder, name) as (file, target):
        for piece in body:
            size += len(piece)
            if size > most:
                raise TooLarge(
                    f"{name} is larger than {most >> 20} MB",
                    "Fetch it yourself and index the file.",
                )
            if time.monotonic() > until:
                raise Unreadable(
                    f"{name} took longer than {LONGEST:.0f} s to fetch",
                    "Fetch it yourself and index the file.",
                )
            file.write(piece)
        if not size:
            raise Unreadable(f"{name} is empty", "Check the address in a browser.")
    return target
