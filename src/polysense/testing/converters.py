"""The check of converters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from polysense.protocols import Converter
from polysense.testing.rules import (
    LOCK_HINT,
    check_json,
    check_members,
    check_names,
    check_share,
    check_span,
    class_name,
    require,
    run_twice,
)
from polysense.types import Origin, Part


def check_converter(converter: Converter, part: Part) -> list[Part]:
    """Check a converter on a part of its source modality; gives the parts made."""
    plugin = class_name(converter)
    check_members(converter, Converter)
    check_names(converter.targets, f"{plugin}.targets")
    check_share(converter.cost, plugin)
    require(
        converter.origin in get_args(Origin),
        f"{plugin}.origin is {converter.origin!r}, none of {', '.join(get_args(Origin))}",
    )
    require(
        part.modality == converter.source,
        f"{plugin} takes {converter.source}, and was given {part.modality}",
    )
    parts, again = run_twice(lambda: _convert(converter, part, plugin))
    require(
        bool(parts),
        f"{plugin}.convert made nothing of {part!r}",
        "Give the check a part with something in it.",
    )
    for made_part in parts:
        require(
            isinstance(made_part, Part),
            f"{plugin}.convert gave a {type(made_part).__name__}: only Part may come out",
        )
        check_span(made_part.span, f"{plugin}: a part made of {part!r}")
        require(
            made_part.modality in converter.targets,
            f"{plugin} made {made_part.modality}, which is not among its targets",
        )
        require(
            made_part.modality != "text" or isinstance(made_part.data, str),
            f"{plugin} made text that is no str but {type(made_part.data).__name__}",
        )
        require(
            not isinstance(made_part.data, str | bytes) or bool(made_part.data),
            f"{plugin} made an empty part at {made_part.span}",
        )
        check_json(made_part.meta, f"{plugin}: meta of {made_part!r}")
    is_repeatable = [p.id for p in again] == [p.id for p in parts]
    require(
        is_repeatable,
        f"{plugin}: converting {part!r} twice, in two threads at once, gives different parts",
        LOCK_HINT,
    )
    return parts


def _convert(converter: Converter, part: Part, plugin: str) -> list[Part]:
    stream = converter.convert(part)
    require(
        isinstance(stream, Iterable),
        f"{plugin}.convert gives a {type(stream).__name__}, not an iterable",
        "Write it as a generator.",
    )
    return list(stream)
