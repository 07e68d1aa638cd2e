"""The small JSON file that says what lies in a folder of trained weights."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from polysense.errors import BadConfig


def write_config_file(path: Path, format_number: int, values: Mapping[str, Any]) -> None:
    """Write it, whole or not at all."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    text = json.dumps({"format": format_number, **values}, indent=1, ensure_ascii=False)
    scratch.write_text(text, "utf-8")
    scratch.replace(path)


def read_config_file(path: Path, format_number: int, what: str, hint: str) -> Mapping[str, Any]:
    """What was written. Raises BadConfig where its folder holds no `what`, or one of a format that
    this release does not know.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as e:
        raise BadConfig(f"{path.parent} holds no {what}: there is no {path.name}", hint) from e
    except (OSError, ValueError) as e:
        raise BadConfig(f"{path} cannot be read: {e}", hint) from e
    if not isinstance(values, dict) or values.get("format") != format_number:
        raise BadConfig(f"{path} is of no format that is known here", hint)
    return values
