"""What is installed, what it can do, and what to install for more."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from polysense import registry

_EXTRA = re.compile(r"""([\w.-]+).*;.*\bextra *== *['"]([\w.-]+)""")


def examine() -> dict[str, Any]:
    """Every plug-in with what it does, or what keeps it from loading.

    "more" are the packages that are not here, by the extra that brings them.
    """
    plugins = [
        _plugin(group, name) for group in registry.GROUPS for name in registry.installed(group)
    ]
    return {
        "polysense": version("polysense"),
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "ok": all(p["ok"] for p in plugins),
        "plugins": plugins,
        "more": _missing_packages(requires("polysense") or ()),
        "profile": {
            "offline": {
                group: list(getattr(registry.OFFLINE, group))
                for group in ("encoders", "converters", "generators")
            }
        },
    }


def summary(kind: type) -> str:
    """The first paragraph of a plug-in's docstring, as one line."""
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())


def _plugin(group: str, name: str) -> dict[str, Any]:
    entry = registry.installed(group)[name]
    description: dict[str, Any] = {
        "group": group,
        "name": name,
        "from": entry.dist.name if entry.dist else "",
    }
    try:
        plugin = entry.load()
    except Exception as e:  # noqa: BLE001 - somebody's module may fail in any way, and saying how is what this is for
        return description | {
            "ok": False,
            "takes": [],
            "gives": [],
            "does": f"cannot be loaded: {type(e).__name__}: {e}",
        }
    takes = getattr(plugin, "accepts", ()) or filter(None, [getattr(plugin, "source", "")])
    gives = getattr(plugin, "targets", ()) or filter(None, [getattr(plugin, "emits", "")])
    return description | {
        "ok": True,
        "takes": sorted(takes),
        "gives": sorted(gives),
        "does": summary(plugin),
    }


def _missing_packages(requirements: Iterable[str]) -> Mapping[str, list[str]]:
    missing: dict[str, list[str]] = {}
    for package, extra in (
        match.groups() for line in requirements if (match := _EXTRA.match(line))
    ):
        try:
            version(package)
        except PackageNotFoundError:
            missing.setdefault(extra, []).append(package)
    return missing


def report_lines(report: dict[str, Any]) -> Iterable[str]:
    """For people."""
    yield f"polysense {report['polysense']}, Python {report['python']}, {report['platform']}"
    for group in registry.GROUPS:
        yield f"\n{group}"
        for p in report["plugins"]:
            if p["group"] == group:
                conversion = (
                    f"{', '.join(p['takes'])} -> {', '.join(p['gives'])}: " if p["gives"] else ""
                )
                yield f"  {'+' if p['ok'] else '!'} {p['name']:<14} {conversion}{p['does']}"
    if report["more"]:
        yield "\nmore"
        for extra, packages in report["more"].items():
            yield f"    pip install 'polysense[{extra}]'  brings {', '.join(packages)}"
