"""Questions over HTTP: JSON and forms, streamed and whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.llm.server import Server as LanguageServer

from polysense.render import ranking_json
from polysense.serve.app import build_app
from polysense.serve.context import Context

MAIN = "/api/libraries/main"


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of server-sent events."""
    blocks = (
        dict(line.split(": ", 1) for line in b.splitlines() if ": " in line)
        for b in text.strip().split("\n\n")
    )
    return [(b["event"], json.loads(b["data"])) for b in blocks if "event" in b]


def test_search_is_the_librarys(client: TestClient, context: Context) -> None:
    """The same hits in the same order, with links."""
    raw = client.post(f"{MAIN}/search", json={"text": "mill moon", "k": 5}).json()
    ranking = context.pool.get("main").library.search("mill moon", k=5)
    assert [
        {k: v for k, v in h.items() if k not in ("links", "also")} for h in raw["hits"]
    ] == ranking_json((), ranking)["hits"]
    assert raw["query"] == [{"modality": "text", "text": "mill moon", "name": ""}]
    assert raw["timings_ms"]["total"] > 0


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"modality": ["image"]}, []),
        ({"where": "name = 'mill.txt'"}, []),
        ({"where": "folder = 'letters'"}, ["moon.txt"]),
        ({"by": "asset"}, ["moon.txt"]),
        ({"using": "bm25 % 5"}, ["moon.txt"]),
        ({"k": 1}, ["moon.txt"]),
    ],
)
def test_search_options(client: TestClient, more: dict[str, Any], names: list[str]) -> None:
    """As the command line has them."""
    hits = client.post(f"{MAIN}/search", json={"text": "moon", **more}).json()["hits"]
    assert [h["uri"].rpartition("/")[2] for h in hits] == names


def test_search_with_a_file(client: TestClient, files: Path) -> None:
    """By form; the file itself is found first, unless it is left out."""
    words = (files / "letters" / "moon.txt").read_bytes()
    raw = client.post(f"{MAIN}/search", files={"file": ("mine.txt", words)}, data={"k": "3"}).json()
    assert raw["hits"][0]["uri"].endswith("moon.txt")
    assert raw["query"] == [{"modality": "text", "text": "", "name": "mine.txt"}]
    raw = client.post(
        f"{MAIN}/search", files={"file": ("mine.txt", words)}, data={"exclude_self": "true"}
    ).json()
    assert all(not h["uri"].endswith("moon.txt") for h in raw["hits"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/search", {"text": "x", "where": "nonsense = 1"}, 400),
        ("/search", {"text": "x", "using": "bm25 % % 3"}, 400),
        ("/search", {}, 400),
        ("/ask", {"text": "x", "to": ["smell"]}, 422),
        ("/ask", {"text": "x", "where": "1 +"}, 400),
        ("/recommend", {"liked": ["none"]}, 404),
        ("/recommend", {"liked": []}, 422),
        ("/recommend", {"liked": ["/etc/passwd"]}, 404),
    ],
)
def test_wrong_questions(client: TestClient, path: str, body: dict[str, Any], status: int) -> None:
    """Each with a hint."""
    answer = client.post(MAIN + path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["hint"]


def test_ask(client: TestClient) -> None:
    """An answer with its evidence; where nothing supports one, it says so."""
    raw = client.post(f"{MAIN}/ask", json={"text": "What does high water follow?"}).json()
    assert raw["answered"] is True
    assert "[1]" in raw["answer"][0]["text"]
    assert raw["evidence"][0]["uri"].endswith("moon.txt")
    assert client.get(raw["evidence"][0]["links"]["content"]).status_code == 200
    raw = client.post(
        f"{MAIN}/ask", json={"text": "Who invented the zeppelin in Friedrichshafen?"}
    ).json()
    assert raw["answered"] is False


def test_ask_in_events(client: TestClient) -> None:
    """Evidence first, then the parts, then the whole, which is the answer that is not streamed."""
    body = {"text": "What does high water follow?"}
    answer = client.post(f"{MAIN}/ask", json={**body, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    stream = events(answer.text)
    kinds = [k for k, _ in stream]
    assert kinds[0] == "evidence"
    assert kinds[-1] == "answer"
    assert kinds.index("part") > kinds.index("evidence")
    whole = client.post(f"{MAIN}/ask", json=body).json()
    stream[-1][1].pop("timings_ms")
    whole.pop("timings_ms")
    assert stream[-1][1]["answered"] == whole["answered"]
    assert stream[-1][1]["evidence"] == whole["evidence"]


def test_a_problem_on_the_way_is_an_event(client: TestClient) -> None:
    """The status is sent already."""
    answer = client.post(f"{MAIN}/ask", json={"text": "x", "to": ["smell"], "stream": True})
    ((kind, data),) = events(answer.text)
    assert kind == "problem"
    assert data["status"] == 422
    assert data["hint"]


def test_recommend(client: TestClient) -> None:
    """Without encoders nothing is like another: no hits, and no error."""
    moon = client.get(f"{MAIN}/assets", params={"name": "moon"}).json()["assets"][0]["asset"]
    answer = client.post(f"{MAIN}/recommend", json={"liked": [moon]})
    assert answer.status_code == 200
    assert answer.json()["hits"] == []


def test_too_many_at_once(make_context: Any) -> None:
    """Who waits too long is told when to come back; a picture of a place waits its turn, too."""
    context = make_context(at_once=1, patience=0.05)
    with TestClient(build_app(context), base_url="http://localhost") as client:
        moon = client.get(f"{MAIN}/assets", params={"name": "moon"}).json()["assets"][0]["asset"]
        with context.concurrency.acquire():
            for answer in (
                client.post(f"{MAIN}/search", json={"text": "x"}),
                client.post(f"{MAIN}/ask", json={"text": "x"}),
                client.get(f"{MAIN}/assets/{moon}/picture"),
            ):
                assert answer.status_code == 503
                assert answer.headers["retry-after"]
            assert client.get("/health").status_code == 200
        assert client.post(f"{MAIN}/search", json={"text": "x"}).status_code == 200


@pytest.mark.parametrize("is_form", [False, True])
def test_a_follow_up_is_read_with_what_was_asked_before(client: TestClient, is_form: bool) -> None:
    """As JSON, or in a form beside files; a warning tells as what."""
    before = [{"question": "Where is the water mill?", "answer": "At the weir. [1]"}]
    body: dict[str, Any] = {"text": "And how old is it?", "history": before}
    if is_form:
        answer = client.post(
            f"{MAIN}/ask", data=body | {"history": json.dumps(before)}, files={"x": b""}
        ).json()
    else:
        answer = client.post(f"{MAIN}/ask", json=body).json()
    assert any(w.endswith("How old is the water mill?") for w in answer["warnings"]), answer


def test_a_history_that_is_none(client: TestClient) -> None:
    """Its fields are checked like those of the question."""
    wrong = client.post(f"{MAIN}/ask", json={"text": "And?", "history": [{"asked": "x"}]})
    assert wrong.status_code == 422


MOON = "What does high water follow?"


@pytest.mark.parametrize("is_form", [False, True])
def test_a_model_searches_again_where_a_budget_says_so(
    make_writing_context: Any, is_form: bool
) -> None:
    """Each step is told as the command that repeats it; in a form, the budget is JSON."""
    context = make_writing_context("searches")
    body: dict[str, Any] = {"text": MOON, "budget": {"rounds": 3}}
    with TestClient(build_app(context), base_url="http://localhost") as client:
        if is_form:
            form = body | {"budget": json.dumps(body["budget"])}
            answer = client.post(f"{MAIN}/ask", data=form, files={"x": b""}).json()
        else:
            answer = client.post(f"{MAIN}/ask", json=body).json()
        steps = [r for r in answer["rewrites"] if r.startswith("step ")]
        assert steps[0].startswith("step 1: polysense search 'mill wheel' -k 12: ")
        assert steps[1] == "step 2: answer"
        assert answer["usage"]["output_tokens"] > 0
        assert not any("model search" in w for w in answer["warnings"])


def test_steps_come_as_events(make_writing_context: Any) -> None:
    """Before the evidence, each once it is done."""
    context = make_writing_context("searches")
    with TestClient(build_app(context), base_url="http://localhost") as client:
        answer = client.post(f"{MAIN}/ask", json={"text": MOON, "budget": {}, "stream": True})
    stream = events(answer.text)
    assert [k for k, _ in stream][:3] == ["step", "step", "evidence"]
    assert stream[0][1]["n"] == 1
    assert stream[0][1]["text"].startswith("polysense search 'mill wheel'")
    assert stream[-1][1]["rewrites"][-2:] == [f"step {d['n']}: {d['text']}" for _, d in stream[:2]]


def test_a_server_bounds_the_rounds(make_writing_context: Any) -> None:
    """However many are asked for: a warning tells how many there were."""
    context = make_writing_context("keeps-searching", rounds=2)
    with TestClient(build_app(context), base_url="http://localhost") as client:
        body = {"text": MOON, "budget": {"rounds": 10**6}}
        answer = client.post(f"{MAIN}/ask", json=body).json()
    steps = [r for r in answer["rewrites"] if r.startswith("step ")]
    assert len(steps) == 3
    assert steps[-1] == "step 3: the rounds are spent: answer"
    assert any("rounds 2, not 1e+06" in w for w in answer["warnings"])


def test_without_a_model_rounds_are_refused(client: TestClient) -> None:
    """With what to do; a budget that allows nothing is refused as well."""
    refused = client.post(f"{MAIN}/ask", json={"text": MOON, "budget": {"rounds": 2}})
    assert refused.status_code == 400
    assert "needs a language model" in refused.json()["detail"]
    for budget in ({"rounds": 0}, {"steps": 2}, 4):
        assert client.post(f"{MAIN}/ask", json={"text": MOON, "budget": budget}).status_code == 422


def test_a_reader_is_told_no_address_in_steps(
    make_writing_context: Any, language_server: LanguageServer, files: Path
) -> None:
    """A step on a table is told with the table's address, which a token of scope read may not
    know; nor may the model's own filter find out, which whoever asks can dictate.
    """
    compute = {"action": "compute", "words": "What is the total of metres?", "modality": ""}
    probe = {"action": "search", "words": "pier", "where": f"uri like '{files}%'"}
    script = [json.dumps(step) for step in (compute, probe, {"action": "answer"})]
    language_server.scripts["computes"] = script
    context = make_writing_context("computes")
    tokens = {scope: context.keyring.add(scope, scope) for scope in ("read", "write")}
    body = {"text": "Is the sea at the pier calm?", "budget": {"rounds": 3}}
    with TestClient(build_app(context), base_url="http://localhost") as client:
        for scope, token in tokens.items():
            language_server.requests.clear()
            headers = {"authorization": f"Bearer {token}"}
            steps = client.post(f"{MAIN}/ask", json=body, headers=headers).json()["rewrites"]
            assert "worked out: SELECT" in steps[0]
            assert (f"{files}/tides.csv" in steps[0]) is (scope == "write")
            assert "a step cannot filter by uri" in steps[1]
            assert ("new evidence" in steps[1]) is False
