"""The store that a library's address names."""

from __future__ import annotations

from pathlib import Path

from polysense.errors import BadConfig
from polysense.protocols import Store
from polysense.registry.plugins import entry_of, installed, load
from polysense.registry.spec import Spec

REMOTE_SCHEMES = ("s3", "gs", "az")
"""Addresses of object storage, which LanceDB opens."""


def store_spec(uri: str) -> Spec:
    """The store that a library's address names, and its options; nothing is opened.

    Raises BadConfig for an address that no store here opens.
    """
    scheme, sep, rest = uri.partition("://")
    if not sep or scheme in ("lancedb", "file"):
        return Spec("lancedb", (("path", rest if sep else uri),))
    if scheme in REMOTE_SCHEMES:
        if not rest.strip("/"):
            raise BadConfig(f"{uri} names no bucket", f"Write {scheme}://BUCKET/FOLDER.")
        return Spec("lancedb", (("path", uri),))
    if scheme not in installed("stores"):
        schemes = sorted({*installed("stores"), *REMOTE_SCHEMES})
        raise BadConfig(
            f"there is no store called {scheme!r} to open {scheme}:// with",
            f"Give a folder, or an address that begins with one of: {', '.join(schemes)}.",
        )
    return Spec(scheme, (("path", rest),) if rest else ())


def store_folder(uri: str) -> Path | None:
    """The folder on this machine in which a library at an address is whole; None where it lies
    elsewhere, or in memory. A store that keeps libraries in folders has the class method
    `local_folder(path)`.

    Raises BadConfig for an address that its store does not take.
    """
    scheme, sep, rest = uri.partition("://")
    if not sep or scheme in ("lancedb", "file"):
        return Path(rest if sep else uri).expanduser().absolute()
    if scheme not in installed("stores"):
        return None
    local_folder = getattr(entry_of("stores", scheme).load(), "local_folder", None)
    folder = local_folder(rest) if local_folder else None
    return Path(folder) if folder else None


def store(uri: str) -> Store:
    """The store that a library's address names.

    An address is a path or lancedb://path, s3://bucket/prefix, memory://.
    """
    spec = store_spec(uri)
    opened_store = load("stores", spec)
    if not isinstance(opened_store, Store):
        raise BadConfig(f"{spec.name!r} is no store", f"Stores: {', '.join(installed('stores'))}.")
    return opened_store
