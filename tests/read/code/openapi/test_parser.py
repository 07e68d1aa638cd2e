"""Descriptions of web interfaces, by operation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from polysense.library import Library
from polysense.read.code.openapi import words as openapi_words
from polysense.read.code.openapi.parser import OpenApiParser
from polysense.read.code.openapi.source import Value
from polysense.read.file.mime import modality_of, sniff
from polysense.read.file.openapi import OPENAPI
from polysense.registry import Kit
from polysense.testing import check_parser
from polysense.types import Asset, Chunk

SPEC = """\
openapi: 3.1.0
info:
  title: Library of tools
  version: "2"
  description: Lends drills and saws.
servers: [{url: "https://tools.example"}]
paths:
  /loans/{loan}:
    parameters:
      - {name: loan, in: path, required: true, schema: {type: integer, minimum: 1}}
    patch:
      operationId: extendLoan
      summary: Extend a loan
      description: |
        A loan can be extended **twice**,
        by a week each.
      requestBody:
        $ref: "#/components/requestBodies/Extension"
      responses:
        "200": {description: The loan, content: {application/json: {schema: {$ref: "#/components/schemas/Loan"}}}}
        "423": {description: Somebody waits for the tool}

    # the end of a loan
    delete:
      summary: Bring a tool back
      deprecated: true
      responses:
        "204": {description: It is back on its shelf}
webhooks:
  overdue:
    post:
      summary: A loan is overdue
components:
  requestBodies:
    Extension:
      required: true
      description: How long
      content:
        application/json:
          schema:
            type: object
            required: [weeks]
            properties: {weeks: {type: integer, maximum: 1}}
  schemas:
    Loan:
      description: A tool that somebody has.
      allOf:
        - $ref: "#/components/schemas/Tool"
        - type: object
          required: [until]
          properties:
            until: {type: string, format: date, description: Last day}
    Tool:
      type: object
      properties:
        kind:
          type: string
          enum: [drill, saw]
"""


def read(path: Path) -> list[Chunk]:
    assert sniff(path) == OPENAPI
    assert modality_of(OPENAPI) == "code"
    asset = Asset("0" * 32, str(path), OPENAPI, "code", 1, path=path)
    return check_parser(OpenApiParser(), asset)


def lines_of(chunk: Chunk) -> list[str]:
    return [line for line in chunk.text.split("\n") if line]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "tools.yaml").write_text(SPEC)
    return tmp_path / "tools.yaml"


def test_each_operation_and_schema_at_its_lines(spec: Path) -> None:
    """With what the path and the components say of it, each line at its own."""
    by_symbol = {c.meta["symbol"]: c for c in read(spec)}
    assert list(by_symbol) == [
        "", "PATCH /loans/{loan}", "DELETE /loans/{loan}", "POST overdue", "Loan", "Tool",
        "Extension",
    ]  # fmt: skip
    patch = by_symbol["PATCH /loans/{loan}"]
    assert lines_of(patch) == [
        "PATCH /loans/{loan} — Extend a loan",
        "A loan can be extended twice, by a week each.",
        "Operation: extendLoan",
        "Parameter loan (path, integer, at least 1, required)",
        "Request (application/json, required): {weeks (integer, at most 1, required)}; How long",
        "Response 200: The loan; Loan",
        "Response 423: Somebody waits for the tool",
    ]
    assert patch.context == "Library of tools > PATCH /loans/{loan}"
    assert patch.span.lines == (11, 21)
    at = patch.text.index("423")
    assert patch.place(at, at + 3).lines == (21, 21)
    assert by_symbol["DELETE /loans/{loan}"].span.lines == (24, 28)
    assert "Deprecated." in by_symbol["DELETE /loans/{loan}"].text
    assert lines_of(by_symbol["Loan"]) == [
        "Schema Loan — A tool that somebody has.",
        "As Tool",
        "until, required: string, date; Last day",
    ]
    assert by_symbol["Tool"].text.endswith("kind: string, one of drill, saw")
    assert lines_of(by_symbol[""])[:2] == ["Library of tools 2", "Lends drills and saws."]


@pytest.mark.parametrize("indent", [2, None])
def test_the_same_in_json(spec: Path, tmp_path: Path, indent: int | None) -> None:
    """Also on one line, where a name and characters are the place."""
    path = tmp_path / "tools.json"
    path.write_text(json.dumps(yaml.safe_load(SPEC), indent=indent))
    chunks = read(path)
    assert [c.text for c in chunks] == [c.text for c in read(spec)]
    [patch] = [c for c in chunks if c.meta["symbol"].startswith("PATCH")]
    if indent:
        first, last = patch.span.lines or (0, 0)
        source = path.read_text().split("\n")[first - 1 : last]
        assert source[0].strip() == '"patch": {'
        assert source[-1].strip() == "},"
    else:
        assert patch.span.node == "PATCH /loans/{loan}"
        start, end = patch.span.chars or (0, 0)
        assert path.read_text()[start:end].startswith('"patch": {"operationId"')
        assert path.read_text()[start:end].endswith('waits for the tool"}}}')


def test_swagger_of_the_second_version(tmp_path: Path) -> None:
    """Parameters with types of their own, a body among them, and definitions."""
    path = tmp_path / "old.yml"
    path.write_text(
        'swagger: "2.0"\ninfo: {title: Old, version: "1"}\nhost: old.example\nbasePath: /v1\n'
        "paths:\n  /saws:\n    get:\n      summary: List saws\n      parameters:\n"
        "        - {name: teeth, in: query, type: integer, description: At least so many}\n"
        "        - {name: body, in: body, schema: {$ref: '#/definitions/Saw'}}\n"
        "      responses:\n        200:\n          description: Saws\n"
        "          schema: {type: array, items: {$ref: '#/definitions/Saw'}}\n"
        "definitions:\n  Saw:\n    properties:\n      teeth: {type: integer}\n"
    )
    by_symbol = {c.meta["symbol"]: c for c in read(path)}
    assert lines_of(by_symbol["GET /saws"]) == [
        "GET /saws — List saws",
        "Parameter teeth (query, integer): At least so many",
        "Parameter body (body, Saw)",
        "Response 200: Saws; list of Saw",
    ]
    assert "teeth: integer" in by_symbol["Saw"].text
    assert "Server: old.example/v1" in by_symbol[""].text


def test_operations_on_one_line_are_told_apart(tmp_path: Path) -> None:
    """Though they say as much; a long one is of several passages."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "openapi: 3.0.0\ninfo: {title: Short}\npaths:\n"
        "  /a: {get: {summary: One}, put: {summary: Two}}\n"
        f"  /b: {{get: {{description: {'Many words. ' * 300}}}}}\n"
    )
    chunks = read(path)
    assert [str(c.span.node) for c in chunks[1:3]] == ["GET /a", "PUT /a"]
    assert sum(c.meta["symbol"] == "GET /b" for c in chunks) > 1


def test_it_is_asked_and_cited(spec: Path, tmp_path: Path, bare: Kit) -> None:
    """By the lines of the operation, or of the response."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert not kb.index(spec).failed
        answer = kb.ask("How often can a loan be extended?")
        assert "twice" in answer.text
        assert answer.evidence[0].span.lines == (14, 16)
        answer = kb.ask("Which response says that somebody waits for the tool?")
        assert "423" in answer.text
        [hit, *_] = kb.search("bring a tool back")
        assert hit.chunk.meta["symbol"] == "DELETE /loans/{loan}"


def test_what_only_looks_like_one(tmp_path: Path) -> None:
    """Settings that name a version are settings; broken YAML is read as the text that it is."""
    (tmp_path / "a.yaml").write_text("swagger: false\ninfo: none\n")
    assert sniff(tmp_path / "a.yaml") == "application/yaml"
    (tmp_path / "b.yaml").write_text("openapi: 3.0.0\ninfo: {title: [Half\npaths:\n  /saws: x\n")
    assert "/saws" in "".join(c.text for c in read(tmp_path / "b.yaml"))


@pytest.mark.parametrize(
    "body",
    [
        "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n" + "".join(
            f"{c}: &{c} [{', '.join([f'*{p}'] * 9)}]\n" for p, c in zip("bcdefgh", "cdefghi", strict=True)
        ),
        "paths: &p {/a: *p}\n",
        "paths: " + "[" * 5000 + "\n",
    ],
)  # fmt: skip
def test_aliases_that_never_end(tmp_path: Path, body: str) -> None:
    """Are not followed: the text is read."""
    (tmp_path / "a.yaml").write_text(f"openapi: 3.0.0\ninfo: {{title: Trap}}\n{body}")
    assert any("Trap" in c.text for c in read(tmp_path / "a.yaml"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"service": "billing", "team": "harbour", "spec": {"openapi": "3.0.1", "info": {}, "paths": {}}}'),
        ("a.json", '{"openapi": "3.0.1", "info": {"x": "harbour"}, "paths": {}}'),
        ("a.json", '{"name": "harbour", "devDependencies": {"openapi": "2.1.0"}, "info": {"a": "b"}}'),
        ("a.yaml", 'swagger: "2.0"\ninfo:\n  owner: harbour\nlimits:\n  rate: 12\n'),
        ("a.yaml", 'swagger: "2.0"\ninfo: [harbour]\npaths: none\n'),
        ("a.json", '[{"swagger": "2.0", "info": {"owner": "harbour"}}]'),
    ],
)  # fmt: skip
def test_settings_that_hold_or_name_one(tmp_path: Path, name: str, text: str) -> None:
    """Are read as the text that they are, whatever they are taken for."""
    path = tmp_path / name
    path.write_text(text)
    asset = Asset("0" * 32, str(path), OPENAPI, "code", 1, path=path)
    chunks = check_parser(OpenApiParser(), asset)
    assert "harbour" in "".join(c.text for c in chunks)
    if text.startswith("["):
        assert sniff(path) == "application/json"


def test_what_is_described_beside_operations_and_schemas(tmp_path: Path) -> None:
    """Tags, components of every group, paths that refer to others, callbacks, extensions."""
    path = tmp_path / "a.yaml"
    path.write_text("""\
openapi: 3.1.0
info: {title: Tools, contact: {email: desk@tools.example}}
tags: [{name: loans, description: All about lending, externalDocs: {url: "https://lend.example"}}]
externalDocs: {description: Handbook of the desk}
x-quota: forty calls a minute
paths:
  /saws:
    summary: Where the saws are
    $ref: "#/components/pathItems/Saws"
  /far: {$ref: "far.yaml"}
  /loans:
    post:
      summary: Lend
      x-owner: team anvil
      callbacks: {onReturn: {"{$url}": {post: {summary: Tells of the return}}}}
      responses:
        "404": {$ref: "#/components/responses/Missing"}
        "200": {description: Done, headers: {X-Left: {description: Calls that are left}}}
components:
  pathItems:
    Saws: {get: {summary: List the saws}}
  responses:
    Missing: {description: No such tool}
  parameters:
    Page: {name: page, in: query, description: Which page of the list}
  headers:
    Rate: {description: Calls in an hour}
  examples:
    Hammer: {summary: A hammer, value: {kind: hammer}}
  schemas:
    Tool: {type: object, x-shelf: behind the door, externalDocs: {url: "https://shelf.example"}}
""")
    chunks = read(path)
    text = "\n".join(c.text for c in chunks)
    for words in (
        "desk@tools.example", "All about lending", "lend.example", "Handbook of the desk",
        "forty calls a minute", "Where the saws are", "GET /saws — List the saws", "far.yaml",
        "team anvil", "Tells of the return", "Response 404: No such tool", "Calls that are left",
        "Parameter Page: Parameter page (query): Which page of the list", "Calls in an hour",
        "A hammer", "kind: hammer", "behind the door", "shelf.example",
    ):  # fmt: skip
        assert words in text, words
    assert [c.span.lines for c in chunks if c.meta["kind"] == "response"] == [(23, 23)]


def test_components_alone_are_read(tmp_path: Path) -> None:
    """A file that others refer to has no paths."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "openapi: 3.0.0\ninfo: {}\ncomponents:\n  responses:\n    Gone: {description: It left}\n"
    )
    assert "It left" in "".join(c.text for c in read(path))


def test_a_file_that_repeats_itself_says_no_more_than_it_may(tmp_path: Path) -> None:
    """References and aliases to long words cost little, and all of the words are read."""
    path = tmp_path / "a.json"
    responses = {str(n): {"$ref": "#/components/responses/Long"} for n in range(200)}
    schema = {"properties": {f"p{n}": {"type": "string"} for n in range(400)}}
    answer = {
        "description": "Long words. " * 4_000 + "The end",
        "content": {"a/b": {"schema": schema}},
    }
    spec = {"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": responses}}}}
    path.write_text(json.dumps(spec | {"components": {"responses": {"Long": answer}}}))
    text = "".join(c.text for c in read(path))
    assert "The end" in text
    assert len(text) < 12 * path.stat().st_size
    path = tmp_path / "b.yaml"
    tags = "".join(f"  - {{name: t{n}, description: *d}}\n" for n in range(600))
    path.write_text(
        f"openapi: 3.0.0\ninfo: {{description: &d {'x ' * 20_000}}}\npaths: {{/a: {{get: {{}}}}}}\n"
        f"tags:\n{tags}x-last: The end\n"
    )
    text = "".join(c.text for c in read(path))
    assert "The end" in text
    assert len(text) < 3_000_000


def test_an_answer_that_many_refer_to_is_spelt_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However large it is, each operation costs little."""
    calls: list[Value] = []
    spell = openapi_words._content_words

    def count(answer: Value, root: openapi_words.Root) -> list[str]:
        calls.append(answer)
        return spell(answer, root)

    monkeypatch.setattr(openapi_words, "_content_words", count)
    paths = "".join(
        f'  /a{n}:\n    get:\n      responses:\n        "200": {{$ref: "#/components/responses/A"}}\n'
        for n in range(9)
    )
    text = 'openapi: 3.0.0\ninfo: {title: x, version: "1"}\npaths:\n' + paths
    text += "components:\n  responses:\n    A:\n      content:\n        a/b: {schema: {type: integer}}\n"
    path = tmp_path / "a.yaml"
    path.write_text(text)
    chunks = read(path)
    assert sum("Response 200: integer" in c.text for c in chunks) == 9
    assert len(calls) < 9  # `read` reads it twice
