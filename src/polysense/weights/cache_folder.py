"""Where what can be made again is kept: exported models, digests of weights."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """$POLYSENSE_CACHE, else polysense's part of the user's cache folder; it may not exist yet."""
    if configured := os.environ.get("POLYSENSE_CACHE"):
        return Path(configured).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("polysense", appauthor=False)
