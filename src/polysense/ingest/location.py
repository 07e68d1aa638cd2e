"""Where on this machine a library keeps what is its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from polysense.errors import ForeignLibrary
from polysense.registry import store_folder


def library_folder(location: str) -> Path:
    """Where a library keeps its catalogue and manifest.

    The folder itself, or for remote stores one on this machine.
    """
    if (folder := store_folder(location)) is not None:
        return folder
    if location.startswith("memory://"):
        import tempfile

        return Path(tempfile.mkdtemp(prefix="polysense-"))
    from platformdirs import user_data_dir

    return (
        Path(user_data_dir("polysense"))
        / hashlib.sha256(public_location(location).encode()).hexdigest()[:16]
    )


def is_remote(location: str) -> bool:
    """Whether the store lies elsewhere than the catalogue, so that other machines may write to it.

    >>> is_remote("s3://bucket/kb"), is_remote("notes/kb")
    (True, False)
    """
    return not location.startswith("memory://") and store_folder(location) is None


def public_location(location: str) -> str:
    """The address without what is secret or may change.

    It is what people see, and it names the library's folder here.

    >>> public_location("milvus://ann:secret@host:19530/kb?token=t"), public_location("notes/kb")
    ('milvus://host:19530/kb', 'notes/kb')
    """
    scheme, sep, rest = location.partition("://")
    if not sep:
        return location
    if store_folder(location) is not None:
        return location.partition("?")[0]
    host, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def foreign_store(location: str, folder: Path, count: int) -> ForeignLibrary:
    """The error of a remote store with `count` chunks of which this machine has no catalogue."""
    return ForeignLibrary(
        f"{public_location(location)} holds {count} chunks that another machine wrote, and what it "
        "knows of their files is there, not here",
        f"Use it from that machine, or copy the library's folder of that machine to {folder} and "
        "write from one of them alone, or index into an address of its own.",
    )
