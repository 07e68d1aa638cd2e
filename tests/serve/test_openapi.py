"""The OpenAPI document: complete, true, and what it says holds for whatever is sent (schemathesis)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from polysense.serve import schema
from polysense.serve.app import build_app
from polysense.serve.openai import schema as openai_schema
from polysense.serve.openai.components import MODELS
from polysense.serve.openai.responses import schema as response_schema

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    openapi: dict[str, Any] = client.get("/openapi.json").json()
    return openapi


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            yield f"{method.upper()} {path}", about


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    """A summary, a description, one tag, and what every path may answer with."""
    for name, about in operations(document):
        assert about["summary"], name
        assert about["description"], name
        assert len(about["tags"]) == 1, name
        assert {"401", "403", "422", "429", "503"} <= set(about["responses"]), name
        assert any(code.startswith("2") for code in about["responses"]), name
    ids = [about["operationId"] for _, about in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    """What a newcomer copies; each is valid, and so is what it is sent to."""
    count = 0
    for _, about in operations(document):
        content = about.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            body = content["application/json"]["schema"]
            definition = (
                document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
                if "$ref" in body
                else body
            )
            name = definition["title"]
            model = getattr(schema, name, None) or next(m for m in MODELS if m.__name__ == name)
            for example in definition["examples"]:
                assert model.model_validate(example)
                count += 1
    assert count >= 10


def test_every_field_that_is_sent_is_explained(document: dict[str, Any]) -> None:
    """A description, or an example."""
    for name in ("Search", "Ask", "Recommend", "NewLibrary", "RemoteFile", "Sync", "NewToken"):
        model: type[BaseModel] = getattr(schema, name)
        for field, info in model.model_fields.items():
            assert info.description or info.examples, (name, field)


def test_names_mean_one_thing(document: dict[str, Any]) -> None:
    """Two parts of the server with a model of one name would describe each other's bodies."""
    mine = {
        n
        for n, m in vars(schema).items()
        if isinstance(m, type) and issubclass(m, BaseModel) and m.__module__ == schema.__name__
    }
    theirs = [
        n
        for module in (openai_schema, response_schema)
        for n, m in vars(module).items()
        if isinstance(m, type) and m.__module__ == module.__name__
    ]
    assert not mine & set(theirs)
    assert len(theirs) == len(set(theirs))


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    """Every $ref."""

    def refs(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for inner in value.values():
                yield from refs(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from refs(inner)

    references = set(refs(document))
    assert references
    for ref in references:
        assert ref.rpartition("/")[2] in document["components"]["schemas"], ref


def test_the_document_is_served_to_be_read(client: TestClient) -> None:
    """Swagger UI from this server, under a policy that lets its own script run and nothing from
    elsewhere.
    """
    page = client.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!", "")
    policy = page.headers["content-security-policy"]
    assert "'sha256-" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    for name, kind in (("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")):
        asset = client.get(f"/docs/{name}")
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith(kind)
        assert len(asset.content) > 100_000
    assert client.get("/docs/redoc.standalone.js").status_code == 404
    assert client.get("/docs/..%2f__init__.py").status_code == 404


@pytest.mark.slow
def test_the_document_is_shown_in_a_browser(
    server: str, document: dict[str, Any], browser: Any
) -> None:
    """Under its policy: every operation is there, nothing is blocked, nothing is asked of anyone
    else.
    """
    messages: list[str] = []
    urls: list[str] = []
    page = browser.new_page()
    page.on("console", lambda m: messages.append(m.text))
    page.on("pageerror", lambda e: messages.append(str(e)))
    page.on("request", lambda r: urls.append(r.url))
    page.goto(f"{server}/docs")
    page.wait_for_selector(".opblock", timeout=60_000)
    blocks = page.locator(".opblock").count()
    page.close()
    assert blocks == len(list(operations(document)))
    assert messages == []
    assert {u for u in urls if not u.startswith((server, "data:"))} == set()


def fuzz(
    base: str, token: str, document: dict[str, Any], examples: int, real: Mapping[str, str]
) -> int:
    """Send what schemathesis makes up, half of it to things that are there; how many requests."""
    loaded = schemathesis.openapi.from_dict(document)
    count = 0
    with requests.Session() as session:
        session.headers["authorization"] = f"Bearer {token}"
        for result in loaded.get_all_operations():
            operation = result.ok()

            @settings(
                max_examples=examples,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
                database=None,
            )
            @given(case=operation.as_strategy(), there=st.booleans())
            def one(case: Any, there: bool) -> None:
                nonlocal count
                count += 1
                if there and case.path_parameters:
                    case.path_parameters = {
                        **case.path_parameters,
                        **{k: real[k] for k in case.path_parameters if k in real},
                    }
                case.call_and_validate(base_url=base, session=session, checks=CHECKS, timeout=60)

            random.seed(0)
            one()
    return count


@pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_whatever_is_sent_the_document_holds(make_context: Any, start: Any, examples: int) -> None:
    """No 5xx, no status, type, header or body that the document does not tell."""
    context = make_context(guesses=10**6)
    token = context.keyring.add("fuzz", "admin")
    document = build_app(context).openapi()
    library = context.pool.get("main").library
    asset = library.assets()[0].id
    real = {"library": "main", "asset": asset, "chunk": library.chunks(asset)[0].id, "page": "1"}
    paths = document["paths"]
    assert fuzz(start(context), token, document, examples, real) >= 3 * len(paths)
