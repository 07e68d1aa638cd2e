"""Somebody's own object by the place where it is defined, "package.module:name": how the settings
name what only the user's code, or a framework's class, can make.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from polysense.errors import BadConfig, MissingDependency

_PATH = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)")
_SECRET = re.compile(r"[\w-]{20,}")
_MAX_TOLD = 200
"""Characters of somebody else's words in an error."""

_HINT_MODULE = "It must be installed, or lie in a folder that PYTHONPATH names."


def own_words(error: BaseException) -> str:
    """What another package's error says, on one line and without what may be a key.

    >>> own_words(ValueError("no key\\nsk-0123456789abcdefghij"))
    'ValueError: no key'
    """
    words = next(iter(str(error).strip().splitlines()), "")
    words = _SECRET.sub("***", words)[:_MAX_TOLD]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def make_object(
    source: Any, option: str, what: str, is_kind: Callable[[Any], bool], model: str = ""
) -> Any:
    """The object that `source` is, or that the path "package.module:name" leads to: itself, or
    what the class or function there makes, called with model=... where one is given and else with
    nothing.

    option is what names it in the settings ("langchain:embeddings="), what says what it has to be,
    is_kind whether it is. The module named is imported, and no other is searched for. Raises
    BadConfig where it leads to nothing of that kind, MissingDependency where a package is not here.
    """
    if not source:
        example = f'Name where it is made: "{option}package.module:name".'
        raise BadConfig(f"{option} names no {what}", example)
    target = _load(source, option) if isinstance(source, str) else source
    if not isinstance(target, type) and is_kind(target):
        return target
    if not callable(target):
        raise BadConfig(f"{option}{source} is a {type(target).__name__}, no {what}")
    try:
        product = target(model=model) if model else target()
    except Exception as e:  # noqa: BLE001 - so may what somebody has written
        message = f"{option}{_name_of(source)} failed when it was called: {own_words(e)}"
        hint = "Give a function without parameters that makes it."
        raise BadConfig(message, hint) from None  # what was called may say keys in its traceback
    if not is_kind(product):
        kind = type(product).__name__
        raise BadConfig(f"{option}{_name_of(source)} made a {kind}, no {what}")
    return product


def _name_of(source: Any) -> str:
    return source if isinstance(source, str) else getattr(source, "__name__", "")


def _load(path: str, option: str) -> Any:
    match = _PATH.fullmatch(path)
    if match is None:
        raise BadConfig(
            f"{option}{path} is no place of an object",
            f'Write module and name with a colon: "{option}package.module:name".',
        )
    module_name, attributes = match.groups()
    try:
        target = import_module(module_name)
    except ModuleNotFoundError as e:
        package = (e.name or module_name).partition(".")[0]
        is_own = module_name.partition(".")[0] == package
        message = f"{option}{path}: there is no module {e.name}"
        hint = _HINT_MODULE if is_own else f"Install the package that brings {package}."
        raise MissingDependency(message, hint) from e
    except Exception as e:
        raise BadConfig(f"{option}{path}: {module_name} cannot be imported: {own_words(e)}") from e
    for attribute in attributes.split("."):
        if not hasattr(target, attribute):
            raise BadConfig(f"{option}{path}: {module_name} has no {attributes}")
        target = getattr(target, attribute)
    return target
