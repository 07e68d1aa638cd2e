"""Where on this machine a library keeps what is its own."""

from __future__ import annotations

import hashlib
from pathlib import Path


def library_folder(location: str) -> Path:
    """Where a library keeps its catalogue and manifest.

    The folder itself, or for remote stores one on this machine.
    """
    scheme, sep, rest = location.partition("://")
    if not sep or scheme in ("lancedb", "file"):
        return Path(rest if sep else location).expanduser().absolute()
    if scheme == "memory":
        import tempfile

        return Path(tempfile.mkdtemp(prefix="polysense-"))
    from platformdirs import user_data_dir

    return (
        Path(user_data_dir("polysense"))
        / hashlib.sha256(public_location(location).encode()).hexdigest()[:16]
    )


def public_location(location: str) -> str:
    """The address without what is secret or may change.

    It is what people see, and it names the library's folder here.

    >>> public_location("milvus://ann:secret@host:19530/kb?token=t"), public_location("notes/kb")
    ('milvus://host:19530/kb', 'notes/kb')
    """
    scheme, sep, rest = location.partition("://")
    if not sep:
        return location
    host, slash, path = rest.partition("?")[0].partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
