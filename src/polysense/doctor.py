"""What is installed, what it can do, and what to install for more."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from typing import Any

from polysense import registry
from polysense.errors import PolysenseError


def examine() -> dict[str, Any]:
    """Every plug-in with what it does, or what keeps it from loading."""
    from importlib.metadata import version

    plugins = [_plugin(group, name) for group in registry.GROUPS for name in registry.installed(group)]
    return {
        "polysense": version("polysense"),
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "ok": all(p["ok"] for p in plugins),
        "plugins": plugins,
        "profile": {"offline": {group: list(getattr(registry.OFFLINE, group)) for group in ("encoders", "converters", "generators")}},
    }


def _plugin(group: str, name: str) -> dict[str, Any]:
    entry = registry.installed(group)[name]
    try:
        kind = entry.load()
    except (ImportError, AttributeError, PolysenseError) as e:
        return {"group": group, "name": name, "ok": False, "does": f"cannot be loaded: {e}"}
    summary = (kind.__doc__ or "").strip().split("\n")[0]
    return {"group": group, "name": name, "ok": True, "does": summary, "from": entry.dist.name if entry.dist else ""}


def lines(found: dict[str, Any]) -> Iterable[str]:
    """For people."""
    yield f"polysense {found['polysense']}, Python {found['python']}, {found['platform']}"
    for group in registry.GROUPS:
        yield f"\n{group}"
        for p in found["plugins"]:
            if p["group"] == group:
                yield f"  {'+' if p['ok'] else '!'} {p['name']:<14} {p['does']}"
