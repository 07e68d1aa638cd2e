"""Fetch a file from an allowed host, never from this machine or its network (SSRF).

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
from polysense.serve.uploads import atomic_write

MOST_REDIRECTS = 5
"""As many as a web page needs (http to https, a moved file, a mirror). These limits are judged, not
measured.
"""
SILENCE_SECONDS = 30.0
"""The longest silence."""
TOTAL_SECONDS = 900.0
"""For all of a file, so that one that drips in does not hold a thread for ever."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Carries an IPv4 address in its last four bytes (RFC 6052)."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is assigned for the IPv6 internet (RFC 4291)."""
_HEADERS = [("User-Agent", "polysense"), ("Accept-Encoding", "identity")]
_EXTENSIONS = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SILENCE_SECONDS)}


def fetch(url: str, folder: Path, hosts: Sequence[str], max_bytes: int) -> Path:
    """The file at `url`, kept in `folder`. Raises Forbidden, TooLarge, Unreadable."""
    deadline = time.monotonic() + TOTAL_SECONDS
    with httpcore.ConnectionPool(network_backend=_PublicBackend(), retries=1) as pool:
        for _ in range(MOST_REDIRECTS + 1):
            check_url(url, hosts)
            try:
                with pool.stream("GET", url, headers=_HEADERS, extensions=_EXTENSIONS) as response:
                    headers = {
                        k.lower().decode("latin-1"): v.decode("latin-1")
                        for k, v in response.headers
                    }
                    if response.status in (301, 302, 303, 307, 308) and "location" in headers:
                        url = _redirect_target(url, headers["location"])
                        continue
                    if response.status != 200:
                        raise Unreadable(
                            f"{url} answers with status {response.status}",
                            "Check the address in a browser.",
                        )
                    return _save(
                        response.iter_stream(),
                        folder,
                        _file_name(url, headers),
                        max_bytes,
                        deadline,
                    )
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


def _redirect_target(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as e:
        raise Unreadable(
            f"{url} redirects to what is no address", "Check the address in a browser."
        ) from e


def check_url(url: str, hosts: Sequence[str]) -> None:
    """Raise BadQuery where it is no address of the web, Forbidden where its host is not allowed."""
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


def is_public(address: str) -> bool:
    """Whether an IP address is somewhere on the internet, not here nor near here.

    >>> [is_public(a) for a in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "9.9.9.9")]
    [False, False, False, False, True]
    >>> [is_public(a) for a in ("::ffff:127.0.0.1", "64:ff9b::7f00:1")]
    [False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded_ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            embedded_ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if embedded_ip is not None:
            return is_public(str(embedded_ip))
        if (
            ip not in _GLOBAL_UNICAST
        ):  # ::127.0.0.1, site-local and what else was once given a meaning
            return False
    return ip.is_global and not ip.is_multicast


class _PublicBackend(httpcore.SyncBackend):
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
            addresses = [
                str(entry[4][0])
                for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            ]
        except OSError as e:
            raise httpcore.ConnectError(f"there is no host {host}") from e
        for address in addresses:
            if not is_public(address):
                raise Forbidden(
                    f"{host} is an address of this machine or its network",
                    "Only public addresses are fetched.",
                )
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def _file_name(url: str, headers: dict[str, str]) -> str:
    disposition = re.search(r"filename=\"?([^\";]+)", headers.get("content-disposition", ""))
    name = (
        disposition[1]
        if disposition
        else unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    )
    return f"{urlsplit(url).hostname}/{name.replace('/', '-') or 'index.html'}"


def _save(body: Iterable[bytes], folder: Path, name: str, max_bytes: int, deadline: float) -> Path:
    size = 0
    with atomic_write(folder, name) as (file, target):
        for piece in body:
            size += len(piece)
            if size > max_bytes:
                raise TooLarge(
                    f"{name} is larger than {max_bytes >> 20} MB",
                    "Fetch it yourself and index the file.",
                )
            if time.monotonic() > deadline:
                raise Unreadable(
                    f"{name} took longer than {TOTAL_SECONDS:.0f} s to fetch",
                    "Fetch it yourself and index the file.",
                )
            file.write(piece)
        if not size:
            raise Unreadable(f"{name} is empty", "Check the address in a browser.")
    return target
