"""What an operation or a schema of an interface says, in words, a line a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.read.code.openapi.source import Value

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_DEEPEST = 3
"""Schemas within schemas that are spelt out; deeper ones by their type."""

_MOST_VALUES = 12
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|[*`_]{1,2}(?=\S)|(?<=\S)[*`_]{1,2}(?!\w)")
_BOUNDS = (
    ("format", ""), ("minimum", "at least "), ("maximum", "at most "),
    ("minLength", "length from "),
    ("maxLength", "length to "), ("pattern", "pattern "), ("default", "default "),
)  # fmt: skip

Line = tuple[str, Value]
"""Words, and the value that says so."""


def interface_lines(root: Value) -> Iterator[Line]:
    """Its title, version, description, servers and how one is let in."""
    info = root["info"]
    title = " ".join(filter(None, (str(info["title"]), str(info["version"]))))
    if title:
        yield title, info["title"]
    if description := _plain(info["description"]):
        yield description, info["description"]
    for server in root["servers"]:
        yield _join("Server", str(server["url"]), _plain(server["description"])), server
    if host := str(root["host"]):
        yield f"Server: {host}{root['basePath']}", root["host"]
    schemes = {**dict(root["components"]["securitySchemes"].items())}
    for name, scheme in {**schemes, **dict(root["securityDefinitions"].items())}.items():
        kind = " ".join(
            filter(None, (str(scheme["type"]), str(scheme["scheme"]), str(scheme["in"])))
        )
        yield _join("Security", f"{name} ({kind})", _plain(scheme["description"])), scheme


def operation_title(method: str, path: str) -> str:
    """What an operation is called: "GET /boats/{id}"."""
    return f"{method.upper()} {path}"


def operation_lines(title: str, operation: Value, shared: Value, root: Value) -> Iterator[Line]:
    """Summary, description, parameters, request and answers; `shared` are those of the path."""
    summary = _plain(operation["summary"])
    yield f"{title} — {summary}" if summary else title, operation
    if description := _plain(operation["description"]):
        yield description, operation["description"]
    if name := str(operation["operationId"]):
        yield f"Operation: {name}", operation["operationId"]
    if str(operation["deprecated"]) == "true":
        yield "Deprecated.", operation["deprecated"]
    if tags := ", ".join(map(str, operation["tags"])):
        yield f"Tags: {tags}", operation["tags"]
    for parameter in (*shared, *operation["parameters"]):
        yield _parameter(_resolve(parameter, root), root), parameter
    body = _resolve(operation["requestBody"], root)
    for mime, content in body["content"].items():
        need = ", required" if str(body["required"]) == "true" else ""
        words = _schema(content["schema"], root, 0)
        yield _join(f"Request ({mime}{need})", words, _plain(body["description"])), content
    for code, reply in operation["responses"].items():
        answer = _resolve(reply, root)
        schemas = [c["schema"] for _, c in answer["content"].items()] or [answer["schema"]]
        words = next(filter(None, (_schema(s, root, 1) for s in schemas)), "")
        yield _join(f"Response {code}", _plain(answer["description"]), words), reply
    if needs := ", ".join(dict.fromkeys(k for s in operation["security"] for k, _ in s.items())):
        yield f"Security: {needs}", operation["security"]


def schema_lines(title: str, schema: Value, root: Value) -> Iterator[Line]:
    """Its description, then a line for each property."""
    description = _plain(schema["description"]) or _plain(schema["title"])
    yield f"{title} — {description}" if description else title, schema
    required = set(map(str, schema["required"]))
    has_properties = False
    for part in (schema, *schema["allOf"], *schema["oneOf"], *schema["anyOf"]):
        for name, value in part["properties"].items():
            has_properties = True
            need = ", required" if name in required | set(map(str, part["required"])) else ""
            yield (
                _join(f"{name}{need}", _schema(value, root, 1), _plain(value["description"])),
                value,
            )
        if part is not schema and (reference := str(part["$ref"])):
            yield f"As {_name(reference)}", part
    if not has_properties and (words := _schema(schema, root, 0)):
        yield words, schema


def _join(label: str, *words: str) -> str:
    text = "; ".join(filter(None, words))
    return f"{label}: {text}" if text else label


def _parameter(parameter: Value, root: Value) -> str:
    schema = parameter["schema"] if parameter["schema"].data else parameter
    facts = [str(parameter["in"]), _schema(schema, root, 1)]
    if str(parameter["required"]) == "true":
        facts.append("required")
    inside = ", ".join(filter(None, facts))
    return _join(f"Parameter {parameter['name']} ({inside})", _plain(parameter["description"]))


def _schema(schema: Value, root: Value, depth: int) -> str:
    """A type in a few words: "integer, at least 1", "list of Boat", "{name: string, ...}"."""
    if reference := str(schema["$ref"]):
        return _name(reference)
    if schema["items"].data:
        return f"list of {_schema(schema['items'], root, depth + 1) or 'values'}"
    for key, word in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
        if options := [_schema(s, root, depth + 1) for s in schema[key]]:
            return word.join(filter(None, options))
    properties = list(schema["properties"].items())
    if properties and depth < _DEEPEST:
        required = set(map(str, schema["required"]))
        facts = [_property(n, v, n in required, root, depth) for n, v in properties]
        return "{" + ", ".join(facts) + "}"
    types = [str(t) for t in schema["type"]] or [str(schema["type"])]
    facts = [" or ".join(filter(None, types))]
    facts += [f"{word}{schema[key]}" for key, word in _BOUNDS if str(schema[key])]
    if values := [str(v) for v in schema["enum"]]:
        more = ", …" if len(values) > _MOST_VALUES else ""
        facts.append(f"one of {', '.join(values[:_MOST_VALUES])}{more}")
    return ", ".join(filter(None, facts))


def _property(name: str, value: Value, is_required: bool, root: Value, depth: int) -> str:
    words = _schema(value, root, depth + 1)
    about = _plain(value["description"])
    facts = ", ".join(filter(None, (words, "required" if is_required else "", about)))
    return f"{name} ({facts})" if facts else name


def _resolve(value: Value, root: Value) -> Value:
    """What a reference within the file leads to; else the value itself."""
    for _ in range(_DEEPEST):
        reference = str(value["$ref"])
        if not reference.startswith("#/"):
            break
        target = root
        for step in reference[2:].split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _plain(value: Value) -> str:
    """Words without the marks of Markdown and HTML."""
    return " ".join(_MARKUP.sub("", str(value)).split())
