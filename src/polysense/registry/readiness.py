"""Whether a plug-in can run here: what is to be installed for it, what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, requires, version
from typing import Any

from polysense.errors import MissingDependency, PolysenseError
from polysense.registry.plugins import package_of

_OF_EXTRA = re.compile(r"""([\w.-]+).*;.*\bextra *== *['"]([\w.-]+)""")


def missing_packages(requirements: Iterable[str]) -> Mapping[str, list[str]]:
    """By extra, the packages of these requirements that are not installed.

    >>> missing_packages(["numpy>=1; extra == 'sums'", "no-such-sense>=1; extra == 'nose'"])
    {'nose': ['no-such-sense']}
    """
    missing: dict[str, list[str]] = {}
    for package, extra in (m.groups() for line in requirements if (m := _OF_EXTRA.match(line))):
        try:
            version(package)
        except PackageNotFoundError:
            missing.setdefault(extra, []).append(package)
    return missing


def lacking(entry: EntryPoint, plugin_class: Any) -> MissingDependency | None:
    """What a plug-in's extra would bring that is not installed, with the line that installs it."""
    extra, package = getattr(plugin_class, "extra", ""), package_of(entry)
    packages = _missing_of(package).get(extra, []) if extra else []
    if not packages:
        return None
    return MissingDependency(
        f"{entry.name} needs {', '.join(packages)}", f"python -m pip install '{package}[{extra}]'"
    )


def fault(plugin: Any) -> PolysenseError | None:
    """Why a plug-in cannot run as it is configured, as its `check` says; None where it can, or
    says nothing.
    """
    check = getattr(plugin, "check", None)
    if check is None:
        return None
    try:
        check()
    except PolysenseError as e:
        return e
    return None


@cache
def _missing_of(package: str) -> Mapping[str, list[str]]:
    return missing_packages(requires(package) or ())
