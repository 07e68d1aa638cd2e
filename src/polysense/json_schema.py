"""Whether a value follows a JSON schema: what language models are asked for, and do not all keep.

Types, properties, items, enumerations, alternatives and references are checked; formats, patterns
and bounds are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polysense.errors import BadQuery

MAX_CHARACTERS = 20_000
"""Characters of a schema, which a language model reads whole; judged."""

MAX_STEPS = 20_000
"""Comparisons of a value with a part of a schema: alternatives of alternatives multiply. Judged."""

MAX_OPTIONS = 10
"""Of an enumeration that are told."""

_INTRICATE, _HINT_INTRICATE = "the JSON schema is too intricate", "Ask for less, with fewer anyOf."

Path = tuple[str | int, ...]
"""Where a value stands: keys and indexes from the top."""

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


class JsonSchema:
    """A schema of an object; where it is none, BadQuery is raised.

    >>> schema = JsonSchema({"type": "object", "properties": {"height": {"type": "integer"}}})
    >>> schema.faults({"height": "tall"})
    ('/height is no integer',)
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema, self._steps = schema, 0
        if len(json.dumps(schema)) > MAX_CHARACTERS:
            raise BadQuery(
                f"the JSON schema is longer than {MAX_CHARACTERS} characters", "Ask for less."
            )
        if schema.get("type", "object") != "object":
            raise BadQuery(
                "a JSON schema must be of an object", 'Begin it with {"type": "object", ...}.'
            )
        self._check(schema)

    def faults(self, value: Any) -> tuple[str, ...]:
        """What of a value does not follow; nothing where all does. Raises BadQuery."""
        self._steps = 0
        try:
            return tuple(self._faults(value, self.schema, ()))
        except RecursionError:
            raise BadQuery(_INTRICATE, _HINT_INTRICATE) from None
        except (TypeError, AttributeError) as e:
            raise BadQuery(f"this is no JSON schema: {e}", "See json-schema.org.") from e

    def _check(self, part: Any) -> None:
        """Raises BadQuery where a part of the schema is none, before a model is asked for it."""
        if not isinstance(part, Mapping):
            raise BadQuery(f"{part!r} is no JSON schema", "See json-schema.org.")
        names = part.get("type", [])
        unknown = set([names] if isinstance(names, str) else names) - set(_TYPES)
        if unknown:
            raise BadQuery(f"JSON has no type {min(unknown)!r}", f"Types: {', '.join(_TYPES)}.")
        if "$ref" in part:
            self._resolve(str(part["$ref"]))
        for key in ("anyOf", "oneOf", "allOf", "enum", "required"):
            if not isinstance(part.get(key, []), list):
                raise BadQuery(f"{key} of a JSON schema is no list", "See json-schema.org.")
        inner = [p for key in ("anyOf", "oneOf", "allOf") for p in part.get(key, [])]
        for key in ("properties", "$defs", "definitions"):
            if not isinstance(part.get(key, {}), Mapping):
                raise BadQuery(f"{key} of a JSON schema is no object", "See json-schema.org.")
            inner += part.get(key, {}).values()
        others = (part.get("items"), part.get("additionalProperties"))
        for p in (*inner, *(o for o in others if o is not None and not isinstance(o, bool))):
            self._check(p)

    def allows_null(self, value: Any, path: Path) -> bool:
        """Whether null may stand at this place of a value that follows."""
        return not self.faults(with_value(value, path, None))

    def _faults(self, value: Any, schema: Any, at: Path) -> Iterator[str]:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise BadQuery(_INTRICATE, _HINT_INTRICATE)
        if not isinstance(schema, Mapping):
            return
        if "$ref" in schema:
            yield from self._faults(value, self._resolve(str(schema["$ref"])), at)
        for choices in (schema.get("anyOf"), schema.get("oneOf")):
            if choices and all(any(self._faults(value, c, at)) for c in choices):
                yield f"{pointer(at)} is none of what it may be"
        for part in schema.get("allOf", ()):
            yield from self._faults(value, part, at)
        if "enum" in schema and not any(_is_same(value, v) for v in schema["enum"]):
            options = ", ".join(map(str, schema["enum"][:MAX_OPTIONS]))
            yield f"{pointer(at)} is none of {options}"
        if "const" in schema and not _is_same(value, schema["const"]):
            yield f"{pointer(at)} is not {schema['const']!r}"
        yield from self._type_faults(value, schema.get("type"), at)
        if isinstance(value, dict):
            yield from self._object_faults(value, schema, at)
        if isinstance(value, list) and "items" in schema:
            for n, item in enumerate(value):
                yield from self._faults(item, schema["items"], (*at, n))

    @staticmethod
    def _type_faults(value: Any, names: Any, at: Path) -> Iterator[str]:
        options = [names] if isinstance(names, str) else names or []
        is_one = any(
            isinstance(value, _TYPES.get(n, (object,)))
            and (n == "boolean" or not isinstance(value, bool))
            for n in options
        )
        if options and not is_one:
            yield f"{pointer(at)} is no {' or '.join(map(str, options))}"

    def _object_faults(
        self, value: Mapping[str, Any], schema: Mapping[str, Any], at: Path
    ) -> Iterator[str]:
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{pointer((*at, name))} is missing"
        for name, item in value.items():
            rest = schema.get("additionalProperties")
            if name not in properties and rest is False:
                yield f"{pointer((*at, name))} is not in the schema"
            else:
                yield from self._faults(item, properties.get(name, rest), (*at, name))

    def _resolve(self, reference: str) -> Any:
        part: Any = self.schema
        for name in filter(None, reference.removeprefix("#").split("/")):
            part = part.get(name) if isinstance(part, Mapping) else None
        if part is None or not reference.startswith("#"):
            raise BadQuery(
                f"the JSON schema has no {reference!r}", "Put it into $defs of the schema itself."
            )
        return part


def _is_same(a: Any, b: Any) -> bool:
    """Equal as JSON is: true is not 1."""
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What is neither object nor list, with its place.

    >>> list(leaves({"name": "Ann", "years": [1871, None]}))
    [(('name',), 'Ann'), (('years', 0), 1871), (('years', 1), None)]
    """
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from leaves(item, (*at, key))
    else:
        yield at, value


def with_value(value: Any, path: Path, new: Any) -> Any:
    """The same with another value at one place.

    >>> with_value({"years": [1871, 1872]}, ("years", 1), None)
    {'years': [1871, None]}
    """
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {k: with_value(v, rest, new) if k == first else v for k, v in value.items()}
    return [with_value(v, rest, new) if n == first else v for n, v in enumerate(value)]


def pointer(path: Sequence[str | int]) -> str:
    """A place as people and programs write it (RFC 6901).

    >>> pointer(("years", 1))
    '/years/1'
    """
    return "".join(f"/{str(k).replace('~', '~0').replace('/', '~1')}" for k in path) or "/"
