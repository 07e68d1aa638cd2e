"""YAML and JSON as trees whose values know where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_DEEPEST, _MOST_VALUES = 64, 500_000
"""Values within values, and values in all: aliases of YAML make many of a few; judged."""

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")


@dataclass(slots=True)
class Value:
    """A value and the characters start..end of its text, with its key where it has one.

    data is words for what is single; a list of values; or values by key.
    """

    data: Any
    start: int
    end: int

    def __getitem__(self, key: str) -> Value:
        """What is under a key; an empty value where nothing is."""
        value: Value | None = self.data.get(key) if isinstance(self.data, dict) else None
        return Value("", self.start, self.start) if value is None else value

    def items(self) -> Iterator[tuple[str, Value]]:
        """The values of a mapping by key; none of anything else."""
        yield from self.data.items() if isinstance(self.data, dict) else ()

    def __iter__(self) -> Iterator[Value]:
        """The values of a list; none of anything else."""
        yield from self.data if isinstance(self.data, list) else ()

    def __str__(self) -> str:
        """The words of a single value, on one line; "" of anything else."""
        return " ".join(self.data.split()) if isinstance(self.data, str) else ""


def parse(text: str) -> Value:
    """The tree of a text. Raises ValueError where it is neither, or larger than any real one."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _Json(text).value()
    return _parse_yaml(text)


@dataclass(slots=True)
class _Json:
    """Reads JSON, of which Python's own reader does not tell where things stand."""

    text: str
    at: int = 0
    count: int = field(default=0)

    def value(self) -> Value:
        self.at = len(self.text) - len(self.text.lstrip("\ufeff \t\r\n"))
        try:
            return self._read(self.at, 0)
        except (IndexError, RecursionError) as e:
            raise ValueError("the JSON breaks off") from e

    def _read(self, start: int, depth: int) -> Value:
        """The value at `at`; its text begins at `start`, where its key does."""
        self.count += 1
        if depth > _DEEPEST or self.count > _MOST_VALUES:
            raise ValueError("there is more in it than in any real one")
        opening = self.text[self.at]
        if opening not in "{[":
            data, self.at = _DECODER.raw_decode(self.text, self.at)
            return Value("" if data is None else _word(data), start, self.at)
        values: dict[str, Value] | list[Value] = {} if opening == "{" else []
        self.at += 1
        while True:
            self._skip()
            first = self.at
            if self.text[first] in "}]":
                self.at += 1
                return Value(values, start, self.at)
            if isinstance(values, dict):
                key, self.at = _DECODER.raw_decode(self.text, first)
                self._skip()
                if self.text[self.at] != ":":
                    raise ValueError("a key without a value")
                self.at += 1
                self._skip()
                values[str(key)] = self._read(first, depth + 1)
            else:
                values.append(self._read(first, depth + 1))

    def _skip(self) -> None:
        m = _SPACE.match(self.text, self.at)
        self.at = m.end() if m else self.at


def _word(data: Any) -> str:
    return str(data).lower() if isinstance(data, bool) else str(data)


def _parse_yaml(text: str) -> Value:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_depth(yaml.parse(text, Loader=loader))
        node = yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError) as e:
        raise ValueError(f"no YAML: {e}") from e
    if node is None:
        raise ValueError("nothing is in it")
    return _Yaml(text).value(node, node.start_mark.index, 0)


def _check_depth(events: Iterator[Any]) -> None:
    """Raise ValueError where values lie too deep or are too many: what makes a tree of them calls
    itself in C, which ends the process.
    """
    depth = 0
    for count, event in enumerate(events):
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        # the stream and the document are two of them
        if depth > _DEEPEST + 2 or count > 2 * _MOST_VALUES:
            raise ValueError("there is more in it than in any real one")


@dataclass(slots=True)
class _Yaml:
    """Values of the nodes that PyYAML makes of a text."""

    text: str
    count: int = 0
    _height: int = 0
    _by_node: dict[tuple[int, int], tuple[Value, int, int]] = field(default_factory=dict)
    """What was made of a node that begins there, of how many values, and how deep they lie in it:
    an alias is the same node again.
    """

    def value(self, node: Any, start: int, depth: int) -> Value:
        """A node's value; its text begins at `start`, where its key does."""
        earlier = self._by_node.get((id(node), start))
        size, height = earlier[1:] if earlier else (1, 0)
        self.count += size
        if depth + height > _DEEPEST or self.count > _MOST_VALUES:
            raise ValueError("there is more in it than in any real one")
        self._height = height
        if earlier:
            return earlier[0]
        before, height = self.count - 1, 0
        data: Any = "" if node.tag.endswith(":null") else node.value
        if not isinstance(data, str):
            pairs = [(None, n) for n in data] if node.id == "sequence" else data
            children = []
            for key, child in pairs:
                first = (child if key is None else key).start_mark.index
                children.append(self.value(child, first, depth + 1))
                height = max(height, self._height + 1)
            keys = [_key(key) for key, _ in pairs if key is not None]
            data = dict(zip(keys, children, strict=True)) if node.id == "mapping" else children
        value = Value(data, start, self._end(start, node.end_mark.index))
        self._by_node[id(node), start] = value, self.count - before, height
        self._height = height
        return value

    def _end(self, start: int, end: int) -> int:
        """Where a block ends: before the blank lines and comments that follow it."""
        lines = self.text[start:end].split("\n")
        while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
            lines.pop()
        return start + len("\n".join(lines))


def _key(node: Any) -> str:
    """The words of a key. Raises ValueError where it is a list or a mapping."""
    if not isinstance(node.value, str):
        raise ValueError("a key is no word")
    return node.value
