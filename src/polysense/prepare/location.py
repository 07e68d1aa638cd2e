"""Where on this machine a library keeps what is its own."""

from __future__ import annotations

import hashlib
from pathlib import Path


def folder(location: str) -> Path:
    """Where a library keeps its catalogue and manifest: the folder itself, or for remote stores one on this machine."""
    scheme, sep, rest = location.partition("://")
    if not sep or scheme in ("lancedb", "file"):
        return Path(rest if sep else location).expanduser().absolute()
    if scheme == "memory":
        import tempfile

        return Path(tempfile.mkdtemp(prefix="polysense-"))
    from platformdirs import user_data_dir

    return Path(user_data_dir("polysense")) / hashlib.sha256(location.encode()).hexdigest()[:16]
