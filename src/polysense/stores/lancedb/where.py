"""The conditions that `compile_where` writes, as Lance takes them.

Lance reads a chunk's own values by functions that fail for a value of another type. What comes
here instead is null for it, so such a value never compares: https://lance.org/guide/json/
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from polysense.columns import FILTER_COLUMNS
from polysense.errors import BadFilter

_STRING = r"'(?:[^']|'')*'"
_GETTER = re.compile(rf"json_get(_string|_float|_bool)?\(meta, ({_STRING})\)|{_STRING}")
_NAME = re.compile(rf"{_STRING}|\b([a-z_]+)\b")


def lance_condition(where: str, columns: Collection[str]) -> str:
    """A compiled condition for a table with these columns.

    Raises BadFilter where the table was written before one of them was kept.

    >>> lance_condition("json_get_float(meta, 'iso') > 200", FILTER_COLUMNS)
    'try_cast(json_extract(meta, \\'$."iso"\\') as double) > 200'
    """
    missing = FILTER_COLUMNS.keys() - set(columns)
    if missing and (names := missing.intersection(_NAME.findall(where))):
        name = FILTER_COLUMNS[min(names)].where or min(names)
        raise BadFilter(
            f"this library was made before it could be filtered by {name}",
            "Run `polysense index` on its files once: it brings what is stored up to date, and "
            "encodes nothing again.",
        )
    return _GETTER.sub(_typed_value, where)


def _typed_value(match: re.Match[str]) -> str:
    kind, quoted_key = match.groups()
    if quoted_key is None:
        return match.group()  # text that only looks like a getter
    key = json.dumps(quoted_key[1:-1].replace("''", "'"), ensure_ascii=False).replace("'", "''")
    value = f"json_extract(meta, '$.{key}')"
    if kind == "_float":
        return f"try_cast({value} as double)"
    if kind == "_bool":  # 1 and 0 would be true and false too
        return f"try_cast(nullif(nullif({value}, '1'), '0') as boolean)"
    if kind == "_string":  # JSON text: without its quotes and escapes
        content = f"array_element(regexp_match({value}, '^\"(.*)\"$'), 1)"
        return f"replace(replace({content}, '\\\"', '\"'), '\\\\', '\\')"
    return f"nullif({value}, 'null')"
