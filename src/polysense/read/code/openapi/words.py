"""What an operation or a schema of an interface says, in words, a line a thing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from polysense.read.code.openapi.plain import plain
from polysense.read.code.openapi.source import Value

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_DEEPEST = 3
"""Schemas within schemas that are spelt out; deeper ones by their type."""

_MOST_VALUES = 12
_MOST_CHARS = 400
"""Characters that are said of what a reference leads to, which has a passage of its own; judged."""

_BOUNDS = (
    ("format", ""), ("minimum", "at least "), ("maximum", "at most "),
    ("minLength", "length from "),
    ("maxLength", "length to "), ("pattern", "pattern "), ("default", "default "),
    ("example", "for example "),
)  # fmt: skip
_GROUPS = {
    "parameters": "parameter", "responses": "response", "requestBodies": "request",
    "headers": "header", "examples": "example", "links": "link", "callbacks": "callback",
    "pathItems": "path", "securitySchemes": "security scheme",
}  # fmt: skip
"""What components are called, each by its group."""

_SAID_OF = {
    "root": {
        "openapi", "swagger", "info", "servers", "host", "basePath", "paths", "webhooks",
        "components", "definitions", "securityDefinitions", "tags", "parameters", "responses",
    },
    "info": {"title", "version", "description"},
    "operation": {
        "summary", "description", "operationId", "deprecated", "tags", "parameters",
        "requestBody", "responses", "security",
    },
    "parameter": {
        "name", "in", "schema", "required", "description", "type", "items", "enum", "$ref",
        *(key for key, _ in _BOUNDS),
    },
    "answer": {"description", "content", "schema", "$ref", "required"},
    "path": {*METHODS, "parameters", "$ref"},
    "schema": {
        "description", "title", "required", "properties", "allOf", "oneOf", "anyOf", "type",
        "items", "enum", "$ref",
    },
}  # fmt: skip
"""The keys that lines of their own speak of; those beside them are told as they stand."""

Line = tuple[str, Value]
"""Words, and the value that says so."""


@dataclass(slots=True)
class Root(Value):
    """The whole of a description, with the words of the schemas that were spelt out already, and of
    the answers: thousands of operations may refer to one.
    """

    schema_words: dict[tuple[int, int], str] = field(default_factory=dict)
    answer_words: dict[int, str] = field(default_factory=dict)


def is_interface(value: Value) -> bool:
    """Whether a tree describes an interface, and does not only name a version somewhere."""
    if not isinstance(value.data, dict):
        return False
    version = str(value["openapi"]) or str(value["swagger"])
    groups = (value[key].data for key in ("paths", "webhooks", "components", "definitions"))
    return version.startswith(("2", "3")) and any(
        isinstance(group, dict) and group for group in groups
    )


def interface_lines(root: Root) -> Iterator[Line]:
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
    yield from rest(root["info"], _SAID_OF["info"])


def other_groups(root: Root) -> Iterator[tuple[str, str, Value, Iterator[Line]]]:
    """(kind, name, value, lines) of tags, of components beside schemas, and of what is described
    nowhere else.
    """
    for tag in root["tags"]:
        name = str(tag["name"])
        if len(dict(tag.items())) > 1:
            title = _join(f"Tag {name}", _plain(tag["description"]))
            yield "tag", name, tag, _titled(title, tag, {"name", "description"})
    for owner in (root["components"], root):
        for group, kind in _GROUPS.items():
            for name, value in owner[group].items() if group != "securitySchemes" else ():
                yield kind, name, value, component_lines(kind, name, value, root)
    for key, value in root["components"].items():
        if key not in _GROUPS and key != "schemas":
            yield "extension", key, value, flat_lines(key, value)
    for key, value in root.items():
        if key not in _SAID_OF["root"]:
            yield "extension", key, value, flat_lines(key, value)


def component_lines(kind: str, name: str, value: Value, root: Root) -> Iterator[Line]:
    """What a component is: a parameter, a response, an example, ..."""
    title = f"{kind.capitalize()} {name}"
    if kind == "parameter":
        yield _join(title, _parameter(value, root)), value
        yield from rest(value, _SAID_OF["parameter"])
    elif kind in ("response", "request"):
        yield _join(title, _plain(value["description"]), *_content_words(value, root)), value
        yield from _answer_rest(value)
    else:
        yield from _titled(title, value, ())


def path_lines(path: str, item: Value) -> Iterator[Line]:
    """What is said of a path beside its operations."""
    more = list(rest(item, _SAID_OF["path"]))
    if reference := str(item["$ref"]):
        more.append((f"As {reference}", item["$ref"]))
    if more:
        yield path, item
        yield from more


def rest(value: Value, keys: Collection[str]) -> Iterator[Line]:
    """What stands in a mapping beside some keys, as it stands."""
    for key, inner in value.items():
        if key not in keys:
            yield from flat_lines(key, inner)


def flat_lines(label: str, value: Value) -> Iterator[Line]:
    """A line for each single value, after the keys that lead to it."""
    if words := _plain(value):
        yield f"{label}: {words}", value
    for key, inner in value.items():
        yield from flat_lines(f"{label}, {key}", inner)
    for inner in value:
        yield from flat_lines(label, inner)


def _titled(title: str, value: Value, keys: Collection[str]) -> Iterator[Line]:
    yield title, value
    if isinstance(value.data, dict):
        yield from rest(value, keys)
    elif words := _plain(value):
        yield words, value


def operation_title(method: str, path: str) -> str:
    """What an operation is called: "GET /boats/{id}"."""
    return f"{method.upper()} {path}"


def operation_lines(title: str, operation: Value, shared: Value, root: Root) -> Iterator[Line]:
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
        target = resolve(parameter, root)
        words = _parameter(target, root, is_brief=target is not parameter)
        yield words if target is parameter else _short(words), parameter
        if target is parameter:
            yield from rest(parameter, _SAID_OF["parameter"])
    body = resolve(operation["requestBody"], root)
    about = _about(body, is_brief=body is not operation["requestBody"])
    for mime, content in body["content"].items():
        need = ", required" if str(body["required"]) == "true" else ""
        line = _join(f"Request ({mime}{need})", _schema(content["schema"], root, 0), about)
        yield line if body is operation["requestBody"] else _short(line), content
        about = ""  # said once
    if body is operation["requestBody"]:
        yield from _answer_rest(body)
    for code, reply in operation["responses"].items():
        answer = resolve(reply, root)
        if id(answer) not in root.answer_words:
            root.answer_words[id(answer)] = next(iter(_content_words(answer, root)), "")
        words = root.answer_words[id(answer)]
        about = _about(answer, is_brief=answer is not reply)
        line = _join(f"Response {code}", about, words)
        yield line if answer is reply else _short(line), reply
        if answer is reply:
            yield from _answer_rest(reply)
    if needs := ", ".join(dict.fromkeys(k for s in operation["security"] for k, _ in s.items())):
        yield f"Security: {needs}", operation["security"]
    yield from rest(operation, _SAID_OF["operation"])


def schema_lines(title: str, schema: Value, root: Root) -> Iterator[Line]:
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
    bounds = () if has_properties else (key for key, _ in _BOUNDS)
    yield from rest(schema, _SAID_OF["schema"] | set(bounds))


def _content_words(answer: Value, root: Root) -> list[str]:
    """The schemas of what a request or a response holds, in words."""
    schemas = [c["schema"] for _, c in answer["content"].items()] or [answer["schema"]]
    return list(dict.fromkeys(filter(None, (_schema(s, root, 1) for s in schemas))))


def _answer_rest(answer: Value) -> Iterator[Line]:
    """Headers, links and examples of a request or a response."""
    yield from rest(answer, _SAID_OF["answer"])
    for mime, content in answer["content"].items():
        for key, inner in content.items():
            if key != "schema":
                yield from flat_lines(f"{mime}, {key}", inner)


def _short(line: str) -> str:
    return line if len(line) <= _MOST_CHARS else line[:_MOST_CHARS].rsplit(" ", 1)[0] + " …"


def _join(label: str, *words: str) -> str:
    text = "; ".join(filter(None, words))
    return f"{label}: {text}" if text else label


def _parameter(parameter: Value, root: Root, *, is_brief: bool = False) -> str:
    schema = parameter["schema"] if parameter["schema"].data else parameter
    facts = [str(parameter["in"]), _schema(schema, root, 1)]
    if str(parameter["required"]) == "true":
        facts.append("required")
    inside = ", ".join(filter(None, facts))
    return _join(f"Parameter {parameter['name']} ({inside})", _about(parameter, is_brief=is_brief))


def _schema(schema: Value, root: Root, depth: int) -> str:
    """A type in a few words: "integer, at least 1", "list of Boat", "{name: string, ...}"."""
    if not schema.data:
        return ""
    key = id(schema), min(depth, _DEEPEST)
    if key not in root.schema_words:
        root.schema_words[key] = _spell_schema(schema, root, depth)
    return root.schema_words[key]


def _spell_schema(schema: Value, root: Root, depth: int) -> str:
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


def _property(name: str, value: Value, is_required: bool, root: Root, depth: int) -> str:
    words = _schema(value, root, depth + 1)
    about = _plain(value["description"])
    facts = ", ".join(filter(None, (words, "required" if is_required else "", about)))
    return f"{name} ({facts})" if facts else name


def resolve(value: Value, root: Root) -> Value:
    """What a reference within the file leads to; else the value itself."""
    for _ in range(_DEEPEST):
        reference = str(value["$ref"])
        if not reference.startswith("#/"):
            break
        target: Value = root
        for step in reference[2:].split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _about(value: Value, *, is_brief: bool) -> str:
    """A description; of a long one that is said in brief not more is looked at than needs be."""
    description = value["description"]
    if is_brief and isinstance(description.data, str):
        return plain(description.data[: 4 * _MOST_CHARS])
    return _plain(description)


def _plain(value: Value) -> str:
    return plain(str(value))
